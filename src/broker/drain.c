/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/drain.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "broker/checkpoint.h"
#include "broker/records.h"
#include "broker/service.h"
#include "broker/session.h"
#include "wire/control.h"

/* How long a client has to go by itself after its last answer. */
#define GRACE_US 500000u
#define TICK_US 100000u
/* How long the listener may take to read that we are done. */
#define LINGER_MS 5000

struct drain {
	struct service *service;
	struct loop_timer *tick;
	struct waiter waiter;
	uint64_t until_us;
	bool on, late, stopping;
};

static void
on_tick(void *arg)
{
	struct drain *d = arg;

	/* drain_check follows after the round. */
	loop_timer_set(d->tick, clock_mono_us() + TICK_US);
}

struct drain *
drain_new(struct service *service)
{
	struct drain *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return NULL;
	d->service = service;
	d->tick = loop_timer_new(service->loop, on_tick, d);
	if (d->tick == NULL) {
		free(d);
		return NULL;
	}
	return d;
}

void
drain_free(struct drain *d)
{
	if (d == NULL)
		return;
	loop_timer_free(d->tick);
	free(d);
}

bool
drain_is_on(const struct service *service)
{
	return service->drain->on;
}

uint64_t
drain_until(const struct service *service)
{
	return service->drain->until_us;
}

void
drain_begin(struct service *service)
{
	struct drain *d = service->drain;

	if (d->on)
		return;
	log_debug("draining: %zu sessions", service->session_count);
	d->on = true;
	d->until_us = clock_mono_us() +
	    (uint64_t)tree_server(service->tree)->drain_timeout * 1000000;
	on_tick(d);
}

static void
send_away(struct drain *d, uint64_t now)
{
	struct session *next;

	for (struct session *s = d->service->sessions; s != NULL; s = next) {
		next = s->next;
		if (d->late || (s->open == 0 && now - s->idle_us >= GRACE_US))
			session_logout(
			    s, REASON_DRAINING, reason_text(REASON_DRAINING));
	}
}

static void
leave(void *arg)
{
	struct service *service = arg;
	struct writer w = service_writer(service);

	bare_put(&w, WIRE_DRAINED);
	peer_send(service->listener, &w);
	peer_linger(service->listener, LINGER_MS);
	service->exit = 0;
	loop_stop(service->loop);
}

/* The last record is written, or cannot be: it is to be signed, too. */
static void
on_stopped(struct waiter *waiter, bool ok)
{
	struct drain *d =
	    (void *)((char *)waiter - offsetof(struct drain, waiter));

	if (!ok)
		log_warn("the record of the stop could not be written");
	checkpoints_stop(d->service->checkpoints, leave, d->service);
}

void
drain_check(struct service *service)
{
	struct drain *d = service->drain;
	uint64_t now;

	if (!d->on || d->stopping)
		return;
	now = clock_mono_us();
	if (now >= d->until_us && !d->late) {
		log_warn("not everything finished within drain-timeout");
		d->late = true;
	}
	send_away(d, now);
	if (service->sessions != NULL)
		return;
	d->stopping = true;
	d->waiter.fn = on_stopped;
	if (record_stop(service, "drained", &d->waiter) == -1)
		on_stopped(&d->waiter, false);
}
