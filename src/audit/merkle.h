/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Merkle tree over the records, as RFC 6962 section 2.1 hashes it: record
 * seq is leaf seq - 1, and its bytes are the line without its LF.
 *
 *	leaf	SHA-256(00 || line)
 *	node	SHA-256(01 || left || right)
 *
 * Appending keeps one hash for each bit of the size.  The hashes of all
 * complete subtrees can be stored in one flat file of 32-byte entries, each
 * written once, so that a proof reads O(log n) of them: after the hash of a
 * leaf come those of the subtrees that it completes, smallest first (the
 * order of golang.org/x/mod/sumdb/tlog).
 */
#ifndef CS_AUDIT_MERKLE_H
#define CS_AUDIT_MERKLE_H

#include <stddef.h>
#include <stdint.h>

#define MERKLE_HASH 32
#define MERKLE_LEVELS 63
#define MERKLE_PROOF_MAX 64 /* hashes of one proof */

typedef uint8_t merkle_hash[MERKLE_HASH];

/* All zeros: the empty tree.  Copied by assignment. */
struct merkle {
	uint64_t size; /* leaves */
	merkle_hash node[MERKLE_LEVELS]; /* [i]: where bit i of size is set */
};

/* 0, or -1: libcrypto failed. */
int merkle_leaf(const void *line, size_t len, merkle_hash ret);

/* The hashes that one leaf adds to the flat file, in its order. */
struct merkle_added {
	size_t count;
	merkle_hash hash[MERKLE_LEVELS + 1];
};

/* 0, or -1 (untouched): libcrypto failed.  added may be NULL. */
int merkle_append(
    struct merkle *, const merkle_hash leaf, struct merkle_added *added);
/* 0, or -1: libcrypto failed. */
int merkle_root(const struct merkle *, merkle_hash ret);

/* How many hashes the flat file of so many leaves has; its next index. */
uint64_t merkle_stored(uint64_t leaves);
/* Where the subtree of 2^level leaves, the number-th of them, has its hash. */
uint64_t merkle_index(unsigned level, uint64_t number);

/* Reads one hash of the flat file: 0, or -1. */
typedef int merkle_read_fn(void *arg, uint64_t index, merkle_hash ret);

/* The tree of so many leaves, from the flat file: 0, or -1. */
int merkle_resume(
    struct merkle *ret, uint64_t leaves, merkle_read_fn *, void *arg);

struct merkle_proof {
	size_t count;
	merkle_hash hash[MERKLE_PROOF_MAX];
};

/*
 * RFC 6962 2.1.1: leaf index in the tree of the first `leaves`; and 2.1.2:
 * that the tree of old_leaves is a prefix of it (an empty proof where that is
 * plain: of an empty tree, or of itself).  0, or -1 (read failed, or the index
 * is outside).
 */
int merkle_inclusion(uint64_t index, uint64_t leaves, merkle_read_fn *,
    void *arg, struct merkle_proof *ret);
int merkle_consistency(uint64_t old_leaves, uint64_t leaves, merkle_read_fn *,
    void *arg, struct merkle_proof *ret);

/* 0: proven; -1: not. */
int merkle_check_inclusion(const struct merkle_proof *, uint64_t index,
    const merkle_hash leaf, uint64_t leaves, const merkle_hash root);
int merkle_check_consistency(const struct merkle_proof *, uint64_t old_leaves,
    const merkle_hash old_root, uint64_t leaves, const merkle_hash root);

#endif
