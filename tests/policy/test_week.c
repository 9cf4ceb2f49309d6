/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/week.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define AT(day, hour, minute) ((day)*WEEK_DAY + (hour)*60u + (minute))

static struct week
parse(const char *text)
{
	struct text_error error;
	struct week week;

	assert_int_equal(week_parse(text, &week, &error), 0);
	return week;
}

static unsigned
count(const struct week *week)
{
	unsigned open = 0;

	for (unsigned m = 0; m < WEEK_MINUTES; m++)
		open += week_open(week, m);
	return open;
}

static void
a_span_opens_its_first_minute_and_not_its_last(void **state)
{
	struct week w = parse("Mon-Fri 08:00-18:00");

	(void)state;
	assert_int_equal(count(&w), 5 * 600);
	assert_false(week_open(&w, AT(0, 7, 59)));
	assert_true(week_open(&w, AT(0, 8, 0)));
	assert_true(week_open(&w, AT(4, 17, 59)));
	assert_false(week_open(&w, AT(4, 18, 0)));
	assert_false(week_open(&w, AT(5, 12, 0)));
}

static void
spans_pass_midnight_sunday_and_the_weeks_end(void **state)
{
	struct week w = parse("Sun 22:00-06:00");

	(void)state;
	assert_int_equal(count(&w), 480);
	assert_true(week_open(&w, AT(6, 23, 59)));
	assert_true(week_open(&w, AT(0, 5, 59)));
	assert_false(week_open(&w, AT(0, 6, 0)));
	w = parse("Sat-Mon 23:00-01:00");
	assert_int_equal(count(&w), 360);
	assert_true(week_open(&w, AT(1, 0, 59)));
	assert_false(week_open(&w, AT(4, 23, 30)));
	w = parse("mon-sun 00:00-24:00");
	assert_int_equal(count(&w), WEEK_MINUTES);
}

static void
tells_how_long_it_is_until_the_next_minute(void **state)
{
	struct week w = parse("Mon 08:00-09:00 , Wed  10:00-10:01");

	(void)state;
	assert_int_equal(week_wait(&w, AT(0, 8, 0)), 0);
	assert_int_equal(week_wait(&w, AT(0, 7, 59)), 1);
	assert_int_equal(
	    week_wait(&w, AT(0, 9, 0)), AT(2, 10, 0) - AT(0, 9, 0));
	assert_int_equal(
	    week_wait(&w, AT(2, 10, 1)), WEEK_MINUTES + 480 - AT(2, 10, 1));
	memset(&w, 0, sizeof(w));
	assert_int_equal(week_wait(&w, 5), WEEK_MINUTES);
}

static void
refuses_what_are_no_spans(void **state)
{
	static const char *const bad[] = { "", " ", "Mon", "Mon 07:00",
		"07:00-19:00", "Mon-Fri 7:00-19:00", "Mon-Fri 07:00-25:00",
		"Mon 08:00-24:01", "Mon 08:60-09:00", "Mon 08:00-09:0",
		"Mon,Tue 08:00-09:00", "Mon- 08:00-09:00", "-Fri 08:00-09:00",
		"Monday 08:00-09:00", "Mon 08:00-08:00", "Mon 24:00-08:00",
		"Mon 00:00-00:00", "Mon 08:00-09:00,", ",Mon 08:00-09:00",
		"Mon 08:00-09:00,,Tue 08:00-09:00", "Mon 08:00 - 09:00",
		"Mon 08:00-09:00 Tue 08:00-09:00", "Mon08:00-09:00" };
	struct text_error error;
	struct week w;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(week_parse(bad[i], &w, &error), -1);
	assert_string_equal(error.what,
	    "\"Mon08:00-09:00\" are no hours: write \"Mon-Fri 07:00-19:00\" or "
	    "\"Mon-Thu 07:00-19:00, Fri 07:00-15:00\"");
}

static void
knows_days_from_other_words(void **state)
{
	(void)state;
	assert_true(week_is_days("Mon", 3));
	assert_true(week_is_days("Sat-Sun", 7));
	assert_false(week_is_days("Mon-", 4));
	assert_false(week_is_days("Monaco", 6));
	assert_false(week_is_days("UTC", 3));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_span_opens_its_first_minute_and_not_its_last),
		cmocka_unit_test(spans_pass_midnight_sunday_and_the_weeks_end),
		cmocka_unit_test(tells_how_long_it_is_until_the_next_minute),
		cmocka_unit_test(refuses_what_are_no_spans),
		cmocka_unit_test(knows_days_from_other_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
