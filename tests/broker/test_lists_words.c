/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/lists_words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct list_words words;
static struct list_facts facts;

static int
set_up(void **state)
{
	(void)state;
	facts = (struct list_facts){ .digest = "ab",
		.hash = "sha256",
		.name = "a b.bin",
		.key = "release",
		.format = "raw",
		.profile = "ci",
		.user = "build01" };
	return 0;
}

/* "/c" with this argument: the argument, or NULL. */
static const char *
filled(const char *arg)
{
	const char *item[] = { "/c", arg, NULL };
	const struct names command = { .item = item, .count = 2 };

	if (!lists_words_fill(&words, &command, &facts))
		return NULL;
	assert_int_equal(words.count, 2);
	assert_string_equal(list_words_at(&words, 0), "/c");
	return list_words_at(&words, 1);
}

static void
fills_in_every_fact(void **state)
{
	(void)state;
	assert_string_equal(filled("%d"), "ab");
	assert_string_equal(filled("%h"), "sha256");
	assert_string_equal(filled("%n"), "a b.bin");
	assert_string_equal(filled("%k"), "release");
	assert_string_equal(filled("%f"), "raw");
	assert_string_equal(filled("%p"), "ci");
	assert_string_equal(filled("%u"), "build01");
	assert_string_equal(filled("100%%"), "100%");
	assert_string_equal(filled("--is=%h:%d-%n"), "--is=sha256:ab-a b.bin");
	assert_string_equal(filled("plain"), "plain");
}

static void
what_is_filled_in_is_not_looked_at_again(void **state)
{
	(void)state;
	facts.name = "%d%%%k%";
	assert_string_equal(filled("%n"), "%d%%%k%");
	assert_string_equal(filled("%n%n"), "%d%%%k%%d%%%k%");
}

static void
a_word_that_becomes_empty_stays_a_word(void **state)
{
	const char *item[] = { "/c", "%n", "x", NULL };
	const struct names command = { .item = item, .count = 3 };

	(void)state;
	facts.name = "";
	assert_true(lists_words_fill(&words, &command, &facts));
	assert_int_equal(words.count, 3);
	assert_string_equal(list_words_at(&words, 1), "");
	assert_string_equal(list_words_at(&words, 2), "x");
}

static void
the_path_is_taken_as_it_is(void **state)
{
	const char *item[] = { "/bin/%n", NULL };
	const struct names command = { .item = item, .count = 1 };

	(void)state;
	assert_true(lists_words_fill(&words, &command, &facts));
	assert_string_equal(list_words_at(&words, 0), "/bin/%n");
}

static void
refuses_words_that_become_too_long(void **state)
{
	static char arg[4001], name[256];

	(void)state;
	for (size_t i = 0; i + 1 < sizeof(arg); i += 2)
		memcpy(arg + i, "%n", 2);
	memset(name, 'n', sizeof(name) - 1);
	facts.name = name;
	assert_null(filled(arg));
	facts.name = "n";
	assert_int_equal(strlen(filled(arg)), 2000);
}

static void
a_percent_at_the_end_does_not_hang(void **state)
{
	(void)state;
	assert_string_equal(filled("x%"), "x");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup(name, set_up)
		CASE(fills_in_every_fact),
		CASE(what_is_filled_in_is_not_looked_at_again),
		CASE(a_word_that_becomes_empty_stays_a_word),
		CASE(the_path_is_taken_as_it_is),
		CASE(refuses_words_that_become_too_long),
		CASE(a_percent_at_the_end_does_not_hang),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
