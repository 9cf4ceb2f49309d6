/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The budgets that are over a request: its profile's (for its client key),
 * its key's, and those of the tenants around it.  A request without any has no
 * plan, and pays nothing for it.
 *
 * A line is charged to all layers or to none, when it is decided.  Its answer
 * does not leave before that is in the store.
 */
#ifndef CS_BROKER_BUDGET_PLAN_H
#define CS_BROKER_BUDGET_PLAN_H

#include "broker/budgets.h"

struct pool;
struct request;
struct slot;

struct plan_layer {
	struct tally *tally;
	struct layer of; /* of the running tree */
	struct limits numbers; /* a copy; later, only its numbers are good */
	struct budget asked; /* check: what would be left */
};

struct budget_plan {
	struct budgets *budgets;
	struct pool *pool;
	unsigned refs; /* the request, and lines that were charged */
	bool running; /* counted as a sign request that runs */
	unsigned count;
	struct plan_layer layers[];
};

/* What a line was charged, until it was paid for or is given back. */
struct charge {
	struct budget_plan *plan;
	int64_t at_us;
	uint64_t ticket;
};

/* Whose the tally of a layer is. */
void plan_subject(
    const struct layer *, const char *fingerprint, char ret[static STORE_TEXT]);
/*
 * Makes the plan of the request's grant, in the place of the one it had, which
 * may be of a tree that is gone.  0, or -1: no memory, and it has none.
 */
int plan_make(struct request *);
/*
 * One more sign request, unless too many run: the reason is in ret then.  Ends
 * with plan_end.
 */
enum reason plan_begin(struct request *, struct verdict *ret);
/* The request is over.  No harm without a plan. */
void plan_end(struct request *);

/*
 * A line that all else allows: charged, unless it is only asked about.  One
 * that is decided anew is not charged a second time.
 */
enum reason plan_line(struct request *, struct slot *, struct verdict *ret);
/* It is not signed after all; no harm for one that was not charged. */
void plan_undo(struct slot *);
/* It is on record as signed. */
void plan_paid(struct slot *);
/* Is what the line was charged in the store? */
bool plan_is_kept(const struct slot *);
/* Otherwise: its waiter hears.  0, or -1: it will not be, and nobody hears. */
int plan_await(struct slot *);

#endif
