/* SPDX-License-Identifier: Apache-2.0 */
#include "token/children.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void
knows_a_worker_until_its_process_is_gone(void **state)
{
	struct children c = { .count = 0 };
	uint32_t worker = 0;

	(void)state;
	assert_true(children_add(&c, 7, 100));
	assert_true(children_add(&c, 8, 101));
	assert_int_equal(children_pid(&c, 7), 100);
	assert_true(children_remove(&c, 100, &worker));
	assert_int_equal(worker, 7);
	assert_int_equal(children_pid(&c, 7), 0);
	assert_int_equal(children_pid(&c, 8), 101);
}

static void
knows_no_strangers(void **state)
{
	struct children c = { .count = 0 };
	uint32_t worker = 5;

	(void)state;
	children_add(&c, 7, 100);
	assert_int_equal(children_pid(&c, 100), 0);
	assert_false(children_remove(&c, 7, &worker));
	assert_int_equal(worker, 5);
}

static void
refuses_a_number_that_is_taken(void **state)
{
	struct children c = { .count = 0 };

	(void)state;
	assert_true(children_add(&c, 7, 100));
	assert_false(children_has_room(&c, 7));
	assert_false(children_add(&c, 7, 101));
	assert_int_equal(children_pid(&c, 7), 100);
}

static void
refuses_more_than_there_is_room_for(void **state)
{
	struct children c = { .count = 0 };

	(void)state;
	for (uint32_t i = 0; i < CHILDREN_MAX; i++)
		assert_true(children_add(&c, i, (pid_t)i + 1));
	assert_false(children_has_room(&c, CHILDREN_MAX));
	assert_false(children_add(&c, CHILDREN_MAX, 5000));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_a_worker_until_its_process_is_gone),
		cmocka_unit_test(knows_no_strangers),
		cmocka_unit_test(refuses_a_number_that_is_taken),
		cmocka_unit_test(refuses_more_than_there_is_room_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
