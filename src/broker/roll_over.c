/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/roll_over.h"

#include <stdlib.h>

#include "base/clock.h"
#include "broker/open.h"
#include "broker/service.h"

/* The timer goes with another clock than starts do, which may be set. */
#define WAIT_MAX_US 60000000u

struct roll_over {
	struct service *service;
	struct loop_timer *timer;
	bool armed;
	/* Nothing starts after the first and before the second, in seconds;
	 * empty: not known. */
	int64_t from, until;
};

static void
on_due(void *arg)
{
	struct roll_over *r = arg;

	/* The round that ends with this tends to it. */
	r->armed = false;
}

struct roll_over *
roll_over_new(struct service *service)
{
	struct roll_over *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	r->service = service;
	r->timer = loop_timer_new(service->loop, on_due, r);
	if (r->timer == NULL) {
		free(r);
		return NULL;
	}
	return r;
}

void
roll_over_free(struct roll_over *r)
{
	if (r == NULL)
		return;
	loop_timer_free(r->timer);
	free(r);
}

void
roll_over_reset(struct roll_over *r)
{
	r->from = r->until = 0;
}

static void
find_span(struct roll_over *r, int64_t now)
{
	const struct tree *tree = r->service->tree;

	r->from = INT64_MIN;
	r->until = INT64_MAX;
	for (size_t i = 0; i < tree_generations(tree); i++) {
		int64_t start = tree_generation(tree, i)->start;

		if (start <= now && start > r->from)
			r->from = start;
		else if (start > now && start < r->until)
			r->until = start;
	}
}

static void
arm(struct roll_over *r)
{
	uint64_t now = clock_wall_us(), wait_us = WAIT_MAX_US;

	if (r->armed || r->until == INT64_MAX)
		return;
	if ((uint64_t)r->until <= (now + wait_us) / 1000000)
		wait_us = (uint64_t)r->until * 1000000 > now ?
		    (uint64_t)r->until * 1000000 - now :
		    0;
	loop_timer_set(r->timer, clock_mono_us() + wait_us);
	r->armed = true;
}

static void
go_on(struct request *q, int64_t now)
{
	if (q->state == REQUEST_RUNNING &&
	    key_generation(q->grant.key, now) != q->grant.generation)
		open_again(q);
}

void
roll_over_tend(struct roll_over *r)
{
	int64_t now = service_now();

	if (now < r->from || now >= r->until) {
		find_span(r, now);
		r->armed = false;
		for (struct session *s = r->service->sessions; s != NULL;
		     s = s->next)
			for (struct request *q = s->requests; q != NULL;
			     q = q->next)
				go_on(q, now);
	}
	arm(r);
}
