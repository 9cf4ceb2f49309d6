/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/timing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void
is_nothing_before_the_first_line(void **state)
{
	const struct timing none = { .lines = 0 };
	struct timing_mean mean;

	(void)state;
	timing_mean(&none, &mean);
	assert_int_equal(mean.whole_us, 0);
	assert_int_equal(mean.token_us, 0);
	assert_int_equal(mean.record_us, 0);
}

static void
tells_waiting_from_signing_from_recording(void **state)
{
	const struct timed first = { 1000, 4000, 2000 };
	const struct timed second = { 2000, 8000, 2500 };
	struct timing timing = { .lines = 0 };
	struct timing_mean mean;

	(void)state;
	timing_add(&timing, &first, 4500);
	timing_add(&timing, &second, 8300);
	timing_mean(&timing, &mean);
	assert_int_equal(timing.lines, 2);
	assert_int_equal(mean.whole_us, (3500 + 6300) / 2);
	assert_int_equal(mean.token_us, 2250);
	assert_int_equal(mean.record_us, 400);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_nothing_before_the_first_line),
		cmocka_unit_test(tells_waiting_from_signing_from_recording),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
