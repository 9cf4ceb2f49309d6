/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which variables of a client's environment go on record.
 */
#ifndef CS_POLICY_ENV_H
#define CS_POLICY_ENV_H

#include "policy/entry.h"

/*
 * Those that the profile or the key names; neither takes back what the other
 * wants to have on record.  key is NULL while it is not known.
 */
bool env_is_wanted(
    const struct profile *, const struct signing_key *, const char *name);

#endif
