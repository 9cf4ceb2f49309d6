/* SPDX-License-Identifier: Apache-2.0 */
#include "token/results.h"

#include <string.h>

#include "base/log.h"

#define HOLD_US 1000
/* A result is at most as long as a signature, its text and a few numbers. */
#define RESULT_MAX (WIRE_SIGNATURE + 256)
#define HEAD_MAX 16

static void
clear(struct results *r)
{
	writer_init(&r->items, r->space, sizeof(r->space) - HEAD_MAX);
	r->count = 0;
}

void
results_init(struct results *r, int channel)
{
	r->channel = channel;
	clear(r);
}

bool
results_flush(struct results *r)
{
	static uint8_t message[CHANNEL_MAX];
	struct batch_head head = { .count = r->count };
	struct writer w;
	enum channel_status status;

	if (r->count == 0)
		return true;
	if (!writer_ok(&r->items))
		log_fatal("a result does not fit its message");
	writer_init(&w, message, sizeof(message));
	results_head_put(&w, &head);
	memcpy(message + w.used, r->space, r->items.used);
	status = channel_send(r->channel, message, w.used + r->items.used);
	clear(r);
	return status == CHANNEL_OK;
}

bool
results_add(struct results *r, const struct job_result *result, uint64_t now_us)
{
	if (r->count == 0)
		r->first_us = now_us;
	job_result_put(&r->items, result);
	r->count++;
	if (r->count == WIRE_BATCH || now_us - r->first_us >= HOLD_US ||
	    r->items.size - r->items.used < RESULT_MAX)
		return results_flush(r);
	return true;
}
