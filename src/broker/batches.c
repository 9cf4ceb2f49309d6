/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/batches.h"

#include <stdlib.h>

#include "base/clock.h"

static void
free_list(struct batch *b)
{
	struct batch *next;

	for (; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
}

void
batches_release(struct batches *list)
{
	free_list(list->first);
	free_list(list->unused);
	list->first = list->last = list->unused = NULL;
	list->count = 0;
}

static struct batch *
append(struct batches *list)
{
	struct batch *b = list->unused;

	if (b != NULL)
		list->unused = b->next;
	else if ((b = malloc(sizeof(*b))) == NULL)
		return NULL;
	b->next = NULL;
	b->len = 0;
	b->urgent = b->ends_piece = false;
	b->since_us = clock_mono_us();
	if (list->first == NULL)
		list->first = b;
	else
		list->last->next = b;
	list->last = b;
	list->count++;
	return b;
}

struct batch *
batches_room(struct batches *list, size_t len, bool first_is_taken)
{
	struct batch *last = list->last;

	if (list->count > (first_is_taken ? 1u : 0u) && !last->ends_piece &&
	    BATCH_SIZE - last->len >= len)
		return last;
	return append(list);
}

const struct batch *
batches_shift(struct batches *list)
{
	struct batch *b = list->first;

	if ((list->first = b->next) == NULL)
		list->last = NULL;
	list->count--;
	b->next = list->unused;
	list->unused = b;
	return b;
}
