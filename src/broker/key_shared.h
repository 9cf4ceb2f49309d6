/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two names for one object of a token: fine, where no signature for the one
 * can be taken for one of the other (the oracle rule).
 */
#ifndef CS_BROKER_KEY_SHARED_H
#define CS_BROKER_KEY_SHARED_H

#include "broker/keyring.h"
#include "policy/apart.h"

/* Is that the key's public key? */
bool key_is_of(const struct key *, const struct key_facts *);

/*
 * Is the object an audit key's that clients could use, or one whose signatures
 * could be taken for others of its own?  NULL, or what is wrong.  What a
 * reload took away and a request still uses is over soon.
 */
const char *key_is_shared(const struct keyring *, const struct key *,
    const struct key_facts *, char space[APART_SIZE]);

#endif
