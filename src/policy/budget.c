/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/budget.h"

#include <stdint.h>

#include "policy/resolve.h"

#define US INT64_C(1000000)
#define DAY_S INT64_C(86400)
#define DAY_US (DAY_S * US)

bool
budget_counts(const struct limits *l)
{
	return l->rate.lines != 0 || l->per_day != 0;
}

/* The time that one line takes; rounded up, so that it is never too short. */
static int64_t
interval_us(const struct limits *l)
{
	int64_t time_us = l->rate.seconds * US;

	return (time_us + l->rate.lines - 1) / l->rate.lines;
}

static int64_t
burst_lines(const struct limits *l)
{
	return l->burst != 0 ? l->burst : l->rate.lines;
}

/* How deep the bucket is. */
static int64_t
burst_us(const struct limits *l)
{
	return burst_lines(l) * interval_us(l);
}

static int64_t
day_of(int64_t now_us)
{
	return now_us / DAY_US;
}

/* When the bucket is empty again, as the clock is now. */
static int64_t
full_us(const struct budget *b, const struct limits *l, int64_t now_us)
{
	int64_t latest = now_us + burst_us(l);

	if (b->full_us > latest)
		return latest;
	return b->full_us > now_us ? b->full_us : now_us;
}

/* Lines of today; those of a later day count where the clock went back. */
static uint64_t
used_today(const struct budget *b, int64_t now_us)
{
	return day_of(now_us) > b->day ? 0 : b->used;
}

/* How long until one more line fits: 0 or less, now. */
static int64_t
wait_us(const struct budget *b, const struct limits *l, int64_t now_us)
{
	return full_us(b, l, now_us) + interval_us(l) - burst_us(l) - now_us;
}

static uint32_t
seconds_up(int64_t us)
{
	int64_t s = (us + US - 1) / US;

	return s > UINT32_MAX ? UINT32_MAX : (uint32_t)s;
}

static uint32_t
day_left_s(int64_t now_us)
{
	return seconds_up((day_of(now_us) + 1) * DAY_US - now_us);
}

enum reason
budget_check(const struct budget *b, const struct layer *layer, int64_t now_us,
    struct verdict *ret)
{
	const struct limits *l = layer->limits;

	if (l->per_day != 0 && used_today(b, now_us) >= l->per_day)
		return refuse(ret, REASON_PER_DAY, l->per_day_rule,
		    "the %s %s allows %llu lines a day (UTC); try again in "
		    "%u s",
		    layer->what, layer->name, (unsigned long long)l->per_day,
		    day_left_s(now_us));
	if (l->rate.lines != 0 && wait_us(b, l, now_us) > 0)
		return refuse(ret, REASON_RATE, l->rate_rule,
		    "the %s %s allows %u lines in %u s, %lld at once; try "
		    "again in %u s",
		    layer->what, layer->name, l->rate.lines, l->rate.seconds,
		    (long long)burst_lines(l),
		    seconds_up(wait_us(b, l, now_us)));
	return REASON_OK;
}

void
budget_charge(struct budget *b, const struct limits *l, int64_t now_us)
{
	b->used = used_today(b, now_us) + 1;
	b->day = day_of(now_us);
	if (l->rate.lines != 0)
		b->full_us = full_us(b, l, now_us) + interval_us(l);
}

void
budget_refund(struct budget *b, const struct limits *l, int64_t charged_us,
    int64_t now_us)
{
	int64_t since_us = now_us > charged_us ? now_us - charged_us : 0;

	if (day_of(charged_us) == b->day && b->used > 0)
		b->used--;
	if (l->rate.lines != 0 && since_us < interval_us(l))
		b->full_us -= interval_us(l) - since_us;
}

void
budget_left(const struct budget *b, const struct limits *l, int64_t now_us,
    struct budget_left *ret)
{
	uint64_t used = used_today(b, now_us);
	int64_t wait;

	*ret = (struct budget_left){ BUDGET_ENDLESS, BUDGET_ENDLESS, 0,
		(day_of(now_us) + 1) * DAY_S };
	if (l->rate.lines != 0) {
		int64_t room = burst_us(l) + now_us - full_us(b, l, now_us);

		ret->burst = (uint64_t)(room / interval_us(l));
		wait = wait_us(b, l, now_us);
		ret->wait_s = wait > 0 ? seconds_up(wait) : 0;
	}
	if (l->per_day != 0) {
		ret->day = l->per_day > used ? l->per_day - used : 0;
		if (ret->day == 0 && day_left_s(now_us) > ret->wait_s)
			ret->wait_s = day_left_s(now_us);
	}
}
