/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Layers of limits: a profile's, a key's, and those of the tenants around
 * them.  A line must be allowed by each layer that is over it; no layer can
 * allow what another one refuses.
 *
 * Each check returns OK and leaves the verdict alone, or sets it: the reason,
 * the line that decides, and what would be allowed.
 */
#ifndef CS_POLICY_LAYER_H
#define CS_POLICY_LAYER_H

#include "policy/decide.h"
#include "policy/tenant.h"

/* Whose limits they are, for texts: "profile" "ci". */
struct layer {
	const char *what;
	const char *name;
	const struct limits *limits;
};

#define LAYERS_MAX (2 + TENANT_DEPTH_MAX)

/* The profile, the key (unless NULL), and its tenants: returns how many. */
size_t layers_over(const struct profile *, const struct signing_key *,
    struct layer ret[static LAYERS_MAX]);

/* The facts that checks look at, each at some of them. */
struct asked {
	const char *address;
	int64_t now; /* seconds since 1970 */
	enum verb verb;
	uint64_t number; /* of the line, from 1 */
	const char *name; /* the artifact's; "": none */
};

typedef enum reason layer_fn(
    const struct layer *, const struct asked *, struct verdict *ret);

layer_fn layer_source; /* from */
layer_fn layer_dates; /* not-before, not-after */
layer_fn layer_hours;
layer_fn layer_verb;
layer_fn layer_number; /* max-lines */
layer_fn layer_name; /* names */

/* The first refusal: of each layer in turn all checks, up to a NULL. */
enum reason layers_check(const struct layer *, size_t count,
    layer_fn *const *checks, const struct asked *, struct verdict *ret);

/* The profile's priority, else the key's, else normal. */
enum priority priority_of(const struct profile *, const struct signing_key *);

#endif
