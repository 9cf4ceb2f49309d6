/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words that bound what a client key may do: each with its value, its
 * line, and whose word it is.
 */
#ifndef CS_POLICY_BOUND_LIST_H
#define CS_POLICY_BOUND_LIST_H

#include "policy/entry.h"
#include "policy/said.h"

struct bound {
	const char *what,
	    *name; /* "profile" "ci", "client key" and principal */
	struct said said;
	struct rule rule;
	/* What is left of it only the running service knows. */
	bool counted;
};

typedef void bound_fn(void *arg, const struct bound *);

/* from and expiry-time of its line; nothing for one that has neither. */
void bounds_of_client(const struct client_key *, bound_fn *, void *arg);
/* Its tenants', too. */
void bounds_of_profile(const struct profile *, bound_fn *, void *arg);
void bounds_of_key(const struct signing_key *, bound_fn *, void *arg);

#endif
