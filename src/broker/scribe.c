/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/scribe.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/log.h"

struct scribe {
	/* The loop's. */
	scribe_done_fn *done;
	void *arg;
	struct loop_source *source;
	bool busy;

	struct journal_file *file;
	void (*gate)(void *);
	void *gate_arg;
	int done_fd;

	/* Shared, under lock. */
	pthread_mutex_t lock;
	pthread_cond_t wake;
	pthread_t thread;
	bool started, stop;
	bool wanted, finished;
	const void *data; /* NULL: only look for room */
	size_t len;
	int result;
};

static void *
scribe_thread(void *arg)
{
	struct scribe *s = arg;
	uint64_t one = 1;

	if (s->gate != NULL)
		s->gate(s->gate_arg);
	pthread_mutex_lock(&s->lock);
	for (;;) {
		int result;

		while (!s->wanted && !s->stop)
			pthread_cond_wait(&s->wake, &s->lock);
		if (!s->wanted)
			break;
		s->wanted = false;
		pthread_mutex_unlock(&s->lock);
		/* Neither data nor len changes while it is busy. */
		result = s->data == NULL ?
		    journal_file_probe(s->file, s->len) :
		    journal_file_append(s->file, s->data, s->len);
		pthread_mutex_lock(&s->lock);
		s->result = result;
		s->finished = true;
		pthread_cond_broadcast(&s->wake);
		if (write(s->done_fd, &one, sizeof(one)) == -1)
			log_fatal("the audit file's eventfd failed");
	}
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

static void
hand_over(struct scribe *s, const void *data, size_t len)
{
	s->busy = true;
	pthread_mutex_lock(&s->lock);
	s->data = data;
	s->len = len;
	s->wanted = true;
	s->finished = false;
	pthread_cond_broadcast(&s->wake);
	pthread_mutex_unlock(&s->lock);
}

void
scribe_append(struct scribe *s, const void *data, size_t len)
{
	hand_over(s, data, len);
}

void
scribe_probe(struct scribe *s, size_t len)
{
	hand_over(s, NULL, len);
}

bool
scribe_is_busy(const struct scribe *s)
{
	return s->busy;
}

static void
tell(struct scribe *s, int result)
{
	s->busy = false;
	s->done(s->arg, result);
}

static void
on_done(void *arg, uint32_t events)
{
	struct scribe *s = arg;
	uint64_t count;
	bool finished;
	int result;

	(void)events;
	if (read(s->done_fd, &count, sizeof(count)) == -1)
		return;
	pthread_mutex_lock(&s->lock);
	finished = s->finished;
	result = s->result;
	s->finished = false;
	pthread_mutex_unlock(&s->lock);
	if (finished)
		tell(s, result);
}

static int
wait_finished(struct scribe *s)
{
	int result;

	pthread_mutex_lock(&s->lock);
	while (!s->finished)
		pthread_cond_wait(&s->wake, &s->lock);
	s->finished = false;
	result = s->result;
	pthread_mutex_unlock(&s->lock);
	return result;
}

void
scribe_wait(struct scribe *s)
{
	if (s->busy)
		tell(s, wait_finished(s));
}

struct scribe *
scribe_new(struct loop *loop, struct journal_file *file, void (*gate)(void *),
    void *gate_arg, scribe_done_fn *done, void *arg)
{
	struct scribe *s = calloc(1, sizeof(*s));
	int error;

	if (s == NULL)
		return NULL;
	s->file = file;
	s->gate = gate;
	s->gate_arg = gate_arg;
	s->done = done;
	s->arg = arg;
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->wake, NULL);
	s->done_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (s->done_fd == -1)
		goto fail;
	s->source = loop_add(loop, s->done_fd, EPOLLIN, on_done, s);
	if (s->source == NULL)
		goto fail;
	error = pthread_create(&s->thread, NULL, scribe_thread, s);
	if (error == 0) {
		s->started = true;
		return s;
	}
	errno = error;
fail:
	error = errno;
	scribe_free(s);
	errno = error;
	return NULL;
}

void
scribe_free(struct scribe *s)
{
	if (s == NULL)
		return;
	if (s->started) {
		pthread_mutex_lock(&s->lock);
		s->stop = true;
		pthread_cond_broadcast(&s->wake);
		pthread_mutex_unlock(&s->lock);
		pthread_join(s->thread, NULL);
	}
	loop_remove(s->source);
	if (s->done_fd != -1)
		close(s->done_fd);
	pthread_cond_destroy(&s->wake);
	pthread_mutex_destroy(&s->lock);
	free(s);
}
