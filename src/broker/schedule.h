/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose line goes to the token next: turns go round the groups (connections),
 * and inside a group round its items (channels).  One line a turn, so that
 * neither a long batch nor many channels can hold up somebody else's line.
 *
 * Nothing is allocated: groups and items are embedded by their owners.
 */
#ifndef CS_BROKER_SCHEDULE_H
#define CS_BROKER_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>

struct sched_item {
	struct sched_item *next, *prev; /* NULL: not in a group */
	struct sched_group *group;
};

struct sched_group {
	struct sched_group *next, *prev; /* NULL: nothing to do */
	struct sched_item *first; /* whose turn it is */
};

struct schedule {
	struct sched_group *first;
	size_t items;
};

/* Zeroed structs are initialised.  Adding or removing twice is no harm. */
void schedule_add(struct schedule *, struct sched_group *, struct sched_item *);
void schedule_remove(struct schedule *, struct sched_item *);

/*
 * The next item for which fits says yes, or NULL; its group and it have had
 * their turn then.
 */
typedef bool schedule_fits_fn(void *arg, struct sched_item *);
struct sched_item *schedule_next(
    struct schedule *, schedule_fits_fn *, void *arg);

/*
 * Calls each for all items; it may remove the item it was called with, but no
 * other.
 */
typedef void schedule_each_fn(void *arg, struct sched_item *);
void schedule_each(struct schedule *, schedule_each_fn *, void *arg);

#endif
