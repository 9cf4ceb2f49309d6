/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Notices when the wall clock is set: it goes with the monotonic one, or it
 * was moved.  A slow correction is none, however far it goes.
 */
#ifndef CS_BROKER_CLOCK_WATCH_H
#define CS_BROKER_CLOCK_WATCH_H

#include <stdbool.h>
#include <stdint.h>

/* More than that between two looks is a step. */
#define CLOCK_STEP_US 1000000

/* Zeroed is initialised. */
struct clock_watch {
	bool known;
	int64_t ahead; /* the wall clock, of the monotonic one */
};

struct clock_step {
	uint64_t from, to; /* wall time, as it would be and as it is */
	int64_t step; /* to - from */
};

/* Was the clock set since the last look? */
bool clock_watch_look(struct clock_watch *, uint64_t wall_us, uint64_t mono_us,
    struct clock_step *ret);

#endif
