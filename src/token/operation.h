/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One of our mechanisms as PKCS#11 wants it: the CK_MECHANISM with its
 * parameters, and the bytes for C_Sign.
 */
#ifndef CS_TOKEN_OPERATION_H
#define CS_TOKEN_OPERATION_H

#include <p11-kit/pkcs11.h>
#include <stdbool.h>

#include "base/words.h"

#define DIGEST_INFO_MAX (19 + DIGEST_MAX)

/* Points into itself: filled in place, never copied. */
struct operation {
	CK_MECHANISM mechanism;
	CK_RSA_PKCS_PSS_PARAMS pss;
	const uint8_t *input;
	size_t len;
	uint8_t info[DIGEST_INFO_MAX];
};

/*
 * False when the mechanism is not for this type of key, or the input is not
 * as long as its hash.
 */
bool operation_init(struct operation *, enum key_type, enum mech, enum hash,
    const uint8_t *input, size_t len);

/* The DigestInfo of RFC 8017: its length. */
size_t digest_info(
    enum hash, const uint8_t *digest, uint8_t ret[static DIGEST_INFO_MAX]);

#endif
