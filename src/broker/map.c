/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/map.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"

#define FIRST_SIZE 16

void
map_init(struct map *m)
{
	memset(m, 0, sizeof(*m));
	if (getrandom(&m->seed, sizeof(m->seed), 0) != sizeof(m->seed))
		m->seed = clock_wall_us() ^ clock_mono_us() << 32;
}

void
map_release(struct map *m)
{
	free(m->buckets);
	m->buckets = NULL;
	m->size = m->count = 0;
}

/* FNV-1a, and then all bits into all bits. */
static uint32_t
hash_of(const struct map *m, const void *key, size_t len)
{
	const uint8_t *at = key;
	uint64_t h = m->seed;

	for (size_t i = 0; i < len; i++)
		h = (h ^ at[i]) * 0x100000001b3u;
	h ^= h >> 33;
	h *= 0xff51afd7ed558ccdu;
	h ^= h >> 33;
	return (uint32_t)h;
}

static struct map_node **
bucket_of(const struct map *m, uint32_t hash)
{
	return &m->buckets[hash & (m->size - 1)];
}

struct map_node *
map_find(const struct map *m, const void *key, size_t len)
{
	struct map_node *node;
	uint32_t hash;

	if (m->size == 0)
		return NULL;
	hash = hash_of(m, key, len);
	for (node = *bucket_of(m, hash); node != NULL; node = node->next)
		if (node->hash == hash && node->len == len &&
		    memcmp(node->key, key, len) == 0)
			return node;
	return NULL;
}

static int
grow(struct map *m)
{
	struct map before = *m;
	struct map_node *node, *next;

	m->size = before.size == 0 ? FIRST_SIZE : before.size * 2;
	m->buckets = calloc(m->size, sizeof(struct map_node *));
	if (m->buckets == NULL) {
		*m = before;
		return -1;
	}
	for (size_t i = 0; i < before.size; i++)
		for (node = before.buckets[i]; node != NULL; node = next) {
			next = node->next;
			node->next = *bucket_of(m, node->hash);
			*bucket_of(m, node->hash) = node;
		}
	free(before.buckets);
	return 0;
}

int
map_add(struct map *m, struct map_node *node)
{
	/* Without memory to grow it only becomes slower. */
	if (m->count >= m->size && grow(m) == -1 && m->size == 0)
		return -1;
	node->hash = hash_of(m, node->key, node->len);
	node->next = *bucket_of(m, node->hash);
	*bucket_of(m, node->hash) = node;
	m->count++;
	return 0;
}

void
map_remove(struct map *m, struct map_node *node)
{
	struct map_node **at = bucket_of(m, node->hash);

	while (*at != node)
		at = &(*at)->next;
	*at = node->next;
	node->next = NULL;
	m->count--;
}

struct map_node *
map_next(const struct map *m, const struct map_node *node)
{
	size_t i = 0;

	if (node != NULL) {
		if (node->next != NULL)
			return node->next;
		i = (node->hash & (m->size - 1)) + 1;
	}
	for (; i < m->size; i++)
		if (m->buckets[i] != NULL)
			return m->buckets[i];
	return NULL;
}
