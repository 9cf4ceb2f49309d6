/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COUNT 1000

static struct map map;
static struct map_node nodes[COUNT];
static char keys[COUNT][16];

static int
make(void **state)
{
	(void)state;
	map_init(&map);
	memset(nodes, 0, sizeof(nodes));
	for (unsigned i = 0; i < COUNT; i++) {
		snprintf(keys[i], sizeof(keys[i]), "key %u", i);
		nodes[i].key = keys[i];
		nodes[i].len = (uint32_t)strlen(keys[i]);
	}
	return 0;
}

static int
drop(void **state)
{
	(void)state;
	map_release(&map);
	return 0;
}

static struct map_node *
find(unsigned i)
{
	return map_find(&map, keys[i], strlen(keys[i]));
}

static void
an_empty_one_has_nothing(void **state)
{
	(void)state;
	assert_null(find(0));
	assert_null(map_next(&map, NULL));
}

static void
finds_each_of_many_and_no_other(void **state)
{
	(void)state;
	for (unsigned i = 0; i < COUNT; i += 2)
		assert_int_equal(map_add(&map, &nodes[i]), 0);
	assert_int_equal(map.count, COUNT / 2);
	for (unsigned i = 0; i < COUNT; i++)
		assert_ptr_equal(find(i), i % 2 == 0 ? &nodes[i] : NULL);
	/* A key is all of its bytes. */
	assert_null(map_find(&map, "key 10", 5));
	assert_null(map_find(&map, "key 10", 7));
}

static void
what_is_removed_is_not_found(void **state)
{
	(void)state;
	for (unsigned i = 0; i < COUNT; i++)
		assert_int_equal(map_add(&map, &nodes[i]), 0);
	for (unsigned i = 0; i < COUNT; i += 3)
		map_remove(&map, &nodes[i]);
	for (unsigned i = 0; i < COUNT; i++)
		assert_ptr_equal(find(i), i % 3 == 0 ? NULL : &nodes[i]);
}

static void
next_comes_to_each_once_even_when_it_goes(void **state)
{
	struct map_node *node, *next;
	unsigned seen = 0;

	(void)state;
	for (unsigned i = 0; i < COUNT; i++)
		assert_int_equal(map_add(&map, &nodes[i]), 0);
	for (node = map_next(&map, NULL); node != NULL; node = next) {
		next = map_next(&map, node);
		map_remove(&map, node);
		seen++;
	}
	assert_int_equal(seen, COUNT);
	assert_int_equal(map.count, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, drop)
		TEST(an_empty_one_has_nothing),
		TEST(finds_each_of_many_and_no_other),
		TEST(what_is_removed_is_not_found),
		TEST(next_comes_to_each_once_even_when_it_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
