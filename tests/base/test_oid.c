/* SPDX-License-Identifier: Apache-2.0 */
#include "base/oid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

static void
assert_both_ways(const char *text, const char *hex)
{
	uint8_t bytes[OID_MAX];
	char back[2 * OID_MAX + 1], again[OID_TEXT];
	size_t len;

	if (oid_encode(text, bytes, &len) == -1)
		fail_msg("%s was refused", text);
	hex_encode(bytes, len, back);
	assert_string_equal(back, hex);
	assert_int_equal(oid_text(bytes, len, again), 0);
	assert_string_equal(again, text);
}

static void
comes_and_goes(void **state)
{
	(void)state;
	assert_both_ways("0.0", "00");
	assert_both_ways("1.39", "4f");
	assert_both_ways("2.0", "50");
	assert_both_ways("2.47", "7f");
	assert_both_ways("2.48", "8100");
	assert_both_ways("1.2.840.113549.1.9.16.1.4", "2a864886f70d0109100104");
	assert_both_ways("1.3.6.1.4.1.32473.1", "2b0601040181fd5901");
	assert_both_ways("2.16.840.1.101.3.4.2.1", "608648016503040201");
	assert_both_ways("1.3.18446744073709551615", "2b81ffffffffffffffff7f");
	assert_both_ways("2.18446744073709551535", "81ffffffffffffffff7f");
}

static void
refuses_what_is_no_identifier(void **state)
{
	static const char *const bad[] = { "", ".", "1", "1.", ".1", "1..2",
		"3.1", "0.40", "1.40", "1.2.", "1.2.x", "1.2 ", " 1.2", "1.02",
		"01.2", "-1.2", "1.2.-3", "1.2.+3", "1.3.18446744073709551616",
		"1.3.99999999999999999999999", "2.18446744073709551536" };
	uint8_t bytes[OID_MAX];
	size_t len = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (oid_encode(bad[i], bytes, &len) == 0)
			fail_msg("%s was accepted", bad[i]);
	assert_int_equal(len, 7);
}

static void
refuses_what_is_not_the_one_form(void **state)
{
	static const char *const bad[] = { "", "80", "8001", "2a80", "2a8001",
		"2a86", "ff", "2b82808080808080808000" };
	uint8_t bytes[OID_MAX];
	char text[OID_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(hex_decode(bad[i], strlen(bad[i]), bytes), 0);
		if (oid_text(bytes, strlen(bad[i]) / 2, text) == 0)
			fail_msg("%s was accepted", bad[i]);
	}
}

static void
the_longest_fits_and_no_longer_one(void **state)
{
	char text[OID_TEXT + 16], back[OID_TEXT];
	uint8_t bytes[OID_MAX + 1];
	size_t len, used;

	(void)state;
	used = (size_t)snprintf(text, sizeof(text), "2.47");
	for (int i = 1; i < OID_MAX; i++)
		used +=
		    (size_t)snprintf(text + used, sizeof(text) - used, ".127");
	assert_int_equal(oid_encode(text, bytes, &len), 0);
	assert_int_equal(len, OID_MAX);
	assert_int_equal(oid_text(bytes, len, back), 0);
	assert_string_equal(back, text);
	snprintf(text + used, sizeof(text) - used, ".1");
	assert_int_equal(oid_encode(text, bytes, &len), -1);
	memset(bytes, 1, sizeof(bytes));
	assert_int_equal(oid_text(bytes, sizeof(bytes), back), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comes_and_goes),
		cmocka_unit_test(refuses_what_is_no_identifier),
		cmocka_unit_test(refuses_what_is_not_the_one_form),
		cmocka_unit_test(the_longest_fits_and_no_longer_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
