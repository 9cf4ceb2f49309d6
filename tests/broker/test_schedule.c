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
	schedule_add(&schedule, PRIORITY_NORMAL, &groups[0], &items[0]);
	schedule_add(&schedule, PRIORITY_NORMAL, &groups[0], &items[1]);
	schedule_add(&schedule, PRIORITY_NORMAL, &groups[0], &items[2]);
	schedule_add(&schedule, PRIORITY_NORMAL, &groups[1], &items[3]);
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
	schedule_add(&schedule, PRIORITY_NORMAL, &groups[0], &items[0]);
	schedule_add(&schedule, PRIORITY_NORMAL, &groups[1], &items[1]);
	assert_next(0);
	schedule_add(&schedule, PRIORITY_NORMAL, &groups[2], &items[2]);
	assert_next(1);
	assert_next(0);
	assert_next(2);
}

static void
passes_over_what_does_not_fit(void **state)
{
	(void)state;
	schedule_add(&schedule, PRIORITY_NORMAL, &groups[0], &items[0]);
	schedule_add(&schedule, PRIORITY_NORMAL, &groups[1], &items[1]);
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
	schedule_add(&schedule, PRIORITY_NORMAL, &groups[0], &items[0]);
	schedule_add(&schedule, PRIORITY_NORMAL, &groups[0], &items[0]);
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
	schedule_add(&schedule, PRIORITY_NORMAL, &groups[0], &items[0]);
	schedule_add(&schedule, PRIORITY_NORMAL, &groups[1], &items[1]);
	schedule_remove(&schedule, &items[0]);
	assert_null(groups[0].next);
	assert_next(1);
	assert_next(1);
	schedule_add(&schedule, PRIORITY_NORMAL, &groups[0], &items[0]);
	assert_next(1);
	assert_next(0);
}

/* The group of a class, with an item that always has something to do. */
static void busy(enum priority class)
{
	schedule_add(&schedule, class, &groups[class], &items[class]);
}

static enum priority
next_class(void)
{
	struct sched_item *i = schedule_next(&schedule, any, NULL);

	assert_non_null(i);
	return (enum priority)(i - items);
}

static void
the_higher_class_goes_first(void **state)
{
	(void)state;
	busy(PRIORITY_LOW);
	busy(PRIORITY_NORMAL);
	busy(PRIORITY_HIGH);
	for (int i = 0; i < SCHED_PASSES; i++)
		assert_int_equal(next_class(), PRIORITY_HIGH);
	schedule_remove(&schedule, &items[PRIORITY_LOW]);
	schedule_remove(&schedule, &items[PRIORITY_HIGH]);
	assert_int_equal(next_class(), PRIORITY_NORMAL);
}

static void
a_class_alone_has_every_turn(void **state)
{
	(void)state;
	busy(PRIORITY_LOW);
	for (int i = 0; i < 100; i++)
		assert_int_equal(next_class(), PRIORITY_LOW);
}

/* Turns of each class, of so many rounds of SCHED_PASSES + 1. */
static void
count_turns(unsigned rounds, unsigned ret[PRIORITY_COUNT])
{
	memset(ret, 0, PRIORITY_COUNT * sizeof(*ret));
	for (unsigned i = 0; i < rounds * (SCHED_PASSES + 1); i++)
		ret[next_class()]++;
}

static void
the_lowest_of_two_has_its_share(void **state)
{
	unsigned turns[PRIORITY_COUNT];

	(void)state;
	busy(PRIORITY_LOW);
	busy(PRIORITY_HIGH);
	count_turns(100, turns);
	assert_int_equal(turns[PRIORITY_LOW], 100);
	assert_int_equal(turns[PRIORITY_HIGH], 100 * SCHED_PASSES);
}

static void
each_of_three_has_its_share(void **state)
{
	unsigned turns[PRIORITY_COUNT];

	(void)state;
	busy(PRIORITY_LOW);
	busy(PRIORITY_NORMAL);
	busy(PRIORITY_HIGH);
	count_turns(100, turns);
	assert_in_range(turns[PRIORITY_LOW], 99, 100);
	assert_in_range(turns[PRIORITY_NORMAL], 99, 100);
	assert_in_range(turns[PRIORITY_HIGH], 100 * (SCHED_PASSES - 1),
	    100 * (SCHED_PASSES - 1) + 2);
}

/* Whenever it comes, and whatever is owed to whom. */
static void
a_high_line_waits_for_one_turn_of_others_at_most(void **state)
{
	(void)state;
	for (unsigned before = 0; before < 100; before++) {
		set_up(NULL);
		busy(PRIORITY_LOW);
		busy(PRIORITY_NORMAL);
		for (unsigned i = 0; i < before; i++)
			next_class();
		busy(PRIORITY_HIGH);
		for (unsigned i = 0; i < 50; i++)
			if (next_class() != PRIORITY_HIGH)
				assert_int_equal(next_class(), PRIORITY_HIGH);
	}
}

static void
who_was_not_waiting_is_owed_nothing(void **state)
{
	(void)state;
	busy(PRIORITY_LOW);
	busy(PRIORITY_HIGH);
	for (int i = 0; i < SCHED_PASSES; i++)
		assert_int_equal(next_class(), PRIORITY_HIGH);
	schedule_remove(&schedule, &items[PRIORITY_LOW]);
	busy(PRIORITY_LOW);
	for (int i = 0; i < SCHED_PASSES; i++)
		assert_int_equal(next_class(), PRIORITY_HIGH);
	assert_int_equal(next_class(), PRIORITY_LOW);
}

static void
what_is_owed_to_a_class_waits_for_a_worker_that_fits(void **state)
{
	(void)state;
	busy(PRIORITY_LOW);
	busy(PRIORITY_HIGH);
	for (int i = 0; i < 3 * SCHED_PASSES; i++)
		assert_ptr_equal(
		    schedule_next(&schedule, all_but, &items[PRIORITY_LOW]),
		    &items[PRIORITY_HIGH]);
	assert_int_equal(next_class(), PRIORITY_LOW);
	assert_int_equal(next_class(), PRIORITY_HIGH);
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
		TEST(the_higher_class_goes_first),
		TEST(a_class_alone_has_every_turn),
		TEST(the_lowest_of_two_has_its_share),
		TEST(each_of_three_has_its_share),
		TEST(a_high_line_waits_for_one_turn_of_others_at_most),
		TEST(who_was_not_waiting_is_owed_nothing),
		TEST(what_is_owed_to_a_class_waits_for_a_worker_that_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
