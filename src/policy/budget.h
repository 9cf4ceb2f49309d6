/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is left of a rate and of a day's lines: arithmetic only.  Times are
 * microseconds since 1970; the caller keeps each budget and its clock.
 *
 * A rate is a leaky bucket that is as deep as the burst: full_us is the moment
 * when the whole burst may be used again.  All zero is a budget that nobody
 * has used.  A clock that is set back never gives more, and nobody waits longer
 * for it than the burst takes to fill.
 */
#ifndef CS_POLICY_BUDGET_H
#define CS_POLICY_BUDGET_H

#include "policy/layer.h"

struct budget {
	int64_t full_us;
	int64_t day; /* since 1970, in UTC */
	uint64_t used; /* lines of that day */
};

#define BUDGET_ENDLESS UINT64_MAX

struct budget_left {
	uint64_t burst; /* lines at once; BUDGET_ENDLESS: no rate */
	uint64_t day; /* lines until day_ends_s; BUDGET_ENDLESS: no per-day */
	uint32_t wait_s; /* until the next line; 0: now */
	int64_t day_ends_s; /* seconds since 1970 */
};

/* Does the limit count anything? */
bool budget_counts(const struct limits *);

/* May one more line be signed?  Nothing is charged; OK leaves ret alone. */
enum reason budget_check(const struct budget *, const struct layer *,
    int64_t now_us, struct verdict *ret);
/* One line that was allowed. */
void budget_charge(struct budget *, const struct limits *, int64_t now_us);
/*
 * One line, charged at charged_us, is not signed after all.  Never gives back
 * what time, or a new day, gave back already.
 */
void budget_refund(
    struct budget *, const struct limits *, int64_t charged_us, int64_t now_us);
void budget_left(const struct budget *, const struct limits *, int64_t now_us,
    struct budget_left *ret);

#endif
