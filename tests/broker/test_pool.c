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
	assert_int_equal(pool.taken, 65536);
	pool_put(&pool, NULL, 200);
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
