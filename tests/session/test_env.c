/* SPDX-License-Identifier: Apache-2.0 */
#include "session/env.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct variables *list;

static int
tear_down(void **state)
{
	(void)state;
	free(list);
	list = NULL;
	return 0;
}

static void
keeps_variables_in_their_order(void **state)
{
	(void)state;
	assert_true(env_set(&list, "A", "1"));
	assert_true(env_set(&list, "B", ""));
	assert_int_equal(list->count, 2);
	assert_string_equal(list->item[0].name, "A");
	assert_string_equal(list->item[0].value, "1");
	assert_string_equal(list->item[1].value, "");
}

static void
the_last_value_of_a_name_counts(void **state)
{
	(void)state;
	env_set(&list, "A", "1");
	env_set(&list, "B", "2");
	assert_true(env_set(&list, "A", "3"));
	assert_int_equal(list->count, 2);
	assert_string_equal(list->item[0].value, "3");
}

static void
refuses_names_that_are_none_and_makes_no_list(void **state)
{
	(void)state;
	assert_false(env_set(&list, "", "x"));
	assert_false(env_set(&list, "A=B", "x"));
	assert_false(env_set(&list, "A\nB", "x"));
	assert_false(env_set(&list, "0A", "x"));
	assert_false(env_set(&list, "A2345678901234567890123456789", "x"));
	assert_null(list);
}

static void
refuses_a_long_value_and_keeps_the_one_before(void **state)
{
	char value[VARIABLE_VALUE_SIZE + 1];

	(void)state;
	memset(value, 'v', sizeof(value));
	value[VARIABLE_VALUE_SIZE] = '\0';
	assert_true(env_set(&list, "A", "1"));
	assert_false(env_set(&list, "A", value));
	assert_string_equal(list->item[0].value, "1");
	value[VARIABLE_VALUE_SIZE - 1] = '\0';
	assert_true(env_set(&list, "A", value));
	assert_string_equal(list->item[0].value, value);
}

static void
refuses_what_is_too_much_and_still_sets_what_it_has(void **state)
{
	char name[16];

	(void)state;
	for (unsigned i = 0; i < 10000; i++) {
		snprintf(name, sizeof(name), "N%u", i);
		assert_int_equal(env_set(&list, name, "x"), i < WIRE_VARIABLES);
	}
	assert_int_equal(list->count, WIRE_VARIABLES);
	assert_true(env_set(&list, "N0", "y"));
	assert_string_equal(list->item[0].value, "y");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(keeps_variables_in_their_order),
		TEST(the_last_value_of_a_name_counts),
		TEST(refuses_names_that_are_none_and_makes_no_list),
		TEST(refuses_a_long_value_and_keeps_the_one_before),
		TEST(refuses_what_is_too_much_and_still_sets_what_it_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
