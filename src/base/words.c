/* SPDX-License-Identifier: Apache-2.0 */
#include "base/words.h"

#include <string.h>

static const struct {
	const char *word;
	size_t size;
} hashes[HASH_COUNT] = {
	[HASH_NONE] = { "none", 0 },
	[HASH_SHA256] = { "sha256", 32 },
	[HASH_SHA384] = { "sha384", 48 },
	[HASH_SHA512] = { "sha512", 64 },
	[HASH_SHA3_256] = { "sha3-256", 32 },
	[HASH_SHA3_384] = { "sha3-384", 48 },
	[HASH_SHA3_512] = { "sha3-512", 64 },
	[HASH_BLAKE2B] = { "blake2b512", 64 },
};

static const char *const key_types[KEY_TYPE_COUNT] = {
	[KEY_NONE] = "none",
	[KEY_RSA] = "rsa",
	[KEY_P256] = "p256",
	[KEY_P384] = "p384",
	[KEY_P521] = "p521",
	[KEY_ED25519] = "ed25519",
};

static const char *const outputs[OUTPUT_COUNT] = {
	[OUTPUT_LINES] = "lines",
	[OUTPUT_RAW] = "raw",
	[OUTPUT_TAR] = "tar",
	[OUTPUT_JSON] = "json",
};

static const char *const mechs[MECH_COUNT] = {
	[MECH_NONE] = "none",
	[MECH_RSA_PKCS1] = "CKM_RSA_PKCS",
	[MECH_RSA_PSS] = "CKM_RSA_PKCS_PSS",
	[MECH_ECDSA] = "CKM_ECDSA",
	[MECH_EDDSA] = "CKM_EDDSA",
};

static const char *const key_attributes[ATTRIBUTE_COUNT] = {
	[ATTRIBUTE_SENSITIVE] = "sensitive",
	[ATTRIBUTE_ALWAYS_SENSITIVE] = "always-sensitive",
	[ATTRIBUTE_EXTRACTABLE] = "extractable",
	[ATTRIBUTE_NEVER_EXTRACTABLE] = "never-extractable",
	[ATTRIBUTE_LOCAL] = "local",
	[ATTRIBUTE_PRIVATE] = "private",
	[ATTRIBUTE_MODIFIABLE] = "modifiable",
};

const char *
hash_word(enum hash hash)
{
	return (unsigned)hash < HASH_COUNT ? hashes[hash].word : "none";
}

size_t
hash_size(enum hash hash)
{
	return (unsigned)hash < HASH_COUNT ? hashes[hash].size : 0;
}

enum hash
hash_by_word(const char *word)
{
	for (unsigned i = HASH_NONE + 1; i < HASH_COUNT; i++)
		if (strcmp(hashes[i].word, word) == 0)
			return (enum hash)i;
	return HASH_NONE;
}

enum hash
hash_by_size(size_t size)
{
	for (unsigned i = HASH_SHA256; i <= HASH_SHA512; i++)
		if (hashes[i].size == size)
			return (enum hash)i;
	return HASH_NONE;
}

const char *
key_type_word(enum key_type type)
{
	return (unsigned)type < KEY_TYPE_COUNT ? key_types[type] : "none";
}

const char *
key_attribute_word(enum key_attribute attribute)
{
	return (unsigned)attribute < ATTRIBUTE_COUNT ?
	    key_attributes[attribute] :
	    "none";
}

const char *
output_word(enum output output)
{
	return (unsigned)output < OUTPUT_COUNT ? outputs[output] : "lines";
}

const char *
mech_word(enum mech mech)
{
	return (unsigned)mech < MECH_COUNT ? mechs[mech] : "none";
}

uint64_t
mech_bit(enum mech mech, enum hash hash)
{
	if (mech == MECH_NONE || (unsigned)mech >= MECH_COUNT ||
	    (unsigned)hash >= HASH_COUNT)
		return 0;
	return (uint64_t)1 << ((unsigned)mech * 8 + (unsigned)hash);
}
