/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the time of signed lines goes: sums since the start, for status.
 */
#ifndef CS_BROKER_TIMING_H
#define CS_BROKER_TIMING_H

#include <stdint.h>

struct timing {
	uint64_t lines; /* that were signed and recorded */
	/* Sums, in microseconds. */
	uint64_t whole_us; /* from the policy's word to the record on disk */
	uint64_t token_us; /* in the token, as the worker says */
	uint64_t record_us; /* from the signature to its record on disk */
};

/* The times of one line, from the monotonic clock. */
struct timed {
	uint64_t queued_us; /* policy allowed it */
	uint64_t signed_us; /* its signature came */
	uint32_t token_us;
};

void timing_add(struct timing *, const struct timed *, uint64_t recorded_us);

/* Means of one line; zeros before the first. */
struct timing_mean {
	uint64_t whole_us, token_us, record_us;
};

void timing_mean(const struct timing *, struct timing_mean *ret);

#endif
