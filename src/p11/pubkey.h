/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A token's public key for libcrypto: what signatures are verified with, and
 * what clients see.
 */
#ifndef CS_P11_PUBKEY_H
#define CS_P11_PUBKEY_H

#include <openssl/evp.h>

#include "base/words.h"
#include "p11/object.h"

#define PUBKEY_RSA_MIN 1024
#define PUBKEY_RSA_MAX 16384

struct pubkey {
	enum key_type type;
	uint16_t bits;
	EVP_PKEY *pkey;
};

/*
 * Reads the key from a public key object, or, where the token shows the
 * public part there too, from a private one.  RSA, P-256, P-384, P-521 and
 * Ed25519; anything else fails.  0, or -1 with reterr.
 */
int pubkey_load(const struct p11_session *, CK_OBJECT_HANDLE,
    struct pubkey *ret, struct text_error *reterr);
void pubkey_release(struct pubkey *);

/* How long its signatures are: r || s for the curves. */
size_t pubkey_signature_len(const struct pubkey *);

/* SubjectPublicKeyInfo in DER; 0, or -1 when it does not fit. */
int pubkey_spki(
    const struct pubkey *, uint8_t *ret, size_t size, size_t *ret_len);

/*
 * A curve by its CKA_EC_PARAMS, which must be one of the names above: KEY_NONE
 * otherwise.
 */
enum key_type curve_by_params(const uint8_t *, size_t len);
/* The CKA_EC_PARAMS that name the curve, or NULL. */
const uint8_t *curve_params(enum key_type, size_t *ret_len);

/*
 * The point in a CKA_EC_POINT, which tokens write with or without the OCTET
 * STRING around it: NULL when it is not as long as the curve says.
 */
const uint8_t *curve_point(
    enum key_type, const uint8_t *, size_t len, size_t *ret_len);

#endif
