/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/journal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "broker/batches.h"
#include "broker/journal_file.h"
#include "broker/scribe.h"

/* Batches that may wait before new work does. */
#define BATCHES_MAX 2
/* Refusals come on top of that: what a client can have waiting of them. */
#define BATCHES_FLOOD 16
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
	loop_timer_fn *freed;
	void *freed_arg;
	struct loop_timer *probe, *hold;
	bool streaming;
	bool probing; /* the scribe only looks for room */
	struct scribe *scribe;
	struct journal_file file; /* the scribe's, once there is one */
	struct merkle tree; /* over what is on disk */
	loop_timer_fn *written, *closed;
	void *written_arg, *closed_arg;
};

struct journal *
journal_open(const char *path, const struct record_origin *origin,
    size_t *ret_torn, struct text_error *reterr)
{
	struct journal *j = calloc(1, sizeof(*j));

	if (j == NULL) {
		text_fail(reterr, 0, "no memory");
		return NULL;
	}
	j->origin = *origin;
	j->waiting_last = &j->waiting;
	if (journal_file_open(&j->file, path, &j->chain, ret_torn, reterr) ==
	    -1) {
		free(j);
		return NULL;
	}
	j->on_disk = j->chain;
	return j;
}

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

void
journal_flush(struct journal *j)
{
	const struct batch *b = j->batches.first;

	if (b == NULL || j->failing || scribe_is_busy(j->scribe) || may_hold(j))
		return;
	scribe_append(j->scribe, b->data, b->len);
}

void
journal_hurry(struct journal *j)
{
	if (j->batches.last != NULL)
		j->batches.last->urgent = true;
}

static void
on_hold_over(void *arg)
{
	journal_flush(arg);
}

/* Calls everybody who waits for a record up to this one. */
static void
waiters_call(struct journal *j, uint64_t ticket, bool ok)
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
batch_written(struct journal *j)
{
	const struct batch *b = batches_shift(&j->batches);

	j->streaming = b->chain.seq - j->on_disk.seq >= STREAM_RECORDS;
	j->records += b->chain.seq - j->on_disk.seq;
	j->on_disk = b->chain;
	waiters_call(j, b->ticket, true);
	if (j->written != NULL)
		j->written(j->written_arg);
}

static void
batch_failed(struct journal *j, int error)
{
	if (!j->failing)
		log_warn("records cannot be written, nothing is signed: %s",
		    strerror(error));
	j->failing = true;
	snprintf(j->error, sizeof(j->error), "%s", strerror(error));
	while (j->batches.first != NULL)
		batches_shift(&j->batches);
	j->chain = j->on_disk;
	waiters_call(j, j->ticket, false);
	loop_timer_set(j->probe, clock_mono_us() + PROBE_US);
}

static void
probe_done(struct journal *j, int error)
{
	if (error != 0) {
		snprintf(j->error, sizeof(j->error), "%s", strerror(error));
		loop_timer_set(j->probe, clock_mono_us() + PROBE_US);
		return;
	}
	log_info("records can be written again");
	j->failing = false;
	j->freed(j->freed_arg);
}

static void
on_probe_due(void *arg)
{
	struct journal *j = arg;

	if (!j->failing || scribe_is_busy(j->scribe))
		return;
	j->probing = true;
	scribe_probe(j->scribe, PROBE_SIZE);
}

/* The scribe has done what it had. */
static void
on_done(void *arg, int result)
{
	struct journal *j = arg;
	bool was_full = j->was_full, probing = j->probing;

	j->probing = false;
	if (probing)
		probe_done(j, result);
	else if (result != 0)
		batch_failed(j, result);
	else
		batch_written(j);
	if (was_full && journal_has_room(j)) {
		j->was_full = false;
		j->freed(j->freed_arg);
	}
	journal_flush(j);
}

int
journal_start(struct journal *j, struct loop *loop, void (*gate)(void *),
    void *gate_arg, loop_timer_fn *freed, void *freed_arg)
{
	j->freed = freed;
	j->freed_arg = freed_arg;
	j->probe = loop_timer_new(loop, on_probe_due, j);
	j->hold = loop_timer_new(loop, on_hold_over, j);
	if (j->probe == NULL || j->hold == NULL)
		return -1;
	j->scribe = scribe_new(loop, &j->file, gate, gate_arg, on_done, j);
	return j->scribe != NULL ? 0 : -1;
}

/* Without the loop: waits for the scribe, until nothing is left. */
static void
drain(struct journal *j)
{
	do {
		scribe_wait(j->scribe);
		j->streaming = false;
		journal_hurry(j);
		journal_flush(j);
	} while (scribe_is_busy(j->scribe));
}

void
journal_close(struct journal *j)
{
	if (j == NULL)
		return;
	if (j->scribe != NULL)
		drain(j);
	waiters_call(j, j->ticket, false);
	scribe_free(j->scribe);
	loop_timer_free(j->probe);
	loop_timer_free(j->hold);
	batches_release(&j->batches);
	journal_file_close(&j->file);
	free(j);
}

bool
journal_works(const struct journal *j)
{
	return !j->failing;
}

bool
journal_has_room(const struct journal *j)
{
	return !j->failing && j->batches.count <= BATCHES_MAX;
}

bool
journal_is_flooded(const struct journal *j)
{
	return j->batches.count > BATCHES_FLOOD;
}

void
journal_state(const struct journal *j, struct journal_state *ret)
{
	ret->failing = j->failing;
	memcpy(ret->error, j->error, sizeof(ret->error));
	ret->seq = j->on_disk.seq;
	ret->records = j->records;
}

struct record *
journal_begin(struct journal *j, enum event event)
{
	if (j->failing)
		return NULL;
	record_begin(&j->record, event, &j->origin, &j->chain, clock_wall_us());
	return &j->record;
}

int
journal_end(struct journal *j, const char *text, struct waiter *waiter)
{
	if (journal_end_later(j, text, waiter) == -1)
		return -1;
	if (waiter != NULL)
		journal_hurry(j);
	return 0;
}

int
journal_end_later(struct journal *j, const char *text, struct waiter *waiter)
{
	struct chain before = j->chain;
	struct batch *b;

	if (j->failing || record_finish(&j->record, &j->chain, text) == -1)
		return -1;
	b = batches_room(&j->batches, j->record.len, scribe_is_busy(j->scribe));
	if (b == NULL) {
		j->chain = before;
		return -1;
	}
	memcpy(b->data + b->len, j->record.line, j->record.len);
	b->len += j->record.len;
	b->chain = j->chain;
	b->ticket = ++j->ticket;
	if (!journal_has_room(j))
		j->was_full = true;
	if (waiter == NULL)
		return 0;
	waiter->ticket = j->ticket;
	waiter->next = NULL;
	*j->waiting_last = waiter;
	j->waiting_last = &waiter->next;
	return 0;
}

const struct merkle *
journal_tree(const struct journal *j)
{
	return &j->tree;
}

int
journal_inclusion(const struct journal *j, uint64_t seq, uint64_t size,
    struct merkle_proof *ret)
{
	(void)j;
	(void)seq;
	(void)size;
	(void)ret;
	return -1;
}

void
journal_on_written(struct journal *j, loop_timer_fn *fn, void *arg)
{
	j->written = fn;
	j->written_arg = arg;
}

bool
journal_wants_rotation(const struct journal *j)
{
	(void)j;
	return false;
}

void
journal_rotate(struct journal *j)
{
	(void)j;
}

const char *
journal_path(const struct journal *j)
{
	(void)j;
	return "";
}

uint64_t
journal_piece(const struct journal *j)
{
	(void)j;
	return 1;
}

void
journal_on_closed(struct journal *j, loop_timer_fn *fn, void *arg)
{
	j->closed = fn;
	j->closed_arg = arg;
}
