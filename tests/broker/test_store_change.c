/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/store_change.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct buf queue;

static int
make(void **state)
{
	(void)state;
	buf_init(&queue, 4096);
	return 0;
}

static int
drop(void **state)
{
	(void)state;
	buf_release(&queue);
	return 0;
}

static void
add_one(const char *text, int64_t number)
{
	const struct store_value values[] = {
		store_string(text),
		store_integer(number),
		store_blob("\0\1", 2),
	};

	assert_int_equal(store_change_add(&queue, PUT_REPEAT, values, 3), 0);
}

static int
get_one(struct reader *r, struct store_value values[STORE_VALUES_MAX])
{
	enum store_change change = STORE_CHANGES;
	int count = store_change_get(r, &change, values);

	if (count != -1)
		assert_int_equal(change, PUT_REPEAT);
	return count;
}

static void
comes_back_as_it_went(void **state)
{
	struct store_value values[STORE_VALUES_MAX];
	struct reader r;

	(void)state;
	add_one("key a", -1);
	add_one("", INT64_MIN);
	reader_init(&r, buf_at(&queue), buf_len(&queue));
	assert_int_equal(get_one(&r, values), 3);
	assert_int_equal(values[0].type, STORE_STRING);
	assert_int_equal(values[0].len, 5);
	assert_memory_equal(values[0].bytes, "key a", 5);
	assert_int_equal(values[1].number, -1);
	assert_int_equal(values[2].type, STORE_BLOB);
	assert_memory_equal(values[2].bytes, "\0\1", 2);
	assert_int_equal(get_one(&r, values), 3);
	assert_int_equal(values[0].len, 0);
	assert_true(values[1].number == INT64_MIN);
	assert_true(reader_done(&r));
}

static void
refuses_every_truncation(void **state)
{
	struct store_value values[STORE_VALUES_MAX];
	struct reader r;

	(void)state;
	add_one("key a", 1);
	for (size_t cut = 0; cut < buf_len(&queue); cut++) {
		reader_init(&r, buf_at(&queue), cut);
		assert_int_equal(get_one(&r, values), -1);
	}
}

static void
what_does_not_fit_leaves_the_queue_as_it_was(void **state)
{
	static const char large[4096];
	const struct store_value value = store_blob(large, sizeof(large));
	size_t before;

	(void)state;
	add_one("key a", 1);
	before = buf_len(&queue);
	assert_int_equal(store_change_add(&queue, PUT_REPEAT, &value, 1), -1);
	assert_int_equal(buf_len(&queue), before);
	add_one("key b", 2);
	assert_int_equal(buf_len(&queue), 2 * before);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, drop)
		TEST(comes_back_as_it_went),
		TEST(refuses_every_truncation),
		TEST(what_does_not_fit_leaves_the_queue_as_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
