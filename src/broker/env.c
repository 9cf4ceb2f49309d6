/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/env.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a field takes beside the variable's name and value. */
#define FRAME (sizeof(" env.=\"\"") - 1)

/* Even the longest name leaves room for a value that is cut. */
_Static_assert(RECORD_ENV_MAX / RECORD_ENV_COUNT >= FRAME + VARIABLE_SIZE + 8,
    "the share of a variable is too small");

struct env *
env_choose(const struct variables *came, const struct profile *profile,
    const struct signing_key *key)
{
	struct env *ret = NULL;

	for (unsigned i = 0; i < came->count; i++) {
		if (!env_is_wanted(profile, key, came->item[i].name))
			continue;
		if (ret == NULL && (ret = calloc(1, sizeof(*ret))) == NULL)
			return NULL;
		ret->item[ret->count++] = came->item[i];
		if (ret->count == RECORD_ENV_COUNT)
			break;
	}
	return ret;
}

void
env_narrow(struct env *env, const struct profile *profile,
    const struct signing_key *key)
{
	unsigned kept = 0;

	for (unsigned i = 0; env != NULL && i < env->count; i++)
		if (env_is_wanted(profile, key, env->item[i].name))
			memmove(&env->item[kept++], &env->item[i],
			    sizeof(env->item[0]));
	if (env != NULL)
		env->count = kept;
}

/* Each gets an equal share of the room; what it leaves is for the others. */
void
env_record(struct record *r, const struct env *env)
{
	size_t end = r->len + RECORD_ENV_MAX;

	for (unsigned i = 0; env != NULL && i < env->count && !r->bad; i++) {
		const struct variable *v = &env->item[i];
		size_t share = (end - r->len) / (env->count - i);
		size_t max = share - FRAME - strlen(v->name);
		char name[sizeof("env.") + VARIABLE_SIZE];

		snprintf(name, sizeof(name), "env.%s", v->name);
		record_add_cut(r, name, v->value,
		    max < RECORD_VALUE_MAX ? max : RECORD_VALUE_MAX);
	}
}
