/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two-key login: a client key whose profile says require-second = PROFILE is
 * let in together with another client key, of that profile, only.
 */
#ifndef CS_POLICY_SECOND_H
#define CS_POLICY_SECOND_H

#include "policy/decide.h"

/*
 * Is this the other key that first needs, if it needs one?  Both are of one
 * tree; second is NULL when there is none.  Whether second may log in as such
 * is for decide_login.
 */
enum reason decide_second(const struct client_key *first,
    const struct client_key *second, struct verdict *ret);

#endif
