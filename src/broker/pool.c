/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/pool.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* In front of what the caller has; prev is set while it is used. */
struct pool_block {
	struct pool_block *next, *prev;
	_Alignas(max_align_t) uint8_t space[];
};

void
pool_init(struct pool *pool, size_t max)
{
	memset(pool, 0, sizeof(*pool));
	pool->max = max;
}

static void
free_list(struct pool_block *b)
{
	struct pool_block *next;

	for (; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
}

void
pool_release(struct pool *pool)
{
	for (size_t class = 0; class < POOL_CLASSES; class ++)
		free_list(pool->unused[class]);
	free_list(pool->used);
	pool_init(pool, pool->max);
}

/* What the blocks of a class hold. */
static size_t
block_of(size_t class)
{
	if (class < POOL_SMALL)
		return (class + 1) * POOL_STEP;
	return (size_t)POOL_STEP * POOL_SMALL << (class - POOL_SMALL + 1);
}

static size_t
class_of(size_t size)
{
	size_t class = POOL_SMALL;

	if (size <= (size_t)POOL_STEP * POOL_SMALL)
		return (size + POOL_STEP - 1) / POOL_STEP - 1;
	while (block_of(class) < size)
		class ++;
	return class;
}

/* Frees idle blocks, the largest first, until there is room for one more. */
static bool
make_room(struct pool *pool, size_t block)
{
	for (size_t class = POOL_CLASSES; class -- > 0;) {
		struct pool_block *b;

		while (pool->max - pool->taken < block &&
		    (b = pool->unused[class]) != NULL) {
			pool->unused[class] = b->next;
			pool->taken -= block_of(class);
			pool->idle -= block_of(class);
			free(b);
		}
	}
	return pool->max - pool->taken >= block;
}

static struct pool_block *
take(struct pool *pool, size_t class)
{
	struct pool_block *b = pool->unused[class];
	size_t block = block_of(class);

	if (b != NULL) {
		pool->unused[class] = b->next;
		pool->idle -= block;
		return b;
	}
	if (!make_room(pool, block) || (b = malloc(sizeof(*b) + block)) == NULL)
		return NULL;
	pool->taken += block;
	return b;
}

void *
pool_get(struct pool *pool, size_t size)
{
	struct pool_block *b;

	if (size == 0 || size > POOL_BLOCK_MAX ||
	    (b = take(pool, class_of(size))) == NULL)
		return NULL;
	b->prev = NULL;
	b->next = pool->used;
	if (b->next != NULL)
		b->next->prev = b;
	pool->used = b;
	return b->space;
}

void
pool_put(struct pool *pool, void *at, size_t size)
{
	struct pool_block *b;
	size_t class;

	if (at == NULL)
		return;
	b = (void *)((uint8_t *)at - offsetof(struct pool_block, space));
	if (b->prev != NULL)
		b->prev->next = b->next;
	else
		pool->used = b->next;
	if (b->next != NULL)
		b->next->prev = b->prev;
	class = class_of(size);
	b->next = pool->unused[class];
	pool->unused[class] = b;
	pool->idle += block_of(class);
}

bool
pool_is_tight(const struct pool *pool)
{
	return pool->taken - pool->idle > pool->max / 4 * 3;
}
