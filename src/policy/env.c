/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/env.h"

#include "policy/address.h"

static bool
is_listed(const struct names *globs, const char *name)
{
	for (size_t i = 0; i < globs->count; i++)
		if (glob_match(globs->item[i], name))
			return true;
	return false;
}

bool
env_is_wanted(const struct profile *profile, const struct signing_key *key,
    const char *name)
{
	return is_listed(&profile->limits.env, name) ||
	    (key != NULL && is_listed(&key->limits.env, name));
}
