/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/journal.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "broker/batches.h"
#include "broker/journal_file.h"

/* Batches that may wait before new work does. */
#define BATCHES_MAX 2
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

struct journal {
	/* The loop's. */
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
	struct loop_source *source;
	struct loop_timer *probe, *hold;
	bool streaming;
	int done_fd;
	bool busy; /* the thread has work */

	/* The thread's while it is busy. */
	struct journal_file file;

	/* Shared, under lock. */
	pthread_mutex_t lock;
	pthread_cond_t wake;
	pthread_t thread;
	bool started, stop;
	const struct batch *work; /* what to write; NULL with wanted: probe */
	bool wanted, finished;
	int result;

	void (*gate)(void *);
	void *gate_arg;
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
	j->done_fd = -1;
	j->origin = *origin;
	j->waiting_last = &j->waiting;
	if (journal_file_open(&j->file, path, &j->chain, ret_torn, reterr) ==
	    -1) {
		free(j);
		return NULL;
	}
	j->on_disk = j->chain;
	pthread_mutex_init(&j->lock, NULL);
	pthread_cond_init(&j->wake, NULL);
	return j;
}

/* The thread: one piece of work after another. */
static void *
journal_thread(void *arg)
{
	struct journal *j = arg;
	uint64_t one = 1;

	if (j->gate != NULL)
		j->gate(j->gate_arg);
	pthread_mutex_lock(&j->lock);
	for (;;) {
		const struct batch *work;
		int result;

		while (!j->wanted && !j->stop)
			pthread_cond_wait(&j->wake, &j->lock);
		if (!j->wanted)
			break;
		work = j->work;
		j->wanted = false;
		pthread_mutex_unlock(&j->lock);
		result = work == NULL ?
		    journal_file_probe(&j->file, PROBE_SIZE) :
		    journal_file_append(&j->file, work->data, work->len);
		pthread_mutex_lock(&j->lock);
		j->result = result;
		j->finished = true;
		pthread_cond_broadcast(&j->wake);
		if (write(j->done_fd, &one, sizeof(one)) == -1)
			log_fatal("the audit file's eventfd failed");
	}
	pthread_mutex_unlock(&j->lock);
	return NULL;
}

static void
hand_over(struct journal *j, const struct batch *work)
{
	j->busy = true;
	pthread_mutex_lock(&j->lock);
	j->work = work;
	j->wanted = true;
	j->finished = false;
	pthread_cond_broadcast(&j->wake);
	pthread_mutex_unlock(&j->lock);
}

/* May the first batch grow a little more? */
static bool
may_hold(struct journal *j)
{
	const struct batch *b = j->batches.first;
	uint64_t due = b->since_us + HOLD_US;

	if (!j->streaming || b->len >= HOLD_SIZE || b->next != NULL ||
	    clock_mono_us() >= due)
		return false;
	loop_timer_set(j->hold, due);
	return true;
}

void
journal_flush(struct journal *j)
{
	if (!j->busy && !j->failing && j->batches.first != NULL && !may_hold(j))
		hand_over(j, j->batches.first);
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

	if (j->failing && !j->busy)
		hand_over(j, NULL);
}

/* The thread is ready with its work. */
static void
finish(struct journal *j)
{
	const struct batch *work = j->work;
	int result = j->result;
	bool was_full = j->was_full;

	j->busy = false;
	if (work == NULL)
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

static void
on_done(void *arg, uint32_t events)
{
	struct journal *j = arg;
	uint64_t count;
	bool finished;

	(void)events;
	if (read(j->done_fd, &count, sizeof(count)) == -1)
		return;
	pthread_mutex_lock(&j->lock);
	finished = j->finished;
	j->finished = false;
	pthread_mutex_unlock(&j->lock);
	if (finished)
		finish(j);
}

int
journal_start(struct journal *j, struct loop *loop, void (*gate)(void *),
    void *gate_arg, loop_timer_fn *freed, void *freed_arg)
{
	int error;

	j->gate = gate;
	j->gate_arg = gate_arg;
	j->freed = freed;
	j->freed_arg = freed_arg;
	if ((j->done_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) == -1)
		return -1;
	j->probe = loop_timer_new(loop, on_probe_due, j);
	j->hold = loop_timer_new(loop, on_hold_over, j);
	if (j->probe == NULL || j->hold == NULL)
		return -1;
	j->source = loop_add(loop, j->done_fd, EPOLLIN, on_done, j);
	if (j->source == NULL)
		return -1;
	error = pthread_create(&j->thread, NULL, journal_thread, j);
	if (error != 0) {
		errno = error;
		return -1;
	}
	j->started = true;
	return 0;
}

/* Without the loop: waits for the thread, until nothing is left. */
static void
drain(struct journal *j)
{
	j->streaming = false;
	journal_flush(j);
	while (j->busy) {
		pthread_mutex_lock(&j->lock);
		while (!j->finished)
			pthread_cond_wait(&j->wake, &j->lock);
		j->finished = false;
		pthread_mutex_unlock(&j->lock);
		finish(j);
		j->streaming = false;
		journal_flush(j);
	}
}

void
journal_close(struct journal *j)
{
	if (j == NULL)
		return;
	if (j->started) {
		drain(j);
		pthread_mutex_lock(&j->lock);
		j->stop = true;
		pthread_cond_broadcast(&j->wake);
		pthread_mutex_unlock(&j->lock);
		pthread_join(j->thread, NULL);
	}
	waiters_call(j, j->ticket, false);
	loop_remove(j->source);
	loop_timer_free(j->probe);
	loop_timer_free(j->hold);
	batches_release(&j->batches);
	if (j->done_fd != -1)
		close(j->done_fd);
	journal_file_close(&j->file);
	pthread_cond_destroy(&j->wake);
	pthread_mutex_destroy(&j->lock);
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
	struct chain before = j->chain;
	struct batch *b;

	if (j->failing || record_finish(&j->record, &j->chain, text) == -1)
		return -1;
	b = batches_room(&j->batches, j->record.len, j->busy);
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
