/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"

#include <time.h>

#define US 1000000u

static uint64_t
now_us(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * US + (uint64_t)now.tv_nsec / 1000;
}

uint64_t
clock_wall_us(void)
{
	return now_us(CLOCK_REALTIME);
}

uint64_t
clock_mono_us(void)
{
	return now_us(CLOCK_MONOTONIC);
}

/* Writes width decimal digits of value. */
static char *
digits(char *at, unsigned value, unsigned width)
{
	for (unsigned i = width; i-- > 0; value /= 10)
		at[i] = (char)('0' + value % 10);
	return at + width;
}

/* By hand, because each record bears one and printf would dominate it. */
void
clock_text(uint64_t wall_us, char ret[static CLOCK_TEXT])
{
	time_t seconds = (time_t)(wall_us / US);
	struct tm tm;
	char *at = ret;

	gmtime_r(&seconds, &tm);
	at = digits(at, (unsigned)tm.tm_year + 1900, 4);
	*at++ = '-';
	at = digits(at, (unsigned)tm.tm_mon + 1, 2);
	*at++ = '-';
	at = digits(at, (unsigned)tm.tm_mday, 2);
	*at++ = 'T';
	at = digits(at, (unsigned)tm.tm_hour, 2);
	*at++ = ':';
	at = digits(at, (unsigned)tm.tm_min, 2);
	*at++ = ':';
	at = digits(at, (unsigned)tm.tm_sec, 2);
	*at++ = '.';
	at = digits(at, (unsigned)(wall_us % US), 6);
	*at++ = 'Z';
	*at = '\0';
}
