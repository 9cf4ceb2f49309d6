/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/policy/zone_rule.c */
#include "policy/zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/file.h"

#define HOURS(n) ((n)*3600)

static struct arena arena;

static int64_t
utc(int year, int month, int day, int hour, int minute, int second)
{
	struct tm tm = { .tm_year = year - 1900,
		.tm_mon = month - 1,
		.tm_mday = day,
		.tm_hour = hour,
		.tm_min = minute,
		.tm_sec = second };

	return timegm(&tm);
}

static const struct zone *
by_text(const char *text)
{
	struct text_error error;
	const struct zone *zone = zone_of_text(&arena, text, &error);

	assert_non_null(zone);
	return zone;
}

static char *
read_zone(const char *name, size_t *ret_len)
{
	struct text_error error;
	char path[128], *data;

	snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", name);
	assert_int_equal(
	    file_load(path, FILE_CONFIG, ZONE_FILE_MAX, &data, ret_len, &error),
	    0);
	return data;
}

static const struct zone *
by_file(const char *name)
{
	struct text_error error;
	const struct zone *zone;
	size_t len;
	char *data = read_zone(name, &len);

	zone = zone_of_file(&arena, data, len, &error);
	free(data);
	assert_non_null(zone);
	return zone;
}

static void
berlin_changes_at_one_in_the_morning_in_utc(void **state)
{
	const struct zone *zones[] = { by_file("Europe/Berlin"),
		by_text("CET-1CEST,M3.5.0,M10.5.0/3") };

	(void)state;
	for (int i = 0; i < 2; i++) {
		const struct zone *z = zones[i];
		int64_t spring = utc(2027, 3, 28, 1, 0, 0);
		int64_t autumn = utc(2027, 10, 31, 1, 0, 0);

		assert_int_equal(zone_offset(z, spring - 1), HOURS(1));
		assert_int_equal(zone_offset(z, spring), HOURS(2));
		assert_int_equal(zone_offset(z, autumn - 1), HOURS(2));
		assert_int_equal(zone_offset(z, autumn), HOURS(1));
		assert_int_equal(zone_change(z, spring - 1), spring);
		assert_int_equal(zone_change(z, spring), autumn);
	}
}

static void
new_york_changes_at_two_on_its_own_clock(void **state)
{
	const struct zone *zones[] = { by_file("America/New_York"),
		by_text("EST5EDT,M3.2.0,M11.1.0") };

	(void)state;
	for (int i = 0; i < 2; i++) {
		const struct zone *z = zones[i];
		int64_t spring = utc(2027, 3, 14, 7, 0, 0);
		int64_t autumn = utc(2027, 11, 7, 6, 0, 0);

		assert_int_equal(zone_offset(z, spring - 1), HOURS(-5));
		assert_int_equal(zone_offset(z, spring), HOURS(-4));
		assert_int_equal(zone_offset(z, autumn - 1), HOURS(-4));
		assert_int_equal(zone_offset(z, autumn), HOURS(-5));
		assert_int_equal(zone_change(z, autumn - 1), autumn);
	}
}

static void
summer_may_begin_before_the_years_end(void **state)
{
	const struct zone *z = by_text("AEST-10AEDT,M10.1.0,M4.1.0/3");

	(void)state;
	assert_int_equal(zone_offset(z, utc(2027, 1, 1, 0, 0, 0)), HOURS(11));
	assert_int_equal(
	    zone_offset(z, utc(2027, 4, 3, 15, 59, 59)), HOURS(11));
	assert_int_equal(zone_offset(z, utc(2027, 4, 3, 16, 0, 0)), HOURS(10));
	assert_int_equal(zone_offset(z, utc(2027, 10, 2, 16, 0, 0)), HOURS(11));
	assert_int_equal(
	    zone_offset(z, utc(2027, 12, 31, 23, 0, 0)), HOURS(11));
}

static void
goes_on_by_rule_behind_the_last_change_of_the_file(void **state)
{
	const struct zone *z = by_file("Europe/Berlin");
	int64_t spring = utc(2399, 3, 28, 1, 0, 0);

	(void)state;
	assert_int_equal(zone_offset(z, spring - 1), HOURS(1));
	assert_int_equal(zone_offset(z, spring), HOURS(2));
	assert_int_equal(zone_change(z, spring - 1), spring);
	/* Before the first: the sun over Berlin. */
	assert_int_equal(zone_offset(z, utc(1880, 1, 1, 0, 0, 0)), 3208);
}

static void
days_of_the_year_know_leap_years(void **state)
{
	const struct zone *julian = by_text("AAA0BBB,J60/0,J61/0");
	const struct zone *number = by_text("AAA0BBB,59/0,60/0");

	(void)state;
	/* J60 is 1 March, whatever the year; 59 is a leap year's 29 February.
	 */
	assert_int_equal(zone_offset(julian, utc(2028, 2, 29, 12, 0, 0)), 0);
	assert_int_equal(
	    zone_offset(julian, utc(2028, 3, 1, 0, 0, 0)), HOURS(1));
	assert_int_equal(
	    zone_offset(julian, utc(2027, 3, 1, 0, 0, 0)), HOURS(1));
	assert_int_equal(
	    zone_offset(number, utc(2028, 2, 29, 12, 0, 0)), HOURS(1));
	assert_int_equal(
	    zone_offset(number, utc(2027, 3, 1, 12, 0, 0)), HOURS(1));
	assert_int_equal(zone_offset(number, utc(2028, 3, 1, 12, 0, 0)), 0);
}

static void
takes_all_that_files_end_with(void **state)
{
	const struct zone *z = by_text("<-02>2<-01>,M3.5.0/-1,M10.5.0/0");

	(void)state;
	assert_int_equal(
	    zone_offset(z, utc(2027, 3, 28, 0, 59, 59)), HOURS(-2));
	assert_int_equal(zone_offset(z, utc(2027, 3, 28, 1, 0, 0)), HOURS(-1));
	/* Summer for ever. */
	z = by_text("EST5EDT,0/0,J365/25");
	for (int hour = -30; hour < 30; hour++)
		assert_int_equal(
		    zone_offset(z, utc(2028, 1, 1, 0, 0, 0) + HOURS(hour)),
		    HOURS(-4));
	z = by_text("<+0545>-5:45");
	assert_int_equal(zone_offset(z, 0), HOURS(5) + 45 * 60);
	assert_int_equal(zone_change(z, 0), INT64_MAX);
	z = by_text("IST-2IDT,M3.4.4/26,M10.5.0");
	assert_int_equal(
	    zone_offset(z, utc(2027, 3, 25, 23, 59, 59)), HOURS(2));
	assert_int_equal(zone_offset(z, utc(2027, 3, 26, 0, 0, 0)), HOURS(3));
}

static void
refuses_texts_that_leave_something_to_guess(void **state)
{
	static const char *const bad[] = { "", "UTC", "E5", "EST", "EST5EDT",
		"EST5EDT,", "EST5EDT,M3.2.0", "EST5EDT,M3.2.0,", "EST25",
		"EST5EDT,M13.2.0,M11.1.0", "EST5EDT,M0.2.0,M11.1.0",
		"EST5EDT,M3.0.0,M11.1.0", "EST5EDT,M3.6.0,M11.1.0",
		"EST5EDT,M3.2.7,M11.1.0", "EST5EDT,J0,M11.1.0",
		"EST5EDT,J366,M11.1.0", "EST5EDT,366,M11.1.0",
		"EST5EDT,M3.2.0/168,M11.1.0", "EST5EDT,M3.2.0,M11.1.0 ",
		"EST5EDT,M3.2.0,M11.1.0,x", "<EST5", "<E>5", "EST5:60",
		"EST5:", "EST5:00:60", "EST--5", "EST5:0000",
		"../../etc/passwd", ":Europe/Berlin",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA5" };
	struct text_error error;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_null(zone_of_text(&arena, bad[i], &error));
}

/* What libc makes of the same zones. */
static void
agrees_with_libc_on_many_zones(void **state)
{
	static const char *const names[] = { "Europe/Berlin",
		"America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu",
		"Africa/Casablanca", "America/Nuuk", "Pacific/Apia", "UTC",
		"Asia/Gaza", "Europe/Dublin", "America/St_Johns",
		"Antarctica/Troll", "Asia/Tehran" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct zone *z = by_file(names[i]);

		setenv("TZ", names[i], 1);
		tzset();
		for (time_t t = utc(1960, 1, 1, 0, 0, 0);
		     t < utc(2120, 1, 1, 0, 0, 0); t += 86400 * 3 + 1801) {
			struct tm tm;

			localtime_r(&t, &tm);
			if (zone_offset(z, t) != tm.tm_gmtoff)
				fail_msg("%s at %lld: %d, not %ld", names[i],
				    (long long)t, (int)zone_offset(z, t),
				    tm.tm_gmtoff);
		}
	}
	setenv("TZ", "UTC", 1);
	tzset();
}

static void
refuses_every_truncation(void **state)
{
	struct text_error error;
	size_t len;
	char *data = read_zone("Europe/Berlin", &len), *part;

	(void)state;
	for (size_t cut = 0; cut < len; cut++) {
		part = malloc(cut + 1);
		memcpy(part, data, cut);
		assert_null(zone_of_file(&arena, part, cut, &error));
		assert_true(error.what[0] != '\0');
		free(part);
	}
	part = malloc(len + 1);
	memcpy(part, data, len);
	part[len] = 'x';
	assert_null(zone_of_file(&arena, part, len + 1, &error));
	free(part);
	free(data);
}

/* A file of version 1: one change, from two hours to three. */
static const uint8_t tiny[] = { 'T', 'Z', 'i', 'f', 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0,
	0, 0, 2, 0, 0, 0, 4, /* the change */ 0x3b, 0x9a, 0xca, 0, 1,
	/* types */ 0, 0, 0x1c, 0x20, 0, 0, 0, 0, 0x2a, 0x30, 1, 0,
	/* names */ 'A', 'A', 'A', 0 };

static void
reads_files_of_the_first_version(void **state)
{
	struct text_error error;
	const struct zone *z = zone_of_file(&arena, tiny, sizeof(tiny), &error);

	(void)state;
	assert_non_null(z);
	assert_int_equal(zone_offset(z, 999999999), HOURS(2));
	assert_int_equal(zone_offset(z, 1000000000), HOURS(3));
	assert_int_equal(zone_offset(z, INT64_C(1) << 40), HOURS(3));
	assert_int_equal(zone_change(z, 0), 1000000000);
	assert_int_equal(zone_change(z, 1000000000), INT64_MAX);
}

static void
assert_damaged(size_t at, uint8_t byte)
{
	uint8_t copy[sizeof(tiny)];
	struct text_error error;

	memcpy(copy, tiny, sizeof(copy));
	copy[at] = byte;
	assert_null(zone_of_file(&arena, copy, sizeof(copy), &error));
}

static void
refuses_files_with_impossible_numbers(void **state)
{
	struct text_error error;

	(void)state;
	assert_damaged(0, 't');
	assert_damaged(23, 1); /* flags for one of two types */
	assert_damaged(31, 1); /* leap seconds */
	assert_damaged(32, 1); /* millions of changes */
	assert_damaged(39, 0); /* no types */
	assert_damaged(43, 0); /* no names */
	assert_damaged(48, 2); /* a type that is not there */
	assert_damaged(49, 0x7f); /* an offset of years */
	assert_damaged(53, 2); /* summer or not */
	assert_damaged(54, 4); /* a name that is not there */
	assert_null(zone_of_file(&arena, "", 0, &error));
	assert_string_equal(error.what, "is no file of the time zone database");
}

static void
refuses_zones_that_count_leap_seconds(void **state)
{
	struct text_error error;
	size_t len;
	char *data = read_zone("right/Europe/Berlin", &len);

	(void)state;
	assert_null(zone_of_file(&arena, data, len, &error));
	assert_string_equal(error.what,
	    "counts leap seconds: take the zone without \"right/\"");
	free(data);
}

static void
a_name_is_never_a_path(void **state)
{
	static const char *const bad[] = { "", "/etc/localtime", "localtime",
		"../UTC", "Europe/../UTC", "Europe//Berlin", "Europe/",
		"Europe/.x", "Europe/Ber lin", "Europe/Berlin\n", "posix/UTC",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
		"AAAA" };

	(void)state;
	assert_true(zone_is_name("Europe/Berlin"));
	assert_true(zone_is_name("America/Argentina/Buenos_Aires"));
	assert_true(zone_is_name("Etc/GMT+5"));
	assert_true(zone_is_name("America/Port-au-Prince"));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(zone_is_name(bad[i]));
}

static int
make_arena(void **state)
{
	(void)state;
	arena_init(&arena);
	return 0;
}

static int
drop_arena(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(berlin_changes_at_one_in_the_morning_in_utc),
		cmocka_unit_test(new_york_changes_at_two_on_its_own_clock),
		cmocka_unit_test(summer_may_begin_before_the_years_end),
		cmocka_unit_test(
		    goes_on_by_rule_behind_the_last_change_of_the_file),
		cmocka_unit_test(days_of_the_year_know_leap_years),
		cmocka_unit_test(takes_all_that_files_end_with),
		cmocka_unit_test(refuses_texts_that_leave_something_to_guess),
		cmocka_unit_test(agrees_with_libc_on_many_zones),
		cmocka_unit_test(refuses_every_truncation),
		cmocka_unit_test(reads_files_of_the_first_version),
		cmocka_unit_test(refuses_files_with_impossible_numbers),
		cmocka_unit_test(refuses_zones_that_count_leap_seconds),
		cmocka_unit_test(a_name_is_never_a_path),
	};

	return cmocka_run_group_tests(tests, make_arena, drop_arena);
}
