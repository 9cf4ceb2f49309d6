/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/packer.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "broker/archive_jobs.h"
#include "policy/entry.h"

/* Clocks step, and disks fill and empty: no longer than that is waited. */
#define WAIT_S 3600u

struct packer {
	struct archive_jobs *jobs;
	const char *file;
	struct loop_timer *timer;
	uint64_t active; /* seq; 0: not known yet */
	uint32_t after_s;
	struct archive_job *job; /* NULL: none under way */
	bool again;
	char error[256]; /* that was logged last */
};

static void pack(void *arg);

static void
complain(struct packer *p, const char *error)
{
	if (strcmp(p->error, error) != 0 && error[0] != '\0')
		log_warn("not compressed: %s", error);
	text_copy(p->error, sizeof(p->error), error);
}

static void
wait_for_next(struct packer *p, const struct pack_report *report)
{
	uint64_t now = clock_wall_us() / 1000000, wait = WAIT_S;

	if (report->error[0] == '\0' && report->due_s == UINT64_MAX)
		return;
	if (report->due_s != UINT64_MAX && report->due_s < now + wait)
		wait = report->due_s > now ? report->due_s - now : 1;
	loop_timer_set(p->timer, clock_mono_us() + wait * 1000000);
}

static void
on_packed(void *arg, const struct archive_answer *answer)
{
	struct packer *p = arg;
	const struct pack_report *report = pack_report(p->job->task);

	(void)answer;
	p->job = NULL;
	if (report->packed > 0)
		log_debug("%u pieces of the log compressed", report->packed);
	complain(p, report->error);
	wait_for_next(p, report);
	/* The place that it had is free a little later. */
	if (p->again)
		loop_timer_set(p->timer, clock_mono_us());
	p->again = false;
}

static void
pack(void *arg)
{
	struct packer *p = arg;
	struct archive_asker asker = { .owner = p, .fn = on_packed, .arg = p };

	loop_timer_stop(p->timer);
	if (p->active == 0 || p->after_s == COMPRESS_NEVER)
		return;
	if (p->job != NULL) {
		p->again = true;
		return;
	}
	p->job = jobs_add(p->jobs, JOB_PACK, &asker,
	    pack_new(p->file, p->active, p->after_s));
	if (p->job == NULL)
		loop_timer_set(p->timer, clock_mono_us() + 1000000);
}

struct packer *
packer_new(struct loop *loop, struct archive_jobs *jobs, const char *file)
{
	struct packer *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->jobs = jobs;
	p->file = file;
	p->after_s = COMPRESS_NEVER;
	p->timer = loop_timer_new(loop, pack, p);
	if (p->timer != NULL)
		return p;
	free(p);
	return NULL;
}

void
packer_free(struct packer *p)
{
	if (p == NULL)
		return;
	loop_timer_free(p->timer);
	free(p);
}

void
packer_rotated(struct packer *p, uint64_t active)
{
	p->active = active;
	pack(p);
}

void
packer_after(struct packer *p, uint32_t seconds)
{
	p->after_s = seconds;
	pack(p);
}
