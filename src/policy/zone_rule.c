/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/zone_rule.h"

#define MINUTE 60
#define HOUR 3600
#define DAY INT64_C(86400)

/* A number of one to three digits, at most max: or -1. */
static int
take_number(const char **at, int max)
{
	int n = -1;

	for (int i = 0; i < 3 && char_is_digit(**at); i++, (*at)++)
		n = (n < 0 ? 0 : n) * 10 + (**at - '0');
	return n <= max && !char_is_digit(**at) ? n : -1;
}

static bool
take_char(const char **at, char c)
{
	if (**at != c)
		return false;
	(*at)++;
	return true;
}

/* "EST" or "<-03>"; nobody looks at it. */
static bool
take_name(const char **at)
{
	bool quoted = take_char(at, '<');
	int len = 0;

	while (char_is_alpha(**at) ||
	    (quoted && (char_is_digit(**at) || **at == '+' || **at == '-'))) {
		(*at)++;
		len++;
	}
	return len >= 3 && len <= 32 && (!quoted || take_char(at, '>'));
}

/* [+-]h[:mm[:ss]] */
static bool
take_time(const char **at, int max_hours, int32_t *ret)
{
	int sign = take_char(at, '-') ? -1 : 1;
	int hours, minutes = 0, seconds = 0;

	if (sign == 1)
		take_char(at, '+');
	if ((hours = take_number(at, max_hours)) == -1)
		return false;
	if (take_char(at, ':')) {
		if ((minutes = take_number(at, 59)) == -1)
			return false;
		if (take_char(at, ':') && (seconds = take_number(at, 59)) == -1)
			return false;
	}
	*ret = sign * (hours * HOUR + minutes * MINUTE + seconds);
	return true;
}

/* West of Greenwich is what POSIX counts up. */
static bool
take_offset(const char **at, int32_t *ret)
{
	int32_t west;

	if (!take_time(at, 24, &west))
		return false;
	*ret = -west;
	return true;
}

static bool
take_month(const char **at, struct zone_day *ret)
{
	ret->kind = ZONE_DAY_MONTH;
	ret->month = take_number(at, 12);
	if (ret->month < 1 || !take_char(at, '.'))
		return false;
	ret->week = take_number(at, 5);
	if (ret->week < 1 || !take_char(at, '.'))
		return false;
	ret->day = take_number(at, 6);
	return ret->day >= 0;
}

static bool
take_day(const char **at, struct zone_day *ret)
{
	bool good;

	*ret = (struct zone_day){ .time = 2 * HOUR };
	if (take_char(at, 'M')) {
		good = take_month(at, ret);
	} else if (take_char(at, 'J')) {
		ret->kind = ZONE_DAY_JULIAN;
		ret->day = take_number(at, 365);
		good = ret->day >= 1;
	} else {
		ret->kind = ZONE_DAY_NUMBER;
		ret->day = take_number(at, 365);
		good = ret->day >= 0;
	}
	return good && (!take_char(at, '/') || take_time(at, 167, &ret->time));
}

static bool
take_summer(const char **at, struct zone_rule *rule)
{
	rule->has_summer = true;
	rule->summer = rule->standard + HOUR;
	if (!take_name(at))
		return false;
	if (**at != ',' && !take_offset(at, &rule->summer))
		return false;
	return take_char(at, ',') && take_day(at, &rule->begins) &&
	    take_char(at, ',') && take_day(at, &rule->ends);
}

int
zone_rule_parse(
    const char *text, struct zone_rule *ret, struct text_error *reterr)
{
	struct zone_rule rule = { .has_summer = false };
	const char *at = text;

	if (take_name(&at) && take_offset(&at, &rule.standard) &&
	    (*at == '\0' || take_summer(&at, &rule)) && *at == '\0') {
		*ret = rule;
		return 0;
	}
	return text_fail(reterr, 0,
	    "\"%.64s\" is not a time zone: write one as Europe/Berlin, UTC, or "
	    "CET-1CEST,M3.5.0,M10.5.0/3",
	    text);
}

static bool
is_leap(int64_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* From 1970-01-01 to the first day of a year after Christ. */
static int64_t
days_before(int64_t year)
{
	int64_t y = year - 1;

	return y * 365 + y / 4 - y / 100 + y / 400 - 719162;
}

static int64_t
floor_day(int64_t seconds)
{
	return seconds / DAY - (seconds % DAY < 0);
}

/* Of the years 1 to some hundred thousand; others count as the nearest. */
static int64_t
year_of(int64_t now)
{
	int64_t day = floor_day(now), year;

	if (day < days_before(2))
		return 1;
	if (day > days_before(100000))
		return 100000;
	year = 1970 + day / 366;
	if (day < 0)
		year = 1969 + day / 365;
	while (days_before(year + 1) <= day)
		year++;
	while (days_before(year) > day)
		year--;
	return year;
}

static int
days_before_month(int month, bool leap)
{
	static const int days[12] = { 0, 31, 59, 90, 120, 151, 181, 212, 243,
		273, 304, 334 };

	return days[month - 1] + (month > 2 && leap);
}

/* Day of the year, from 0, of the week'th such weekday; the 5th is the last. */
static int64_t
weekday_in_month(const struct zone_day *day, int64_t year)
{
	bool leap = is_leap(year);
	int first = days_before_month(day->month, leap);
	int end = day->month == 12 ? 365 + leap :
				     days_before_month(day->month + 1, leap);
	/* 1970 began with a Thursday. */
	int64_t weekday = (((days_before(year) + first + 4) % 7) + 7) % 7;
	int64_t found =
	    first + (day->day - weekday + 7) % 7 + 7 * (day->week - 1);

	while (found >= end)
		found -= 7;
	return found;
}

/* When the clock on the wall shows it, as if that were UTC. */
static int64_t
in_year(const struct zone_day *day, int64_t year)
{
	int64_t number = day->day;

	if (day->kind == ZONE_DAY_MONTH)
		number = weekday_in_month(day, year);
	else if (day->kind == ZONE_DAY_JULIAN)
		number += (day->day >= 60 && is_leap(year)) - 1;
	return (days_before(year) + number) * DAY + day->time;
}

static int64_t
begin_of(const struct zone_rule *rule, int64_t year)
{
	return in_year(&rule->begins, year) - rule->standard;
}

static int64_t
end_of(const struct zone_rule *rule, int64_t year)
{
	return in_year(&rule->ends, year) - rule->summer;
}

/*
 * What came last holds.  Where summer's end and the next one's beginning are
 * the same moment, it is summer for ever: that is how zones write it.
 */
int32_t
zone_rule_offset(const struct zone_rule *rule, int64_t now)
{
	int64_t year = year_of(now), latest = INT64_MIN, at;
	int32_t offset = rule->standard;

	for (int64_t y = year - 1; rule->has_summer && y <= year + 1; y++) {
		at = begin_of(rule, y);
		if (at <= now && at >= latest) {
			latest = at;
			offset = rule->summer;
		}
		at = end_of(rule, y);
		if (at <= now && at >= latest) {
			latest = at;
			offset = rule->standard;
		}
	}
	return offset;
}

int64_t
zone_rule_change(const struct zone_rule *rule, int64_t now)
{
	int64_t year = year_of(now), next = INT64_MAX, at;

	for (int64_t y = year - 1; rule->has_summer && y <= year + 2; y++) {
		at = begin_of(rule, y);
		if (at > now && at < next)
			next = at;
		at = end_of(rule, y);
		if (at > now && at < next)
			next = at;
	}
	return next;
}
