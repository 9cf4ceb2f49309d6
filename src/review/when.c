/* SPDX-License-Identifier: Apache-2.0 */
#include "review/when.h"

#include <string.h>
#include <time.h>

#define US UINT64_C(1000000)
#define DAY 86400U

/* Exactly count digits, of at most max; moves on. */
static bool
take_number(const char **at, int count, int max, int *ret)
{
	int n = 0;

	for (; count > 0; count--, (*at)++) {
		if (!char_is_digit(**at))
			return false;
		n = n * 10 + (**at - '0');
	}
	*ret = n;
	return n <= max;
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
take_date(const char **at, struct tm *tm)
{
	if (!take_number(at, 4, 9999, &tm->tm_year) || !take_char(at, '-') ||
	    !take_number(at, 2, 12, &tm->tm_mon) || !take_char(at, '-') ||
	    !take_number(at, 2, 31, &tm->tm_mday))
		return false;
	tm->tm_year -= 1900;
	tm->tm_mon--;
	return true;
}

/* One to six digits behind the point. */
static bool
take_fraction(const char **at, unsigned *ret_us)
{
	unsigned us = 0, unit = US / 10;

	if (!char_is_digit(**at))
		return false;
	for (; char_is_digit(**at) && unit > 0; (*at)++, unit /= 10)
		us += (unsigned)(**at - '0') * unit;
	*ret_us = us;
	return true;
}

static bool
take_clock(const char **at, struct tm *tm, unsigned *ret_us)
{
	if (!take_number(at, 2, 23, &tm->tm_hour) || !take_char(at, ':') ||
	    !take_number(at, 2, 59, &tm->tm_min))
		return false;
	if (!take_char(at, ':'))
		return true;
	if (!take_number(at, 2, 59, &tm->tm_sec))
		return false;
	return !take_char(at, '.') || take_fraction(at, ret_us);
}

/* "Z", "+02:00", "-02:00" or nothing: seconds east of UTC. */
static bool
take_offset(const char **at, int *ret)
{
	bool west = **at == '-';
	int hours, minutes;

	*ret = 0;
	if (**at == '\0' || take_char(at, 'Z'))
		return true;
	if (!take_char(at, '+') && !take_char(at, '-'))
		return false;
	if (!take_number(at, 2, 23, &hours) || !take_char(at, ':') ||
	    !take_number(at, 2, 59, &minutes))
		return false;
	*ret = (hours * 3600 + minutes * 60) * (west ? -1 : 1);
	return true;
}

static bool
absolute(const char *at, uint64_t *ret_us)
{
	struct tm tm = { 0 };
	int offset = 0, day, month;
	unsigned us = 0;
	time_t seconds;

	if (!take_date(&at, &tm))
		return false;
	if (take_char(&at, 'T') || take_char(&at, ' ')) {
		if (!take_clock(&at, &tm, &us) || !take_offset(&at, &offset))
			return false;
	}
	day = tm.tm_mday;
	month = tm.tm_mon;
	seconds = timegm(&tm);
	/* timegm makes 2 March of 30 February. */
	if (*at != '\0' || day != tm.tm_mday || month != tm.tm_mon ||
	    seconds < offset)
		return false;
	*ret_us = (uint64_t)(seconds - offset) * US + us;
	return true;
}

/* "-2h": with its unit, and not before 1970. */
static bool
relative(const char *text, uint64_t now_us, uint64_t *ret_us)
{
	size_t len = strlen(text);
	uint32_t seconds;

	if (*text != '-' || char_is_digit(text[len - 1]) ||
	    text_duration(text + 1, UINT32_MAX, &seconds) == -1 ||
	    seconds > now_us / US)
		return false;
	*ret_us = now_us - seconds * US;
	return true;
}

static bool
named_day(const char *text, uint64_t now_us, uint64_t *ret_us)
{
	uint64_t days = now_us / US / DAY;

	if (strcmp(text, "yesterday") == 0 && days > 0)
		days--;
	else if (strcmp(text, "today") != 0)
		return false;
	*ret_us = days * DAY * US;
	return true;
}

int
when_parse(const char *text, uint64_t now_us, uint64_t *ret_us,
    struct text_error *reterr)
{
	if (named_day(text, now_us, ret_us) || relative(text, now_us, ret_us) ||
	    absolute(text, ret_us))
		return 0;
	return text_fail(reterr, 0,
	    "\"%.40s\" is no time: write 2026-11-21, \"2026-11-21 14:00\", "
	    "2026-11-21T14:00:05+02:00, today, yesterday, -90s, -30m, -2h or "
	    "-7d (UTC unless an offset says otherwise)",
	    text);
}
