/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a token can do with a key, found out by asking: C_SignInit for each
 * mechanism and hash, on sessions that are thrown away.  Nothing is signed.
 */
#ifndef CS_TOKEN_PROBE_H
#define CS_TOKEN_PROBE_H

#include "base/words.h"
#include "p11/module.h"

/* A set of mech_bit(); *ret is untouched when sessions do not open. */
CK_RV probe_mechs(const struct p11_session *, CK_SLOT_ID, CK_OBJECT_HANDLE,
    enum key_type, uint64_t *ret);

#endif
