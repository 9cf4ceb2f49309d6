/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/archive.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"
#include "broker/archive_jobs.h"
#include "broker/packer.h"

/* Of this thread, as nice(1) counts: signatures go first. */
#define NICE 10

struct archive {
	char *file;
	struct loop_source *source;
	struct packer *packer;
	int told_fd;
	void (*gate)(void *);
	void *gate_arg;
	pthread_t thread;
	bool started;
	struct archive_jobs jobs;
};

static void *
archive_thread(void *arg)
{
	struct archive *a = arg;
	struct archive_job *job;
	uint64_t one = 1;

	setpriority(PRIO_PROCESS, 0, NICE);
	if (a->gate != NULL)
		a->gate(a->gate_arg);
	while ((job = jobs_take(&a->jobs)) != NULL) {
		enum turn turn = job->task->run(job->task, &job->answer);

		if (jobs_put_back(job, turn) &&
		    write(a->told_fd, &one, sizeof(one)) == -1)
			log_fatal("the archive's eventfd failed");
	}
	return NULL;
}

static void
tell(struct archive_job *job)
{
	/* By the end of the call it may be another's. */
	bool over = job->answer.status != ARCHIVE_LINES;

	job->over = over;
	job->asker.fn(job->asker.arg, &job->answer);
	if (over)
		jobs_drop(job);
}

static void
on_told(void *arg, uint32_t events)
{
	struct archive *a = arg;
	struct archive_job *job;
	uint64_t count;

	(void)events;
	if (read(a->told_fd, &count, sizeof(count)) == -1)
		return;
	/* One that has its next answer meanwhile brings an event again. */
	for (unsigned i = 0; i < JOBS_MAX; i++)
		if ((job = jobs_telling(&a->jobs, i)) != NULL)
			tell(job);
}

struct archive *
archive_new(
    struct loop *loop, const char *file, void (*gate)(void *), void *gate_arg)
{
	struct archive *a = calloc(1, sizeof(*a));
	int error;

	if (a == NULL)
		return NULL;
	a->gate = gate;
	a->gate_arg = gate_arg;
	jobs_init(&a->jobs);
	a->told_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	a->file = strdup(file);
	if (a->told_fd == -1 || a->file == NULL ||
	    (a->packer = packer_new(loop, &a->jobs, a->file)) == NULL)
		goto fail;
	a->source = loop_add(loop, a->told_fd, EPOLLIN, on_told, a);
	if (a->source == NULL)
		goto fail;
	error = pthread_create(&a->thread, NULL, archive_thread, a);
	if (error == 0) {
		a->started = true;
		return a;
	}
	errno = error;
fail:
	error = errno;
	archive_free(a);
	errno = error;
	return NULL;
}

void
archive_free(struct archive *a)
{
	if (a == NULL)
		return;
	if (a->started) {
		jobs_stop(&a->jobs);
		pthread_join(a->thread, NULL);
	}
	jobs_release(&a->jobs);
	packer_free(a->packer);
	loop_remove(a->source);
	if (a->told_fd != -1)
		close(a->told_fd);
	free(a->file);
	free(a);
}

struct archive_job *
archive_find(struct archive *a, const struct archive_asker *asker,
    uint64_t last, const char *digest, const char *const *keys, size_t count)
{
	return jobs_add(&a->jobs, JOB_FIND, asker,
	    find_new(a->file, last, digest, keys, count));
}

struct archive_job *
archive_read(struct archive *a, const struct archive_asker *asker,
    uint64_t from, uint64_t last)
{
	return jobs_add(
	    &a->jobs, JOB_READ, asker, read_new(a->file, from, last));
}

void
archive_more(struct archive_job *job)
{
	jobs_go_on(job);
}

void
archive_cancel(struct archive_job *job)
{
	if (job != NULL && !job->over)
		jobs_drop(job);
}

void
archive_rotated(struct archive *a, uint64_t first)
{
	packer_rotated(a->packer, first);
}

void
archive_compress_after(struct archive *a, uint32_t seconds)
{
	packer_after(a->packer, seconds);
}
