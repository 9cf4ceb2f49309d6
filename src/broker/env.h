/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a client claims about a request in environment variables, for its
 * records: those that the profile or the key wants to have there, the first
 * RECORD_ENV_COUNT of them, cut so that they fit.
 */
#ifndef CS_BROKER_ENV_H
#define CS_BROKER_ENV_H

#include "audit/record.h"
#include "policy/env.h"
#include "wire/open.h"

struct env {
	unsigned count;
	struct variable item[RECORD_ENV_COUNT];
};

/*
 * Chooses from what came.  NULL: nothing is wanted (or there is no memory: a
 * claim is no reason to refuse).
 */
struct env *env_choose(const struct variables *came, const struct profile *,
    const struct signing_key *);
/* Drops what is not wanted any more.  Accepts NULL. */
void env_narrow(
    struct env *, const struct profile *, const struct signing_key *);
/* As env.NAME fields.  Accepts NULL. */
void env_record(struct record *, const struct env *);

#endif
