/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/scribe.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/log.h"
#include "broker/scribe_work.h"

struct scribe {
	/* The loop's. */
	scribe_done_fn *done;
	void *arg;
	struct loop_source *source;
	bool busy;

	struct log_files *files;
	void (*gate)(void *);
	void *gate_arg;
	int done_fd;

	/* Shared, under lock. */
	pthread_mutex_t lock;
	pthread_cond_t wake;
	pthread_t thread;
	bool started, stop;
	bool wanted, finished;
	struct scribe_job job;
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
		while (!s->wanted && !s->stop)
			pthread_cond_wait(&s->wake, &s->lock);
		if (!s->wanted)
			break;
		s->wanted = false;
		pthread_mutex_unlock(&s->lock);
		/* Nobody else touches the job while it is busy. */
		scribe_work(s->files, &s->job);
		pthread_mutex_lock(&s->lock);
		s->finished = true;
		pthread_cond_broadcast(&s->wake);
		if (write(s->done_fd, &one, sizeof(one)) == -1)
			log_fatal("the audit file's eventfd failed");
	}
	pthread_mutex_unlock(&s->lock);
	scribe_finish(s->files);
	return NULL;
}

void
scribe_begin(struct scribe *s, const struct scribe_job *job)
{
	s->busy = true;
	pthread_mutex_lock(&s->lock);
	s->job = *job;
	s->wanted = true;
	s->finished = false;
	pthread_cond_broadcast(&s->wake);
	pthread_mutex_unlock(&s->lock);
}

bool
scribe_is_busy(const struct scribe *s)
{
	return s->busy;
}

/* What is told may begin the next work. */
static void
tell(struct scribe *s)
{
	struct scribe_job job = s->job;

	s->busy = false;
	s->done(s->arg, &job);
}

static void
on_done(void *arg, uint32_t events)
{
	struct scribe *s = arg;
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
		tell(s);
}

void
scribe_wait(struct scribe *s)
{
	if (!s->busy)
		return;
	pthread_mutex_lock(&s->lock);
	while (!s->finished)
		pthread_cond_wait(&s->wake, &s->lock);
	s->finished = false;
	pthread_mutex_unlock(&s->lock);
	tell(s);
}

struct scribe *
scribe_new(struct loop *loop, struct log_files *files, void (*gate)(void *),
    void *gate_arg, scribe_done_fn *done, void *arg)
{
	struct scribe *s = calloc(1, sizeof(*s));
	int error;

	if (s == NULL)
		return NULL;
	s->files = files;
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
