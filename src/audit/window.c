/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/window.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 1024

void
window_init(struct window *w, uint64_t index)
{
	memset(w, 0, sizeof(*w));
	w->low = index;
	/* The empty tree is known to everybody. */
	w->pasts = index == 0;
}

void
window_release(struct window *w)
{
	free(w->leaf);
	memset(w, 0, sizeof(*w));
}

uint64_t
window_size(const struct window *w)
{
	return w->low + w->count;
}

const struct record_place *
window_place(const struct window *w, uint64_t index)
{
	if (index < w->low || index >= window_size(w))
		return NULL;
	return &w->leaf[index - w->low].place;
}

/* The tree that was remembered so many before the newest. */
static struct merkle *
past(struct window *w, unsigned back)
{
	return &w->past[(w->newest + WINDOW_PAST - back) % WINDOW_PAST];
}

static void
drop(struct window *w, size_t count)
{
	w->count -= count;
	w->low += count;
	memmove(w->leaf, w->leaf + count, w->count * sizeof(*w->leaf));
}

/* Appends leaves that are kept, up to size. */
static int
append(const struct window *w, struct merkle *tree, uint64_t size)
{
	while (tree->size < size)
		if (merkle_append(tree,
			(const uint8_t *)w->leaf[tree->size - w->low].hash,
			NULL) == -1)
			return -1;
	return 0;
}

uint64_t
window_known(const struct window *w)
{
	return w->past[w->newest].size;
}

/* Leaves that no remembered tree needs; rarely, for the move has its price. */
static void
forget(struct window *w)
{
	uint64_t oldest = w->pasts > 0 ? past(w, w->pasts - 1)->size : w->low;

	if (oldest > w->low && oldest - w->low > w->count / 2)
		drop(w, (size_t)(oldest - w->low));
}

/* Full of leaves that no checkpoint asked for: the older half goes. */
static int
squeeze(struct window *w)
{
	uint64_t size = w->low + w->count / 2;

	while (w->pasts > 1 && past(w, w->pasts - 1)->size < size)
		w->pasts--;
	if (w->pasts > 0 && past(w, 0)->size < size &&
	    append(w, past(w, 0), size) == -1)
		return -1;
	drop(w, w->count / 2);
	return 0;
}

static int
make_room(struct window *w)
{
	size_t room = w->room == 0 ? FIRST_ROOM : w->room * 2;
	struct window_leaf *leaf;

	if (w->count < w->room)
		return 0;
	forget(w);
	if (w->count < w->room)
		return 0;
	if (w->room == WINDOW_LEAVES)
		return squeeze(w);
	if ((leaf = reallocarray(w->leaf, room, sizeof(*leaf))) == NULL)
		return -1;
	w->leaf = leaf;
	w->room = room;
	return 0;
}

int
window_add(
    struct window *w, const void *line, size_t len, struct record_place place)
{
	if (make_room(w) == -1 ||
	    merkle_leaf(line, len, w->leaf[w->count].hash) == -1)
		return -1;
	w->leaf[w->count++].place = place;
	return 0;
}

/* The largest remembered tree that is not above size; NULL: none. */
static const struct merkle *
nearest(struct window *w, uint64_t size)
{
	for (unsigned back = 0; back < w->pasts; back++)
		if (past(w, back)->size <= size)
			return past(w, back);
	return NULL;
}

static void
remember(struct window *w, const struct merkle *tree)
{
	w->newest = (w->newest + 1) % WINDOW_PAST;
	w->past[w->newest] = *tree;
	if (w->pasts < WINDOW_PAST)
		w->pasts++;
}

enum window_answer
window_tree(struct window *w, uint64_t size, uint64_t back, struct merkle *ret)
{
	const struct merkle *from = nearest(w, size);
	struct merkle tree;

	if (w->pasts == 0)
		return WINDOW_UNKNOWN;
	if (from == NULL ||
	    (size < window_known(w) && size - from->size > back))
		return WINDOW_GONE;
	tree = *from;
	if (append(w, &tree, size) == -1)
		return WINDOW_FAILED;
	if (size > past(w, 0)->size)
		remember(w, &tree);
	*ret = tree;
	return WINDOW_OK;
}

enum window_answer
window_adopt(struct window *w, const struct merkle *nodes)
{
	struct merkle tree = *nodes;

	if (tree.size < w->low || tree.size > window_size(w))
		return WINDOW_GONE;
	/* Subtrees that lie in the window are better made from its leaves. */
	while (tree.size != 0 && (tree.size & (tree.size - 1)) >= w->low)
		tree.size &= tree.size - 1;
	w->pasts = 0;
	remember(w, &tree);
	return WINDOW_OK;
}
