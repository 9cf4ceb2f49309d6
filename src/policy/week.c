/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/week.h"

#include <string.h>
#include <strings.h>

const char *const weekday_words[7] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat",
	"Sun" };

static bool
take_weekday(const char **at, unsigned *ret)
{
	for (unsigned i = 0; i < 7; i++) {
		if (strncasecmp(*at, weekday_words[i], 3) != 0)
			continue;
		*at += 3;
		*ret = i;
		return true;
	}
	return false;
}

static bool
take_char(const char **at, char c)
{
	if (**at != c)
		return false;
	(*at)++;
	return true;
}

static bool
take_two(const char **at, unsigned max, unsigned *ret)
{
	if (!char_is_digit((*at)[0]) || !char_is_digit((*at)[1]))
		return false;
	*ret = (unsigned)((*at)[0] - '0') * 10 + (unsigned)((*at)[1] - '0');
	*at += 2;
	return *ret <= max;
}

/* "07:00" to "24:00" as minutes. */
static bool
take_clock(const char **at, unsigned *ret)
{
	unsigned hours, minutes;

	if (!take_two(at, 24, &hours) || !take_char(at, ':') ||
	    !take_two(at, 59, &minutes))
		return false;
	*ret = hours * 60 + minutes;
	return *ret <= WEEK_DAY;
}

static void
open_span(struct week *week, unsigned day, unsigned from, unsigned to)
{
	unsigned end = to > from ? to : to + WEEK_DAY;

	for (unsigned m = from; m < end; m++) {
		unsigned minute = (day * WEEK_DAY + m) % WEEK_MINUTES;

		week->open[minute / 64] |= UINT64_C(1) << minute % 64;
	}
}

static bool
take_days(const char **at, unsigned *ret_first, unsigned *ret_last)
{
	if (!take_weekday(at, ret_first))
		return false;
	*ret_last = *ret_first;
	return !take_char(at, '-') || take_weekday(at, ret_last);
}

static void
take_blanks(const char **at)
{
	while (char_is_blank(**at))
		(*at)++;
}

/*
 * "Mon-Fri 07:00-19:00" or "Sat 09:00-12:00".  One that begins when it ends
 * could mean nothing or a whole day; the latter is "00:00-24:00".
 */
static bool
take_span(const char **at, struct week *week)
{
	unsigned first, last, from, to;

	if (!take_days(at, &first, &last) || !char_is_blank(**at))
		return false;
	take_blanks(at);
	if (!take_clock(at, &from) || !take_char(at, '-') ||
	    !take_clock(at, &to) || from == to || from == WEEK_DAY)
		return false;
	for (unsigned day = first;; day = (day + 1) % 7) {
		open_span(week, day, from, to);
		if (day == last)
			return true;
	}
}

int
week_parse(const char *text, struct week *ret, struct text_error *reterr)
{
	struct week week = { 0 };
	const char *at = text;
	bool good = true;

	while (good && (good = take_span(&at, &week))) {
		take_blanks(&at);
		if (*at == '\0')
			break;
		good = take_char(&at, ',');
		take_blanks(&at);
	}
	if (!good)
		return text_fail(reterr, 0,
		    "\"%.60s\" are no hours: write \"Mon-Fri 07:00-19:00\" or "
		    "\"Mon-Thu 07:00-19:00, Fri 07:00-15:00\"",
		    text);
	*ret = week;
	return 0;
}

bool
week_open(const struct week *week, unsigned minute)
{
	return (week->open[minute / 64] >> minute % 64 & 1) != 0;
}

unsigned
week_wait(const struct week *week, unsigned minute)
{
	unsigned wait = 0;

	while (wait < WEEK_MINUTES &&
	    !week_open(week, (minute + wait) % WEEK_MINUTES))
		wait++;
	return wait;
}

bool
week_is_days(const char *text, size_t len)
{
	const char *at = text;
	unsigned first, last;

	return take_days(&at, &first, &last) && at == text + len;
}
