/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void
sorts_characters_without_a_locale(void **state)
{
	unsigned digits = 0, letters = 0, blanks = 0, printable = 0;

	(void)state;
	for (int i = -128; i < 128; i++) {
		char c = (char)i;

		digits += char_is_digit(c);
		letters += char_is_alpha(c);
		blanks += char_is_blank(c);
		printable += char_is_print(c);
	}
	assert_int_equal(digits, 10);
	assert_int_equal(letters, 52);
	assert_int_equal(blanks, 2);
	assert_int_equal(printable, 95);
	assert_true(char_is_print(' ') && char_is_print('~'));
}

static void
reads_numbers(void **state)
{
	uint64_t value = 7;

	(void)state;
	assert_int_equal(text_number("0", 0, &value), 0);
	assert_true(value == 0);
	assert_int_equal(text_number("65535", 65535, &value), 0);
	assert_true(value == 65535);
	assert_int_equal(
	    text_number("18446744073709551615", UINT64_MAX, &value), 0);
	assert_true(value == UINT64_MAX);
}

static void
refuses_what_is_no_number(void **state)
{
	static const char *const bad[] = { "", " 1", "1 ", "+1", "-1", "0x10",
		"1.0", "1e3", "a", "1\n", "\xd9\xa1" };
	uint64_t value = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(text_number(bad[i], UINT64_MAX, &value), -1);
	assert_true(value == 7);
}

static void
refuses_numbers_above_their_limit(void **state)
{
	uint64_t value = 7;

	(void)state;
	assert_int_equal(text_number("1", 0, &value), -1);
	assert_int_equal(text_number("9", 8, &value), -1);
	assert_int_equal(text_number("10", 9, &value), -1);
	assert_int_equal(text_number("65536", 65535, &value), -1);
	assert_int_equal(
	    text_number("18446744073709551616", UINT64_MAX, &value), -1);
	assert_int_equal(
	    text_number("99999999999999999999999", UINT64_MAX, &value), -1);
	assert_true(value == 7);
}

static uint32_t
seconds(const char *text)
{
	uint32_t s = 1;

	assert_int_equal(text_duration(text, UINT32_MAX, &s), 0);
	return s;
}

static void
reads_durations(void **state)
{
	(void)state;
	assert_int_equal(seconds("30"), 30);
	assert_int_equal(seconds("30s"), 30);
	assert_int_equal(seconds("10m"), 600);
	assert_int_equal(seconds("2h"), 7200);
	assert_int_equal(seconds("1d"), 86400);
	assert_int_equal(seconds("0"), 0);
	assert_true(seconds("4294967295") == UINT32_MAX);
}

static void
reads_sizes(void **state)
{
	static const char *const bad[] = { "", "K", "1k1", "1Q", "-1", " 1",
		"1 K", "1KB", "18446744073709551616", "17179869184G" };
	uint64_t size;

	(void)state;
	assert_int_equal(text_size("4096", UINT64_MAX, &size), 0);
	assert_int_equal(size, 4096);
	assert_int_equal(text_size("3k", UINT64_MAX, &size), 0);
	assert_int_equal(size, 3072);
	assert_int_equal(text_size("100M", UINT64_MAX, &size), 0);
	assert_int_equal(size, 100 << 20);
	assert_int_equal(text_size("17179869183G", UINT64_MAX, &size), 0);
	assert_true(size == UINT64_C(17179869183) << 30);
	assert_int_equal(text_size("1025", 1024, &size), -1);
	assert_int_equal(text_size("2K", 1024, &size), -1);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(text_size(bad[i], UINT64_MAX, &size), -1);
}

static void
refuses_what_is_no_duration(void **state)
{
	static const char *const bad[] = { "", "s", "m", "1w", "1 s", "1ms",
		"1s1", "-1s", "1S", "1h30m", "49711d", "4294967296",
		"99999999999999999999s" };
	uint32_t s = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(text_duration(bad[i], UINT32_MAX, &s), -1);
	assert_int_equal(text_duration("61", 60, &s), -1);
	assert_int_equal(text_duration("2m", 119, &s), -1);
	assert_int_equal(s, 7);
}

static void
knows_our_names(void **state)
{
	char longest[65];

	(void)state;
	memset(longest, 'a', sizeof(longest));
	longest[63] = '\0';
	assert_true(text_is_name("a"));
	assert_true(text_is_name("0"));
	assert_true(text_is_name("Release-2.1_rc"));
	assert_true(text_is_name(longest));
	longest[63] = 'a';
	longest[64] = '\0';
	assert_false(text_is_name(longest));
}

static void
refuses_names_that_could_be_something_else(void **state)
{
	static const char *const bad[] = { "", "-a", ".a", "..", "_a", "a/b",
		"a b", "a\n", "a*", "a:b", "\xc3\xa9", "a\xc3\xa9" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(text_is_name(bad[i]));
}

static void
utf8_is_checked_to_the_last_byte(void **state)
{
	(void)state;
	assert_true(text_is_utf8("", 0));
	assert_true(text_is_utf8("abc\n", 4));
	assert_true(text_is_utf8("\xc3\xa9\xf0\x9f\x94\x91", 6));
	assert_false(text_is_utf8("ab\xc3", 3));
	assert_false(text_is_utf8("ab\xff", 3));
	assert_false(text_is_utf8("a\0b", 3));
}

static const char *
escaped(const void *data, size_t len)
{
	static char text[256];
	size_t used = text_escape(data, len, text, sizeof(text));

	assert_int_equal(used, strlen(text));
	return text;
}

static void
shows_printable_text_as_it_is(void **state)
{
	(void)state;
	assert_string_equal(escaped("a b~\"", 5), "a b~\"");
	assert_string_equal(escaped("\xc3\xa9", 2), "\xc3\xa9");
	assert_string_equal(escaped("\xf0\x9f\x94\x91", 4), "\xf0\x9f\x94\x91");
	assert_string_equal(escaped("", 0), "");
}

static void
escapes_everything_else(void **state)
{
	(void)state;
	assert_string_equal(escaped("\\", 1), "\\x5c");
	assert_string_equal(escaped("\0\n\x1b\x7f", 4), "\\x00\\x0a\\x1b\\x7f");
	/* C1: a terminal may take U+009B for the start of a command. */
	assert_string_equal(escaped("\xc2\x9b", 2), "\\xc2\\x9b");
	/* The direction of the line must not turn around. */
	assert_string_equal(escaped("\xe2\x80\xae", 3), "\\xe2\\x80\\xae");
	/* Overlong, surrogate, too high, alone, cut. */
	assert_string_equal(escaped("\xc0\xaf", 2), "\\xc0\\xaf");
	assert_string_equal(escaped("\xed\xa0\x80", 3), "\\xed\\xa0\\x80");
	assert_string_equal(
	    escaped("\xf4\x90\x80\x80", 4), "\\xf4\\x90\\x80\\x80");
	assert_string_equal(escaped("\x80", 1), "\\x80");
	assert_string_equal(escaped("a\xe2\x82", 3), "a\\xe2\\x82");
	/* What follows a broken character is not swallowed with it. */
	assert_string_equal(escaped("\xe2(\xc3\xa9", 4), "\\xe2(\xc3\xa9");
}

static void
cuts_at_a_whole_unit(void **state)
{
	char text[8] = "???????";

	(void)state;
	assert_int_equal(text_escape("ab\n", 3, text, 6), 2);
	assert_string_equal(text, "ab");
	assert_int_equal(text_escape("ab\n", 3, text, 7), 6);
	assert_string_equal(text, "ab\\x0a");
	assert_int_equal(text_escape("a\xc3\xa9", 3, text, 3), 1);
	assert_string_equal(text, "a");
	assert_int_equal(text_escape("a", 1, text, 1), 0);
	assert_string_equal(text, "");
	text[0] = '?';
	assert_int_equal(text_escape("a", 1, text, 0), 0);
	assert_int_equal(text[0], '?');
}

static void
copies_only_what_fits(void **state)
{
	char text[4] = "old";

	(void)state;
	assert_true(text_copy(text, sizeof(text), "abc"));
	assert_string_equal(text, "abc");
	assert_false(text_copy(text, sizeof(text), "abcd"));
	assert_string_equal(text, "");
	assert_true(text_copy(text, sizeof(text), ""));
	text[0] = '?';
	assert_false(text_copy(text, 0, ""));
	assert_int_equal(text[0], '?');
}

static void
says_what_is_wrong_and_where(void **state)
{
	struct text_error err = { .file = "keys.d/release", .line = 1 };
	char longest[300];

	(void)state;
	assert_int_equal(text_fail(&err, 12, "%s given twice", "use"), -1);
	assert_string_equal(err.file, "keys.d/release");
	assert_int_equal(err.line, 12);
	assert_string_equal(err.what, "use given twice");
	memset(longest, 'x', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(text_fail(&err, 0, "%s", longest), -1);
	assert_int_equal(strlen(err.what), sizeof(err.what) - 1);
}

static void
makes_a_text_plain_without_growing_it(void **state)
{
	static const struct {
		const char *text;
		const char *plain;
	} cases[] = {
		{ "", "" },
		{ "SoftHSM v2", "SoftHSM v2" },
		{ "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f" },
		{ "a\x1b[2Jb\n\x7f", "a?[2Jb??" },
		{ "\xc2\x9b"
		  "31m",
		    "??31m" },
		{ "\xe2\x80\xae"
		  "x",
		    "???x" },
		{ "\xff\xc3", "??" },
	};
	char text[32];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		text_copy(text, sizeof(text), cases[i].text);
		text_plain(text);
		assert_string_equal(text, cases[i].plain);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(makes_a_text_plain_without_growing_it),
		cmocka_unit_test(sorts_characters_without_a_locale),
		cmocka_unit_test(reads_numbers),
		cmocka_unit_test(refuses_what_is_no_number),
		cmocka_unit_test(refuses_numbers_above_their_limit),
		cmocka_unit_test(reads_durations),
		cmocka_unit_test(reads_sizes),
		cmocka_unit_test(refuses_what_is_no_duration),
		cmocka_unit_test(knows_our_names),
		cmocka_unit_test(refuses_names_that_could_be_something_else),
		cmocka_unit_test(utf8_is_checked_to_the_last_byte),
		cmocka_unit_test(shows_printable_text_as_it_is),
		cmocka_unit_test(escapes_everything_else),
		cmocka_unit_test(cuts_at_a_whole_unit),
		cmocka_unit_test(copies_only_what_fits),
		cmocka_unit_test(says_what_is_wrong_and_where),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
