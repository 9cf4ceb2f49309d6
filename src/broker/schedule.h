/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose line goes to the token next: that of the highest class; inside a class
 * turns go round the groups (clients), and inside a group round its items
 * (channels).  One line a turn, so that neither a long batch nor many channels
 * or connections can hold up somebody else's line.
 *
 * A class that SCHED_PASSES turns in a row went to others gets one, the lowest
 * first, but never two such turns one after the other: so each class that
 * waits has one of SCHED_PASSES + 1 turns, and a line of the highest class is
 * held up by one of a lower class at most.
 *
 * Nothing is allocated: groups and items are embedded by their owners.
 */
#ifndef CS_BROKER_SCHEDULE_H
#define CS_BROKER_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>

#include "policy/entry.h"

#define SCHED_PASSES 8

struct sched_item {
	struct sched_item *next, *prev; /* NULL: not in a group */
	struct sched_group *group;
};

/* Of one class, as long as it has items. */
struct sched_group {
	struct sched_group *next, *prev; /* NULL: nothing to do */
	struct sched_item *first; /* whose turn it is */
	struct sched_class *of;
};

struct sched_class {
	struct sched_group *first;
	size_t items;
	unsigned passed; /* turns of others since its last */
};

struct schedule {
	struct sched_class classes[PRIORITY_COUNT];
	size_t items;
	bool owed; /* the last turn went to a class that was passed over */
};

/* Zeroed structs are initialised.  Adding or removing twice is no harm. */
void schedule_add(struct schedule *, enum priority, struct sched_group *,
    struct sched_item *);
void schedule_remove(struct schedule *, struct sched_item *);

/*
 * The next item for which fits says yes, or NULL; its class, its group and it
 * have had their turn then.
 */
typedef bool schedule_fits_fn(void *arg, struct sched_item *);
struct sched_item *schedule_next(
    struct schedule *, schedule_fits_fn *, void *arg);

#endif
