/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What raw formats share: the token signs the digest itself, and RSA's answer
 * is the client's as it is.
 */
#ifndef CS_FORMAT_DIGEST_H
#define CS_FORMAT_DIGEST_H

#include "format/format.h"

/* A format's input: the digest, which must be as long as its hash. */
int digest_input(const struct format_key *, enum hash, const uint8_t *digest,
    size_t len, uint8_t *ret, size_t size, size_t *ret_len);

/* A format's finish for RSA: exactly as long as the modulus, and not zero. */
int rsa_finish(const struct format_key *, const uint8_t *signature, size_t len,
    uint8_t *ret, size_t size, size_t *ret_len);

#endif
