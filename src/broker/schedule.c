/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/schedule.h"

static void
group_link(struct sched_class *c, struct sched_group *g)
{
	struct sched_group *first = c->first;

	g->of = c;
	if (first == NULL) {
		c->first = g->next = g->prev = g;
		return;
	}
	/* Behind everybody who waits already. */
	g->next = first;
	g->prev = first->prev;
	first->prev->next = g;
	first->prev = g;
}

static void
group_unlink(struct sched_group *g)
{
	struct sched_class *c = g->of;

	if (g->next == g) {
		c->first = NULL;
	} else {
		g->prev->next = g->next;
		g->next->prev = g->prev;
		if (c->first == g)
			c->first = g->next;
	}
	g->next = g->prev = NULL;
}

void
schedule_add(struct schedule *s, enum priority class, struct sched_group *g,
    struct sched_item *i)
{
	struct sched_item *first = g->first;

	if (i->next != NULL)
		return;
	i->group = g;
	s->items++;
	s->classes[class].items++;
	if (first == NULL) {
		g->first = i->next = i->prev = i;
		group_link(&s->classes[class], g);
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
	/* Who comes again later was not waiting meanwhile. */
	if (--g->of->items == 0)
		g->of->passed = 0;
	if (i->next == i) {
		g->first = NULL;
		group_unlink(g);
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

static struct sched_item *
class_next(struct sched_class *c, schedule_fits_fn *fits, void *arg)
{
	struct sched_group *g = c->first;
	struct sched_item *i;

	if (g == NULL)
		return NULL;
	do {
		if ((i = group_next(g, fits, arg)) != NULL) {
			c->first = g->next;
			return i;
		}
		g = g->next;
	} while (g != c->first);
	return NULL;
}

static struct sched_item *
owed_next(struct schedule *s, schedule_fits_fn *fits, void *arg)
{
	struct sched_item *i = NULL;

	for (int c = PRIORITY_LOW; i == NULL && c < PRIORITY_COUNT; c++)
		if (s->classes[c].passed >= SCHED_PASSES)
			i = class_next(&s->classes[c], fits, arg);
	return i;
}

static void
take_turn(struct schedule *s, struct sched_class *turn)
{
	for (int c = PRIORITY_LOW; c < PRIORITY_COUNT; c++)
		if (s->classes[c].items > 0)
			s->classes[c].passed++;
	turn->passed = 0;
}

struct sched_item *
schedule_next(struct schedule *s, schedule_fits_fn *fits, void *arg)
{
	struct sched_item *i = s->owed ? NULL : owed_next(s, fits, arg);
	bool owed = i != NULL;

	for (int c = PRIORITY_COUNT - 1; i == NULL && c >= PRIORITY_LOW; c--)
		i = class_next(&s->classes[c], fits, arg);
	if (i == NULL)
		return NULL;
	s->owed = owed;
	take_turn(s, i->group->of);
	return i;
}
