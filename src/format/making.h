/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a signature is made of, and what an answer is read back to.
 */
#ifndef CS_FORMAT_MAKING_H
#define CS_FORMAT_MAKING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/words.h"

struct certificate; /* format/certificate.h */
struct openpgp_key; /* format/openpgp_key.h */

/* What a format needs to know of a signing key.  Nothing of it is owned. */
struct format_key {
	enum key_type type;
	uint16_t bits;
	uint64_t mechs; /* mech_bit(), what the token can do with it */
	const char *name; /* of its [key] */
	const uint8_t *spki; /* SubjectPublicKeyInfo, DER */
	size_t spki_len;
	const uint8_t *ssh; /* SSH's form of it; NULL: made when it is wanted */
	size_t ssh_len;
	const struct certificate *certificate; /* NULL: it has none */
	bool allow_expired; /* it may sign although that is over */
	const struct openpgp_key *openpgp; /* the same */
};

/* One digest and what came with it. */
struct format_line {
	enum hash hash;
	const uint8_t *digest;
	size_t len;
	const char *name; /* "": none came */
	/*
	 * EXTRA_STATE: the chaining value, be64 bytes so far, and those that
	 * fill no block yet (digest is that of the whole, finished).
	 * EXTRA_QUERY: wire/query.h.
	 */
	const uint8_t *extra;
	size_t extra_len;
};

/* What an admin's words leave open to nobody else.  "" or NULL: not given. */
struct format_settings {
	const char *namespace; /* sshsig: one that the profile grants */
	const char *predicate_type; /* dsse */
	const char *tsa_policy; /* an OID in dots */
	uint32_t tsa_accuracy_s; /* 0: not said */
	bool no_signing_time; /* cms */
	const char *trailer; /* openpgp-trailer: hex that the client gave */
};

#define FORMAT_RANDOM 16

/* What one signature is made of.  Nothing of it is owned. */
struct making {
	const struct format_key *key;
	const struct format_settings *set;
	const struct format_line *lines; /* one, or with shape all of them */
	size_t count;
	int64_t now; /* seconds since 1970: the signer's clock */
	const uint8_t *random; /* FORMAT_RANDOM bytes, where it needs them */
	size_t index; /* open: the line whose answer it is */
	unsigned step; /* from 0, below `steps` */
	/* Of step 1: the token's signature of step 0. */
	const uint8_t *first;
	size_t first_len;
};

/* An answer read back, for one step. */
struct opened {
	struct buf input; /* what was signed: as the row's input gives it */
	uint8_t signature[2048]; /* as a token gives it */
	size_t signature_len;
};

#endif
