/* SPDX-License-Identifier: Apache-2.0 */
/*
 * No signature leaves the worker before the public key has accepted it: a
 * fault in the module could otherwise give the private key away.
 *
 * Contexts are kept per mechanism and hash, because making one costs as much
 * as a P-256 verification.
 */
#ifndef CS_TOKEN_VERIFY_H
#define CS_TOKEN_VERIFY_H

#include <openssl/evp.h>
#include <stdbool.h>

#include "base/words.h"

struct verifier;

/* Takes its own reference to the key.  NULL: no memory. */
struct verifier *verifier_new(EVP_PKEY *, enum key_type);
void verifier_free(struct verifier *);

/* input is what the client gave, not what C_Sign got. */
bool verifier_accepts(struct verifier *, enum mech, enum hash,
    const uint8_t *input, size_t len, const uint8_t *signature,
    size_t signature_len);

#endif
