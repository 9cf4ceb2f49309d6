/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tree over records that go by, at every size that a checkpoint may still
 * ask for, in bounded memory.  A window that begins in the middle of a log
 * learns the tree before it from a checkpoint's nodes.
 */
#ifndef CS_AUDIT_WINDOW_H
#define CS_AUDIT_WINDOW_H

#include <stdbool.h>

#include "audit/fault.h"
#include "audit/merkle.h"

#define WINDOW_LEAVES (1u << 20) /* leaves that are kept, at most */
#define WINDOW_PAST 8 /* trees that can be gone back to */

struct window_leaf {
	merkle_hash hash;
	struct record_place place;
};

struct window {
	struct merkle past[WINDOW_PAST]; /* a ring; the newest is at `newest' */
	unsigned pasts, newest; /* no pasts: the tree is not known */
	uint64_t low; /* the index of leaf[0] */
	struct window_leaf *leaf;
	size_t count, room;
};

/* index: of the first leaf that comes. */
void window_init(struct window *, uint64_t index);
void window_release(struct window *);

/* 0, or -1: no memory, or libcrypto failed. */
int window_add(
    struct window *, const void *line, size_t len, struct record_place);
uint64_t window_size(const struct window *);
/* Where the record came from; NULL when it is not kept. */
const struct record_place *window_place(const struct window *, uint64_t index);

enum window_answer {
	WINDOW_OK,
	WINDOW_UNKNOWN, /* the tree is not known yet */
	WINDOW_GONE, /* so small a tree is not known any more */
	WINDOW_FAILED, /* libcrypto */
};

/*
 * The tree of so many leaves, at most window_size.  To go back, at most `back'
 * leaves are gone over: it is gone when that does not do.
 */
enum window_answer window_tree(
    struct window *, uint64_t size, uint64_t back, struct merkle *ret);

/*
 * Learns the tree from nodes that are true; their size is at least that of
 * the first leaf kept.  Of those, only what lies before the window is used.
 */
enum window_answer window_adopt(struct window *, const struct merkle *nodes);
/* The size of the largest tree that was asked for, or adopted. */
uint64_t window_known(const struct window *);

#endif
