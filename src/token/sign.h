/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One job: checked again, signed, verified.
 */
#ifndef CS_TOKEN_SIGN_H
#define CS_TOKEN_SIGN_H

#include "token/key.h"

/*
 * key may be NULL: no such key.  The result's signature is in space.
 * Returns false when the token behaved in a way after which this process
 * must not go on; the result is to be sent all the same.
 */
bool sign_job(const struct login *, struct key *, const struct job *,
    uint8_t space[static WIRE_SIGNATURE], struct job_result *ret);

#endif
