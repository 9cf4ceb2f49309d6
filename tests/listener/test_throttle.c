/* SPDX-License-Identifier: Apache-2.0 */
#include "listener/throttle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static struct throttle *
limited(uint32_t connections, uint32_t per_address, uint32_t unauthenticated)
{
	const struct throttle_limits limits = { connections, per_address,
		unauthenticated };
	struct throttle *t = throttle_new(&limits);

	assert_non_null(t);
	return t;
}

static void
admits_up_to_the_limit_and_not_one_more(void **state)
{
	struct throttle *t = limited(3, 9, 9);

	(void)state;
	for (uint64_t c = 1; c <= 3; c++)
		assert_int_equal(throttle_admit(t, c, "10.0.0.1"), THROTTLE_OK);
	assert_int_equal(
	    throttle_admit(t, 4, "10.0.0.2"), THROTTLE_CONNECTIONS);
	throttle_gone(t, 2);
	assert_int_equal(throttle_admit(t, 5, "10.0.0.2"), THROTTLE_OK);
	assert_int_equal(
	    throttle_admit(t, 6, "10.0.0.2"), THROTTLE_CONNECTIONS);
	throttle_free(t);
}

static void
refuses_one_address_and_still_admits_others(void **state)
{
	struct throttle *t = limited(9, 2, 9);

	(void)state;
	assert_int_equal(throttle_admit(t, 1, "10.0.0.1"), THROTTLE_OK);
	assert_int_equal(throttle_admit(t, 2, "10.0.0.1"), THROTTLE_OK);
	assert_int_equal(throttle_admit(t, 3, "10.0.0.1"), THROTTLE_ADDRESS);
	assert_int_equal(throttle_admit(t, 4, "10.0.0.2"), THROTTLE_OK);
	throttle_gone(t, 1);
	assert_int_equal(throttle_admit(t, 5, "10.0.0.1"), THROTTLE_OK);
	throttle_free(t);
}

static void
counts_one_ipv6_network_as_one_address(void **state)
{
	struct throttle *t = limited(9, 1, 9);

	(void)state;
	assert_int_equal(throttle_admit(t, 1, "2001:db8:1:2::1"), THROTTLE_OK);
	assert_int_equal(
	    throttle_admit(t, 2, "2001:db8:1:2:ffff::9"), THROTTLE_ADDRESS);
	assert_int_equal(throttle_admit(t, 3, "2001:db8:1:3::1"), THROTTLE_OK);
	throttle_free(t);
}

static void
refuses_more_than_may_be_without_login(void **state)
{
	struct throttle *t = limited(9, 9, 2);

	(void)state;
	assert_int_equal(throttle_admit(t, 1, "10.0.0.1"), THROTTLE_OK);
	assert_int_equal(throttle_admit(t, 2, "10.0.0.2"), THROTTLE_OK);
	assert_int_equal(
	    throttle_admit(t, 3, "10.0.0.3"), THROTTLE_UNAUTHENTICATED);
	throttle_logged_in(t, 1);
	assert_int_equal(throttle_admit(t, 3, "10.0.0.3"), THROTTLE_OK);
	/* Said twice, it counts once. */
	throttle_logged_in(t, 1);
	assert_int_equal(
	    throttle_admit(t, 4, "10.0.0.4"), THROTTLE_UNAUTHENTICATED);
	/* One that goes away without login makes room, one with login none. */
	throttle_gone(t, 1);
	assert_int_equal(
	    throttle_admit(t, 4, "10.0.0.4"), THROTTLE_UNAUTHENTICATED);
	throttle_gone(t, 2);
	assert_int_equal(throttle_admit(t, 4, "10.0.0.4"), THROTTLE_OK);
	throttle_free(t);
}

static void
lets_no_address_alone_keep_others_from_logging_in(void **state)
{
	struct throttle *t = limited(99, 99, 8);

	(void)state;
	for (uint64_t c = 1; c <= 6; c++)
		assert_int_equal(throttle_admit(t, c, "10.0.0.1"), THROTTLE_OK);
	assert_int_equal(
	    throttle_admit(t, 7, "10.0.0.1"), THROTTLE_UNAUTHENTICATED);
	assert_int_equal(throttle_admit(t, 7, "10.0.0.2"), THROTTLE_OK);
	throttle_logged_in(t, 1);
	assert_int_equal(throttle_admit(t, 8, "10.0.0.1"), THROTTLE_OK);
	assert_int_equal(
	    throttle_admit(t, 9, "10.0.0.1"), THROTTLE_UNAUTHENTICATED);
	/* One that had logged in frees nothing here, another does. */
	throttle_gone(t, 1);
	assert_int_equal(
	    throttle_admit(t, 9, "10.0.0.1"), THROTTLE_UNAUTHENTICATED);
	throttle_gone(t, 2);
	assert_int_equal(throttle_admit(t, 9, "10.0.0.1"), THROTTLE_OK);
	throttle_free(t);
}

static void
passes_over_numbers_it_does_not_know(void **state)
{
	struct throttle *t = limited(1, 1, 1);

	(void)state;
	throttle_gone(t, 7);
	throttle_logged_in(t, 7);
	assert_int_equal(throttle_admit(t, 1, "::1"), THROTTLE_OK);
	throttle_gone(t, 7);
	assert_int_equal(throttle_admit(t, 2, "::1"), THROTTLE_CONNECTIONS);
	throttle_free(t);
}

static void
refuses_a_number_given_twice(void **state)
{
	struct throttle *t = limited(9, 9, 9);

	(void)state;
	assert_int_equal(throttle_admit(t, 1, "::1"), THROTTLE_OK);
	assert_int_not_equal(throttle_admit(t, 1, "::1"), THROTTLE_OK);
	throttle_free(t);
}

static void
refuses_everybody_when_nothing_is_allowed(void **state)
{
	struct throttle *t = limited(0, 9, 9);

	(void)state;
	assert_int_equal(throttle_admit(t, 1, "::1"), THROTTLE_CONNECTIONS);
	throttle_free(t);
}

/* Chains of every length, in and out in another order. */
static void
counts_stay_right_through_many(void **state)
{
	struct throttle *t = limited(500, 500, 500);
	char address[32];

	(void)state;
	for (int round = 0; round < 3; round++) {
		for (uint64_t c = 0; c < 500; c++) {
			snprintf(address, sizeof(address), "10.0.%u.%u",
			    (unsigned)(c % 7), (unsigned)(c % 250));
			assert_int_equal(
			    throttle_admit(t, c * 3, address), THROTTLE_OK);
		}
		assert_int_equal(
		    throttle_admit(t, 1, "10.9.9.9"), THROTTLE_CONNECTIONS);
		for (uint64_t c = 0; c < 500; c++)
			throttle_gone(t, (c * 77 % 500) * 3);
	}
	assert_int_equal(throttle_admit(t, 1, "10.9.9.9"), THROTTLE_OK);
	throttle_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(admits_up_to_the_limit_and_not_one_more),
		cmocka_unit_test(refuses_one_address_and_still_admits_others),
		cmocka_unit_test(counts_one_ipv6_network_as_one_address),
		cmocka_unit_test(refuses_more_than_may_be_without_login),
		cmocka_unit_test(
		    lets_no_address_alone_keep_others_from_logging_in),
		cmocka_unit_test(passes_over_numbers_it_does_not_know),
		cmocka_unit_test(refuses_a_number_given_twice),
		cmocka_unit_test(refuses_everybody_when_nothing_is_allowed),
		cmocka_unit_test(counts_stay_right_through_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
