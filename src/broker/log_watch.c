/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/log_watch.h"

#include <stddef.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "broker/clock_watch.h"
#include "broker/records_log.h"

struct log_watch {
	struct journal *journal;
	struct clock_watch clock;
	uint64_t warn_free;
	bool low; /* and it was recorded */
	struct waiter gap_told;
	bool telling;
};

/* The gap is told once its record is on disk, and not before. */
static void
on_gap_told(struct waiter *waiter, bool ok)
{
	struct log_watch *w =
	    (void *)((char *)waiter - offsetof(struct log_watch, gap_told));

	w->telling = false;
	if (ok)
		journal_gap_told(w->journal);
}

static void
tell_gap(struct log_watch *w)
{
	struct journal_gap gap;

	if (w->telling)
		return;
	journal_gap(w->journal, &gap);
	if (gap.from_us == 0)
		return;
	w->gap_told.fn = on_gap_told;
	w->telling = record_audit_gap(
			 w->journal, &gap, clock_wall_us(), &w->gap_told) == 0;
}

void
log_watch_clock(struct log_watch *w, uint64_t wall_us, uint64_t mono_us)
{
	struct clock_step step;

	if (!clock_watch_look(&w->clock, wall_us, mono_us, &step))
		return;
	log_warn(
	    "the clock was set, by %lld microseconds", (long long)step.step);
	record_clock(w->journal, "step", &step);
}

static void
before(void *arg)
{
	struct log_watch *w = arg;

	tell_gap(w);
	log_watch_clock(w, clock_wall_us(), clock_mono_us());
}

static void
look_at_space(struct log_watch *w, uint64_t bytes)
{
	bool low = bytes < w->warn_free;

	if (low == w->low || w->warn_free == 0)
		return;
	/* Once it is low, a little more is not enough. */
	if (!low && bytes <= w->warn_free + w->warn_free / 4)
		return;
	if (record_disk(w->journal, low, bytes, w->warn_free) == 0)
		w->low = low;
	if (low)
		log_warn("%llu MiB are left for records",
		    (unsigned long long)(bytes >> 20));
}

static void
look(void *arg, const struct journal_look *seen)
{
	struct log_watch *w = arg;

	if (seen->has_free)
		look_at_space(w, seen->free);
	if (seen->names == JOURNAL_NAMES_STUCK) {
		record_audit_file(w->journal, seen->names);
	} else if (seen->names != JOURNAL_NAMES_FINE) {
		log_warn(
		    "somebody removed, replaced or changed the log's file");
		record_audit_file(w->journal, seen->names);
	}
	/* When there are no records either. */
	journal_note(w->journal);
}

struct log_watch *
log_watch_new(struct journal *journal)
{
	struct log_watch *w = calloc(1, sizeof(*w));
	const struct journal_watch watch = {
		.arg = w,
		.before = before,
		.look = look,
	};

	if (w == NULL)
		return NULL;
	w->journal = journal;
	journal_watch(journal, &watch);
	return w;
}

void
log_watch_free(struct log_watch *w)
{
	free(w);
}

void
log_watch_limit(struct log_watch *w, uint64_t warn_free)
{
	w->warn_free = warn_free;
	if (warn_free == 0)
		w->low = false;
}

void
log_watch_begin(struct log_watch *w, uint64_t last_us)
{
	uint64_t now = clock_wall_us();
	struct clock_step step = {
		.from = last_us,
		.to = now,
		.step = (int64_t)(now - last_us),
	};

	if (last_us <= now)
		return;
	log_warn("the clock is behind the last record");
	record_clock(w->journal, "behind", &step);
}
