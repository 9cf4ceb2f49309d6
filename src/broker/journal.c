/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/journal.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "broker/journal_private.h"
#include "broker/log_restart.h"

/* Batches that may wait before new work does. */
#define BATCHES_MAX 2
/*
 * What comes on top of that: a list has 10,000 records at once (22 batches),
 * and each worker may have signed one when there was room.  Refusals beyond
 * that would be more than others should wait for.
 */
#define BATCHES_FLOOD 128

static int
open_files(struct journal *j, const struct journal_conf *conf,
    struct journal_opened *ret, struct text_error *reterr)
{
	struct pieces_found found;
	struct log_restart restart;

	if (pieces_open(&j->files.pieces, conf->file, &found, reterr) == -1)
		return -1;
	if (log_restart(&j->files.tree, conf->state_dir, &j->files.pieces,
		found.chain.seq, &restart, reterr) == -1) {
		pieces_close(&j->files.pieces);
		return -1;
	}
	j->chain = j->on_disk = found.chain;
	j->tree = j->files.tree.merkle;
	ret->repaired = found.torn;
	ret->rehashed = restart.rehashed;
	ret->lost = restart.lost;
	ret->rebuilt = restart.rebuilt;
	ret->last_us = found.last_us;
	return 0;
}

struct journal *
journal_open(const struct journal_conf *conf,
    const struct record_origin *origin, struct journal_opened *ret,
    struct text_error *reterr)
{
	struct journal *j = calloc(1, sizeof(*j));

	if (j == NULL) {
		text_fail(reterr, 0, "no memory");
		return NULL;
	}
	j->origin = *origin;
	j->waiting_last = &j->waiting;
	if (open_files(j, conf, ret, reterr) == -1) {
		free(j);
		return NULL;
	}
	j->size = (uint64_t)j->files.pieces.out.good;
	j->piece = j->files.pieces.first;
	j->since_us = j->files.pieces.since_us;
	journal_limits(j, conf->rotate_size, conf->rotate_age);
	return j;
}

void
journal_limits(struct journal *j, uint64_t rotate_size, uint32_t rotate_age)
{
	j->rotate_size = rotate_size;
	j->rotate_age_us = (uint64_t)rotate_age * 1000000;
}

void
journal_hurry(struct journal *j)
{
	if (j->batches.last != NULL)
		j->batches.last->urgent = true;
}

int
journal_start(struct journal *j, struct loop *loop, void (*gate)(void *),
    void *gate_arg, loop_timer_fn *freed, void *freed_arg)
{
	j->freed = freed;
	j->freed_arg = freed_arg;
	j->probe = loop_timer_new(loop, journal_probe_due, j);
	j->hold = loop_timer_new(loop, journal_hold_over, j);
	j->look = loop_timer_new(loop, journal_look_due, j);
	if (j->probe == NULL || j->hold == NULL || j->look == NULL)
		return -1;
	j->scribe =
	    scribe_new(loop, &j->files, gate, gate_arg, journal_done, j);
	if (j->scribe == NULL)
		return -1;
	loop_timer_set(j->look, clock_mono_us() + LOOK_US);
	return 0;
}

/* Without the loop: waits for the scribe, until nothing is left. */
static void
drain(struct journal *j)
{
	do {
		scribe_wait(j->scribe);
		j->streaming = j->look_due = false;
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
	journal_call(j, j->ticket, false);
	scribe_free(j->scribe);
	loop_timer_free(j->probe);
	loop_timer_free(j->hold);
	loop_timer_free(j->look);
	batches_release(&j->batches);
	log_tree_close(&j->files.tree);
	pieces_close(&j->files.pieces);
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
	ret->size = j->size;
	ret->has_free = j->has_free;
	ret->free = j->free;
}

void
journal_refused(struct journal *j)
{
	if (j->gap.from_us != 0)
		j->gap.refused++;
}

void
journal_gap(const struct journal *j, struct journal_gap *ret)
{
	*ret = j->gap;
}

void
journal_gap_told(struct journal *j)
{
	memset(&j->gap, 0, sizeof(j->gap));
}

void
journal_watch(struct journal *j, const struct journal_watch *watch)
{
	j->watch = *watch;
}

void
journal_note(struct journal *j)
{
	if (j->watch.before == NULL || j->watching || j->failing)
		return;
	j->watching = true;
	j->watch.before(j->watch.arg);
	j->watching = false;
}

struct record *
journal_begin(struct journal *j, enum event event)
{
	if (j->failing)
		return NULL;
	journal_note(j);
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
	if (seq == 0 || seq > size || size > j->tree.size)
		return -1;
	return log_tree_inclusion(&j->files.tree, seq - 1, size, ret);
}

void
journal_on_written(struct journal *j, loop_timer_fn *fn, void *arg)
{
	j->written = fn;
	j->written_arg = arg;
}

uint64_t
journal_piece(const struct journal *j)
{
	return j->piece;
}

void
journal_on_closed(struct journal *j, loop_timer_fn *fn, void *arg)
{
	j->closed = fn;
	j->closed_arg = arg;
}
