/* SPDX-License-Identifier: Apache-2.0 */
#include "review/store_run.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"

#define SECOND_US UINT64_C(1000000)
#define ROUND_MS 1000 /* give-ups are looked for this often */
#define LAST_US (2 * SECOND_US) /* to empty the pipe after SIGTERM */

struct run {
	struct store *store;
	struct feed feed;
	struct ask ask;
	store_tell_fn *tell;
	void *tell_arg;
	bool full; /* and told */
	uint64_t stop_us; /* UINT64_MAX: not yet */
};

static volatile sig_atomic_t terminated;

static void
on_signal(int sig)
{
	(void)sig;
	terminated = 1;
}

static void
catch_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	terminated = 0;
	sigemptyset(&action.sa_mask);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
}

static void __attribute__((format(printf, 2, 3)))
tell(const struct run *r, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	r->tell(r->tell_arg, text);
}

/* Is it of use to try again?  Waits before it says so. */
static bool
wait_for_room(struct run *r)
{
	if (!r->full)
		tell(r, "cannot write: %s; trying again every second",
		    strerror(errno));
	r->full = true;
	poll(NULL, 0, ROUND_MS);
	return !terminated;
}

static void
has_room(struct run *r)
{
	if (r->full)
		tell(r, "can write again");
	r->full = false;
}

/* false: it was given up. */
static bool
sync_all(struct run *r)
{
	while (store_sync(r->store) == -1)
		if (!wait_for_room(r))
			return false;
	has_room(r);
	return true;
}

static bool
store_one(struct run *r, const char *line, size_t len)
{
	for (;;) {
		switch (store_line(r->store, line, len, clock_mono_us())) {
		case STORE_FULL:
			if (!wait_for_room(r))
				return false;
			continue;
		case STORE_ODD:
			break;
		case STORE_ADDED:
		case STORE_HELD:
		case STORE_REPEAT:
			ask_heard(&r->ask, clock_mono_us());
			break;
		}
		return true;
	}
}

static bool
store_lines(struct run *r, struct feed *feed)
{
	const char *line;
	size_t len;

	while (feed_line(feed, &line, &len))
		if (!store_one(r, line, len))
			return false;
	return sync_all(r);
}

static void
end_ask(struct run *r, const char *fault)
{
	bool was_ended = r->ask.feed.ended;
	int status = ask_end(&r->ask);

	/* The signer is not ahead of us: that was the question. */
	if (status == EX_DATAERR && !r->ask.for_gap)
		status = 0;
	if (fault == NULL && was_ended && status != 0)
		fault = "it failed";
	if (fault != NULL)
		tell(r, "asking %s for seq %" PRIu64 ": %s (exit %d)",
		    r->ask.how.destination, r->ask.seq, fault, status);
	ask_judge(&r->ask, fault == NULL, clock_mono_us());
}

/* Its answer was read: is there more to wait for? */
static void
look_at_answer(struct run *r)
{
	uint64_t gap_us;
	bool gap = store_gap(r->store, &gap_us);

	if (r->ask.for_gap && !gap)
		end_ask(r, NULL);
	else if (r->ask.feed.ended)
		end_ask(r,
		    gap && store_due(r->store) == r->ask.seq ?
			"the answer does not have it" :
			NULL);
}

static bool
on_answer(struct run *r)
{
	r->ask.heard_us = clock_mono_us();
	if (feed_read(&r->ask.feed) == -1)
		r->ask.feed.ended = true;
	if (!store_lines(r, &r->ask.feed))
		return false;
	look_at_answer(r);
	return true;
}

static void
look_at_clock(struct run *r, uint64_t now)
{
	uint64_t gap_us = 0;
	bool gap = store_gap(r->store, &gap_us);

	if (now >= ask_deadline(&r->ask))
		end_ask(r, "it takes too long");
	if (now < ask_when(&r->ask, gap, gap_us))
		return;
	if (gap)
		tell(r, "seq %" PRIu64 " is missing: asking %s",
		    store_due(r->store), r->ask.how.destination);
	if (ask_start(&r->ask, store_due(r->store), gap, now) == -1) {
		tell(r, "ssh: %s", strerror(errno));
		ask_judge(&r->ask, false, now);
	}
}

/* Milliseconds until somebody has to look at the clock. */
static int
patience(const struct run *r, uint64_t now)
{
	uint64_t gap_us = 0, when, deadline = ask_deadline(&r->ask);
	bool gap = store_gap(r->store, &gap_us);

	when = ask_when(&r->ask, gap, gap_us);
	if (deadline < when)
		when = deadline;
	if (when <= now)
		return 0;
	when = (when - now) / 1000 + 1;
	return when < ROUND_MS ? (int)when : ROUND_MS;
}

/* What is ready is stored: false when that is no more possible. */
static bool
one_round(struct run *r)
{
	struct pollfd fds[] = { { r->feed.fd, POLLIN, 0 },
		{ r->ask.pid != 0 ? r->ask.feed.fd : -1, POLLIN, 0 } };
	int n = poll(fds, 2, patience(r, clock_mono_us()));

	if (n > 0 && fds[1].revents != 0 && !on_answer(r))
		return false;
	if (n > 0 && fds[0].revents != 0 &&
	    (feed_read(&r->feed) == -1 || !store_lines(r, &r->feed)))
		return false;
	while (store_tick(r->store, clock_mono_us()) == -1)
		if (!wait_for_room(r))
			return false;
	look_at_clock(r, clock_mono_us());
	if (terminated && r->stop_us == UINT64_MAX)
		r->stop_us = clock_mono_us() + LAST_US;
	return true;
}

int
store_run(struct store *store, int fd, const struct ask_how *how,
    store_tell_fn *tell_fn, void *tell_arg)
{
	struct run r = { .store = store,
		.tell = tell_fn,
		.tell_arg = tell_arg,
		.stop_us = UINT64_MAX };
	uint64_t gap_us;
	int rv = -1;

	catch_signals();
	feed_init(&r.feed, fd);
	ask_init(&r.ask, how, clock_mono_us());
	while (!r.feed.ended && clock_mono_us() < r.stop_us)
		if (!one_round(&r))
			goto out;
	if (!sync_all(&r))
		goto out;
	rv = store_gap(store, &gap_us) || store_counts(store)->odd > 0;
	if (store_gap(store, &gap_us))
		tell(&r, "seq %" PRIu64 " is missing; what came after it waits",
		    store_due(store));
out:
	ask_release(&r.ask);
	feed_release(&r.feed);
	return rv;
}
