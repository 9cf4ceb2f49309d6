/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is a private key object fit to sign for the service?
 */
#ifndef CS_TOKEN_FIT_H
#define CS_TOKEN_FIT_H

#include "p11/object.h"
#include "p11/pubkey.h"
#include "wire/token.h"

#define RSA_SHORT 3072

/*
 * It must be able to sign, sensitive and never extractable since it was made
 * (unless allow_extractable), long enough (unless allow_short), and ask for
 * no PIN at each signature.  Text says which of these it is not.
 */
bool key_is_fit(const struct p11_session *, CK_OBJECT_HANDLE,
    const struct pubkey *, const struct key_add *, struct text_error *reterr);

/*
 * For the record: which attributes hold, as a set of 1u << enum
 * key_attribute.  One that the token does not tell is not in it.
 */
uint8_t key_attributes(const struct p11_session *, CK_OBJECT_HANDLE);

#endif
