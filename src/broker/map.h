/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Things found by their key: a hash table of nodes that their owners embed.
 * Hashes are seeded anew for each map, so that nobody who chooses keys can
 * choose where they fall.
 */
#ifndef CS_BROKER_MAP_H
#define CS_BROKER_MAP_H

#include <stddef.h>
#include <stdint.h>

struct map_node {
	struct map_node *next;
	const void *key; /* the owner's, as long as the node is in */
	uint32_t len;
	uint32_t hash;
};

struct map {
	struct map_node **buckets;
	size_t size; /* a power of two, or 0 */
	size_t count;
	uint64_t seed;
};

void map_init(struct map *);
/* Forgets the nodes, which stay their owners'. */
void map_release(struct map *);
/* NULL: there is none. */
struct map_node *map_find(const struct map *, const void *key, size_t len);
/* A node whose key and len are set, and not in yet: 0, or -1 (no memory). */
int map_add(struct map *, struct map_node *);
void map_remove(struct map *, struct map_node *);

/*
 * Each node, in no order: begin with NULL; NULL after the last.  Only the node
 * that came before the last may be removed meanwhile.
 */
struct map_node *map_next(const struct map *, const struct map_node *);

#endif
