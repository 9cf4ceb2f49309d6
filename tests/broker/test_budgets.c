/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/budgets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define DAY INT64_C(20000)
#define NOON_US ((DAY * 86400 + 43200) * 1000000)

static char dir[64], path[96];
static struct loop *loop;
static struct store *store;
static struct budgets budgets;
static struct text_error error;
static const struct limits limits = { .per_day = 10, .rate = { 10, 3600 } };

static void
begin(void)
{
	store = store_open(dir, &error);
	assert_non_null(store);
	budgets_init(&budgets);
	assert_int_equal(budgets_load(&budgets, store, loop, &error), 0);
	assert_int_equal(store_start(store, loop, NULL, NULL), 0);
}

static void
end(void)
{
	budgets_flush(&budgets);
	store_close(store);
	budgets_release(&budgets);
	store = NULL;
}

static int
make(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/countersign-budgets.XXXXXX");
	if (mkdtemp(dir) == NULL || (loop = loop_new()) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/state.db", dir);
	begin();
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
use(const char *subject, unsigned lines)
{
	struct tally *t = tally_get(&budgets, subject);

	for (unsigned i = 0; i < lines; i++) {
		budget_charge(&t->budget, &limits, NOON_US);
		tally_touch(&budgets, t);
	}
	tally_put(&budgets, t);
}

static uint64_t
used(const char *subject)
{
	struct tally *t = tally_get(&budgets, subject);
	uint64_t ret = t->budget.used;

	tally_put(&budgets, t);
	return ret;
}

static void
what_was_used_is_there_after_a_restart(void **state)
{
	struct tally *t;
	int64_t full_us;

	(void)state;
	use("key a", 3);
	use("client SHA256:x ci", 4);
	t = tally_get(&budgets, "key a");
	full_us = t->budget.full_us;
	assert_true(full_us > NOON_US);
	tally_put(&budgets, t);
	end();
	begin();
	assert_int_equal(used("key a"), 3);
	assert_int_equal(used("client SHA256:x ci"), 4);
	assert_int_equal(used("key b"), 0);
	t = tally_get(&budgets, "key a");
	assert_true(t->budget.full_us == full_us);
	tally_put(&budgets, t);
}

static void
many_lines_of_a_round_are_one_change(void **state)
{
	struct store_state now;

	(void)state;
	use("key a", 5);
	assert_int_equal(budgets.dirty_count, 1);
	budgets_flush(&budgets);
	store_drain(store);
	store_state(store, &now);
	assert_int_equal(now.changes, 1);
}

static void
what_was_never_charged_is_forgotten_at_once(void **state)
{
	(void)state;
	assert_int_equal(used("key a"), 0);
	assert_int_equal(budgets.map.count, 0);
}

static void
nothing_is_charged_while_it_could_not_be_kept(void **state)
{
	char other[128];

	(void)state;
	assert_true(budgets_may_charge(&budgets, 2));
	assert_false(budgets_may_charge(&budgets, 100000));
	snprintf(other, sizeof(other), "%s.away", path);
	assert_int_equal(rename(path, other), 0);
	use("key a", 1);
	budgets_flush(&budgets);
	store_drain(store);
	assert_false(budgets_may_charge(&budgets, 1));
	assert_int_equal(rename(other, path), 0);
	store_drain(store);
	assert_true(budgets_may_charge(&budgets, 1));
}

static void
what_says_nothing_any_more_is_pruned_and_nothing_else(void **state)
{
	int64_t hour_us = INT64_C(3600000000);
	struct tally *t;

	(void)state;
	use("key a", 3);
	use("key b", 10);
	budgets_flush(&budgets);
	/* The rate is full again, but the day is not over. */
	budgets_prune(&budgets, NOON_US + 2 * hour_us);
	assert_int_equal(budgets.map.count, 2);
	t = tally_get(&budgets, "key b");
	budgets_prune(&budgets, NOON_US + 12 * hour_us);
	assert_int_equal(budgets.map.count, 1);
	tally_put(&budgets, t);
	end();
	begin();
	assert_int_equal(budgets.map.count, 1);
	assert_int_equal(used("key b"), 10);
	budgets_prune(&budgets, NOON_US + 12 * hour_us - 1);
	assert_int_equal(budgets.map.count, 1);
	budgets_prune(&budgets, NOON_US + 12 * hour_us);
	end();
	begin();
	assert_int_equal(budgets.map.count, 0);
}

static void
rows_that_nobody_could_have_written_are_refused(void **state)
{
	const struct store_budget rows[] = {
		{ "key a", -1, 1, 1 },
		{ "key a", 1, -1, 1 },
		{ "key a", 1, 1, UINT64_MAX },
	};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct budgets other;

		store_put_budget(store, &rows[i]);
		end();
		store = store_open(dir, &error);
		budgets_init(&other);
		assert_int_equal(budgets_load(&other, store, loop, &error), -1);
		budgets_release(&other);
		store_close(store);
		unlink(path);
		begin();
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, drop)
		TEST(what_was_used_is_there_after_a_restart),
		TEST(many_lines_of_a_round_are_one_change),
		TEST(what_was_never_charged_is_forgotten_at_once),
		TEST(nothing_is_charged_while_it_could_not_be_kept),
		TEST(what_says_nothing_any_more_is_pruned_and_nothing_else),
		TEST(rows_that_nobody_could_have_written_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
