/* SPDX-License-Identifier: Apache-2.0 */
#include "base/loop.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"

#define EVENTS 64

struct loop_source {
	struct loop *loop;
	struct loop_source *next_dead;
	loop_ready_fn *ready;
	void *arg;
	uint32_t events;
	int fd;
	bool dead;
};

struct loop_timer {
	struct loop *loop;
	struct loop_timer *next; /* armed timers, soonest first */
	loop_timer_fn *fire;
	void *arg;
	uint64_t at_us;
	uint64_t set_in; /* the round it was set in */
	bool armed;
};

struct loop {
	int epoll;
	bool stopped;
	uint64_t round;
	struct loop_timer *timers;
	struct loop_source *dead; /* freed when the round is over */
	loop_timer_fn *after;
	void *after_arg;
};

struct loop *
loop_new(void)
{
	struct loop *loop = calloc(1, sizeof(*loop));

	if (loop == NULL)
		return NULL;
	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (loop->epoll == -1) {
		free(loop);
		return NULL;
	}
	return loop;
}

static void
bury(struct loop *loop)
{
	struct loop_source *source;

	while ((source = loop->dead) != NULL) {
		loop->dead = source->next_dead;
		free(source);
	}
}

void
loop_free(struct loop *loop)
{
	if (loop == NULL)
		return;
	bury(loop);
	close(loop->epoll);
	free(loop);
}

struct loop_source *
loop_add(
    struct loop *loop, int fd, uint32_t events, loop_ready_fn *ready, void *arg)
{
	struct loop_source *source = calloc(1, sizeof(*source));
	struct epoll_event event = { .events = events };

	if (source == NULL)
		return NULL;
	event.data.ptr = source;
	if (epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event) == -1) {
		free(source);
		return NULL;
	}
	source->loop = loop;
	source->fd = fd;
	source->ready = ready;
	source->arg = arg;
	source->events = events;
	return source;
}

void
loop_events(struct loop_source *source, uint32_t events)
{
	struct epoll_event event = { .events = events };

	if (source->dead || source->events == events)
		return;
	event.data.ptr = source;
	if (epoll_ctl(source->loop->epoll, EPOLL_CTL_MOD, source->fd, &event) ==
	    0)
		source->events = events;
}

void
loop_remove(struct loop_source *source)
{
	if (source == NULL || source->dead)
		return;
	epoll_ctl(source->loop->epoll, EPOLL_CTL_DEL, source->fd, NULL);
	source->dead = true;
	source->next_dead = source->loop->dead;
	source->loop->dead = source;
}

struct loop_timer *
loop_timer_new(struct loop *loop, loop_timer_fn *fire, void *arg)
{
	struct loop_timer *timer = calloc(1, sizeof(*timer));

	if (timer == NULL)
		return NULL;
	timer->loop = loop;
	timer->fire = fire;
	timer->arg = arg;
	return timer;
}

void
loop_timer_stop(struct loop_timer *timer)
{
	struct loop_timer **at;

	if (timer == NULL || !timer->armed)
		return;
	for (at = &timer->loop->timers; *at != timer; at = &(*at)->next)
		continue;
	*at = timer->next;
	timer->armed = false;
}

void
loop_timer_set(struct loop_timer *timer, uint64_t mono_us)
{
	struct loop_timer **at;

	loop_timer_stop(timer);
	timer->at_us = mono_us;
	for (at = &timer->loop->timers; *at != NULL; at = &(*at)->next)
		if ((*at)->at_us > mono_us)
			break;
	timer->next = *at;
	timer->set_in = timer->loop->round;
	*at = timer;
	timer->armed = true;
}

void
loop_timer_free(struct loop_timer *timer)
{
	if (timer == NULL)
		return;
	loop_timer_stop(timer);
	free(timer);
}

void
loop_after_round(struct loop *loop, loop_timer_fn *after, void *arg)
{
	loop->after = after;
	loop->after_arg = arg;
}

/* Milliseconds until the first timer, rounded up; -1: none. */
static int
patience_ms(const struct loop *loop)
{
	uint64_t now, left;

	if (loop->timers == NULL)
		return -1;
	now = clock_mono_us();
	if (loop->timers->at_us <= now)
		return 0;
	left = (loop->timers->at_us - now + 999) / 1000;
	return left > 60000 ? 60000 : (int)left;
}

/* The first timer that is due and was not set in this very round. */
static struct loop_timer *
due(const struct loop *loop, uint64_t now)
{
	for (struct loop_timer *t = loop->timers; t != NULL; t = t->next) {
		if (t->at_us > now)
			return NULL;
		if (t->set_in != loop->round)
			return t;
	}
	return NULL;
}

static void
fire_timers(struct loop *loop)
{
	struct loop_timer *timer;
	uint64_t now;

	if (loop->timers == NULL)
		return;
	now = clock_mono_us();
	while ((timer = due(loop, now)) != NULL) {
		loop_timer_stop(timer);
		timer->fire(timer->arg);
	}
}

static int
run_round(struct loop *loop)
{
	struct epoll_event events[EVENTS];
	int count;

	count = epoll_wait(loop->epoll, events, EVENTS, patience_ms(loop));
	if (count == -1 && errno != EINTR)
		return -1;
	loop->round++;
	for (int i = 0; i < count; i++) {
		struct loop_source *source = events[i].data.ptr;

		if (!source->dead)
			source->ready(source->arg, events[i].events);
	}
	fire_timers(loop);
	if (loop->after != NULL)
		loop->after(loop->after_arg);
	bury(loop);
	return 0;
}

int
loop_run(struct loop *loop)
{
	loop->stopped = false;
	while (!loop->stopped)
		if (run_round(loop) == -1)
			return -1;
	return 0;
}

void
loop_stop(struct loop *loop)
{
	loop->stopped = true;
}
