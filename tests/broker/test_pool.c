/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/pool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void
refuses_nothing_and_too_much(void **state)
{
	struct pool pool;

	(void)state;
	pool_init(&pool, 1 << 20);
	assert_null(pool_get(&pool, 0));
	assert_null(pool_get(&pool, POOL_BLOCK_MAX + 1));
	assert_null(pool_get(&pool, SIZE_MAX));
	pool_release(&pool);
}

static void
stops_at_its_bound(void **state)
{
	struct pool pool;
	unsigned count = 0;

	(void)state;
	pool_init(&pool, 1 << 20);
	while (pool_get(&pool, POOL_BLOCK_MAX) != NULL)
		count++;
	assert_int_equal(count, (1 << 20) / POOL_BLOCK_MAX);
	assert_null(pool_get(&pool, 1));
	assert_true(pool.taken <= pool.max);
	pool_release(&pool);
}

static void
gives_every_size_its_whole_room(void **state)
{
	struct pool pool;
	uint8_t *first, *second;

	(void)state;
	pool_init(&pool, 16 << 20);
	for (size_t size = 1; size <= POOL_BLOCK_MAX; size += 61) {
		first = pool_get(&pool, size);
		second = pool_get(&pool, size);
		assert_non_null(first);
		assert_non_null(second);
		memset(first, 1, size);
		memset(second, 2, size);
		assert_int_equal(first[0], 1);
		assert_int_equal(first[size - 1], 1);
		pool_put(&pool, first, size);
		pool_put(&pool, second, size);
	}
	pool_release(&pool);
}

static void
does_not_grow_when_blocks_come_back(void **state)
{
	struct pool pool;
	void *at;

	(void)state;
	pool_init(&pool, 1 << 20);
	for (int i = 0; i < 100000; i++) {
		at = pool_get(&pool, 200);
		assert_non_null(at);
		pool_put(&pool, at, 200);
	}
	assert_int_equal(pool.taken, 256);
	pool_put(&pool, NULL, 200);
	pool_release(&pool);
}

/* Or a client that filled it once would have shut others out for ever. */
static void
gives_the_room_of_one_size_to_another(void **state)
{
	static void *blocks[16385];
	struct pool pool;
	unsigned count = 0;

	(void)state;
	pool_init(&pool, 1 << 20);
	while ((blocks[count] = pool_get(&pool, 64)) != NULL)
		count++;
	assert_int_equal(count, 16384);
	assert_null(pool_get(&pool, 4096));
	while (count > 0)
		pool_put(&pool, blocks[--count], 64);
	while (pool_get(&pool, 4096) != NULL)
		count++;
	assert_int_equal(count, (1 << 20) / 4096);
	assert_true(pool.taken <= pool.max);
	pool_release(&pool);
}

static void
is_tight_when_most_of_it_is_used_and_not_when_idle(void **state)
{
	struct pool pool;
	void *at[4];

	(void)state;
	pool_init(&pool, 4 * POOL_BLOCK_MAX);
	for (int i = 0; i < 4; i++) {
		assert_false(pool_is_tight(&pool));
		at[i] = pool_get(&pool, POOL_BLOCK_MAX);
	}
	assert_true(pool_is_tight(&pool));
	for (int i = 0; i < 4; i++)
		pool_put(&pool, at[i], POOL_BLOCK_MAX);
	assert_false(pool_is_tight(&pool));
	assert_int_equal(pool.taken, 4 * POOL_BLOCK_MAX);
	pool_release(&pool);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_nothing_and_too_much),
		cmocka_unit_test(stops_at_its_bound),
		cmocka_unit_test(gives_every_size_its_whole_room),
		cmocka_unit_test(does_not_grow_when_blocks_come_back),
		cmocka_unit_test(gives_the_room_of_one_size_to_another),
		cmocka_unit_test(
		    is_tight_when_most_of_it_is_used_and_not_when_idle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
