/* SPDX-License-Identifier: Apache-2.0 */
#include "review/bins.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DAY 24U
#define BY_HOUR (3 * DAY) /* up to so many hours */

/* Where the period and the records meet. */
static void
set_span(const struct report *r, struct bins *b)
{
	uint64_t from = r->period.since_us, to = r->period.until_us - 1;
	struct moment first, last;
	uint32_t hours, days;

	if (from < r->all_first_us)
		from = r->all_first_us;
	if (to > r->all_last_us)
		to = r->all_last_us;
	moment_of(from, &first);
	moment_of(to, &last);
	hours = last.hour - first.hour + 1;
	if (hours <= BY_HOUR) {
		b->first_hour = first.hour;
		b->hours = 1;
		b->count = hours;
		return;
	}
	days = last.day - first.day + 1;
	b->first_hour = first.day * DAY;
	b->hours = DAY * ((days + BINS_MAX - 1) / BINS_MAX);
	b->count = (days * DAY + b->hours - 1) / b->hours;
}

static bool
bin_of(const struct bins *b, uint32_t hour, size_t *ret)
{
	if (hour < b->first_hour)
		return false;
	*ret = (hour - b->first_hour) / b->hours;
	return *ret < b->count;
}

static size_t
series_of(const struct bins *b, uint32_t id)
{
	for (size_t i = 0; i < b->series; i++)
		if (b->key[i] == NULL || b->key[i]->id == id)
			return i;
	return b->series - 1;
}

static void
fill_signatures(const struct report *r, struct bins *b)
{
	uint32_t id, hour, times;
	size_t at = 0, bin;

	while (pairs_next(&r->activity, &at, &id, &hour, &times)) {
		if (!bin_of(b, hour, &bin))
			continue;
		b->signatures[series_of(b, id)][bin] += times;
		b->total[bin] += times;
		if (b->total[bin] > b->most)
			b->most = b->total[bin];
	}
}

static void
fill_refusals(const struct report *r, struct bins *b)
{
	uint32_t id, hour, times;
	size_t at = 0, bin;

	while (pairs_next(&r->refusals, &at, &id, &hour, &times))
		if (bin_of(b, hour, &bin))
			b->refused[bin] += times;
}

/* The keys that signed most; the others share one series. */
static int
choose_series(const struct report *r, struct bins *b)
{
	const struct row **rows;
	size_t count = tally_sorted(&r->tally[REPORT_KEYS], &rows);

	if (rows == NULL)
		return -1;
	for (size_t i = 0; i < count; i++) {
		if (rows[i]->count[TALLY_SIGNED] == 0)
			continue;
		if (b->series == BINS_SERIES) {
			b->key[b->series++] = NULL;
			break;
		}
		b->key[b->series++] = rows[i];
	}
	free(rows);
	return 0;
}

int
bins_fill(const struct report *r, struct bins *ret)
{
	*ret = (struct bins){ .hours = 1 };
	if (r->records == 0)
		return 0;
	if (choose_series(r, ret) == -1)
		return -1;
	set_span(r, ret);
	if (ret->series > 0)
		fill_signatures(r, ret);
	fill_refusals(r, ret);
	return 0;
}

const char *
bins_label(const struct bins *b, size_t bin, char ret[static 32])
{
	time_t wall =
	    ((time_t)b->first_hour + (time_t)b->hours * (time_t)bin) * 3600;
	struct tm tm;

	gmtime_r(&wall, &tm);
	strftime(ret, 32, b->hours < DAY ? "%Y-%m-%d %H:%M" : "%Y-%m-%d", &tm);
	return ret;
}
