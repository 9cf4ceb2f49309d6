/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "broker/store_private.h"

/* Changes that may wait for the disk. */
#define QUEUE_MAX ((size_t)16 << 20)
/* After a failure. */
#define AGAIN_US 1000000

static void *
store_thread(void *arg)
{
	struct store *s = arg;
	uint64_t one = 1;

	if (s->gate != NULL)
		s->gate(s->gate_arg);
	pthread_mutex_lock(&s->lock);
	for (;;) {
		while (!s->wanted && !s->stop)
			pthread_cond_wait(&s->wake, &s->lock);
		if (!s->wanted)
			break;
		s->wanted = false;
		pthread_mutex_unlock(&s->lock);
		s->ok = store_work_apply(&s->file, buf_at(&s->work),
			    buf_len(&s->work), s->why) == 0;
		pthread_mutex_lock(&s->lock);
		s->finished = true;
		pthread_cond_broadcast(&s->wake);
		if (write(s->done_fd, &one, sizeof(one)) == -1)
			log_fatal("the store's eventfd failed");
	}
	pthread_mutex_unlock(&s->lock);
	/* Here, because closing writes too. */
	store_file_close(&s->file);
	return NULL;
}

static void
swap(struct buf *a, struct buf *b)
{
	struct buf was = *a;

	*a = *b;
	*b = was;
	a->max = QUEUE_MAX;
	b->max = 2 * QUEUE_MAX;
}

static void
hand_over(struct store *s)
{
	swap(&s->queue, &s->work);
	s->in_work = s->in_queue;
	s->in_queue = 0;
	s->handed++;
	s->busy = true;
	s->retry = false;
	pthread_mutex_lock(&s->lock);
	s->wanted = true;
	s->finished = false;
	pthread_cond_broadcast(&s->wake);
	pthread_mutex_unlock(&s->lock);
}

/* Tells those up to a ticket; what is told may wait anew. */
static void
tell(struct store *s, uint64_t upto, bool ok)
{
	struct waiter *waiter;

	while ((waiter = s->waiting) != NULL && waiter->ticket <= upto) {
		if ((s->waiting = waiter->next) == NULL)
			s->waiting_last = &s->waiting;
		waiter->fn(waiter, ok);
	}
}

static void
on_committed(struct store *s)
{
	if (s->failing)
		log_warn("%s can be written again", s->file.path);
	s->failing = false;
	s->commits++;
	s->changes += s->in_work;
	s->committed = s->handed;
	buf_consume(&s->work, buf_len(&s->work));
	tell(s, s->committed, true);
}

/* What failed comes before what came since: it is tried again in order. */
static void
on_failed(struct store *s)
{
	if (!s->failing)
		log_warn("%s cannot be written: %s", s->file.path, s->why);
	s->failing = true;
	memcpy(s->error, s->why, sizeof(s->error));
	buf_add(&s->work, buf_at(&s->queue), buf_len(&s->queue));
	if (s->work.bad)
		log_fatal("no memory");
	buf_consume(&s->queue, buf_len(&s->queue));
	swap(&s->queue, &s->work);
	s->in_queue += s->in_work;
	if (s->again != NULL)
		loop_timer_set(s->again, clock_mono_us() + AGAIN_US);
	tell(s, UINT64_MAX, false);
}

static void
on_finished(struct store *s)
{
	s->busy = false;
	if (s->ok)
		on_committed(s);
	else
		on_failed(s);
}

static void
on_done(void *arg, uint32_t events)
{
	struct store *s = arg;
	uint64_t count;
	bool finished;

	(void)events;
	if (read(s->done_fd, &count, sizeof(count)) == -1)
		return;
	pthread_mutex_lock(&s->lock);
	finished = s->finished;
	s->finished = false;
	pthread_mutex_unlock(&s->lock);
	if (finished)
		on_finished(s);
}

static void
on_again(void *arg)
{
	struct store *s = arg;

	s->retry = true;
}

void
store_flush(struct store *s)
{
	if (s == NULL || !s->started || s->busy || (s->failing && !s->retry) ||
	    buf_len(&s->queue) == 0)
		return;
	hand_over(s);
}

void
store_drain(struct store *s)
{
	if (s == NULL || !s->started)
		return;
	/* What failed has one more try. */
	if (!s->busy && buf_len(&s->queue) > 0)
		hand_over(s);
	while (s->busy) {
		pthread_mutex_lock(&s->lock);
		while (!s->finished)
			pthread_cond_wait(&s->wake, &s->lock);
		s->finished = false;
		pthread_mutex_unlock(&s->lock);
		on_finished(s);
		store_flush(s);
	}
}

uint64_t
store_ticket(const struct store *s)
{
	return s->handed + 1;
}

/*
 * What the thread has comes back when it fails, and has to find room: while
 * nothing can be written, changes must not heap up with each try.
 */
bool
store_has_room(const struct store *s, size_t bytes)
{
	size_t queued = buf_len(&s->queue) + bytes;

	return queued <= QUEUE_MAX &&
	    queued + buf_len(&s->work) <= 2 * QUEUE_MAX;
}

bool
store_has(const struct store *s, uint64_t ticket)
{
	return ticket <= s->committed;
}

int
store_await(struct store *s, uint64_t ticket, struct waiter *waiter)
{
	if (s->failing || ticket == 0)
		return -1;
	waiter->ticket = ticket;
	waiter->next = NULL;
	*s->waiting_last = waiter;
	s->waiting_last = &waiter->next;
	return 0;
}

bool
store_works(const struct store *s)
{
	return !s->failing;
}

void
store_state(const struct store *s, struct store_state *ret)
{
	ret->failing = s->failing;
	memcpy(ret->error, s->error, sizeof(ret->error));
	ret->commits = s->commits;
	ret->changes = s->changes;
	ret->queued = buf_len(&s->queue) + (s->busy ? buf_len(&s->work) : 0);
}

struct store *
store_open(const char *state_dir, struct text_error *reterr)
{
	struct store *s = calloc(1, sizeof(*s));

	if (s == NULL) {
		text_fail(reterr, 0, "no memory");
		return NULL;
	}
	s->done_fd = -1;
	s->waiting_last = &s->waiting;
	buf_init(&s->queue, QUEUE_MAX);
	buf_init(&s->work, 2 * QUEUE_MAX);
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->wake, NULL);
	if (store_file_open(&s->file, state_dir, reterr) == 0)
		return s;
	store_close(s);
	return NULL;
}

int
store_start(
    struct store *s, struct loop *loop, void (*gate)(void *), void *gate_arg)
{
	int error;

	s->gate = gate;
	s->gate_arg = gate_arg;
	s->done_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (s->done_fd == -1)
		return -1;
	s->source = loop_add(loop, s->done_fd, EPOLLIN, on_done, s);
	s->again = loop_timer_new(loop, on_again, s);
	if (s->source == NULL || s->again == NULL)
		return -1;
	error = pthread_create(&s->thread, NULL, store_thread, s);
	if (error != 0) {
		errno = error;
		return -1;
	}
	s->started = true;
	return 0;
}

void
store_close(struct store *s)
{
	if (s == NULL)
		return;
	store_drain(s);
	if (s->started) {
		pthread_mutex_lock(&s->lock);
		s->stop = true;
		pthread_cond_broadcast(&s->wake);
		pthread_mutex_unlock(&s->lock);
		pthread_join(s->thread, NULL);
	} else {
		store_file_close(&s->file);
	}
	loop_remove(s->source);
	loop_timer_free(s->again);
	if (s->done_fd != -1)
		close(s->done_fd);
	buf_release(&s->queue);
	buf_release(&s->work);
	pthread_cond_destroy(&s->wake);
	pthread_mutex_destroy(&s->lock);
	free(s);
}
