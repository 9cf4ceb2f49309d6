/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "broker/journal_private.h"

/* What must be free before a full disk counts as recovered. */
#define PROBE_SIZE (1u << 20)
#define PROBE_US 1000000u
/*
 * A sync costs about the same for one record as for a hundred.  While records
 * come in a stream (so many in the last batch), the next batch is let grow to
 * this size, or for this time; a record that comes alone is never held up.
 */
#define STREAM_RECORDS 16
#define HOLD_SIZE (64u << 10)
#define HOLD_US 2000u
/* How long a record that nobody waits for may wait for one that is. */
#define LATER_US 10000u
/* A piece that could not be begun is tried again after so long. */
#define ROTATE_AGAIN_US 10000000u

/* May the first batch grow a little more? */
static bool
may_hold(struct journal *j)
{
	const struct batch *b = j->batches.first;
	uint64_t due = b->since_us;

	if (b->len >= HOLD_SIZE || b->next != NULL)
		return false;
	if (!b->urgent)
		due += LATER_US;
	else if (j->streaming)
		due += HOLD_US;
	if (clock_mono_us() >= due)
		return false;
	loop_timer_set(j->hold, due);
	return true;
}

static void
begin_rotation(struct journal *j)
{
	struct scribe_job job = {
		.work = WORK_ROTATE,
		.first = j->on_disk.seq + 1,
	};

	j->rotate_due = false;
	scribe_begin(j->scribe, &job);
}

static void
begin_look(struct journal *j)
{
	struct scribe_job job = { .work = WORK_LOOK };

	j->look_due = false;
	scribe_begin(j->scribe, &job);
}

void
journal_flush(struct journal *j)
{
	const struct batch *b = j->batches.first;
	struct scribe_job job;

	if (j->failing || scribe_is_busy(j->scribe))
		return;
	if (j->rotate_due) {
		begin_rotation(j);
		return;
	}
	if (j->look_due) {
		begin_look(j);
		return;
	}
	if (b == NULL || may_hold(j))
		return;
	job.work = WORK_APPEND;
	job.data = b->data;
	job.len = b->len;
	scribe_begin(j->scribe, &job);
}

void
journal_hold_over(void *arg)
{
	journal_flush(arg);
}

void
journal_look_due(void *arg)
{
	struct journal *j = arg;

	loop_timer_set(j->look, clock_mono_us() + LOOK_US);
	j->look_due = true;
	journal_flush(j);
}

void
journal_probe_due(void *arg)
{
	struct journal *j = arg;
	struct scribe_job job = { .work = WORK_PROBE, .len = PROBE_SIZE };

	if (!j->failing || scribe_is_busy(j->scribe))
		return;
	scribe_begin(j->scribe, &job);
}

void
journal_call(struct journal *j, uint64_t ticket, bool ok)
{
	struct waiter *w;

	while ((w = j->waiting) != NULL && w->ticket <= ticket) {
		if ((j->waiting = w->next) == NULL)
			j->waiting_last = &j->waiting;
		w->next = NULL;
		w->fn(w, ok);
	}
}

static void
batch_written(struct journal *j, const struct scribe_job *job)
{
	const struct batch *b = batches_shift(&j->batches);

	j->streaming = b->chain.seq - j->on_disk.seq >= STREAM_RECORDS;
	j->records += b->chain.seq - j->on_disk.seq;
	j->on_disk = b->chain;
	j->tree = job->tree;
	if (j->since_us == 0)
		j->since_us = clock_wall_us();
	if (b->ends_piece)
		j->rotate_due = true;
	journal_call(j, b->ticket, true);
	if (j->written != NULL)
		j->written(j->written_arg);
}

static void
say_error(struct journal *j, int error)
{
	snprintf(j->error, sizeof(j->error), "%s", strerror(error));
	if (j->gap.from_us != 0)
		memcpy(j->gap.error, j->error, sizeof(j->gap.error));
}

/* Nothing that is not on disk by now will be, and nothing is taken in. */
static void
fail(struct journal *j, int error)
{
	if (!j->failing)
		log_warn("records cannot be written, nothing is signed: %s",
		    strerror(error));
	j->failing = true;
	/* One that could not be told yet goes on. */
	if (j->gap.from_us == 0)
		j->gap.from_us = clock_wall_us();
	say_error(j, error);
	while (j->batches.first != NULL)
		batches_shift(&j->batches);
	j->chain = j->on_disk;
	j->rotating = j->rotate_due = false;
	journal_call(j, j->ticket, false);
	loop_timer_set(j->probe, clock_mono_us() + PROBE_US);
}

static void
append_done(struct journal *j, const struct scribe_job *job)
{
	if (job->written)
		batch_written(j, job);
	if (job->error != 0)
		fail(j, job->error);
}

/* Somebody changed the file, and it was put right. */
static void
content_changed(struct journal *j, const struct scribe_job *job)
{
	const struct journal_look look = {
		.names = job->names == NAMES_SHORTER ? JOURNAL_NAMES_SHORTER :
						       JOURNAL_NAMES_LONGER,
	};

	if (job->names == NAMES_SHORTER) {
		j->since_us = 0;
		if (j->closed != NULL)
			j->closed(j->closed_arg);
	}
	if (j->watch.look != NULL)
		j->watch.look(j->watch.arg, &look);
}

/* Once, until a piece could be begun again. */
static void
tell_stuck(struct journal *j, int error)
{
	const struct journal_look look = { .names = JOURNAL_NAMES_STUCK };

	if (j->rotate_warned)
		return;
	j->rotate_warned = true;
	log_warn("the log's next piece cannot be begun, the old one goes on: "
		 "%s",
	    strerror(error));
	if (j->watch.look != NULL)
		j->watch.look(j->watch.arg, &look);
}

/* What was seen, for who watches. */
static void
seen(struct journal *j, const struct scribe_job *job)
{
	static const enum journal_names names[] = {
		[NAMES_FINE] = JOURNAL_NAMES_FINE,
		[NAMES_LINKED] = JOURNAL_NAMES_LINKED,
		[NAMES_RESTORED] = JOURNAL_NAMES_RESTORED,
		[NAMES_LOST] = JOURNAL_NAMES_LOST,
		[NAMES_SHORTER] = JOURNAL_NAMES_FINE,
		[NAMES_LONGER] = JOURNAL_NAMES_FINE,
	};
	struct journal_look look = {
		.names =
		    job->error == 0 ? names[job->names] : JOURNAL_NAMES_FINE,
		.has_free = job->has_free,
		.free = job->free,
	};

	/* What the piece held is gone; nothing more goes that way. */
	if (look.names == JOURNAL_NAMES_LOST)
		j->rotating = j->rotate_due = true;
	j->has_free = job->has_free;
	j->free = job->free;
	if (j->watch.look != NULL)
		j->watch.look(j->watch.arg, &look);
}

static void
look_done(struct journal *j, const struct scribe_job *job)
{
	/* Records that have no name would be gone with this process. */
	if (job->error != 0 && job->names == NAMES_LOST) {
		fail(j, job->error);
		return;
	}
	if (job->error != 0 && !j->names_warned)
		log_warn("the log's names cannot be put right: %s",
		    strerror(job->error));
	j->names_warned = job->error != 0;
	seen(j, job);
}

static void
probe_done(struct journal *j, const struct scribe_job *job)
{
	if (job->error != 0) {
		say_error(j, job->error);
		loop_timer_set(j->probe, clock_mono_us() + PROBE_US);
		return;
	}
	log_info("records can be written again");
	j->failing = false;
	/* The first record tells of the time in which there were none. */
	journal_note(j);
	seen(j, job);
	j->freed(j->freed_arg);
}

static void
rotate_done(struct journal *j, const struct scribe_job *job)
{
	j->rotating = false;
	if (job->error != 0) {
		tell_stuck(j, job->error);
		j->rotate_after_us = clock_mono_us() + ROTATE_AGAIN_US;
		return;
	}
	j->rotate_warned = false;
	j->since_us = 0;
	if (j->closed != NULL)
		j->closed(j->closed_arg);
}

void
journal_done(void *arg, const struct scribe_job *job)
{
	struct journal *j = arg;
	bool was_full = j->was_full;

	j->size = job->size;
	j->piece = job->piece;
	switch (job->work) {
	case WORK_APPEND:
		append_done(j, job);
		break;
	case WORK_PROBE:
		probe_done(j, job);
		break;
	case WORK_ROTATE:
		rotate_done(j, job);
		break;
	case WORK_LOOK:
		look_done(j, job);
		break;
	}
	if (job->error == 0 &&
	    (job->names == NAMES_SHORTER || job->names == NAMES_LONGER))
		content_changed(j, job);
	if (was_full && journal_has_room(j)) {
		j->was_full = false;
		j->freed(j->freed_arg);
	}
	journal_flush(j);
}

bool
journal_wants_rotation(const struct journal *j)
{
	if (j->failing || j->rotating || j->on_disk.seq < j->piece)
		return false;
	if (j->rotate_after_us != 0 && clock_mono_us() < j->rotate_after_us)
		return false;
	if (j->rotate_size > 0 && j->size >= j->rotate_size)
		return true;
	return j->rotate_age_us > 0 && j->since_us > 0 &&
	    clock_wall_us() >= j->since_us + j->rotate_age_us;
}

void
journal_rotate(struct journal *j)
{
	if (j->failing || j->rotating)
		return;
	if (j->batches.last == NULL && j->on_disk.seq < j->piece)
		return;
	j->rotating = true;
	if (j->batches.last == NULL) {
		j->rotate_due = true;
		return;
	}
	j->batches.last->ends_piece = true;
	j->batches.last->urgent = true;
}
