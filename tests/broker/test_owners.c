/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/owners.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define NOW UINT64_C(5000000000)

static void
reloads_have_their_distance(void **state)
{
	struct owners owners = { 0 };

	(void)state;
	assert_int_equal(owners_reload(&owners, 7, NOW), 0);
	assert_int_equal(owners_reload(&owners, 7, NOW), 1);
	assert_int_equal(
	    owners_reload(&owners, 7, NOW + OWNERS_RELOAD_US - 1), 1);
	assert_int_equal(owners_reload(&owners, 7, NOW + OWNERS_RELOAD_US), 0);
	assert_int_equal(owners_reload(&owners, 7, NOW + OWNERS_RELOAD_US), 1);
}

static void
many_changes_put_the_next_reload_off(void **state)
{
	const uint64_t second = 1000000;
	struct owners owners = { 0 };

	(void)state;
	owners_changed(&owners, 7, OWNERS_CHANGES, NOW);
	assert_int_equal(owners_reload(&owners, 7, NOW), 0);
	owners_changed(&owners, 7, 1220, NOW + second);
	assert_int_equal(owners_reload(&owners, 7, NOW + second), 60);
	assert_int_equal(owners_reload(&owners, 7, NOW + 61 * second - 1), 1);
	assert_int_equal(owners_reload(&owners, 7, NOW + 61 * second), 0);
	/* A whole tenant of the largest, there and back. */
	assert_int_equal(owners_reload(&owners, 8, NOW), 0);
	owners_changed(&owners, 8, 200000, NOW);
	assert_int_equal(owners_reload(&owners, 8, NOW + second), 8999);
	assert_int_equal(owners_reload(&owners, 8, NOW + 9000 * second), 0);
}

static unsigned
orders(struct owners *owners, uid_t uid, uint64_t now_us)
{
	unsigned count = 0;

	while (
	    count < 2 * OWNERS_ORDERS && owners_may_order(owners, uid, now_us))
		count++;
	return count;
}

static void
many_orders_at_once_and_then_one_at_a_time(void **state)
{
	struct owners owners = { 0 };
	uint64_t hour = UINT64_C(3600000000);

	(void)state;
	assert_int_equal(orders(&owners, 7, NOW), OWNERS_ORDERS);
	assert_int_equal(orders(&owners, 7, NOW + OWNERS_ORDER_US - 1), 0);
	assert_int_equal(orders(&owners, 7, NOW + OWNERS_ORDER_US), 1);
	assert_int_equal(orders(&owners, 7, NOW + 11 * OWNERS_ORDER_US), 10);
	/* What was not used does not heap up. */
	assert_int_equal(orders(&owners, 7, NOW + hour), OWNERS_ORDERS);
	assert_int_equal(orders(&owners, 7, NOW + 9 * hour), OWNERS_ORDERS);
}

static void
no_owner_uses_up_what_is_anothers(void **state)
{
	struct owners owners = { 0 };

	(void)state;
	assert_int_equal(orders(&owners, 7, NOW), OWNERS_ORDERS);
	assert_int_equal(owners_reload(&owners, 7, NOW), 0);
	for (uid_t uid = 100; uid < 100 + OWNERS_MAX - 1; uid++) {
		assert_int_equal(owners_reload(&owners, uid, NOW + 1), 0);
		assert_true(owners_may_order(&owners, uid, NOW + 1));
	}
	/* And is not forgotten for them. */
	assert_int_equal(owners_reload(&owners, 7, NOW + 2), 1);
	assert_false(owners_may_order(&owners, 7, NOW + 2));
	/* root's number is one like another. */
	assert_true(owners_may_order(&owners, 0, NOW + 3));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reloads_have_their_distance),
		cmocka_unit_test(many_changes_put_the_next_reload_off),
		cmocka_unit_test(many_orders_at_once_and_then_one_at_a_time),
		cmocka_unit_test(no_owner_uses_up_what_is_anothers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
