/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/apart.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "policy/resolve.h"

/* A key that lists one format, or two. */
static struct signing_key
key_with(const char *item[2], const char *one, const char *other)
{
	item[0] = one;
	item[1] = other;
	return (struct signing_key){ .name = "k",
		.wrapped = true,
		.limits.formats = { .item = item,
		    .count = other != NULL ? 2 : 1,
		    .rule = { .line = 7 } } };
}

static void
check(const char *one, const char *other, const char *want)
{
	const char *item[2], *mine[2], *theirs[2];
	struct signing_key key = key_with(item, one, other), a, b;
	struct text_error error = { .what = "" };
	char why[APART_SIZE] = "";

	assert_int_equal(apart_check(&key, &error), want != NULL ? -1 : 0);
	a = key_with(mine, one, NULL);
	b = key_with(theirs, other, NULL);
	assert_int_equal(apart_from(&a, &b, why), want == NULL);
	assert_int_equal(apart_from(&b, &a, why), want == NULL);
	if (want == NULL)
		return;
	assert_int_equal(error.line, 7);
	assert_string_equal(error.what, want);
}

static void
a_few_formats_stay_apart(void **state)
{
	(void)state;
	check("freebsd-pkg", "verity",
	    "key k: formats verity and freebsd-pkg sign the same bytes: each "
	    "needs a key of its own");
	check("cms", "openpgp",
	    "key k: formats openpgp and cms could be made to sign the same "
	    "bytes: each needs a key of its own");
	check("openpgp-text", "sigstore-dsse",
	    "key k: formats openpgp-text and sigstore-dsse could be made to "
	    "sign the same bytes: each needs a key of its own");
	check("fsverity", "openpgp",
	    "key k: formats openpgp and fsverity could be made to sign the "
	    "same bytes: each needs a key of its own");
}

static void
all_others_go_together(void **state)
{
	(void)state;
	check("cms", "sshsig", NULL);
	check("openpgp", "sums-openpgp", NULL);
	check("verity", "fsverity", NULL);
	check("dsse", "manifest", NULL);
}

static void
a_key_without_a_list_has_formats_too(void **state)
{
	const char *item[2];
	struct signing_key lists = key_with(item, "openpgp", NULL);
	struct signing_key none = { .name = "n", .wrapped = true };
	char why[APART_SIZE];

	(void)state;
	assert_false(apart_from(&lists, &none, why));
	assert_string_equal(why,
	    "formats openpgp and cms could be made to sign the same bytes");
	assert_false(apart_from(&none, &lists, why));
	assert_true(apart_from(&none, &none, why));
	lists = key_with(item, "verity", NULL);
	assert_true(apart_from(&lists, &none, why));
}

static void
a_set_changes_with_what_matters(void **state)
{
	const char *item[2];
	struct signing_key none = { .name = "n", .wrapped = true };
	struct signing_key key = key_with(item, "openpgp", NULL);
	uint32_t set = apart_set(&key);

	(void)state;
	assert_int_not_equal(set, apart_set(&none));
	key = key_with(item, "openpgp", "sums-openpgp");
	assert_int_equal(set, apart_set(&key));
	key = key_with(item, "cms", NULL);
	assert_int_not_equal(set, apart_set(&key));
	key = key_with(item, "sshsig", NULL);
	assert_int_equal(apart_set(&key), 0);
}

static void
some_formats_must_be_listed(void **state)
{
	const struct format_word word = { .name = "freebsd-pkg",
		.wrapped = true,
		.needs = FORMAT_NEEDS_LISTING };
	struct signing_key key = { .name = "k", .wrapped = true };
	struct format_word plain = word;
	const char *item[2];

	(void)state;
	plain.needs = 0;
	assert_false(key_allows_format(&key, &word));
	assert_true(key_allows_format(&key, &plain));
	key = key_with(item, "freebsd-pkg", NULL);
	assert_true(key_allows_format(&key, &word));
	key.wrapped = false;
	assert_false(key_allows_format(&key, &word));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_few_formats_stay_apart),
		cmocka_unit_test(all_others_go_together),
		cmocka_unit_test(a_key_without_a_list_has_formats_too),
		cmocka_unit_test(a_set_changes_with_what_matters),
		cmocka_unit_test(some_formats_must_be_listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
