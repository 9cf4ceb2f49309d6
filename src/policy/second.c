/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/second.h"

#include <string.h>

#include "policy/resolve.h"

enum reason
decide_second(const struct client_key *first, const struct client_key *second,
    struct verdict *ret)
{
	const struct profile *profile = first->profile;

	if (profile->second == NULL ||
	    (second != NULL && second != first &&
		strcmp(second->profile->name, profile->second) == 0)) {
		*ret = (struct verdict){ .reason = REASON_OK };
		return REASON_OK;
	}
	return refuse(ret, REASON_SECOND_KEY, profile->second_rule,
	    "the profile %s wants a second client key, whose profile is %s",
	    profile->name, profile->second);
}
