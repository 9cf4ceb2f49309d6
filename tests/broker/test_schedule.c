/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/schedule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct schedule schedule;
static struct sched_group groups[4];
static struct sched_item items[8];

static int
set_up(void **state)
{
	(void)state;
	memset(&schedule, 0, sizeof(schedule));
	memset(groups, 0, sizeof(groups));
	memset(items, 0, sizeof(items));
	return 0;
}

static bool
any(void *arg, struct sched_item *item)
{
	(void)arg;
	(void)item;
	return true;
}

static bool
all_but(void *arg, struct sched_item *item)
{
	return item != arg;
}

static void
assert_next(int item)
{
	assert_ptr_equal(schedule_next(&schedule, any, NULL), &items[item]);
}

static void
has_nothing_at_first(void **state)
{
	(void)state;
	assert_null(schedule_next(&schedule, any, NULL));
}

static void
goes_round_the_groups_not_the_items(void **state)
{
	(void)state;
	/* Three channels of one connection, one of another. */
	schedule_add(&schedule, &groups[0], &items[0]);
	schedule_add(&schedule, &groups[0], &items[1]);
	schedule_add(&schedule, &groups[0], &items[2]);
	schedule_add(&schedule, &groups[1], &items[3]);
	assert_next(0);
	assert_next(3);
	assert_next(1);
	assert_next(3);
	assert_next(2);
	assert_next(3);
	assert_next(0);
}

static void
serves_a_newcomer_after_one_turn_of_each_other(void **state)
{
	(void)state;
	schedule_add(&schedule, &groups[0], &items[0]);
	schedule_add(&schedule, &groups[1], &items[1]);
	assert_next(0);
	schedule_add(&schedule, &groups[2], &items[2]);
	assert_next(1);
	assert_next(0);
	assert_next(2);
}

static void
passes_over_what_does_not_fit(void **state)
{
	(void)state;
	schedule_add(&schedule, &groups[0], &items[0]);
	schedule_add(&schedule, &groups[1], &items[1]);
	assert_ptr_equal(
	    schedule_next(&schedule, all_but, &items[0]), &items[1]);
	assert_ptr_equal(
	    schedule_next(&schedule, all_but, &items[0]), &items[1]);
	schedule_remove(&schedule, &items[1]);
	assert_null(schedule_next(&schedule, all_but, &items[0]));
	assert_next(0);
}

static void
does_not_mind_adding_or_removing_twice(void **state)
{
	(void)state;
	schedule_remove(&schedule, &items[0]);
	schedule_add(&schedule, &groups[0], &items[0]);
	schedule_add(&schedule, &groups[0], &items[0]);
	assert_int_equal(schedule.items, 1);
	schedule_remove(&schedule, &items[0]);
	schedule_remove(&schedule, &items[0]);
	assert_int_equal(schedule.items, 0);
	assert_null(schedule_next(&schedule, any, NULL));
}

static void
forgets_a_group_without_items(void **state)
{
	(void)state;
	schedule_add(&schedule, &groups[0], &items[0]);
	schedule_add(&schedule, &groups[1], &items[1]);
	schedule_remove(&schedule, &items[0]);
	assert_null(groups[0].next);
	assert_next(1);
	assert_next(1);
	schedule_add(&schedule, &groups[0], &items[0]);
	assert_next(1);
	assert_next(0);
}

static void
remove_it(void *arg, struct sched_item *item)
{
	unsigned *seen = arg;

	*seen |= 1u << (item - items);
	schedule_remove(&schedule, item);
}

static void
visits_all_even_when_they_go(void **state)
{
	unsigned seen = 0;

	(void)state;
	for (int i = 0; i < 8; i++)
		schedule_add(&schedule, &groups[i / 3], &items[i]);
	schedule_each(&schedule, remove_it, &seen);
	assert_int_equal(seen, 0xff);
	assert_int_equal(schedule.items, 0);
	assert_null(schedule.first);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, set_up)
	const struct CMUnitTest tests[] = {
		TEST(has_nothing_at_first),
		TEST(goes_round_the_groups_not_the_items),
		TEST(serves_a_newcomer_after_one_turn_of_each_other),
		TEST(passes_over_what_does_not_fit),
		TEST(does_not_mind_adding_or_removing_twice),
		TEST(forgets_a_group_without_items),
		TEST(visits_all_even_when_they_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
