/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The log: records are appended in memory, a thread of its own writes and
 * syncs whole batches, and who waits for a record hears when it is on disk.
 * Many records share one sync, and a slow disk does not stop the loop.
 *
 * When a batch cannot be written (no room, an error), the file is cut back to
 * its last whole record, the chain goes back with it, and everybody who waits
 * hears that the record failed.  From then on nothing is taken in until the
 * file system has room again, which is looked at once a second.  The same
 * goes for the tree's hashes: what is on disk by then stays, and counts.
 */
#ifndef CS_BROKER_JOURNAL_H
#define CS_BROKER_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "audit/merkle.h"
#include "audit/record.h"
#include "base/loop.h"
#include "base/text.h"
#include "broker/waiter.h"

struct journal;

struct journal_state {
	bool failing;
	char error[128]; /* of the last failure; "" when there was none */
	uint64_t seq; /* of the last record on disk */
	uint64_t records; /* written since the start */
	uint64_t size; /* of the piece that is written, in bytes */
	bool has_free;
	uint64_t free; /* bytes where the log is */
};

struct journal_conf {
	const char *file, *state_dir; /* copied */
	uint64_t rotate_size; /* bytes; 0: never by size */
	uint32_t rotate_age; /* seconds; 0: never by age */
};

/* What was found, for START. */
struct journal_opened {
	size_t repaired; /* bytes of a torn record that were cut off */
	uint64_t rehashed; /* records whose hashes a crash had taken */
	uint64_t lost; /* records that were on disk once and are not any more */
	bool rebuilt; /* the tree, from all pieces */
	uint64_t last_us; /* wall time of the last record; 0: there is none */
};

/* Makes (0640) or opens and repairs, locks: NULL with reterr. */
struct journal *journal_open(const struct journal_conf *,
    const struct record_origin *, struct journal_opened *ret,
    struct text_error *reterr);
/* After a reload. */
void journal_limits(
    struct journal *, uint64_t rotate_size, uint32_t rotate_age);

/*
 * Starts the thread; gate (may be NULL) is the first that runs in it.  freed
 * is called when records were taken in again after there was no room, or after
 * a failure.  0, or -1 with errno.
 */
int journal_start(struct journal *, struct loop *, void (*gate)(void *),
    void *gate_arg, loop_timer_fn *freed, void *freed_arg);

/* Writes what is there, ends the thread, calls the waiters.  Accepts NULL. */
void journal_close(struct journal *);

/* Records are taken in at all.  Otherwise answers are AUDIT_UNAVAILABLE. */
bool journal_works(const struct journal *);
/* Below the bound on what waits for the disk: more work may begin. */
bool journal_has_room(const struct journal *);
/* Far above it: not even a refusal may be added for whoever asks. */
bool journal_is_flooded(const struct journal *);
void journal_state(const struct journal *, struct journal_state *ret);

/*
 * A new record to fill in, or NULL while the journal fails.  journal_end takes
 * it, before the next begins: 0, or -1 when it did not fit or failed.  waiter
 * may be NULL; it is called only after a 0.
 */
struct record *journal_begin(struct journal *, enum event);
int journal_end(struct journal *, const char *text, struct waiter *);
/*
 * The same for a record whose waiter has time: it goes with the next that has
 * not, or after a while, or when journal_hurry says so.
 */
int journal_end_later(struct journal *, const char *text, struct waiter *);
void journal_hurry(struct journal *);

/* Hands what was taken in to the thread; after each round of the loop. */
void journal_flush(struct journal *);

/* The tree over the records on disk: its size is journal_state's seq. */
const struct merkle *journal_tree(const struct journal *);
/* That record seq is in the tree of the first size records: 0, or -1. */
int journal_inclusion(const struct journal *, uint64_t seq, uint64_t size,
    struct merkle_proof *ret);
/* fn runs in the loop whenever more records are on disk; one. */
void journal_on_written(struct journal *, loop_timer_fn *fn, void *arg);

/*
 * The log's pieces (audit/segment.h).  Whoever asks journal_wants_rotation
 * after each round, and hears yes, adds the piece's last records and calls
 * journal_rotate: what was taken in until then is the end of the piece, what
 * comes after it begins the next.
 */
bool journal_wants_rotation(const struct journal *);
void journal_rotate(struct journal *);
/* The first seq of the piece that is being written. */
uint64_t journal_piece(const struct journal *);
/* fn runs in the loop when a piece was closed and the next is in use; one. */
void journal_on_closed(struct journal *, loop_timer_fn *fn, void *arg);

#endif
