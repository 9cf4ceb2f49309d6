/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What raw formats share: the token signs the digest itself, and RSA's answer
 * is the client's as it is.
 */
#ifndef CS_FORMAT_DIGEST_H
#define CS_FORMAT_DIGEST_H

#include "format/format.h"

/* A format's input: the one line's digest, which must be as its hash is. */
int digest_input(const struct making *, struct buf *ret);

/* An RSA signature: exactly as long as the modulus, and not zero; 0, or -1. */
int rsa_check(const struct format_key *, const uint8_t *signature, size_t len);

/* A format's finish for RSA, where the answer is that. */
int rsa_finish(const struct making *, const uint8_t *signature, size_t len,
    struct buf *ret);

/* A format's open, where the answer is the token's signature as it is, */
int plain_open(const struct making *, const uint8_t *answer, size_t len,
    struct opened *ret);
/* and where it is the DER of an ECDSA signature. */
int ecdsa_der_open(const struct making *, const uint8_t *answer, size_t len,
    struct opened *ret);

/* Sets ret->signature: 0, or -1: it is too long. */
int opened_signature(struct opened *ret, const uint8_t *signature, size_t len);

#endif
