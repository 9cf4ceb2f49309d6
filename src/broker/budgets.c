/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/budgets.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"

#define PRUNE_US 3600000000u
#define DAY_US INT64_C(86400000000)
/* More subjects than anybody has. */
#define TALLIES_MAX 1000000
/* What a change takes in the store's queue, at most. */
#define CHANGE_MAX (STORE_TEXT + 64)

void
budgets_init(struct budgets *b)
{
	memset(b, 0, sizeof(*b));
	map_init(&b->map);
	b->dirty_last = &b->dirty;
}

static struct tally *
tally_of(struct map_node *node)
{
	return (struct tally *)(void *)node;
}

static void
forget(struct budgets *b, struct tally *t)
{
	map_remove(&b->map, &t->node);
	free(t);
}

void
budgets_release(struct budgets *b)
{
	struct map_node *node;

	while ((node = map_next(&b->map, NULL)) != NULL)
		forget(b, tally_of(node));
	map_release(&b->map);
	loop_timer_free(b->prune);
}

static struct tally *
tally_new(struct budgets *b, const char *subject)
{
	size_t len = strlen(subject);
	struct tally *t = calloc(1, sizeof(*t) + len + 1);

	if (t == NULL)
		return NULL;
	memcpy(t->subject, subject, len + 1);
	t->node.key = t->subject;
	t->node.len = (uint32_t)len;
	if (map_add(&b->map, &t->node) == 0)
		return t;
	free(t);
	return NULL;
}

struct tally *
tally_get(struct budgets *b, const char *subject)
{
	struct map_node *node = map_find(&b->map, subject, strlen(subject));
	struct tally *t = node != NULL ? tally_of(node) : tally_new(b, subject);

	if (t != NULL)
		t->refs++;
	return t;
}

const struct tally *
tally_find(const struct budgets *b, const char *subject)
{
	struct map_node *node = map_find(&b->map, subject, strlen(subject));

	return node != NULL ? tally_of(node) : NULL;
}

void
tally_put(struct budgets *b, struct tally *t)
{
	/* What was never charged has nothing to keep. */
	if (--t->refs == 0 && !t->dirty && !t->stored)
		forget(b, t);
}

bool
budgets_may_charge(const struct budgets *b, unsigned count)
{
	return b->store == NULL ||
	    (store_works(b->store) &&
		store_has_room(
		    b->store, (b->dirty_count + count) * CHANGE_MAX));
}

void
tally_touch(struct budgets *b, struct tally *t)
{
	if (t->dirty)
		return;
	t->dirty = true;
	t->next_dirty = NULL;
	*b->dirty_last = t;
	b->dirty_last = &t->next_dirty;
	b->dirty_count++;
}

static void
keep(struct budgets *b, struct tally *t)
{
	const struct store_budget row = {
		.subject = t->subject,
		.full_us = t->budget.full_us,
		.day = t->budget.day,
		.used = t->budget.used,
	};

	/* There was room for it. */
	if (b->store != NULL && store_put_budget(b->store, &row) == 0)
		log_fatal("no memory");
	t->stored = true;
}

void
budgets_flush(struct budgets *b)
{
	struct tally *t;

	while ((t = b->dirty) != NULL) {
		/* Only what was given back can be too much. */
		if (b->store != NULL && !store_has_room(b->store, CHANGE_MAX))
			return;
		if ((b->dirty = t->next_dirty) == NULL)
			b->dirty_last = &b->dirty;
		t->dirty = false;
		b->dirty_count--;
		keep(b, t);
	}
}

/* A new one would say the same. */
static bool
is_idle(const struct tally *t, int64_t now_us)
{
	return t->refs == 0 && !t->dirty && t->budget.full_us <= now_us &&
	    (t->budget.used == 0 || t->budget.day < now_us / DAY_US);
}

void
budgets_prune(struct budgets *b, int64_t now_us)
{
	struct map_node *node, *next;

	for (node = map_next(&b->map, NULL); node != NULL; node = next) {
		struct tally *t = tally_of(node);

		next = map_next(&b->map, node);
		if (!is_idle(t, now_us))
			continue;
		/* What does not fit now can go the next time. */
		if (t->stored && b->store != NULL &&
		    (!store_has_room(b->store, CHANGE_MAX) ||
			store_drop_budget(b->store, t->subject) == 0))
			return;
		forget(b, t);
	}
}

static void
on_prune(void *arg)
{
	struct budgets *b = arg;

	budgets_prune(b, (int64_t)clock_wall_us());
	loop_timer_set(b->prune, clock_mono_us() + PRUNE_US);
}

static bool
take_row(void *arg, const struct store_budget *row)
{
	struct budgets *b = arg;
	struct tally *t;

	if (b->map.count >= TALLIES_MAX || row->day < 0 ||
	    row->used > INT64_MAX || row->full_us < 0)
		return false;
	if ((t = tally_new(b, row->subject)) == NULL)
		log_fatal("no memory");
	t->budget.full_us = row->full_us;
	t->budget.day = row->day;
	t->budget.used = row->used;
	t->stored = true;
	return true;
}

int
budgets_load(struct budgets *b, struct store *store, struct loop *loop,
    struct text_error *reterr)
{
	if (store_each_budget(store, take_row, b, reterr) == -1)
		return -1;
	b->store = store;
	b->prune = loop_timer_new(loop, on_prune, b);
	if (b->prune == NULL)
		return text_fail(reterr, 0, "no memory");
	/* In its first round, when the store may be changed. */
	loop_timer_set(b->prune, clock_mono_us());
	return 0;
}
