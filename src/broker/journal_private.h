/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside the journal: journal.c takes records in, journal_work.c hands them to
 * the scribe and tells what came of it.
 */
#ifndef CS_BROKER_JOURNAL_PRIVATE_H
#define CS_BROKER_JOURNAL_PRIVATE_H

#include "broker/batches.h"
#include "broker/journal_watch.h"
#include "broker/scribe.h"

struct journal {
	struct record_origin origin;
	struct record record;
	struct chain chain; /* after the last record taken in */
	struct chain on_disk;
	uint64_t ticket; /* of the last record taken in */
	uint64_t records;
	struct batches batches; /* to be written; the first by the thread */
	struct waiter *waiting, **waiting_last;
	bool failing, was_full;
	char error[128];
	struct journal_gap gap;
	loop_timer_fn *freed;
	void *freed_arg;
	struct loop_timer *probe, *hold, *look;
	bool streaming;
	bool look_due;
	struct journal_watch watch;
	bool watching; /* its before is running */

	/* The piece that is written. */
	uint64_t size, piece, since_us, free;
	bool has_free;
	uint64_t rotate_size, rotate_age_us;
	bool rotating, rotate_due;
	uint64_t rotate_after_us; /* not before; one failed */
	bool rotate_warned, names_warned;

	struct scribe *scribe;
	struct log_files files; /* the scribe's, once there is one */
	struct merkle tree; /* over what is on disk */
	loop_timer_fn *written, *closed;
	void *written_arg, *closed_arg;
};

/* Timers' and the scribe's callbacks. */
void journal_probe_due(void *journal);
void journal_look_due(void *journal);
void journal_hold_over(void *journal);
void journal_done(void *journal, const struct scribe_job *);

/* Calls everybody who waits for a record up to this one. */
void journal_call(struct journal *, uint64_t ticket, bool ok);

/* Names and free space are looked at so often. */
#define LOOK_US 1000000u

#endif
