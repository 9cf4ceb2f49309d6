/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/date.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

static int64_t
date_of(const char *text)
{
	struct text_error error;
	int64_t at = -1;

	return date_parse(text, &at, &error) == 0 ? at : -1;
}

static int64_t
sshd_date_of(const char *text)
{
	struct text_error error;
	int64_t at = -1;

	return date_parse_sshd(text, &at, &error) == 0 ? at : -1;
}

static void
zone(const char *name)
{
	assert_int_equal(setenv("TZ", name, 1), 0);
	tzset();
}

static void
reads_every_form_in_utc(void **state)
{
	(void)state;
	zone("America/New_York");
	assert_int_equal(date_of("2027-01-31"), 1801353600);
	assert_int_equal(date_of("2027-01-31T12:00Z"), 1801396800);
	assert_int_equal(date_of("2027-01-31T12:00:30Z"), 1801396830);
	assert_int_equal(date_of("20270131Z"), 1801353600);
	assert_int_equal(date_of("202701311200Z"), 1801396800);
	assert_int_equal(date_of("20270131120030z"), 1801396830);
	assert_int_equal(date_of("20270131UTC"), 1801353600);
}

static void
reads_sshds_local_time_without_a_z(void **state)
{
	(void)state;
	zone("EST5EDT");
	assert_int_equal(sshd_date_of("20270131"), 1801353600 + 5 * 3600);
	assert_int_equal(sshd_date_of("202701311200"), 1801396800 + 5 * 3600);
	zone("UTC0");
	assert_int_equal(sshd_date_of("20270131"), 1801353600);
}

static void
means_standard_time_in_summer_as_sshd_does(void **state)
{
	int64_t winter, summer;

	(void)state;
	zone("EST5EDT");
	winter = sshd_date_of("202701011200") - sshd_date_of("202701011200Z");
	summer = sshd_date_of("202707011200") - sshd_date_of("202707011200Z");
	assert_int_equal(winter, 5 * 3600);
	assert_int_equal(summer, 5 * 3600);
	zone("UTC0");
}

static void
knows_leap_days(void **state)
{
	(void)state;
	assert_int_equal(date_of("2028-02-29"), 1835395200);
	assert_int_equal(date_of("2000-02-29"), 951782400);
	assert_int_equal(date_of("2027-02-29"), -1);
	assert_int_equal(date_of("2100-02-29"), -1);
	assert_int_equal(date_of("20270229Z"), -1);
}

static void
refuses_what_no_calendar_has(void **state)
{
	static const char *const bad[] = { "2027-00-01", "2027-13-01",
		"2027-01-00", "2027-01-32", "2027-04-31", "2027-01-01T24:00Z",
		"2027-01-01T00:60Z", "2027-01-01T00:00:60Z", "1969-12-31",
		"1970-01-01", "20271301Z", "202701012400Z", "20270101006000Z" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(date_of(bad[i]), -1);
}

static void
refuses_other_spellings(void **state)
{
	static const char *const bad[] = { "", "2027", "2027-1-1", "27-01-01",
		"2027-01-31T12:00", "2027-01-31T12:00:00", "2027-01-31Z",
		"2027-01-31 12:00Z", "2027-01-31T12Z", "2027-01-31T12:00:00+1",
		"2027-01-31T12:00:00Zx", "2027/01/31", "tomorrow", "2027013",
		"202701311", "2027013112", "20270131120", "20270131Zx",
		"20270131T1200Z", " 20270131Z", "-20270131", "+7d",
		"99999-01-01", "2027-01-31T1:00Z", "2027-01-31T01:0Z" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(date_of(bad[i]), -1);
}

static void
gives_sshd_only_sshds_forms(void **state)
{
	(void)state;
	assert_int_equal(sshd_date_of("2027-01-31"), -1);
	assert_int_equal(sshd_date_of("2027-01-31T12:00Z"), -1);
}

static void
says_what_would_be_a_date(void **state)
{
	struct text_error error;
	int64_t at;

	(void)state;
	assert_int_equal(date_parse("soon", &at, &error), -1);
	assert_string_equal(error.what,
	    "\"soon\" is not a date: write 2027-01-31, "
	    "2027-01-31T12:00:00Z or 20270131[HHMM[SS]][Z]");
}

static void
writes_a_date_that_it_reads_again(void **state)
{
	char text[DATE_TEXT];

	(void)state;
	date_text(1801396830, text);
	assert_string_equal(text, "2027-01-31T12:00:30Z");
	assert_int_equal(date_of(text), 1801396830);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_every_form_in_utc),
		cmocka_unit_test(reads_sshds_local_time_without_a_z),
		cmocka_unit_test(means_standard_time_in_summer_as_sshd_does),
		cmocka_unit_test(knows_leap_days),
		cmocka_unit_test(refuses_what_no_calendar_has),
		cmocka_unit_test(refuses_other_spellings),
		cmocka_unit_test(gives_sshd_only_sshds_forms),
		cmocka_unit_test(says_what_would_be_a_date),
		cmocka_unit_test(writes_a_date_that_it_reads_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
