/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/schedule.h"

static void
group_link(struct schedule *s, struct sched_group *g)
{
	struct sched_group *first = s->first;

	if (first == NULL) {
		s->first = g->next = g->prev = g;
		return;
	}
	/* Behind everybody who waits already. */
	g->next = first;
	g->prev = first->prev;
	first->prev->next = g;
	first->prev = g;
}

static void
group_unlink(struct schedule *s, struct sched_group *g)
{
	if (g->next == g) {
		s->first = NULL;
	} else {
		g->prev->next = g->next;
		g->next->prev = g->prev;
		if (s->first == g)
			s->first = g->next;
	}
	g->next = g->prev = NULL;
}

void
schedule_add(struct schedule *s, struct sched_group *g, struct sched_item *i)
{
	struct sched_item *first = g->first;

	if (i->next != NULL)
		return;
	i->group = g;
	s->items++;
	if (first == NULL) {
		g->first = i->next = i->prev = i;
		group_link(s, g);
		return;
	}
	i->next = first;
	i->prev = first->prev;
	first->prev->next = i;
	first->prev = i;
}

void
schedule_remove(struct schedule *s, struct sched_item *i)
{
	struct sched_group *g = i->group;

	if (i->next == NULL)
		return;
	s->items--;
	if (i->next == i) {
		g->first = NULL;
		group_unlink(s, g);
	} else {
		i->prev->next = i->next;
		i->next->prev = i->prev;
		if (g->first == i)
			g->first = i->next;
	}
	i->next = i->prev = NULL;
}

static struct sched_item *
group_next(struct sched_group *g, schedule_fits_fn *fits, void *arg)
{
	struct sched_item *i = g->first;

	do {
		if (fits(arg, i)) {
			g->first = i->next;
			return i;
		}
		i = i->next;
	} while (i != g->first);
	return NULL;
}

struct sched_item *
schedule_next(struct schedule *s, schedule_fits_fn *fits, void *arg)
{
	struct sched_group *g = s->first;
	struct sched_item *i;

	if (g == NULL)
		return NULL;
	do {
		if ((i = group_next(g, fits, arg)) != NULL) {
			s->first = g->next;
			return i;
		}
		g = g->next;
	} while (g != s->first);
	return NULL;
}

void
schedule_each(struct schedule *s, schedule_each_fn *each, void *arg)
{
	struct sched_group *g = s->first, *next_group;

	/* Counted, because the rings may shrink under our feet. */
	for (size_t left = s->items; left > 0; g = next_group) {
		struct sched_item *i = g->first, *last = i->prev, *next;

		next_group = g->next;
		for (bool end = false; !end; i = next) {
			end = i == last;
			next = i->next;
			each(arg, i);
			left--;
		}
	}
}
