/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A Merkle tree that is wholly in memory, hashed as RFC 6962, 2.1 has it:
 *
 *	leaf	SHA-256(00 || text)
 *	node	SHA-256(01 || left || right)
 *
 * A node without a sibling goes up a level as it is, which is the same tree as
 * RFC 6962's split at the largest power of two.
 */
#ifndef CS_FORMAT_HASHTREE_H
#define CS_FORMAT_HASHTREE_H

#include <stddef.h>
#include <stdint.h>

#define HASHTREE_HASH 32
#define HASHTREE_MAX ((size_t)1 << 24) /* leaves */
#define HASHTREE_LEVELS 25

struct hashtree {
	size_t leaves;
	unsigned levels;
	uint8_t *level[HASHTREE_LEVELS]; /* hashes; [0]: of the leaves */
	uint8_t *space;
};

/* 0, or -1: no memory, no leaf or too many. */
int hashtree_init(struct hashtree *, size_t leaves);
void hashtree_release(struct hashtree *);

/* The hash of a text: 0, or -1: libcrypto failed. */
int hashtree_leaf(const void *text, size_t len, uint8_t ret[HASHTREE_HASH]);
/* Where the hash of a leaf is to be written, before the tree is built. */
uint8_t *hashtree_at(struct hashtree *, size_t index);
/* All other hashes: 0, or -1: libcrypto failed. */
int hashtree_build(struct hashtree *);

const uint8_t *hashtree_root(const struct hashtree *);
/* The hashes that prove a leaf, from its sibling up; the count of them. */
size_t hashtree_proof(
    const struct hashtree *, size_t index, const uint8_t *ret[HASHTREE_LEVELS]);

/*
 * The root that a leaf and its proof lead to: 0, or -1: so many hashes prove
 * no leaf of that index in a tree of so many leaves.
 */
int hashtree_climb(const uint8_t leaf[HASHTREE_HASH], size_t index,
    size_t leaves, const uint8_t *proof, size_t count,
    uint8_t ret[HASHTREE_HASH]);

#endif
