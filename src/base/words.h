/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The vocabulary that several domains share: hashes, key types, mechanisms
 * and outputs as numbers for messages and words for people, and the sizes of
 * texts that cross boundaries (each with its NUL).  No cryptography.
 */
#ifndef CS_BASE_WORDS_H
#define CS_BASE_WORDS_H

#include <stddef.h>
#include <stdint.h>

#define DIGEST_MAX 64
#define TAG_SIZE 25 /* a notify tag */
#define NAME_SIZE 64 /* names of keys, profiles, tokens, formats */
#define ADDRESS_SIZE 64 /* a numeric address */
#define MESSAGE_SIZE 512 /* one sentence for people */
#define LINE_NAME_SIZE 256 /* an artifact's name */
#define COMMAND_SIZE 4096 /* the text given to ssh as its command */
#define VARIABLE_SIZE 29 /* "env." and it are a record's field: 32 bytes */
#define VARIABLE_VALUE_SIZE 256
#define PURPOSE_SIZE 101
#define URI_SIZE 256 /* a predicate's type */
#define NAMESPACE_SIZE 65 /* what an SSH signature is for: "git", "file" */
#define LINE_EXTRA_MAX 200 /* what a line may have beside its digest */

enum hash {
	HASH_NONE,
	HASH_SHA256,
	HASH_SHA384,
	HASH_SHA512,
	HASH_SHA3_256,
	HASH_SHA3_384,
	HASH_SHA3_512,
	HASH_BLAKE2B, /* of 64 bytes; no token signs it as a digest */
	HASH_COUNT,
};

enum key_type {
	KEY_NONE,
	KEY_RSA,
	KEY_P256,
	KEY_P384,
	KEY_P521,
	KEY_ED25519,
	KEY_TYPE_COUNT,
};

/* What the token is asked to do; its input is in the comment. */
enum mech {
	MECH_NONE,
	MECH_RSA_PKCS1, /* a digest; the token adds the DigestInfo */
	MECH_RSA_PSS, /* a digest; MGF1 with the same hash, salt as long */
	MECH_ECDSA, /* a digest; answer r || s, each as long as the order */
	MECH_EDDSA, /* the message itself, at most 32 KiB */
	MECH_COUNT,
};

/* What a token says of a private key: bits of a set. */
enum key_attribute {
	ATTRIBUTE_SENSITIVE,
	ATTRIBUTE_ALWAYS_SENSITIVE,
	ATTRIBUTE_EXTRACTABLE,
	ATTRIBUTE_NEVER_EXTRACTABLE,
	ATTRIBUTE_LOCAL, /* made in the token */
	ATTRIBUTE_PRIVATE,
	ATTRIBUTE_MODIFIABLE,
	ATTRIBUTE_COUNT,
};
#define KEY_ATTRIBUTES ((1u << ATTRIBUTE_COUNT) - 1) /* all of them */

/* How answers are written. */
enum output {
	OUTPUT_LINES,
	OUTPUT_RAW,
	OUTPUT_TAR,
	OUTPUT_JSON,
	OUTPUT_COUNT,
};

/* What comes with a digest. */
enum line_extra {
	EXTRA_NONE,
	EXTRA_STATE, /* a hash that is not finished */
	EXTRA_QUERY, /* of a time-stamp request */
	EXTRA_COUNT,
};

const char *hash_word(enum hash); /* "sha256", "sha3-256" */
size_t hash_size(enum hash); /* bytes; 0 for HASH_NONE */
enum hash hash_by_word(const char *); /* HASH_NONE: unknown */
/* sha256, sha384 or sha512 by size in bytes, or HASH_NONE. */
enum hash hash_by_size(size_t);

const char *key_type_word(enum key_type); /* "rsa", "p256", "ed25519" */
const char *key_attribute_word(enum key_attribute); /* "always-sensitive" */
const char *output_word(enum output);
const char *mech_word(enum mech); /* "CKM_RSA_PKCS", … as in records */

/* The bit of one mechanism with one hash in a set of what a key can do. */
uint64_t mech_bit(enum mech, enum hash);

#endif
