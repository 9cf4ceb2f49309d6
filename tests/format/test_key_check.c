/* SPDX-License-Identifier: Apache-2.0 */
#include "format/key_check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support_chain.h"

static const char *names[4];
static struct signing_key signing;
static struct generation generation = { .key = &signing };

/* The key lists these; the last is NULL. */
static void
lists(const char *a, const char *b)
{
	names[0] = a;
	names[1] = b;
	signing.limits.formats.item = names;
	signing.limits.formats.count = (size_t)(a != NULL) + (b != NULL);
}

static void
says(const struct test_leaf *wish, const char *want)
{
	char *pem = test_chain(&test_keys[TEST_P256], wish);
	char why[MESSAGE_SIZE] = "";

	assert_int_equal(
	    key_file_check(&generation, KEY_FILE_CERTIFICATE, pem, why),
	    want == NULL ? 0 : -1);
	assert_string_equal(why, want == NULL ? "" : want);
	free(pem);
}

static int
teardown(void **state)
{
	test_ca_free();
	return test_keys_free(state);
}

static void
its_usage_fits_each_format_that_the_key_lists(void **state)
{
	static const struct test_leaf encrypts = { .key_usage =
						       "keyEncipherment" };

	(void)state;
	lists("cms", NULL);
	says(NULL, NULL);
	says(&encrypts,
	    "is not for format cms: its keyUsage lacks digitalSignature");
	/* Formats that do not use it ask for nothing. */
	lists("raw", NULL);
	says(&encrypts, NULL);
	lists("raw", "kmod");
	says(&encrypts,
	    "is not for format kmod: its keyUsage lacks digitalSignature");
	lists(NULL, NULL);
	says(&encrypts, NULL);
}

static void
its_dates_make_no_tree_bad(void **state)
{
	static const struct test_leaf over = { .from = -9, .until = -8 };
	static const struct test_leaf ahead = { .from = 800, .until = 900 };

	(void)state;
	lists("cms", NULL);
	says(&over, NULL);
	says(&ahead, NULL);
}

static void
what_cannot_be_read_is_told(void **state)
{
	char why[MESSAGE_SIZE] = "";

	(void)state;
	lists("cms", NULL);
	assert_int_equal(key_file_check(&generation, KEY_FILE_CERTIFICATE,
			     "-----BEGIN CERTIFICATE-----\nAA==\n"
			     "-----END CERTIFICATE-----\n",
			     why),
	    -1);
	assert_string_equal(why, "certificate 1 in it cannot be read");
	assert_int_equal(key_file_check(&generation, KEY_FILE_OPENPGP,
			     "-----BEGIN PGP PUBLIC KEY BLOCK-----\n", why),
	    -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(its_usage_fits_each_format_that_the_key_lists),
		cmocka_unit_test(its_dates_make_no_tree_bad),
		cmocka_unit_test(what_cannot_be_read_is_told),
	};

	return cmocka_run_group_tests(tests, test_keys_make, teardown);
}
