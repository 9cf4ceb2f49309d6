/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"

#include <time.h>

#define US 1000000U
#define DAY 86400U
#define LAST_YEAR_END 253402300800U /* the first second of the year 10000 */

static uint64_t
read_us(clockid_t id)
{
	struct timespec now;

	clock_gettime(id, &now);
	return (uint64_t)now.tv_sec * US + (uint64_t)now.tv_nsec / 1000;
}

uint64_t
clock_wall_us(void)
{
	return read_us(CLOCK_REALTIME);
}

uint64_t
clock_mono_us(void)
{
	return read_us(CLOCK_MONOTONIC);
}

struct date {
	unsigned year;
	unsigned month;
	unsigned day;
};

/*
 * Days since 1970 to the Gregorian date.  Years are counted from March here,
 * so that the leap day is the last one and months have a regular pattern.
 */
static struct date
date_of(uint64_t days)
{
	uint64_t since_0 = days + 719468; /* 0000-03-01 */
	unsigned era = (unsigned)(since_0 / 146097); /* of 400 years */
	unsigned in_era = (unsigned)(since_0 % 146097);
	unsigned year =
	    (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
	unsigned in_year = in_era - (365 * year + year / 4 - year / 100);
	unsigned march = (5 * in_year + 2) / 153; /* 0 is March */
	struct date date = {
		.year = era * 400 + year + (march >= 10 ? 1 : 0),
		.month = march < 10 ? march + 3 : march - 9,
		.day = in_year - (153 * march + 2) / 5 + 1,
	};

	return date;
}

static char *
digits(char *at, unsigned count, unsigned value, char after)
{
	for (unsigned i = count; i-- > 0; value /= 10)
		at[i] = (char)('0' + value % 10);
	at[count] = after;
	return at + count + 1;
}

/* Not by gmtime_r, which opens /etc/localtime: there is no file in a jail. */
void
clock_text(uint64_t wall_us, char ret[static CLOCK_TEXT])
{
	uint64_t seconds = wall_us / US;
	unsigned fraction = (unsigned)(wall_us % US);
	unsigned in_day;
	struct date date;
	char *at = ret;

	if (seconds >= LAST_YEAR_END) {
		seconds = LAST_YEAR_END - 1;
		fraction = US - 1;
	}
	date = date_of(seconds / DAY);
	in_day = (unsigned)(seconds % DAY);
	at = digits(at, 4, date.year, '-');
	at = digits(at, 2, date.month, '-');
	at = digits(at, 2, date.day, 'T');
	at = digits(at, 2, in_day / 3600, ':');
	at = digits(at, 2, in_day / 60 % 60, ':');
	at = digits(at, 2, in_day % 60, '.');
	at = digits(at, 6, fraction, 'Z');
	*at = '\0';
}
