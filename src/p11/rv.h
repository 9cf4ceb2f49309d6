/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names for what PKCS#11 calls return.
 */
#ifndef CS_P11_RV_H
#define CS_P11_RV_H

#include <p11-kit/pkcs11.h>
#include <stdbool.h>

/* "CKR_PIN_INCORRECT"; a code without a name is valid until the next call. */
const char *rv_name(CK_RV);

/* The PIN itself was refused: trying it again can lock the token. */
bool rv_is_pin(CK_RV);

/* The arguments were wrong, not the token: it can go on. */
bool rv_is_argument(CK_RV);

#endif
