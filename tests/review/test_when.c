/* SPDX-License-Identifier: Apache-2.0 */
#include "review/when.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/clock.h"

/* 2026-11-21T03:37:23.123456Z */
#define NOW UINT64_C(1795232243123456)

static void
means(const char *text, const char *expected)
{
	char got[CLOCK_TEXT];
	struct text_error err;
	uint64_t us;

	assert_int_equal(when_parse(text, NOW, &us, &err), 0);
	clock_text(us, got);
	assert_string_equal(got, expected);
}

static void
a_date_is_its_first_moment(void **state)
{
	(void)state;
	means("2026-11-21", "2026-11-21T00:00:00.000000Z");
	means("1970-01-01", "1970-01-01T00:00:00.000000Z");
	means("2028-02-29", "2028-02-29T00:00:00.000000Z");
	means("today", "2026-11-21T00:00:00.000000Z");
	means("yesterday", "2026-11-20T00:00:00.000000Z");
}

static void
times_are_utc_whatever_the_zone_here(void **state)
{
	(void)state;
	setenv("TZ", "Asia/Tokyo", 1);
	means("2026-11-21 14:00", "2026-11-21T14:00:00.000000Z");
	means("2026-11-21T14:00", "2026-11-21T14:00:00.000000Z");
	means("2026-11-21 14:00:05", "2026-11-21T14:00:05.000000Z");
	means("2026-11-21 14:00:05.1", "2026-11-21T14:00:05.100000Z");
	means("2026-11-21T14:00:05.123456Z", "2026-11-21T14:00:05.123456Z");
	means("2026-11-21", "2026-11-21T00:00:00.000000Z");
	unsetenv("TZ");
}

static void
an_offset_is_taken_off(void **state)
{
	(void)state;
	means("2026-11-21T14:00:05+02:00", "2026-11-21T12:00:05.000000Z");
	means("2026-11-21 00:30+01:00", "2026-11-20T23:30:00.000000Z");
	means("2026-12-31T23:00:00-05:30", "2027-01-01T04:30:00.000000Z");
}

static void
a_duration_is_before_now(void **state)
{
	(void)state;
	means("-90s", "2026-11-21T03:35:53.123456Z");
	means("-30m", "2026-11-21T03:07:23.123456Z");
	means("-2h", "2026-11-21T01:37:23.123456Z");
	means("-7d", "2026-11-14T03:37:23.123456Z");
	means("-0s", "2026-11-21T03:37:23.123456Z");
}

static void
refuses_everything_else(void **state)
{
	static const char *const wrong[] = { "", " ", "now", "tomorrow",
		"Today", "2026", "2026-11", "2026-11-", "2026-13-01",
		"2026-00-10", "2026-11-00", "2026-02-30", "2027-02-29",
		"2026-11-31", "2026-1-01", "20261121", "21.11.2026",
		"1969-12-31", "+2026-11-21", " 2026-11-21", "2026-11-21 ",
		"2026-11-21T", "2026-11-21Z", "2026-11-21+02:00",
		"2026-11-21T14", "2026-11-21T24:00", "2026-11-21T14:60",
		"2026-11-21T14:00:60", "2026-11-21T14:00:05.",
		"2026-11-21T14:00:05.1234567", "2026-11-21T14:00.5",
		"2026-11-21T14:00z", "2026-11-21t14:00", "2026-11-21_14:00",
		"2026-11-21  14:00", "2026-11-21T14:00+2:00",
		"2026-11-21T14:00+0200", "2026-11-21T14:00+24:00",
		"2026-11-21T14:00+02:60", "2026-11-21T14:00Z ",
		"1970-01-01T00:00+01:00", "-", "-2", "--2h", "- 2h", "-2w",
		"-1d2h", "2h", "+2h", "-99999999999d" };
	struct text_error err;
	uint64_t us = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		if (when_parse(wrong[i], NOW, &us, &err) != -1)
			fail_msg("\"%s\" was taken", wrong[i]);
		assert_int_equal(us, 7);
	}
}

static void
before_1970_there_is_nothing(void **state)
{
	struct text_error err;
	uint64_t us;

	(void)state;
	assert_int_equal(when_parse("-2s", 1000000, &us, &err), -1);
	assert_int_equal(when_parse("-1s", 1000000, &us, &err), 0);
	assert_int_equal(us, 0);
	assert_int_equal(when_parse("yesterday", 1000000, &us, &err), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_date_is_its_first_moment),
		cmocka_unit_test(times_are_utc_whatever_the_zone_here),
		cmocka_unit_test(an_offset_is_taken_off),
		cmocka_unit_test(a_duration_is_before_now),
		cmocka_unit_test(refuses_everything_else),
		cmocka_unit_test(before_1970_there_is_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
