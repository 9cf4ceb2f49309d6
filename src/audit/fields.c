/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/fields.h"

#include <string.h>

#include "audit/scan.h"

#define US 1000000U
#define DAY 86400U

/* Digits at a place of the time, whose shape record_scan has checked. */
static unsigned
digits(const char *at, size_t count)
{
	unsigned value = 0;

	for (size_t i = 0; i < count; i++)
		value = value * 10 + (unsigned)(at[i] - '0');
	return value;
}

static unsigned
days_of(unsigned year, unsigned month)
{
	static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31,
		30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return month == 2 && leap ? 29 : days[month - 1];
}

/* Days from 1970 to a date; the year is counted from March, as clock.c does. */
static uint64_t
days_to(unsigned year, unsigned month, unsigned day)
{
	unsigned from_march = (month + 9) % 12;

	year -= month <= 2;
	return (uint64_t)year * 365 + year / 4 - year / 100 + year / 400 +
	    (153 * from_march + 2) / 5 + day - 1 - 719468;
}

/* 2026-11-21T03:37:23.123456Z */
static int
read_time(const char *at, uint64_t *ret)
{
	unsigned year = digits(at, 4), month = digits(at + 5, 2);
	unsigned day = digits(at + 8, 2), hour = digits(at + 11, 2);
	unsigned minute = digits(at + 14, 2), second = digits(at + 17, 2);

	if (year < 1970 || month < 1 || month > 12 || day < 1 ||
	    day > days_of(year, month) || hour > 23 || minute > 59 ||
	    second > 59)
		return -1;
	*ret = (days_to(year, month, day) * DAY + hour * 3600 + minute * 60 +
		   second) *
		US +
	    digits(at + 20, 6);
	return 0;
}

/* Copies to *at, moves it behind the NUL, and gives the copy. */
static const char *
keep(char **at, const struct slice *slice)
{
	char *copy = *at;

	memcpy(copy, slice->at, slice->len);
	copy[slice->len] = '\0';
	*at += slice->len + 1;
	return copy;
}

static const char *
keep_value(char **at, const struct slice *slice)
{
	char *copy = *at;

	slice_text(slice, copy, slice->len + 1);
	*at += strlen(copy) + 1;
	return copy;
}

static int
keep_fields(struct fields *f, char **at, const struct record_slices *slices,
    struct text_error *reterr)
{
	for (size_t i = 0; i < slices->count; i++) {
		const char *name = keep(at, &slices->name[i]);

		if (fields_get(f, name) != NULL)
			return text_fail(reterr, 0,
			    "seq %ju: %s is given twice", (uintmax_t)f->seq,
			    name);
		f->field[f->count].name = name;
		f->field[f->count++].value = keep_value(at, &slices->value[i]);
	}
	return 0;
}

int
fields_read(
    const char *line, size_t len, struct fields *ret, struct text_error *reterr)
{
	struct record_slices slices;
	char *at = ret->space;

	if (record_scan(line, len, &slices, reterr) == -1)
		return -1;
	ret->seq = slices.seq;
	ret->warning = slices.warning;
	ret->count = 0;
	if (read_time(slices.time.at, &ret->time_us) == -1)
		return text_fail(reterr, 0, "seq %ju: there is no such time",
		    (uintmax_t)ret->seq);
	ret->host = keep(&at, &slices.host);
	ret->pid = keep(&at, &slices.pid);
	ret->event = keep(&at, &slices.event);
	ret->text = keep(&at, &slices.text);
	return keep_fields(ret, &at, &slices, reterr);
}

const char *
fields_get(const struct fields *f, const char *name)
{
	for (size_t i = 0; i < f->count; i++)
		if (strcmp(f->field[i].name, name) == 0)
			return f->field[i].value;
	return NULL;
}
