/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was used up of rates and of days' lines, by whose it is: "client
 * FINGERPRINT PROFILE", "key NAME", "tenant NAME".  It is kept in the store,
 * one change for each subject and round, whatever is charged in it; and it is
 * forgotten when it says no more than nothing would.
 */
#ifndef CS_BROKER_BUDGETS_H
#define CS_BROKER_BUDGETS_H

#include "base/loop.h"
#include "base/text.h"
#include "broker/map.h"
#include "broker/store.h"
#include "policy/budget.h"

/* One subject's. */
struct tally {
	struct map_node node;
	struct tally *next_dirty;
	unsigned refs; /* plans that have it */
	unsigned running; /* sign requests */
	bool dirty;
	bool stored; /* the store has, or will have, a row */
	struct budget budget;
	char subject[]; /* with its NUL */
};

struct budgets {
	struct store *store; /* or NULL */
	struct map map;
	struct tally *dirty, **dirty_last;
	size_t dirty_count;
	struct loop_timer *prune;
};

void budgets_init(struct budgets *);
/* When no plan is left. */
void budgets_release(struct budgets *);
/* What the store has; it is pruned from time to time.  0, or -1 with reterr. */
int budgets_load(
    struct budgets *, struct store *, struct loop *, struct text_error *reterr);

/* For one more plan: NULL, no memory. */
struct tally *tally_get(struct budgets *, const char *subject);
/* NULL: it has used up nothing. */
const struct tally *tally_find(const struct budgets *, const char *subject);
void tally_put(struct budgets *, struct tally *);

/*
 * Can so many tallies be changed, and be kept?  Otherwise nothing may be
 * charged.
 */
bool budgets_may_charge(const struct budgets *, unsigned count);
/* It was changed. */
void tally_touch(struct budgets *, struct tally *);
/* To the store, before its flush: after a round. */
void budgets_flush(struct budgets *);
/* Forgets what says nothing any more. */
void budgets_prune(struct budgets *, int64_t now_us);

#endif
