/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define SECOND UINT64_C(1000000)
#define DAY (86400 * SECOND)

static void
writes_rfc_3339(void **state)
{
	char text[CLOCK_TEXT];

	(void)state;
	clock_text(UINT64_C(1795232243123456), text);
	assert_string_equal(text, "2026-11-21T03:37:23.123456Z");
	clock_text(0, text);
	assert_string_equal(text, "1970-01-01T00:00:00.000000Z");
	clock_text(UINT64_C(951782399999999), text);
	assert_string_equal(text, "2000-02-28T23:59:59.999999Z");
	clock_text(UINT64_C(951782400000000), text);
	assert_string_equal(text, "2000-02-29T00:00:00.000000Z");
	clock_text(UINT64_C(253402300799000001), text);
	assert_string_equal(text, "9999-12-31T23:59:59.000001Z");
}

static void
agrees_with_the_c_library_on_every_day(void **state)
{
	char text[CLOCK_TEXT], expected[CLOCK_TEXT];
	struct tm tm;

	(void)state;
	/* To the year 2400, so that each rule of leap years comes by. */
	for (uint64_t day = 0; day < 157400; day++) {
		uint64_t us = day * DAY + (day % 86400) * SECOND + day;
		time_t seconds = (time_t)(us / SECOND);
		size_t len;

		gmtime_r(&seconds, &tm);
		len = strftime(
		    expected, sizeof(expected), "%Y-%m-%dT%H:%M:%S.", &tm);
		snprintf(expected + len, sizeof(expected) - len, "%06uZ",
		    (unsigned)(us % SECOND));
		clock_text(us, text);
		assert_string_equal(text, expected);
	}
}

static void
no_time_has_five_digits_for_its_year(void **state)
{
	char text[CLOCK_TEXT];

	(void)state;
	clock_text(UINT64_C(253402300800000000), text);
	assert_string_equal(text, "9999-12-31T23:59:59.999999Z");
	clock_text(UINT64_MAX, text);
	assert_string_equal(text, "9999-12-31T23:59:59.999999Z");
}

static void
tells_the_time_in_microseconds(void **state)
{
	uint64_t wall = clock_wall_us(), mono = clock_mono_us();
	time_t now = time(NULL);

	(void)state;
	assert_true(wall / SECOND + 10 > (uint64_t)now);
	assert_true(wall / SECOND < (uint64_t)now + 10);
	assert_true(clock_mono_us() >= mono);
	assert_true(clock_mono_us() - mono < 10 * SECOND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_rfc_3339),
		cmocka_unit_test(agrees_with_the_c_library_on_every_day),
		cmocka_unit_test(no_time_has_five_digits_for_its_year),
		cmocka_unit_test(tells_the_time_in_microseconds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
