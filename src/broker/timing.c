/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/timing.h"

void
timing_add(struct timing *t, const struct timed *line, uint64_t recorded_us)
{
	t->lines++;
	t->whole_us += recorded_us - line->queued_us;
	t->token_us += line->token_us;
	t->record_us += recorded_us - line->signed_us;
}

void
timing_mean(const struct timing *t, struct timing_mean *ret)
{
	uint64_t lines = t->lines > 0 ? t->lines : 1;

	ret->whole_us = t->whole_us / lines;
	ret->token_us = t->token_us / lines;
	ret->record_us = t->record_us / lines;
}
