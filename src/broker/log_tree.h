/* SPDX-License-Identifier: Apache-2.0 */
/*
 * STATE-DIR/tree: the hashes of the Merkle tree over the records
 * (audit/merkle.h), in one flat file.
 *
 * Records are safe first: only what is on disk in the log gets here, and what
 * this file lost is made again from the log.  Called by one thread at a time,
 * but for log_tree_inclusion.
 */
#ifndef CS_BROKER_LOG_TREE_H
#define CS_BROKER_LOG_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "audit/merkle.h"
#include "base/text.h"

/* So many records may be in it unsynced ... */
#define LOG_TREE_SYNC 4096
/* ... and, with a batch on top, so many are hashed again at a start. */
#define LOG_TREE_TAIL 8192

struct log_tree {
	int fd;
	struct merkle merkle;
	uint8_t *pending; /* hashes that are not in the file yet */
	size_t pending_len, pending_room;
	uint64_t stored; /* how many hashes are in the file */
	uint64_t synced; /* how many of them are on disk */
	uint64_t unsynced; /* records since then */
	bool trim; /* the file has more than is stored */
	bool rewrite; /* a sync failed: what it was for may be gone */
};

/* Opens or makes the file, and locks it: 0, or -1 with reterr. */
int log_tree_open(
    struct log_tree *, const char *path, struct text_error *reterr);
void log_tree_close(struct log_tree *);
/* How many leaves the file has room for, whatever is in it. */
uint64_t log_tree_leaves(const struct log_tree *);
/* Takes up the first so many leaves of the file: 0, or -1. */
int log_tree_resume(struct log_tree *, uint64_t leaves);

/* Adds one line (without its LF), in memory: 0, or -1 (out of it). */
int log_tree_add(struct log_tree *, const char *line, size_t len);
/* Writes what was added, and syncs when it is time: 0, or an errno. */
int log_tree_flush(struct log_tree *);
int log_tree_sync(struct log_tree *);
/* The lines of a batch that is on disk: 0, or an errno; then flush again. */
int log_tree_append(struct log_tree *, const char *data, size_t len);

/* From any thread; the first `leaves' are in the file: 0, or -1. */
int log_tree_inclusion(const struct log_tree *, uint64_t index, uint64_t leaves,
    struct merkle_proof *ret);
/* The root of the first so many: 0, or -1. */
int log_tree_root(const struct log_tree *, uint64_t leaves, merkle_hash ret);

#endif
