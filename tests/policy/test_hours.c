/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/policy/zones.c */
#include "policy/hours.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/file.h"
#include "policy/zones.h"
#include "support_tree.h"

#define BERLIN "CET-1CEST,M3.5.0,M10.5.0/3"
#define NEW_YORK "EST5EDT,M3.2.0,M11.1.0"

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

/* Hours in a zone that needs no file. */
static struct arena arena;
static struct zone_slot slot;
static struct hours hours;

static const struct hours *
of(const char *spans, const char *zone)
{
	struct text_error error;

	slot = (struct zone_slot){ .name = zone };
	slot.zone = zone_of_text(&arena, zone, &error);
	assert_non_null(slot.zone);
	hours = (struct hours){ .text = spans, .place = &slot };
	assert_int_equal(week_parse(spans, &hours.week, &error), 0);
	return &hours;
}

static void
open_from_the_first_second_to_the_last(void **state)
{
	const struct hours *h = of("Mon-Fri 08:00-18:00", BERLIN);

	(void)state;
	/* 2027-01-04 is a Monday, in winter. */
	assert_false(hours_now(h, utc(2027, 1, 4, 6, 59, 59)));
	assert_true(hours_now(h, utc(2027, 1, 4, 7, 0, 0)));
	assert_true(hours_now(h, utc(2027, 1, 4, 16, 59, 59)));
	assert_false(hours_now(h, utc(2027, 1, 4, 17, 0, 0)));
	assert_false(hours_now(h, utc(2027, 1, 9, 12, 0, 0)));
	/* In summer, an hour earlier. */
	assert_false(hours_now(h, utc(2027, 7, 5, 5, 59, 59)));
	assert_true(hours_now(h, utc(2027, 7, 5, 6, 0, 0)));
	assert_false(hours_now(h, utc(2027, 7, 5, 16, 0, 0)));
}

static void
tells_the_next_opening(void **state)
{
	const struct hours *h = of("Mon-Fri 08:00-18:00", BERLIN);

	(void)state;
	assert_int_equal(
	    hours_next(h, utc(2027, 1, 4, 7, 0, 0)), utc(2027, 1, 4, 7, 0, 0));
	assert_int_equal(
	    hours_next(h, utc(2027, 1, 3, 23, 0, 1)), utc(2027, 1, 4, 7, 0, 0));
	/* From Friday evening over the change of the clock to Monday. */
	assert_int_equal(hours_next(h, utc(2027, 3, 26, 17, 0, 0)),
	    utc(2027, 3, 29, 6, 0, 0));
	assert_int_equal(hours_next(h, utc(2027, 10, 29, 16, 0, 0)),
	    utc(2027, 11, 1, 7, 0, 0));
}

/* 02:00 to 03:00 is left out on 2027-03-28. */
static void
the_hour_that_spring_leaves_out_is_in_no_span(void **state)
{
	const struct hours *h = of("Sun 02:00-03:00", BERLIN);

	(void)state;
	assert_true(hours_now(h, utc(2027, 3, 21, 1, 30, 0)));
	assert_false(hours_now(h, utc(2027, 3, 28, 0, 59, 59)));
	assert_false(hours_now(h, utc(2027, 3, 28, 1, 0, 0)));
	assert_false(hours_now(h, utc(2027, 3, 28, 1, 30, 0)));
	assert_int_equal(hours_next(h, utc(2027, 3, 27, 12, 0, 0)),
	    utc(2027, 4, 4, 0, 0, 0));
	/* A span around it lasts an hour less. */
	h = of("Sun 01:00-04:00", BERLIN);
	assert_true(hours_now(h, utc(2027, 3, 28, 0, 0, 0)));
	assert_true(hours_now(h, utc(2027, 3, 28, 1, 59, 59)));
	assert_false(hours_now(h, utc(2027, 3, 28, 2, 0, 0)));
}

/* 02:00 to 03:00 comes twice on 2027-10-31. */
static void
the_hour_that_comes_twice_is_open_twice(void **state)
{
	const struct hours *h = of("Sun 02:00-03:00", BERLIN);

	(void)state;
	assert_false(hours_now(h, utc(2027, 10, 30, 23, 59, 59)));
	assert_true(hours_now(h, utc(2027, 10, 31, 0, 0, 0)));
	assert_true(hours_now(h, utc(2027, 10, 31, 0, 59, 59)));
	assert_true(hours_now(h, utc(2027, 10, 31, 1, 0, 0)));
	assert_true(hours_now(h, utc(2027, 10, 31, 1, 59, 59)));
	assert_false(hours_now(h, utc(2027, 10, 31, 2, 0, 0)));
	h = of("Sun 01:30-02:00", NEW_YORK);
	/* Open, closed by nothing but the clock, and open again. */
	assert_true(hours_now(h, utc(2027, 11, 7, 5, 30, 0)));
	assert_false(hours_now(h, utc(2027, 11, 7, 6, 0, 0)));
	assert_int_equal(hours_next(h, utc(2027, 11, 7, 6, 0, 0)),
	    utc(2027, 11, 7, 6, 30, 0));
	assert_true(hours_now(h, utc(2027, 11, 7, 6, 59, 59)));
	assert_false(hours_now(h, utc(2027, 11, 7, 7, 0, 0)));
}

static void
spans_go_on_past_midnight_and_leap_days(void **state)
{
	const struct hours *h = of("Mon-Sun 22:00-02:00", NEW_YORK);

	(void)state;
	/* 2028-02-29, 01:59 there, and the last minute of the day before. */
	assert_true(hours_now(h, utc(2028, 2, 29, 6, 59, 59)));
	assert_false(hours_now(h, utc(2028, 2, 29, 7, 0, 0)));
	assert_false(hours_now(h, utc(2028, 3, 1, 2, 59, 59)));
	assert_true(hours_now(h, utc(2028, 3, 1, 3, 0, 0)));
	/* 2028-02-29 is a Tuesday, 2100 has no leap day. */
	h = of("Tue 00:00-24:00", "UTC0");
	assert_false(hours_now(h, utc(2028, 2, 28, 23, 59, 59)));
	assert_true(hours_now(h, utc(2028, 2, 29, 0, 0, 0)));
	assert_true(hours_now(h, utc(2028, 2, 29, 23, 59, 59)));
	assert_false(hours_now(h, utc(2028, 3, 1, 0, 0, 0)));
	h = of("Mon 00:00-24:00", "UTC0");
	assert_true(hours_now(h, utc(2100, 3, 1, 0, 0, 0)));
	assert_false(hours_now(h, utc(2100, 2, 28, 23, 59, 59)));
}

static void
far_years_are_like_near_ones(void **state)
{
	const struct hours *h = of("Mon-Fri 08:00-18:00", BERLIN);

	(void)state;
	/* 9999-07-05 is a Monday. */
	assert_false(hours_now(h, utc(9999, 7, 5, 5, 59, 59)));
	assert_true(hours_now(h, utc(9999, 7, 5, 6, 0, 0)));
	assert_int_equal(
	    hours_next(h, utc(9999, 7, 3, 6, 0, 0)), utc(9999, 7, 5, 6, 0, 0));
}

static void
nothing_is_open_in_a_zone_that_is_missing(void **state)
{
	of("Mon-Sun 00:00-24:00", "UTC0");
	slot.zone = NULL;
	(void)state;
	assert_false(hours_now(&hours, 0));
	assert_int_equal(hours_next(&hours, 0), 0);
}

static void
assert_cut(const char *text, const char *zone)
{
	char found[ZONE_NAME_MAX + 1];
	struct text_error error;
	struct week week;

	assert_int_equal(hours_cut(text, &week, found, &error), 0);
	assert_string_equal(found, zone);
	assert_true(week_open(&week, 8 * 60));
}

static void
the_zone_stands_first_or_last(void **state)
{
	(void)state;
	assert_cut("Mon-Fri 08:00-18:00 Europe/Berlin", "Europe/Berlin");
	assert_cut("Europe/Berlin Mon-Fri 08:00-18:00", "Europe/Berlin");
	assert_cut("Mon 08:00-18:00, Sat 10:00-14:00\tUTC", "UTC");
	assert_cut("Mon 08:00-09:00 " BERLIN, BERLIN);
	assert_cut("<+0330>-3:30  Mon 08:00-09:00", "<+0330>-3:30");
}

static void
assert_uncut(const char *text, const char *what)
{
	char found[ZONE_NAME_MAX + 1];
	struct text_error error;
	struct week week;

	assert_int_equal(hours_cut(text, &week, found, &error), -1);
	assert_string_equal(error.what, what);
}

static void
guesses_no_zone(void **state)
{
	static const char how[] =
	    ": write one time zone behind the spans, such as Mon-Fri "
	    "08:00-18:00 Europe/Berlin, or UTC";
	char what[256];

	(void)state;
	snprintf(what, sizeof(what), "hours: no time zone%s", how);
	assert_uncut("Mon-Fri 08:00-18:00", what);
	assert_uncut("", what);
	snprintf(what, sizeof(what), "hours: two time zones%s", how);
	assert_uncut("UTC Mon-Fri 08:00-18:00 UTC", what);
	assert_uncut("UTC",
	    "\"\" are no hours: write \"Mon-Fri 07:00-19:00\" or "
	    "\"Mon-Thu 07:00-19:00, Fri 07:00-15:00\"");
	assert_uncut("Mon-Fri 08:00-18:00, UTC",
	    "\"Mon-Fri 08:00-18:00,\" are no hours: write \"Mon-Fri "
	    "07:00-19:00\" or \"Mon-Thu 07:00-19:00, Fri 07:00-15:00\"");
}

/* A tree whose profile has the hours, and what is told about it. */
static struct tree *
tree_with(const char *value, const char *zone_file, struct told *told)
{
	char profiles[512];
	struct tree *tree = tree_new("/etc/cs", NULL, 0);
	struct text_error error;
	size_t len;
	char *data;

	snprintf(profiles, sizeof(profiles),
	    "[profile a]\nhours = %s\n[profile b]\nhours = %s\n", value, value);
	*told = (struct told){ 0 };
	tree_add(tree, TREE_PROFILES, "profiles.d/p.conf", profiles,
	    strlen(profiles), told_add, told);
	for (size_t i = 0; i < tree_zones(tree) && zone_file != NULL; i++) {
		assert_int_equal(file_load(zone_file, FILE_CONFIG,
				     ZONE_FILE_MAX, &data, &len, &error),
		    0);
		tree_zone(tree, i, data, len);
		free(data);
	}
	tree_finish(tree, told_add, told);
	return tree;
}

static void
each_zone_of_a_tree_is_wanted_once(void **state)
{
	struct told told;
	struct tree *tree = tree_with("Mon 08:00-09:00 Europe/Berlin",
	    "/usr/share/zoneinfo/Europe/Berlin", &told);
	const struct hours *h = tree_profile(tree, 1)->limits.hours;

	(void)state;
	assert_string_equal(told.text, "");
	assert_int_equal(tree_zones(tree), 1);
	assert_null(tree_zone_wanted(tree, 0));
	assert_null(tree_zone_wanted(tree, 1));
	assert_string_equal(h->text, "Mon 08:00-09:00 Europe/Berlin");
	/* The same hours are kept once, however many have them. */
	assert_ptr_equal(h, tree_profile(tree, 0)->limits.hours);
	assert_true(hours_now(h, utc(2027, 1, 4, 7, 0, 0)));
	tree_free(tree);
	tree = tree_with("Mon 08:00-09:00 UTC", NULL, &told);
	assert_string_equal(told.text, "");
	assert_null(tree_zone_wanted(tree, 0));
	h = tree_profile(tree, 0)->limits.hours;
	assert_true(hours_now(h, utc(2027, 1, 4, 8, 0, 0)));
	tree_free(tree);
	tree = tree_with("Mon 08:00-09:00 " NEW_YORK, NULL, &told);
	assert_string_equal(told.text, "");
	tree_free(tree);
}

static void
each_section_hears_of_a_zone_that_is_missing(void **state)
{
	struct told told;

	(void)state;
	tree_free(tree_with("Mon 08:00-09:00 Europe/Berlni", NULL, &told));
	assert_string_equal(told.text,
	    "profiles.d/p.conf:2: profile a: hours: time zone Europe/Berlni: "
	    "it was not read\n"
	    "profiles.d/p.conf:4: profile b: hours: time zone Europe/Berlni: "
	    "it was not read\n");
	tree_free(
	    tree_with("Mon 08:00-09:00 Europe/Berlin", "/etc/passwd", &told));
	assert_int_equal(told.count, 2);
	assert_non_null(strstr(told.text,
	    "p.conf:2: profile a: hours: time zone Europe/Berlin: is no file "
	    "of the time zone database\n"));
	tree_free(tree_with("Mon 08:00-09:00 ../UTC", NULL, &told));
	assert_int_equal(told.count, 2);
	tree_free(tree_with("Mon 08:00-09:00 europe/berlin", NULL, &told));
	assert_non_null(strstr(told.text,
	    "profiles.d/p.conf:2: hours: \"europe/berlin\" is not a time zone: "
	    "write one as Europe/Berlin, UTC, or CET-1CEST,M3.5.0,M10.5.0/3"));
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
		cmocka_unit_test(open_from_the_first_second_to_the_last),
		cmocka_unit_test(tells_the_next_opening),
		cmocka_unit_test(the_hour_that_spring_leaves_out_is_in_no_span),
		cmocka_unit_test(the_hour_that_comes_twice_is_open_twice),
		cmocka_unit_test(spans_go_on_past_midnight_and_leap_days),
		cmocka_unit_test(far_years_are_like_near_ones),
		cmocka_unit_test(nothing_is_open_in_a_zone_that_is_missing),
		cmocka_unit_test(the_zone_stands_first_or_last),
		cmocka_unit_test(guesses_no_zone),
		cmocka_unit_test(each_zone_of_a_tree_is_wanted_once),
		cmocka_unit_test(each_section_hears_of_a_zone_that_is_missing),
	};

	return cmocka_run_group_tests(tests, make_arena, drop_arena);
}
