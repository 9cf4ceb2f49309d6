/* SPDX-License-Identifier: Apache-2.0 */
#include "lists/set.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const size_t sizes[] = { 32, 48, 64 };

/* Number n as a digest that is spread over all values. */
static void
digest(uint32_t n, uint8_t ret[64])
{
	n *= 2654435761u;
	memset(ret, 0x5a, 64);
	memcpy(ret, &n, sizeof(n));
}

static struct set *
filled(size_t len, uint32_t count)
{
	struct set *set = set_new();
	uint8_t bytes[64];

	assert_non_null(set);
	for (uint32_t n = 0; n < count; n++) {
		digest(n, bytes);
		assert_int_equal(set_add(set, bytes, len), 0);
	}
	return set;
}

static void
has_what_was_added_and_nothing_else(void **state)
{
	uint8_t bytes[64];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct set *set = filled(sizes[i], 1000);

		set_seal(set);
		assert_int_equal(set_count(set), 1000);
		for (uint32_t n = 0; n < 2000; n++) {
			digest(n, bytes);
			assert_int_equal(
			    set_has(set, bytes, sizes[i]), n < 1000);
		}
		/* The last byte counts. */
		digest(0, bytes);
		bytes[sizes[i] - 1] ^= 1;
		assert_false(set_has(set, bytes, sizes[i]));
		set_free(set);
	}
}

/* Enough of them to be sorted in another way, evenly spread and not. */
static void
many_are_found_however_they_are_spread(void **state)
{
	uint8_t bytes[64];

	(void)state;
	for (int uneven = 0; uneven < 2; uneven++) {
		struct set *set = set_new();

		for (uint32_t n = 0; n < 50000; n++) {
			digest(n, bytes);
			if (uneven)
				bytes[0] = bytes[1] = 0;
			bytes[5] = (uint8_t)(n >> 8);
			bytes[6] = (uint8_t)n;
			assert_int_equal(set_add(set, bytes, 32), 0);
		}
		set_seal(set);
		assert_int_equal(set_count(set), 50000);
		for (uint32_t n = 0; n < 50000; n++) {
			digest(n, bytes);
			if (uneven)
				bytes[0] = bytes[1] = 0;
			bytes[5] = (uint8_t)(n >> 8);
			bytes[6] = (uint8_t)n;
			assert_true(set_has(set, bytes, 32));
			bytes[7] ^= 1;
			assert_false(set_has(set, bytes, 32));
		}
		set_free(set);
	}
}

static void
lengths_do_not_mix(void **state)
{
	struct set *set = filled(32, 10);
	uint8_t bytes[64];

	(void)state;
	set_seal(set);
	digest(3, bytes);
	assert_true(set_has(set, bytes, 32));
	assert_false(set_has(set, bytes, 48));
	assert_false(set_has(set, bytes, 64));
	assert_false(set_has(set, bytes, 31));
	assert_false(set_has(set, bytes, 0));
	set_free(set);
}

static void
finds_nothing_before_it_is_sealed_or_when_it_is_empty(void **state)
{
	struct set *set = filled(32, 1), *empty = set_new();
	uint8_t bytes[64];

	(void)state;
	digest(0, bytes);
	assert_false(set_has(set, bytes, 32));
	set_seal(empty);
	assert_false(set_has(empty, bytes, 32));
	set_free(set);
	set_free(empty);
	set_free(NULL);
}

static void
refuses_other_lengths_and_too_many(void **state)
{
	static const size_t lengths[] = { 0, 20, 31, 33, 65 };
	struct set *set = filled(32, SET_MAX);
	uint8_t bytes[80] = { 0 };

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		errno = 0;
		assert_int_equal(set_add(set, bytes, lengths[i]), -1);
		assert_int_equal(errno, EINVAL);
	}
	assert_int_equal(set_add(set, bytes, 32), -1);
	assert_int_equal(errno, ENOSPC);
	assert_int_equal(set_add(set, bytes, 64), -1);
	assert_int_equal(errno, ENOSPC);
	assert_true(set_bytes(set) >= (size_t)SET_MAX * 32);
	set_free(set);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_what_was_added_and_nothing_else),
		cmocka_unit_test(many_are_found_however_they_are_spread),
		cmocka_unit_test(lengths_do_not_mix),
		cmocka_unit_test(
		    finds_nothing_before_it_is_sealed_or_when_it_is_empty),
		cmocka_unit_test(refuses_other_lengths_and_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
