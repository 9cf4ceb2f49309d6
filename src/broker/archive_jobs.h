/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the archive's thread has to do: places that jobs are in, each in turn.
 * Whose a job is, the loop's or the thread's, is its state.
 */
#ifndef CS_BROKER_ARCHIVE_JOBS_H
#define CS_BROKER_ARCHIVE_JOBS_H

#include <pthread.h>
#include <stdbool.h>

#include "broker/archive_task.h"

enum job_kind {
	JOB_FIND,
	JOB_READ,
	JOB_PACK, /* one; only where no other waits, or after a while */
};

#define JOBS_MAX (ARCHIVE_FINDS + ARCHIVE_READERS + 1)

enum job_state {
	JOB_WAITING, /* for a turn */
	JOB_RUNNING, /* the thread's */
	JOB_TELLING, /* has an answer for the loop */
	JOB_PAUSED, /* the loop's */
};

struct archive_job {
	struct archive_jobs *jobs;
	enum job_kind kind;
	enum job_state state;
	bool over; /* it had its last answer */
	bool dropped; /* nobody waits for it: the thread frees it */
	struct archive_asker asker;
	struct archive_answer answer;
	struct task *task;
};

struct archive_jobs {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct archive_job *place[JOBS_MAX];
	unsigned turn; /* the place that had the last */
	uint64_t pack_us; /* when compression had its last */
	bool stop;
};

void jobs_init(struct archive_jobs *);
/* Frees what is there; the thread has ended. */
void jobs_release(struct archive_jobs *);

/* The loop's.  Takes the task, on failure too; NULL: busy, or no memory. */
struct archive_job *jobs_add(struct archive_jobs *, enum job_kind,
    const struct archive_asker *, struct task *);
/* The job in a place when it has an answer; it is the loop's then. */
struct archive_job *jobs_telling(struct archive_jobs *, unsigned place);
void jobs_go_on(struct archive_job *);
void jobs_drop(struct archive_job *);
void jobs_stop(struct archive_jobs *);

/* The thread's: the next to have a turn, waiting for it; NULL: the end. */
struct archive_job *jobs_take(struct archive_jobs *);
/* After its turn; true: the loop has something to tell. */
bool jobs_put_back(struct archive_job *, enum turn);

#endif
