/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory for lines and answers: blocks by size from free lists, so that a
 * million lines cost no malloc each and the process does not grow with them.
 * max bounds what is used and what lies idle together, whoever asks; idle
 * blocks of one size give way when another size needs the room.
 */
#ifndef CS_BROKER_POOL_H
#define CS_BROKER_POOL_H

#include <stdbool.h>
#include <stddef.h>

#define POOL_STEP 64
#define POOL_SMALL 16 /* classes of POOL_STEP, 2 * POOL_STEP, … */
#define POOL_CLASSES (POOL_SMALL + 5) /* then 2 KiB, 4 KiB … 32 KiB */
#define POOL_BLOCK_MAX 32768

struct pool_block;

struct pool {
	struct pool_block *unused[POOL_CLASSES];
	struct pool_block *used;
	size_t taken; /* from malloc */
	size_t idle; /* of these, in no use */
	size_t max;
};

void pool_init(struct pool *, size_t max);
/* Frees what is in use, too. */
void pool_release(struct pool *);
/* size bytes (1 to POOL_BLOCK_MAX), or NULL when max is reached. */
void *pool_get(struct pool *, size_t size);
/* Takes back a block that was asked for with this size.  Accepts NULL. */
void pool_put(struct pool *, void *, size_t size);
/* Over three quarters of it are in use. */
bool pool_is_tight(const struct pool *);

#endif
