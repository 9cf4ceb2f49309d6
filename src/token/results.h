/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Results on their way to the broker: several in a message when they come
 * fast, none held back for longer than a millisecond.
 */
#ifndef CS_TOKEN_RESULTS_H
#define CS_TOKEN_RESULTS_H

#include "base/channel.h"
#include "wire/token.h"

struct results {
	int channel;
	uint16_t count;
	uint64_t first_us; /* when the oldest was added */
	struct writer items;
	uint8_t space[CHANNEL_MAX];
};

void results_init(struct results *, int channel);

/* Adds one, and flushes when it is time.  False: the broker is gone. */
bool results_add(struct results *, const struct job_result *, uint64_t now_us);
bool results_flush(struct results *);

#endif
