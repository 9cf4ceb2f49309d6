/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file of an OpenPGP public key: the key, a user id, and the key's own
 * signature that they belong together.
 */
#ifndef CS_FORMAT_OPENPGP_CERTIFY_H
#define CS_FORMAT_OPENPGP_CERTIFY_H

#include "format/openpgp_signature.h"

struct openpgp_certify {
	struct openpgp_key key;
	struct openpgp_said said;
	struct buf body; /* of the public key's packet */
	struct buf id;
	uint8_t more[64]; /* said's */
};

struct openpgp_wish {
	const char *user_id; /* "Release <release@example.org>" */
	uint32_t created; /* the key */
	uint32_t expires; /* the key; 0: never */
	uint32_t now; /* the signature */
};

/* 0, or -1: no key of ours, or a wish that cannot be.  Release either way. */
int openpgp_certify_init(struct openpgp_certify *, const uint8_t *spki,
    size_t spki_len, const struct openpgp_wish *);
void openpgp_certify_release(struct openpgp_certify *);

/*
 * Adds what is to be hashed with said.hash (SHA-256, or as long as the curve),
 * and the hash signed; and its digest, DIGEST_MAX bytes.  0, or -1.
 */
int openpgp_certify_message(const struct openpgp_certify *,
    struct buf *ret_message, uint8_t *ret_digest);
/* Adds the armored file; the signature is as tokens give it.  0, or -1. */
int openpgp_certify_finish(const struct openpgp_certify *,
    const uint8_t *signature, size_t len, struct buf *ret);

#endif
