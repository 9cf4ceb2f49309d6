/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is what a tenant's files say inside the tenant's bounds?
 *
 * Most bounds hold by themselves, because a request must be allowed by the
 * tenant too; these checks tell the team before anybody runs into one.  Which
 * tokens and objects a key may name, and a priority, are decided here alone.
 */
#ifndef CS_POLICY_BOUNDS_H
#define CS_POLICY_BOUNDS_H

#include "policy/private.h"
#include "policy/tenant.h"

/* Each with the tenant that it is part of, and those around it. */
void bounds_key(struct intake *, const struct key_row *);
void bounds_generation(struct intake *, const struct generation_row *);
void bounds_profile(struct intake *, struct profile *);
void bounds_tenant(struct intake *, const struct tenant *);

/* The limits of "key", "release", and what they may not go beyond. */
struct bounded {
	const char *what, *name;
	const struct limits *limits;
	const struct tenant *bound;
};

/* Tells each word that goes beyond. */
void bounds_limits(struct intake *, const struct bounded *);

#endif
