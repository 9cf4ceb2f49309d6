/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/budget.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#define US INT64_C(1000000)
#define DAY (86400 * US)
/* Noon of a day. */
#define NOON (20000 * DAY + DAY / 2)

static struct limits limits;
static struct budget budget;
static struct verdict verdict;
static const struct layer layer = { "profile", "ci", &limits };

static void
fresh(uint32_t lines, uint32_t seconds, uint32_t burst, uint64_t per_day)
{
	limits = (struct limits){
		.rate = { lines, seconds },
		.burst = burst,
		.per_day = per_day,
		.rate_rule = { "p.conf", 3 },
		.per_day_rule = { "p.conf", 4 },
	};
	budget = (struct budget){ 0, 0, 0 };
}

static enum reason
check(int64_t now_us)
{
	verdict.text[0] = '\0';
	return budget_check(&budget, &layer, now_us, &verdict);
}

/* How many lines are signed at once, up to max. */
static int
sign(int64_t now_us, int max)
{
	int count = 0;

	while (count < max && check(now_us) == REASON_OK) {
		budget_charge(&budget, &limits, now_us);
		count++;
	}
	return count;
}

static void
assert_left(int64_t now_us, uint64_t burst, uint64_t day, uint32_t wait_s)
{
	struct budget_left left;

	budget_left(&budget, &limits, now_us, &left);
	assert_int_equal(left.burst, burst);
	assert_int_equal(left.day, day);
	assert_int_equal(left.wait_s, wait_s);
	assert_int_equal(left.day_ends_s, (now_us / DAY + 1) * 86400);
}

static void
nothing_is_counted_without_a_limit(void **state)
{
	(void)state;
	fresh(0, 0, 0, 0);
	assert_false(budget_counts(&limits));
	assert_int_equal(sign(NOON, 1000), 1000);
	assert_left(NOON, BUDGET_ENDLESS, BUDGET_ENDLESS, 0);
}

static void
a_burst_is_spent_and_comes_back_line_by_line(void **state)
{
	(void)state;
	fresh(60, 60, 5, 0);
	assert_true(budget_counts(&limits));
	assert_left(NOON, 5, BUDGET_ENDLESS, 0);
	assert_int_equal(sign(NOON, 100), 5);
	assert_int_equal(verdict.reason, REASON_RATE);
	assert_int_equal(verdict.rule.line, 3);
	assert_string_equal(verdict.text,
	    "the profile ci allows 60 lines in 60 s, 5 at once; try again in "
	    "1 s");
	assert_left(NOON, 0, BUDGET_ENDLESS, 1);
	assert_int_equal(sign(NOON + US - 1, 100), 0);
	assert_int_equal(sign(NOON + US, 100), 1);
	assert_int_equal(sign(NOON + 3 * US, 100), 2);
	assert_left(NOON + 100 * US, 5, BUDGET_ENDLESS, 0);
	assert_int_equal(sign(NOON + 100 * US, 100), 5);
}

static void
without_a_burst_the_rates_lines_may_come_at_once(void **state)
{
	(void)state;
	fresh(100, 60, 0, 0);
	assert_int_equal(sign(NOON, 1000), 100);
	assert_int_equal(sign(NOON + 600000 - 1, 1000), 0);
	assert_int_equal(sign(NOON + 600000, 1000), 1);
	assert_int_equal(sign(NOON + 60 * US, 1000), 99);
}

static void
a_rate_that_does_not_divide_never_gives_more(void **state)
{
	(void)state;
	fresh(7, 60, 1, 0);
	assert_int_equal(sign(NOON, 100), 1);
	assert_int_equal(sign(NOON + 60 * US / 7, 100), 0);
	assert_int_equal(sign(NOON + 60 * US / 7 + 1, 100), 1);
	fresh(1000000, 1, 1, 0);
	assert_int_equal(sign(NOON, 100), 1);
	assert_int_equal(sign(NOON, 100), 0);
	assert_int_equal(sign(NOON + 1, 100), 1);
}

static void
a_day_ends_at_midnight_in_utc(void **state)
{
	int64_t midnight = 20001 * DAY;

	(void)state;
	fresh(0, 0, 0, 3);
	assert_int_equal(sign(midnight - DAY, 2), 2);
	assert_left(midnight - DAY, BUDGET_ENDLESS, 1, 0);
	assert_int_equal(sign(midnight - 90 * US, 100), 1);
	assert_int_equal(verdict.reason, REASON_PER_DAY);
	assert_int_equal(verdict.rule.line, 4);
	assert_string_equal(verdict.text,
	    "the profile ci allows 3 lines a day (UTC); try again in 90 s");
	assert_left(midnight - 1, BUDGET_ENDLESS, 0, 1);
	assert_int_equal(sign(midnight - 1, 100), 0);
	assert_int_equal(sign(midnight, 100), 3);
}

static void
a_clock_that_is_set_back_never_gives_more(void **state)
{
	(void)state;
	fresh(10, 10, 10, 12);
	assert_int_equal(sign(NOON, 100), 10);
	assert_int_equal(sign(NOON - 30 * DAY, 100), 0);
	assert_int_equal(verdict.reason, REASON_RATE);
	/* Nobody waits for thirty days: as long as for a spent burst. */
	assert_string_equal(verdict.text,
	    "the profile ci allows 10 lines in 10 s, 10 at once; try again in "
	    "1 s");
	assert_int_equal(sign(NOON - 30 * DAY, 100), 0);
	assert_left(NOON - 30 * DAY, 0, 2, 1);
	/* What was used counts on for the day that it is now. */
	budget.full_us = 0;
	assert_int_equal(sign(NOON - 30 * DAY, 100), 2);
	assert_int_equal(verdict.reason, REASON_PER_DAY);
	assert_int_equal(budget.day, NOON / DAY - 30);
	assert_int_equal(sign(NOON - 29 * DAY, 100), 10);
}

static void
a_refund_gives_back_what_was_charged(void **state)
{
	(void)state;
	fresh(10, 10, 10, 100);
	assert_int_equal(sign(NOON, 100), 10);
	budget_refund(&budget, &limits, NOON, NOON);
	budget_refund(&budget, &limits, NOON, NOON);
	assert_left(NOON, 2, 92, 0);
	assert_int_equal(sign(NOON, 100), 2);
}

static void
a_refund_never_gives_what_time_gave_back_already(void **state)
{
	(void)state;
	fresh(10, 10, 10, 100);
	budget_charge(&budget, &limits, NOON);
	assert_int_equal(sign(NOON + 60 * US, 100), 10);
	budget_refund(&budget, &limits, NOON, NOON + 60 * US);
	assert_left(NOON + 60 * US, 0, 90, 1);
	/* Half of its time is over: half of it comes back. */
	budget_charge(&budget, &limits, NOON + 200 * US);
	assert_int_equal(budget.full_us, NOON + 201 * US);
	budget_refund(
	    &budget, &limits, NOON + 200 * US, NOON + 200 * US + US / 4);
	assert_int_equal(budget.full_us, NOON + 200 * US + US / 4);
}

static void
a_refund_of_yesterday_is_not_one_of_today(void **state)
{
	(void)state;
	fresh(0, 0, 0, 5);
	budget_charge(&budget, &limits, NOON);
	budget_charge(&budget, &limits, NOON + DAY);
	assert_int_equal(budget.used, 1);
	budget_refund(&budget, &limits, NOON, NOON + DAY);
	assert_int_equal(budget.used, 1);
	budget_refund(&budget, &limits, NOON + DAY, NOON + DAY);
	budget_refund(&budget, &limits, NOON + DAY, NOON + DAY);
	assert_int_equal(budget.used, 0);
}

static void
holds_with_the_largest_numbers_that_can_be_written(void **state)
{
	(void)state;
	fresh(1, 31 * 86400, 1000000, UINT32_MAX);
	assert_int_equal(sign(NOON, 10), 10);
	assert_left(NOON, 999990, UINT32_MAX - 10, 0);
	budget.full_us = INT64_MAX;
	assert_int_equal(sign(NOON, 10), 0);
	assert_left(NOON, 0, UINT32_MAX - 10, 31 * 86400);
	fresh(UINT32_MAX, 31 * 86400, 0, 0);
	assert_int_equal(sign(NOON, 10), 10);
	assert_left(NOON, UINT32_MAX - UINT64_C(10), BUDGET_ENDLESS, 0);
}

static uint32_t
below(uint32_t limit)
{
	return (uint32_t)random() % limit;
}

/* In any span of time: no more than the burst and what the rate adds. */
static void
run_random(unsigned seed)
{
	int64_t now = NOON, start = NOON, net = 0, charged;
	int64_t lines, seconds;

	srandom(seed);
	lines = 1 + below(50);
	seconds = 1 + below(100);
	fresh((uint32_t)lines, (uint32_t)seconds, 1 + below(20), 0);
	for (int i = 0; i < 400; i++) {
		now += below(3) == 0 ? below(30 * 1000000) : below(1000);
		if (below(20) == 0 && check(now) == REASON_OK) {
			budget_charge(&budget, &limits, now);
			charged = now;
			now += below(4 * 1000000);
			budget_refund(&budget, &limits, charged, now);
			continue;
		}
		net += sign(now, 1 + (int)below(3));
		if (net > limits.burst + (now - start) * lines / (seconds * US))
			fail_msg("seed %u gives more", seed);
	}
}

static void
never_gives_more_than_its_rate_whatever_happens(void **state)
{
	unsigned seed = (unsigned)time(NULL);

	(void)state;
	for (unsigned i = 0; i < 200; i++)
		run_random(seed + i);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_counted_without_a_limit),
		cmocka_unit_test(a_burst_is_spent_and_comes_back_line_by_line),
		cmocka_unit_test(
		    without_a_burst_the_rates_lines_may_come_at_once),
		cmocka_unit_test(a_rate_that_does_not_divide_never_gives_more),
		cmocka_unit_test(a_day_ends_at_midnight_in_utc),
		cmocka_unit_test(a_clock_that_is_set_back_never_gives_more),
		cmocka_unit_test(a_refund_gives_back_what_was_charged),
		cmocka_unit_test(
		    a_refund_never_gives_what_time_gave_back_already),
		cmocka_unit_test(a_refund_of_yesterday_is_not_one_of_today),
		cmocka_unit_test(
		    holds_with_the_largest_numbers_that_can_be_written),
		cmocka_unit_test(
		    never_gives_more_than_its_rate_whatever_happens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
