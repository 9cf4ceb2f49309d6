/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OpenPGP signatures of version 4 (RFC 4880, 5.2.3): what is hashed behind
 * what is signed, and the packet.
 */
#ifndef CS_FORMAT_OPENPGP_SIGNATURE_H
#define CS_FORMAT_OPENPGP_SIGNATURE_H

#include "base/cursor.h"
#include "format/openpgp_key.h"

enum openpgp_type {
	OPENPGP_BINARY = 0x00,
	OPENPGP_TEXT = 0x01,
	OPENPGP_CERTIFY = 0x13, /* a user id, with the best of knowledge */
	OPENPGP_REVOKE = 0x20, /* the key itself */
};

enum openpgp_subpacket {
	SUBPACKET_CREATED = 2,
	SUBPACKET_KEY_EXPIRES = 9,
	SUBPACKET_HASHES = 11,
	SUBPACKET_ISSUER = 16,
	SUBPACKET_PRIMARY = 25,
	SUBPACKET_FLAGS = 27,
	SUBPACKET_FEATURES = 30,
	SUBPACKET_FINGERPRINT = 33,
};

/* What a signature says besides what it is about. */
struct openpgp_said {
	enum openpgp_type type;
	enum hash hash;
	uint32_t created;
	/* Hashed subpackets beside its creation and its issuer. */
	const uint8_t *more;
	size_t more_len;
};

/* The number of a hash in OpenPGP, and back; 0 and HASH_NONE: none of ours. */
uint8_t openpgp_hash_id(enum hash);
enum hash openpgp_hash(uint8_t id);

/* A hash that the key's signatures can have; RFC 9580, 5.2.4's least sizes. */
bool openpgp_hash_fits(enum key_type, enum hash);

/* The mechanism for a fitting hash. */
enum mech openpgp_mech(enum key_type);

/* With no more subpackets, the trailer has this length. */
#define OPENPGP_TRAILER 41
#define OPENPGP_TRAILER_MAX 256
/* What is hashed behind the artifact. */
void openpgp_trailer(
    struct writer *, const struct openpgp_key *, const struct openpgp_said *);

/*
 * Adds a signature packet; digest is the one that was signed, signature the
 * token's.  0, or -1: the key gives no such signature.
 */
int openpgp_signature_add(struct buf *, const struct openpgp_key *,
    const struct openpgp_said *, const uint8_t *digest,
    const uint8_t *signature, size_t len);

/* A packet taken apart.  trailer is what was hashed behind. */
struct openpgp_signature {
	uint8_t type;
	enum hash hash; /* HASH_NONE: another */
	uint8_t algorithm;
	uint8_t left[2]; /* the digest's first bytes */
	uint32_t created;
	uint32_t key_expires; /* seconds after the key's creation; 0: never */
	bool issued; /* it names this key's fingerprint, and no other */
	/* It says that alone, and the key's id unhashed. */
	bool plain;
	const uint8_t *hashed; /* from its version to the last subpacket */
	size_t hashed_len;
	uint8_t signature[2048]; /* as a token gives it; of this key */
	size_t signature_len;
};

/* A packet's body, which must be of a signature of this key: 0, or -1. */
int openpgp_signature_get(struct reader body, const struct openpgp_key *,
    struct openpgp_signature *ret);

/* The end of a trailer, behind the hashed part: 6 bytes. */
#define OPENPGP_TRAILER_END 6
void openpgp_trailer_end(struct writer *, size_t hashed_len);

#endif
