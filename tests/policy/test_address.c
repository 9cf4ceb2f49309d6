/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/policy/glob.c */
#include "policy/address.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void
matches_addresses_networks_and_patterns(void **state)
{
	(void)state;
	assert_true(address_list_match("10.2.0.7", "10.2.0.7"));
	assert_true(address_list_match("10.2.0.0/16", "10.2.255.255"));
	assert_true(address_list_match("10.2.*", "10.2.3.4"));
	assert_true(address_list_match("10.2.3.?", "10.2.3.4"));
	assert_true(address_list_match("*", "192.0.2.1"));
	assert_true(address_list_match("2001:db8::/32", "2001:db8:1::5"));
	assert_true(address_list_match("2001:DB8:*", "2001:db8:1::5"));
	assert_true(address_list_match("2001:db8:0:0::1", "2001:db8::1"));
	assert_true(address_list_match("192.0.2.1,10.0.0.0/8", "10.1.1.1"));
	assert_true(address_list_match("0.0.0.0/0", "203.0.113.9"));
	assert_true(address_list_match("::/0", "2001:db8::1"));
}

static void
does_not_match_the_neighbours(void **state)
{
	(void)state;
	assert_false(address_list_match("10.2.0.0/16", "10.1.255.255"));
	assert_false(address_list_match("10.2.0.0/16", "10.3.0.0"));
	assert_false(address_list_match("10.2.0.0/17", "10.2.128.0"));
	assert_false(address_list_match("10.2.0.7/32", "10.2.0.6"));
	assert_false(address_list_match("10.2.3.?", "10.2.3.44"));
	assert_false(address_list_match("2001:db8::/33", "2001:db8:8000::"));
	assert_false(address_list_match("10.2.0.7", "10.2.0.70"));
}

static void
keeps_the_families_apart(void **state)
{
	(void)state;
	assert_false(address_list_match("0.0.0.0/0", "2001:db8::1"));
	assert_false(address_list_match("::/0", "192.0.2.1"));
}

static void
takes_mapped_addresses_for_ipv4(void **state)
{
	(void)state;
	assert_true(address_list_match("10.0.0.0/8", "::ffff:10.1.2.3"));
	assert_true(address_list_match("10.1.*", "::ffff:10.1.2.3"));
	assert_true(address_list_match("::ffff:10.0.0.0/104", "10.1.2.3"));
	assert_true(address_list_match("::ffff:10.1.2.3", "10.1.2.3"));
	assert_false(address_list_match("::/0", "::ffff:10.1.2.3"));
	assert_false(address_list_match("::ffff:10.0.0.0/104", "11.0.0.1"));
}

static void
lets_a_negated_match_refuse_wherever_it_stands(void **state)
{
	(void)state;
	assert_false(address_list_match("!10.2.9.*,10.2.0.0/16", "10.2.9.1"));
	assert_false(address_list_match("10.2.0.0/16,!10.2.9.*", "10.2.9.1"));
	assert_true(address_list_match("10.2.0.0/16,!10.2.9.*", "10.2.8.1"));
	assert_false(address_list_match("!10.2.9.1", "10.2.8.1"));
}

static void
ignores_the_scope_of_a_link_local_address(void **state)
{
	(void)state;
	assert_true(address_list_match("fe80::/10", "fe80::1%eth0"));
}

static void
matches_nothing_that_is_no_address(void **state)
{
	(void)state;
	assert_false(address_list_match("*", "UNKNOWN"));
	assert_false(address_list_match("*", ""));
	assert_false(address_list_match("*", "host.example.org"));
}

static void
refuses_broken_lists(void **state)
{
	static const struct {
		const char *list, *what;
	} bad[] = {
		{ "", "an empty entry in the list" },
		{ "10.0.0.1,", "an empty entry in the list" },
		{ ",10.0.0.1", "an empty or over-long entry in the list" },
		{ "10.0.0.1,,10.0.0.2",
		    "an empty or over-long entry in the list" },
		{ "!", "an empty or over-long entry in the list" },
		{ "10.2.0.1/16",
		    "\"10.2.0.1/16\": the address has bits behind its mask" },
		{ "10.0.0.0/33",
		    "\"10.0.0.0/33\": the mask must be 0 to 32 bits" },
		{ "2001:db8::/129",
		    "\"2001:db8::/129\": the mask must be 0 to 128 bits" },
		{ "10.0.0.0/", "\"10.0.0.0/\": the mask must be 0 to 32 bits" },
		{ "10.0.0.0/-1",
		    "\"10.0.0.0/-1\": the mask must be 0 to 32 bits" },
		{ "10.0.0/8",
		    "\"10.0.0/8\" is not a network: write 10.0.0.0/8 or "
		    "2001:db8::/32" },
		{ "*.example.org",
		    "\"*.example.org\" is not an address, a network "
		    "(10.0.0.0/8) or a pattern (10.2.*); host names are not "
		    "looked up" },
		{ "dead",
		    "\"dead\" is not an address, a network (10.0.0.0/8) or a "
		    "pattern (10.2.*); host names are not looked up" },
		{ "10.0.0.256",
		    "\"10.0.0.256\" is not an address, a network (10.0.0.0/8) "
		    "or a pattern (10.2.*); host names are not looked up" },
		{ "*,!::FFFF:10.2.*",
		    "\"::FFFF:10.2.*\": write patterns of IPv4 addresses as "
		    "10.2.*" },
		{ "!10.0.0.1",
		    "only \"!\" entries match nothing: add \"*\" or a "
		    "network" },
	};
	struct text_error error;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(address_list_check(bad[i].list, &error), -1);
		assert_string_equal(error.what, bad[i].what);
	}
}

static void
takes_good_lists(void **state)
{
	static const char *const good[] = { "*", "10.2.*,!10.2.9.?",
		"10.0.0.0/8,2001:db8::/32,192.0.2.1", "!10.0.0.1,*", "::1",
		"0.0.0.0/0" };
	struct text_error error;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_int_equal(address_list_check(good[i], &error), 0);
}

static void
refuses_an_over_long_entry(void **state)
{
	char list[201];
	struct text_error error;

	(void)state;
	memset(list, '1', sizeof(list) - 1);
	list[sizeof(list) - 1] = '\0';
	assert_int_equal(address_list_check(list, &error), -1);
	assert_false(address_list_match(list, "1.1.1.1"));
	assert_false(address_list_match("*", list));
}

static void
matches_globs(void **state)
{
	(void)state;
	assert_true(glob_match("*.bin", "fw.bin"));
	assert_true(glob_match("*.bin", "a/b/fw.bin"));
	assert_true(glob_match("dist/*", "dist/a/b"));
	assert_true(glob_match("a?c", "a/c"));
	assert_true(glob_match("v[0-9].[!a-z]", "v3.X"));
	assert_true(glob_match("[]x]", "]"));
	assert_true(glob_match("[a-]", "-"));
	assert_true(glob_match("a[b", "a[b"));
	assert_true(glob_match("*", "anything"));
	assert_true(glob_match("**a**b", "xxaxxb"));
	assert_true(glob_match("", ""));
}

static void
does_not_match_globs_by_half(void **state)
{
	(void)state;
	assert_false(glob_match("*.bin", "fw.bin.exe"));
	assert_false(glob_match("dist/*", "../dist/a"));
	assert_false(glob_match("?", ""));
	assert_false(glob_match("a", "A"));
	assert_false(glob_match("v[0-9]", "va"));
	assert_false(glob_match("v[!0-9]", "v1"));
	assert_false(glob_match("", "a"));
	assert_false(glob_match("[a-c]", "d"));
	assert_false(glob_match("*a", "b"));
}

static void
ends_soon_on_a_glob_made_to_be_slow(void **state)
{
	char text[256], pattern[] = "*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b";

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_false(glob_match(pattern, text));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(matches_addresses_networks_and_patterns),
		cmocka_unit_test(does_not_match_the_neighbours),
		cmocka_unit_test(keeps_the_families_apart),
		cmocka_unit_test(takes_mapped_addresses_for_ipv4),
		cmocka_unit_test(
		    lets_a_negated_match_refuse_wherever_it_stands),
		cmocka_unit_test(ignores_the_scope_of_a_link_local_address),
		cmocka_unit_test(matches_nothing_that_is_no_address),
		cmocka_unit_test(refuses_broken_lists),
		cmocka_unit_test(takes_good_lists),
		cmocka_unit_test(refuses_an_over_long_entry),
		cmocka_unit_test(matches_globs),
		cmocka_unit_test(does_not_match_globs_by_half),
		cmocka_unit_test(ends_soon_on_a_glob_made_to_be_slow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
