/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/clock_watch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define SECOND 1000000u
#define WALL (1795000000ull * SECOND)

static struct clock_step step;

static void
the_first_look_says_nothing(void **state)
{
	struct clock_watch watch = { 0 };

	(void)state;
	assert_false(clock_watch_look(&watch, WALL, 5, &step));
	assert_false(clock_watch_look(&watch, WALL + 7, 12, &step));
}

static void
time_that_passes_is_no_step(void **state)
{
	struct clock_watch watch = { 0 };

	(void)state;
	clock_watch_look(&watch, WALL, 0, &step);
	assert_false(clock_watch_look(
	    &watch, WALL + 86400ull * SECOND, 86400ull * SECOND, &step));
}

static void
steps_either_way_are_told_once(void **state)
{
	struct clock_watch watch = { 0 };

	(void)state;
	clock_watch_look(&watch, WALL, 0, &step);
	assert_true(
	    clock_watch_look(&watch, WALL + 3600ull * SECOND + 10, 10, &step));
	assert_int_equal(step.step, 3600ll * SECOND);
	assert_int_equal(step.from, WALL + 10);
	assert_int_equal(step.to, WALL + 3600ull * SECOND + 10);
	assert_false(
	    clock_watch_look(&watch, WALL + 3600ull * SECOND + 20, 20, &step));
	assert_true(clock_watch_look(&watch, WALL - 5 * SECOND, 30, &step));
	assert_int_equal(step.step, -(3605ll * SECOND) - 30);
	assert_int_equal(step.to, WALL - 5 * SECOND);
}

static void
a_second_is_not_enough(void **state)
{
	struct clock_watch watch = { 0 };

	(void)state;
	clock_watch_look(&watch, WALL, 0, &step);
	assert_false(clock_watch_look(&watch, WALL + SECOND, 0, &step));
	assert_false(clock_watch_look(&watch, WALL, 0, &step));
	assert_true(clock_watch_look(&watch, WALL + SECOND + 1, 0, &step));
	assert_true(clock_watch_look(&watch, WALL, 0, &step));
}

/* As an NTP client corrects a clock that is wrong by minutes. */
static void
a_slow_correction_is_no_step(void **state)
{
	struct clock_watch watch = { 0 };

	(void)state;
	for (uint64_t i = 0; i < 1000; i++)
		assert_false(clock_watch_look(
		    &watch, WALL + i * SECOND * 3 / 2, i * SECOND, &step));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_look_says_nothing),
		cmocka_unit_test(time_that_passes_is_no_step),
		cmocka_unit_test(steps_either_way_are_told_once),
		cmocka_unit_test(a_second_is_not_enough),
		cmocka_unit_test(a_slow_correction_is_no_step),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
