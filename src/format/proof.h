/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is what a client would get for a digest a signature of it?  For probes: the
 * service checks its own answers as a stock verifier would.
 */
#ifndef CS_FORMAT_PROOF_H
#define CS_FORMAT_PROOF_H

#include "format/format.h"

/* Nothing of it is owned. */
struct format_proof {
	enum key_type type;
	const uint8_t *spki;
	size_t spki_len;
	enum hash hash;
	const uint8_t *digest;
	size_t digest_len;
	const uint8_t *answer; /* the format's finish gave it */
	size_t answer_len;
};

/* A format's verify, for its answers: 0, or -1: that is no signature. */
int rsa_verify(const struct format_proof *); /* PKCS#1 v1.5 */
int pss_verify(const struct format_proof *);
int ecdsa_der_verify(const struct format_proof *);
int ecdsa_raw_verify(const struct format_proof *); /* r || s */

/* The hash of a text, hash_size(hash) bytes: 0, or -1. */
int proof_digest(enum hash, const void *text, size_t len, uint8_t *ret);

#endif
