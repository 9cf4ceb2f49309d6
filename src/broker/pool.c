/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/pool.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define SLAB_SIZE 65536

struct pool_block {
	struct pool_block *next;
};

struct pool_slab {
	struct pool_slab *next;
	_Alignas(max_align_t) uint8_t space[];
};

void
pool_init(struct pool *pool, size_t max)
{
	memset(pool, 0, sizeof(*pool));
	pool->max = max;
}

void
pool_release(struct pool *pool)
{
	struct pool_slab *slab;

	while ((slab = pool->slabs) != NULL) {
		pool->slabs = slab->next;
		free(slab);
	}
	pool_init(pool, pool->max);
}

/* The class of a size, and the size of that class's blocks. */
static size_t
class_of(size_t size, size_t *ret_block)
{
	size_t class, block = POOL_STEP * POOL_SMALL;

	if (size <= block) {
		class = (size + POOL_STEP - 1) / POOL_STEP - 1;
		*ret_block = (class + 1) * POOL_STEP;
		return class;
	}
	for (class = POOL_SMALL - 1; block < size; class ++)
		block *= 2;
	*ret_block = block;
	return class;
}

static int
pool_grow(struct pool *pool, size_t class, size_t block)
{
	struct pool_slab *slab;

	if (pool->max - pool->taken < SLAB_SIZE)
		return -1;
	if ((slab = malloc(sizeof(*slab) + SLAB_SIZE)) == NULL)
		return -1;
	slab->next = pool->slabs;
	pool->slabs = slab;
	pool->taken += SLAB_SIZE;
	for (size_t at = 0; at + block <= SLAB_SIZE; at += block) {
		struct pool_block *b = (void *)(slab->space + at);

		b->next = pool->unused[class];
		pool->unused[class] = b;
	}
	return 0;
}

void *
pool_get(struct pool *pool, size_t size)
{
	struct pool_block *ret;
	size_t block, class;

	if (size == 0 || size > POOL_BLOCK_MAX)
		return NULL;
	class = class_of(size, &block);
	if (pool->unused[class] == NULL && pool_grow(pool, class, block) == -1)
		return NULL;
	ret = pool->unused[class];
	pool->unused[class] = ret->next;
	return ret;
}

void
pool_put(struct pool *pool, void *at, size_t size)
{
	struct pool_block *b = at;
	size_t block, class;

	if (at == NULL)
		return;
	class = class_of(size, &block);
	b->next = pool->unused[class];
	pool->unused[class] = b;
}
