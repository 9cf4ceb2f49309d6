/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/review/zone.c */
#include "review/hours.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "review/when.h"

/* Madrid's rules, which need no file: summer begins on 29 March 2026. */
#define MADRID "CET-1CEST,M3.5.0,M10.5.0/3"

static uint64_t
utc(const char *text)
{
	struct text_error err;
	uint64_t us;

	assert_int_equal(when_parse(text, 0, &us, &err), 0);
	return us;
}

static void
use(const char *zone)
{
	struct text_error err;

	assert_int_equal(zone_use(zone, &err), 0);
}

static bool
is_open(const char *hours, const char *at)
{
	struct text_error err;
	struct hours h;
	struct moment m;

	assert_int_equal(hours_parse(hours, &h, &err), 0);
	moment_of(utc(at), &m);
	return hours_open(&h, &m);
}

static void
the_default_is_a_working_week(void **state)
{
	(void)state;
	use("UTC");
	/* 2026-11-20 is a Friday. */
	assert_false(is_open(HOURS_DEFAULT, "2026-11-20 06:59:59"));
	assert_true(is_open(HOURS_DEFAULT, "2026-11-20 07:00"));
	assert_true(is_open(HOURS_DEFAULT, "2026-11-20 18:59:59"));
	assert_false(is_open(HOURS_DEFAULT, "2026-11-20 19:00"));
	assert_false(is_open(HOURS_DEFAULT, "2026-11-21 12:00"));
	assert_true(is_open(HOURS_DEFAULT, "2026-11-23 12:00"));
}

static void
spans_are_added_and_may_pass_midnight_and_sunday(void **state)
{
	static const char hours[] =
	    "Mon 08:00-09:00, Sun-Mon 22:00-02:00,Wed 00:00-24:00";

	(void)state;
	use("UTC");
	assert_true(is_open(hours, "2026-11-23 08:30")); /* Monday */
	assert_true(is_open(hours, "2026-11-22 22:00")); /* Sunday */
	assert_true(is_open(hours, "2026-11-23 01:59"));
	assert_false(is_open(hours, "2026-11-23 02:00"));
	assert_true(is_open(hours, "2026-11-24 01:00")); /* Monday's */
	assert_false(is_open(hours, "2026-11-24 03:00"));
	assert_true(is_open(hours, "2026-11-25 23:59"));
	assert_false(is_open(hours, "2026-11-26 00:00"));
}

static void
refuses_what_are_no_hours(void **state)
{
	static const char *const bad[] = { "", "Mon", "Mon 07:00",
		"07:00-19:00", "Mon-Fri 7:00-19:00", "Mon-Fri 07:00-25:00",
		"Foo 07:00-19:00", "Mon-Fri 07:00-19:00,",
		"Mon-Fri 07:00-19:00 x", "Mon- 07:00-19:00", "Mon 24:30-25:00",
		"Mon 07:60-08:00" };
	struct text_error err;
	struct hours h;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(hours_parse(bad[i], &h, &err), -1);
}

/* 08:30 on the wall is another time in UTC in summer. */
static void
hours_follow_daylight_saving(void **state)
{
	static const char hours[] = "Sun 08:00-09:00";
	struct moment m;

	(void)state;
	use(MADRID);
	assert_true(is_open(hours, "2026-03-22 07:30"));
	assert_false(is_open(hours, "2026-03-22 06:30"));
	assert_true(is_open(hours, "2026-03-29 06:30"));
	assert_false(is_open(hours, "2026-03-29 07:30"));
	/* The hour that is left out, and the one that comes twice. */
	moment_of(utc("2026-03-29 00:59"), &m);
	assert_int_equal(m.minute, 119);
	moment_of(utc("2026-03-29 01:00"), &m);
	assert_int_equal(m.minute, 180);
	moment_of(utc("2026-10-25 00:30"), &m);
	assert_int_equal(m.minute, 150);
	moment_of(utc("2026-10-25 01:30"), &m);
	assert_int_equal(m.minute, 150);
	assert_int_equal(m.weekday, 6);
}

static void
times_are_those_of_the_zone(void **state)
{
	char text[ZONE_TEXT];

	(void)state;
	use(MADRID);
	assert_string_equal(
	    zone_text(utc("2026-11-21 23:30"), text), "2026-11-22 00:30:00");
	assert_string_equal(
	    zone_name(utc("2026-07-01"), text), "CEST (+02:00)");
	use("XYZ3:30");
	assert_string_equal(zone_name(utc("2026-07-01"), text), "XYZ (-03:30)");
	assert_string_equal(
	    zone_text(utc("2026-11-21 02:00"), text), "2026-11-20 22:30:00");
}

static uint64_t
when(const char *text, const char *now)
{
	struct text_error err;
	uint64_t us;

	assert_int_equal(zone_when(text, utc(now), &us, &err), 0);
	return us;
}

static void
days_begin_in_the_zone(void **state)
{
	static const char now[] = "2026-07-10 22:30"; /* the 11th there */

	(void)state;
	use(MADRID);
	assert_int_equal(when("2026-07-01", now), utc("2026-06-30 22:00"));
	assert_int_equal(when("2026-01-01", now), utc("2025-12-31 23:00"));
	assert_int_equal(
	    when("2026-07-01 12:00", now), utc("2026-07-01 10:00"));
	assert_int_equal(
	    when("2026-07-01T12:00:00Z", now), utc("2026-07-01 12:00"));
	assert_int_equal(
	    when("2026-07-01T12:00:00+05:00", now), utc("2026-07-01 07:00"));
	assert_int_equal(when("today", now), utc("2026-07-10 22:00"));
	assert_int_equal(when("yesterday", now), utc("2026-07-09 22:00"));
	assert_int_equal(when("-2h", now), utc("2026-07-10 20:30"));
}

static void
a_month_has_its_own_length(void **state)
{
	struct text_error err;
	uint64_t since, until;

	(void)state;
	use(MADRID);
	assert_int_equal(zone_month("2026-03", &since, &until, &err), 0);
	assert_int_equal(since, utc("2026-02-28 23:00"));
	assert_int_equal(until, utc("2026-03-31 22:00"));
	assert_int_equal(zone_month("2026-12", &since, &until, &err), 0);
	assert_int_equal(until, utc("2026-12-31 23:00"));
	assert_int_equal(zone_month("2026-13", &since, &until, &err), -1);
	assert_int_equal(zone_month("2026", &since, &until, &err), -1);
	assert_int_equal(zone_month("", &since, &until, &err), -1);
	assert_int_equal(zone_month("today", &since, &until, &err), -1);
}

/* libc would say UTC, and be wrong. */
static void
refuses_zones_that_nobody_knows(void **state)
{
	static const char *const bad[] = { "", "Nowhere/Town",
		"../../etc/passwd", "/etc/localtime", "A1",
		"Europe/../Europe/Madrid" };
	struct text_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(zone_use(bad[i], &err), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_default_is_a_working_week),
		cmocka_unit_test(
		    spans_are_added_and_may_pass_midnight_and_sunday),
		cmocka_unit_test(refuses_what_are_no_hours),
		cmocka_unit_test(hours_follow_daylight_saving),
		cmocka_unit_test(times_are_those_of_the_zone),
		cmocka_unit_test(days_begin_in_the_zone),
		cmocka_unit_test(a_month_has_its_own_length),
		cmocka_unit_test(refuses_zones_that_nobody_knows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
