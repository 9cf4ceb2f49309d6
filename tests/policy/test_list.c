/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void
assert_items(const char *text, bool commas, const char *expected)
{
	char joined[128] = "";
	const char *item;
	size_t len, used = 0;

	while (list_next(&text, commas, &item, &len))
		used += (size_t)snprintf(joined + used, sizeof(joined) - used,
		    "<%.*s>", (int)len, item);
	assert_string_equal(joined, expected);
}

static void
cuts_at_blanks_and_commas(void **state)
{
	(void)state;
	assert_items("a b", true, "<a><b>");
	assert_items(" a,\tb ,c, ,", true, "<a><b><c>");
	assert_items("a,b c", false, "<a,b><c>");
	assert_items("", true, "");
	assert_items(" , ", true, "");
}

static void
puts_items_together(void **state)
{
	char text[64] = "allowed: ";
	struct sentence s;

	(void)state;
	sentence_init(&s, text, sizeof(text));
	sentence_item(&s, "raw");
	sentence_item(&s, "p1363");
	assert_string_equal(text, "allowed: raw, p1363");
}

static void
says_when_not_all_fitted(void **state)
{
	char text[20] = "";
	struct sentence s;

	(void)state;
	sentence_init(&s, text, sizeof(text));
	for (unsigned i = 0; i < 9; i++)
		sentence_item(&s, "word");
	assert_string_equal(text, "word, word, ...");
}

static void
never_writes_behind_the_end(void **state)
{
	(void)state;
	for (size_t size = 1; size < 16; size++) {
		char text[32];
		struct sentence s;

		memset(text, '\x7f', sizeof(text));
		text[0] = '\0';
		sentence_init(&s, text, size);
		sentence_item(&s, "one");
		sentence_item(&s, "two");
		assert_true(strlen(text) < size);
		assert_int_equal(text[size], '\x7f');
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cuts_at_blanks_and_commas),
		cmocka_unit_test(puts_items_together),
		cmocka_unit_test(says_when_not_all_fitted),
		cmocka_unit_test(never_writes_behind_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
