/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who has a profile: the client keys of a tree, sorted by it.
 */
#ifndef CS_POLICY_PEOPLE_H
#define CS_POLICY_PEOPLE_H

#include "policy/effect.h"

struct crowd {
	const struct client_key **list; /* by profile's name, then principal */
	size_t count;
};

/* 0, or -1: no memory. */
int crowd_make(const struct tree *, struct crowd *ret);
void crowd_release(struct crowd *);
/* Those of one profile. */
void crowd_people(
    const struct crowd *, const struct profile *, struct people *ret);
/* One more client key; those of a principal come one after another. */
void people_add(struct people *, const struct client_key *);

#endif
