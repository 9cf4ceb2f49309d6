/* SPDX-License-Identifier: Apache-2.0 */
/* What a start takes in; tests/e2e/test_repeat.sh has the rest. */
#include "broker/repeat.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "broker/pool.h"

static char dir[64], path[96];
static struct loop *loop;
static struct store *store;
static struct pool pool;
static struct repeats repeats;
static struct text_error error;

static void
begin(void)
{
	store = store_open(dir, &error);
	assert_non_null(store);
	pool_init(&pool, (size_t)64 << 20);
	repeats_init(&repeats, &pool);
}

static void
end(void)
{
	store_close(store);
	repeats_release(&repeats);
	pool_release(&pool);
}

static int
make(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/countersign-repeat.XXXXXX");
	if (mkdtemp(dir) == NULL || (loop = loop_new()) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/state.db", dir);
	begin();
	assert_int_equal(store_start(store, loop, NULL, NULL), 0);
	return 0;
}

static int
drop(void **state)
{
	(void)state;
	end();
	loop_free(loop);
	unlink(path);
	return rmdir(dir);
}

static void
put(uint32_t number, int64_t made, int64_t expires, size_t len)
{
	static const uint8_t answer[STORE_BYTES];
	uint8_t key[STORE_KEY] = { 0 };
	const struct store_repeat row = { key, 1, made, expires, answer, len };

	memcpy(key, &number, sizeof(number));
	assert_int_not_equal(store_put_repeat(store, &row), 0);
	if (number % 100 == 0)
		store_drain(store);
}

static void
again(void)
{
	end();
	begin();
}

static void
takes_in_what_is_not_over_and_drops_the_rest(void **state)
{
	(void)state;
	put(1, 100, 200, 64);
	put(2, 100, 201, 64);
	again();
	assert_int_equal(repeats_load(&repeats, store, 200, &error), 0);
	assert_int_equal(repeats.count, 1);
	assert_int_equal(repeats.oldest->expires, 201);
	assert_int_equal(repeats.oldest->len, 64);
	assert_int_equal(store_start(store, loop, NULL, NULL), 0);
	again();
	assert_int_equal(repeats_load(&repeats, store, 0, &error), 0);
	assert_int_equal(repeats.count, 1);
}

static void
of_too_many_the_oldest_go(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < REPEATS_MAX + 100; i++)
		put(i, 100 + i, 1000000, 1);
	again();
	assert_int_equal(repeats_load(&repeats, store, 200, &error), 0);
	assert_int_equal(repeats.count, REPEATS_MAX);
	assert_int_equal(repeats.map.count, REPEATS_MAX);
	assert_int_equal(repeats.oldest->made, 200);
}

static void
of_too_much_the_oldest_go(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 700; i++)
		put(i, 100 + i, 1000000, STORE_BYTES);
	again();
	assert_int_equal(repeats_load(&repeats, store, 200, &error), 0);
	assert_in_range(repeats.count, 400, 512);
	assert_true(repeats.bytes <= REPEATS_BYTES);
	assert_int_equal(repeats.newest->made, 799);
}

static void
rows_that_nobody_could_have_written_are_refused(void **state)
{
	(void)state;
	put(1, 100, 99, 64);
	again();
	assert_int_equal(repeats_load(&repeats, store, 0, &error), -1);
	assert_non_null(strstr(error.what, "a row of repeats"));
}

static void
an_answer_is_never_empty(void **state)
{
	(void)state;
	put(1, 100, 200, 0);
	again();
	assert_int_equal(repeats_load(&repeats, store, 0, &error), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, drop)
		TEST(takes_in_what_is_not_over_and_drops_the_rest),
		TEST(of_too_many_the_oldest_go),
		TEST(of_too_much_the_oldest_go),
		TEST(rows_that_nobody_could_have_written_are_refused),
		TEST(an_answer_is_never_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
