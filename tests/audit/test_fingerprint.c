/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/fingerprint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct entry {
	const char *file, *text;
};

static void
take(const struct entry *files, size_t count, char ret[TREE_FINGERPRINT_SIZE])
{
	struct tree_fingerprint *f = tree_fingerprint_new();

	assert_non_null(f);
	for (size_t i = 0; i < count; i++)
		tree_fingerprint_add(
		    f, files[i].file, files[i].text, strlen(files[i].text));
	assert_int_equal(tree_fingerprint_end(f, ret), 0);
	tree_fingerprint_free(f);
}

/* printf 'a\0\0\0\0\0\0\0\0\3xyz' | sha256sum */
static void
is_what_sha256sum_says(void **state)
{
	static const struct entry files[] = { { "a", "xyz" } };
	char got[TREE_FINGERPRINT_SIZE];

	(void)state;
	take(files, 1, got);
	assert_string_equal(got,
	    "9d8aa5e77393e4cb6eeab80cb119222c"
	    "0bcdc09fd9738d3756abd6660db11bd4");
}

static void
tells_trees_apart(void **state)
{
	static const struct entry trees[][2] = {
		{ { "a", "x" }, { "b", "y" } },
		{ { "b", "y" }, { "a", "x" } },
		{ { "a", "xb" }, { "", "y" } },
		{ { "ax", "" }, { "b", "y" } },
		{ { "a", "" }, { "b", "xy" } },
		{ { "a", "x" }, { "b", "Y" } },
		{ { "a", "x" }, { "c", "y" } },
	};
	enum {
		COUNT = sizeof(trees) / sizeof(trees[0])
	};
	char got[COUNT][TREE_FINGERPRINT_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT; i++) {
		take(trees[i], 2, got[i]);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(got[i], got[j]);
	}
}

static void
accepts_nothing_at_all(void **state)
{
	char got[TREE_FINGERPRINT_SIZE];

	(void)state;
	take(NULL, 0, got);
	assert_memory_equal(got, "e3b0c44298fc1c14", 16);
	tree_fingerprint_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_what_sha256sum_says),
		cmocka_unit_test(tells_trees_apart),
		cmocka_unit_test(accepts_nothing_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
