/* SPDX-License-Identifier: Apache-2.0 */
#include "token/keyring.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void
finds_what_was_added(void **state)
{
	struct keyring ring = { .count = 0 };
	struct key one = { .add.key = 1 }, two = { .add.key = 2 };

	(void)state;
	assert_true(keyring_add(&ring, &one));
	assert_true(keyring_add(&ring, &two));
	assert_ptr_equal(keyring_find(&ring, 1), &one);
	assert_ptr_equal(keyring_find(&ring, 2), &two);
	assert_null(keyring_find(&ring, 3));
}

static void
refuses_a_number_that_is_taken(void **state)
{
	struct keyring ring = { .count = 0 };
	struct key one = { .add.key = 1 }, again = { .add.key = 1 };

	(void)state;
	assert_true(keyring_add(&ring, &one));
	assert_false(keyring_add(&ring, &again));
	assert_ptr_equal(keyring_find(&ring, 1), &one);
}

static void
refuses_more_than_there_is_room_for(void **state)
{
	static struct key keys[KEYRING_MAX + 1];
	static struct keyring ring;

	(void)state;
	for (uint32_t i = 0; i < KEYRING_MAX; i++) {
		keys[i].add.key = i;
		assert_true(keyring_add(&ring, &keys[i]));
	}
	keys[KEYRING_MAX].add.key = KEYRING_MAX;
	assert_false(keyring_add(&ring, &keys[KEYRING_MAX]));
}

static void
takes_a_key_out_once(void **state)
{
	struct keyring ring = { .count = 0 };
	struct key one = { .add.key = 1 }, two = { .add.key = 2 };

	(void)state;
	keyring_add(&ring, &one);
	keyring_add(&ring, &two);
	assert_ptr_equal(keyring_take(&ring, 1), &one);
	assert_null(keyring_take(&ring, 1));
	assert_null(keyring_find(&ring, 1));
	assert_ptr_equal(keyring_find(&ring, 2), &two);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_was_added),
		cmocka_unit_test(refuses_a_number_that_is_taken),
		cmocka_unit_test(refuses_more_than_there_is_room_for),
		cmocka_unit_test(takes_a_key_out_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
