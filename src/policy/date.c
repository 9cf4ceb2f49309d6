/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/date.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

static int
fail_dashed(const char *text, struct text_error *reterr)
{
	return text_fail(reterr, 0,
	    "\"%.40s\" is not a date: write 2027-01-31, "
	    "2027-01-31T12:00:00Z or 20270131[HHMM[SS]][Z]",
	    text);
}

static int
fail_compact(const char *text, struct text_error *reterr)
{
	return text_fail(reterr, 0,
	    "\"%.40s\" is not a date: write YYYYMMDD[HHMM[SS]][Z]", text);
}

/* Reads count digits and moves on: the number, or -1. */
static int
digits(const char **at, int count)
{
	int n = 0;

	for (; count > 0; count--, (*at)++) {
		if (!char_is_digit(**at))
			return -1;
		n = n * 10 + (**at - '0');
	}
	return n;
}

static bool
is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int
month_days(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };

	return days[month - 1] + (month == 2 && is_leap(year));
}

struct fields {
	int year, month, day, hour, minute, second;
};

/* A field that was not read is 0; one that could not be read is -1. */
static bool
fields_ok(const struct fields *f)
{
	return f->year >= 1970 && f->month >= 1 && f->month <= 12 &&
	    f->day >= 1 && f->day <= month_days(f->year, f->month) &&
	    f->hour >= 0 && f->hour <= 23 && f->minute >= 0 &&
	    f->minute <= 59 && f->second >= 0 && f->second <= 59;
}

/*
 * sshd leaves tm_isdst at 0, so its local times are always standard time;
 * ours mean the same moment.
 */
static int
seconds(const struct fields *f, bool utc, int64_t *ret)
{
	struct tm tm = {
		.tm_year = f->year - 1900,
		.tm_mon = f->month - 1,
		.tm_mday = f->day,
		.tm_hour = f->hour,
		.tm_min = f->minute,
		.tm_sec = f->second,
	};
	time_t at;

	if (!fields_ok(f))
		return -1;
	at = utc ? timegm(&tm) : mktime(&tm);
	if (at <= 0)
		return -1;
	*ret = at;
	return 0;
}

int
date_parse_sshd(const char *text, int64_t *ret, struct text_error *reterr)
{
	size_t len = strlen(text), count;
	struct fields f = { .hour = 0 };
	const char *at = text;
	bool utc;

	count = strspn(text, "0123456789");
	utc = strcasecmp(text + count, "Z") == 0 ||
	    strcasecmp(text + count, "UTC") == 0;
	if ((count != len && !utc) ||
	    (count != 8 && count != 12 && count != 14))
		return fail_compact(text, reterr);
	f.year = digits(&at, 4);
	f.month = digits(&at, 2);
	f.day = digits(&at, 2);
	if (count >= 12) {
		f.hour = digits(&at, 2);
		f.minute = digits(&at, 2);
	}
	if (count == 14)
		f.second = digits(&at, 2);
	if (seconds(&f, utc, ret) == -1)
		return fail_compact(text, reterr);
	return 0;
}

static bool
literal(const char **at, char c)
{
	if (**at != c)
		return false;
	(*at)++;
	return true;
}

/* After the date: "Thh:mm[:ss]Z". */
static bool
clock_parse(const char **at, struct fields *f)
{
	if (!literal(at, 'T'))
		return false;
	f->hour = digits(at, 2);
	if (f->hour == -1 || !literal(at, ':'))
		return false;
	f->minute = digits(at, 2);
	if (f->minute == -1)
		return false;
	if (literal(at, ':')) {
		f->second = digits(at, 2);
		if (f->second == -1)
			return false;
	}
	return literal(at, 'Z');
}

int
date_parse(const char *text, int64_t *ret, struct text_error *reterr)
{
	struct fields f = { .hour = 0 };
	struct text_error ignored;
	const char *at = text;

	if (strchr(text, '-') == NULL) {
		if (date_parse_sshd(text, ret, &ignored) == -1)
			return fail_dashed(text, reterr);
		return 0;
	}
	f.year = digits(&at, 4);
	if (f.year == -1 || !literal(&at, '-'))
		return fail_dashed(text, reterr);
	f.month = digits(&at, 2);
	if (f.month == -1 || !literal(&at, '-'))
		return fail_dashed(text, reterr);
	f.day = digits(&at, 2);
	if (f.day == -1 || (*at != '\0' && !clock_parse(&at, &f)) ||
	    *at != '\0' || seconds(&f, true, ret) == -1)
		return fail_dashed(text, reterr);
	return 0;
}

void
date_text(int64_t when, char ret[static DATE_TEXT])
{
	time_t at = (time_t)when;
	struct tm tm;

	if (gmtime_r(&at, &tm) == NULL ||
	    strftime(ret, DATE_TEXT, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		snprintf(ret, DATE_TEXT, "?");
}
