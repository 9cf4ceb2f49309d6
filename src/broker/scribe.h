/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The thread that writes the log, one piece of work at a time: the loop hands
 * over, goes on, and hears when it is done.
 */
#ifndef CS_BROKER_SCRIBE_H
#define CS_BROKER_SCRIBE_H

#include <stdbool.h>

#include "base/loop.h"
#include "broker/log_tree.h"
#include "broker/pieces.h"

/* What is on disk; the thread's, while there is one. */
struct log_files {
	struct pieces pieces;
	struct log_tree tree;
};

enum scribe_work {
	WORK_APPEND, /* a batch */
	WORK_PROBE, /* could a batch be written again? */
	WORK_ROTATE, /* begin a piece */
	WORK_LOOK, /* names and free space */
};

struct scribe_job {
	enum scribe_work work;
	const void *data; /* APPEND: stays the caller's, untouched until done */
	size_t len; /* APPEND, PROBE */
	uint64_t first; /* ROTATE: the seq that the piece begins with */

	/* What came of it. */
	int error; /* 0, or an errno */
	bool written; /* the batch is on disk, whatever error says */
	enum pieces_names names; /* PROBE, LOOK */
	bool has_free;
	uint64_t free; /* bytes; PROBE, LOOK */
	struct merkle tree; /* APPEND */
	uint64_t size; /* of the piece that is written, and its first seq */
	uint64_t piece;
};

struct scribe;
typedef void scribe_done_fn(void *arg, const struct scribe_job *);

/*
 * The files are the thread's until scribe_free.  gate (may be NULL) is the
 * first that runs in it.  NULL with errno.
 */
struct scribe *scribe_new(struct loop *, struct log_files *,
    void (*gate)(void *), void *gate_arg, scribe_done_fn *, void *arg);
/* Waits for the work at hand, without telling.  Accepts NULL. */
void scribe_free(struct scribe *);

/* Work (copied), when there is none. */
void scribe_begin(struct scribe *, const struct scribe_job *);
bool scribe_is_busy(const struct scribe *);
/* Without the loop: waits for the work at hand, and tells. */
void scribe_wait(struct scribe *);

#endif
