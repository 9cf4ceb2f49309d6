/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/archive_jobs.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

/* Compression has a turn so often, however many others wait. */
#define PACK_US 100000u

static const struct {
	unsigned all, owner;
} most[] = {
	[JOB_FIND] = { ARCHIVE_FINDS, ARCHIVE_OWNER_FINDS },
	[JOB_READ] = { ARCHIVE_READERS, ARCHIVE_OWNER_READERS },
	[JOB_PACK] = { 1, 1 },
};

void
jobs_init(struct archive_jobs *j)
{
	memset(j, 0, sizeof(*j));
	pthread_mutex_init(&j->lock, NULL);
	pthread_cond_init(&j->wake, NULL);
}

static void
job_free(struct archive_job *job)
{
	job->task->free(job->task);
	free(job);
}

void
jobs_release(struct archive_jobs *j)
{
	for (unsigned i = 0; i < JOBS_MAX; i++)
		if (j->place[i] != NULL)
			job_free(j->place[i]);
	pthread_cond_destroy(&j->wake);
	pthread_mutex_destroy(&j->lock);
}

/* A free place for one more of a kind and an owner; NULL: there is none. */
static struct archive_job **
find_place(struct archive_jobs *j, enum job_kind kind, const void *owner)
{
	struct archive_job **ret = NULL;
	unsigned all = 0, owners = 0;

	for (unsigned i = 0; i < JOBS_MAX; i++) {
		if (j->place[i] == NULL) {
			ret = &j->place[i];
			continue;
		}
		if (j->place[i]->kind != kind)
			continue;
		all++;
		owners += j->place[i]->asker.owner == owner;
	}
	return all < most[kind].all && owners < most[kind].owner ? ret : NULL;
}

struct archive_job *
jobs_add(struct archive_jobs *j, enum job_kind kind,
    const struct archive_asker *asker, struct task *task)
{
	struct archive_job *job = calloc(1, sizeof(*job)), **place = NULL;

	if (job == NULL || task == NULL)
		goto fail;
	job->jobs = j;
	job->kind = kind;
	job->asker = *asker;
	job->task = task;
	pthread_mutex_lock(&j->lock);
	if ((place = find_place(j, kind, asker->owner)) != NULL) {
		*place = job;
		pthread_cond_signal(&j->wake);
	}
	pthread_mutex_unlock(&j->lock);
	if (place != NULL)
		return job;
fail:
	if (task != NULL)
		task->free(task);
	free(job);
	return NULL;
}

struct archive_job *
jobs_telling(struct archive_jobs *j, unsigned place)
{
	struct archive_job *job;

	pthread_mutex_lock(&j->lock);
	job = j->place[place];
	if (job != NULL && (job->state != JOB_TELLING || job->dropped))
		job = NULL;
	if (job != NULL)
		job->state = JOB_PAUSED;
	pthread_mutex_unlock(&j->lock);
	return job;
}

static void
wake(struct archive_job *job, bool dropped)
{
	struct archive_jobs *j = job->jobs;

	pthread_mutex_lock(&j->lock);
	job->dropped = dropped;
	if (job->state != JOB_RUNNING)
		job->state = JOB_WAITING;
	pthread_cond_signal(&j->wake);
	pthread_mutex_unlock(&j->lock);
}

void
jobs_go_on(struct archive_job *job)
{
	wake(job, false);
}

void
jobs_drop(struct archive_job *job)
{
	wake(job, true);
}

void
jobs_stop(struct archive_jobs *j)
{
	pthread_mutex_lock(&j->lock);
	j->stop = true;
	pthread_cond_signal(&j->wake);
	pthread_mutex_unlock(&j->lock);
}

/* Whose turn it is; compression's when it is nobody else's, or overdue. */
static struct archive_job *
choose(struct archive_jobs *j, unsigned *ret_place)
{
	struct archive_job *pack = NULL;
	unsigned pack_place = 0;

	for (unsigned i = 1; i <= JOBS_MAX; i++) {
		unsigned place = (j->turn + i) % JOBS_MAX;
		struct archive_job *job = j->place[place];

		if (job == NULL || job->state != JOB_WAITING)
			continue;
		*ret_place = place;
		if (job->dropped || job->kind != JOB_PACK ||
		    clock_mono_us() - j->pack_us >= PACK_US)
			return job;
		pack = job;
		pack_place = place;
	}
	*ret_place = pack_place;
	return pack;
}

struct archive_job *
jobs_take(struct archive_jobs *j)
{
	struct archive_job *job = NULL;
	unsigned place;

	pthread_mutex_lock(&j->lock);
	while (!j->stop) {
		if ((job = choose(j, &place)) == NULL) {
			pthread_cond_wait(&j->wake, &j->lock);
			continue;
		}
		j->turn = place;
		job->state = JOB_RUNNING;
		if (!job->dropped)
			break;
		j->place[place] = NULL;
		pthread_mutex_unlock(&j->lock);
		job_free(job);
		job = NULL;
		pthread_mutex_lock(&j->lock);
	}
	if (j->stop)
		job = NULL;
	pthread_mutex_unlock(&j->lock);
	return job;
}

bool
jobs_put_back(struct archive_job *job, enum turn turn)
{
	struct archive_jobs *j = job->jobs;
	bool tell;

	pthread_mutex_lock(&j->lock);
	if (job->kind == JOB_PACK)
		j->pack_us = clock_mono_us();
	tell = turn == TURN_TELL && !job->dropped;
	job->state = tell ? JOB_TELLING : JOB_WAITING;
	pthread_mutex_unlock(&j->lock);
	return tell;
}
