/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory that is given back all at once: the texts of a tree, which live as
 * long as it does.
 */
#ifndef CS_POLICY_ARENA_H
#define CS_POLICY_ARENA_H

#include <stddef.h>

struct arena_chunk;

struct arena {
	struct arena_chunk *chunks;
};

void arena_init(struct arena *);
void arena_release(struct arena *);
/* Zeroed bytes, aligned for pointers; NULL: no memory. */
void *arena_alloc(struct arena *, size_t len);
/* A copy of len bytes and a NUL, not aligned; NULL: no memory. */
char *arena_text(struct arena *, const void *text, size_t len);

#endif
