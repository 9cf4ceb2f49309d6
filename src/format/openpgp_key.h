/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An OpenPGP public key of version 4: what its signatures name, and the file
 * (a certificate, in RFC 9580's words) that verifiers have.
 *
 * The token knows the numbers of a key, but not when it was created, and both
 * make the fingerprint.  So the admin makes the file once, and the service
 * reads it.
 */
#ifndef CS_FORMAT_OPENPGP_KEY_H
#define CS_FORMAT_OPENPGP_KEY_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/words.h"

#define OPENPGP_FINGERPRINT 20
#define OPENPGP_KEY_ID 8 /* the end of the fingerprint */

/* RFC 4880, 9.1; 22: what GnuPG wrote before RFC 9580 had a number. */
enum openpgp_algorithm {
	OPENPGP_RSA = 1,
	OPENPGP_ECDSA = 19,
	OPENPGP_EDDSA = 22,
};

struct openpgp_key {
	enum key_type type;
	uint16_t bits;
	uint32_t created; /* seconds since 1970 */
	int64_t expires; /* 0: never, as its newest self-signature says */
	enum openpgp_algorithm algorithm;
	uint8_t fingerprint[OPENPGP_FINGERPRINT];
};

/*
 * Adds the body of the public key packet of a SubjectPublicKeyInfo, and says
 * what is in it: 0, or -1: it is no key of ours.
 */
int openpgp_key_make(const uint8_t *spki, size_t spki_len, uint32_t created,
    struct buf *ret_body, struct openpgp_key *ret);

/*
 * Reads an armored file.  Its primary key must be this SPKI's and sign at
 * least one user id; a revoked one is refused.  0, or -1 with text, which goes
 * on a sentence: "is for another key".
 */
int openpgp_key_read(const char *armored, const uint8_t *spki, size_t spki_len,
    struct openpgp_key *ret, char text[MESSAGE_SIZE]);

/*
 * The same without the SPKI, and so without signatures: of ret, only when it
 * was created and by which algorithm it signs are set.
 */
int openpgp_key_peek(
    const char *armored, struct openpgp_key *ret, char text[MESSAGE_SIZE]);

/*
 * Adds what a signature of such a key over a user id (or, with id NULL, over
 * the key alone) is about.
 */
void openpgp_key_about(
    struct buf *, const struct buf *body, const void *id, size_t id_len);

#endif
