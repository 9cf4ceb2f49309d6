/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "session/splitter.h"

static struct splitter splitter;
static struct buf stream;

static int
fresh(void **state)
{
	(void)state;
	memset(&splitter, 0, sizeof(splitter));
	buf_init(&stream, 1 << 20);
	return 0;
}

static int
release(void **state)
{
	(void)state;
	buf_release(&stream);
	return 0;
}

static enum split
next(bool ended, char ret[static 64])
{
	const char *at;
	size_t len;
	enum split got = splitter_next(&splitter, &stream, ended, &at, &len);

	ret[0] = '\0';
	if (got == SPLIT_LINE) {
		assert_true(len < 64);
		memcpy(ret, at, len);
		ret[len] = '\0';
	}
	return got;
}

static void
assert_next(bool ended, const char *wanted)
{
	char got[64];

	assert_int_equal(next(ended, got), SPLIT_LINE);
	assert_string_equal(got, wanted);
}

static void
assert_none(bool ended)
{
	char got[64];

	assert_int_equal(next(ended, got), SPLIT_MORE);
}

static void
add_run(char c, size_t n)
{
	char *at = buf_reserve(&stream, n);

	assert_non_null(at);
	memset(at, c, n);
	buf_commit(&stream, n);
}

static void
gives_lines_and_their_numbers(void **state)
{
	(void)state;
	buf_adds(&stream, "one\n\nthree\nfo");
	assert_next(false, "one");
	assert_int_equal(splitter.number, 1);
	assert_next(false, "");
	assert_next(false, "three");
	assert_int_equal(splitter.number, 3);
	assert_none(false);
	buf_adds(&stream, "ur\n");
	assert_next(false, "four");
	assert_none(true);
}

static void
gives_the_same_however_it_arrives(void **state)
{
	static const char text[] = "a\nbb\r\n\nccc\n";
	static const char *const wanted[] = { "a", "bb\r", "", "ccc" };
	size_t n = 0;
	char got[64];

	(void)state;
	for (const char *c = text; *c != '\0'; c++) {
		buf_add(&stream, c, 1);
		while (next(false, got) == SPLIT_LINE)
			assert_string_equal(got, wanted[n++]);
	}
	assert_int_equal(n, 4);
}

static void
counts_a_last_line_without_its_end(void **state)
{
	(void)state;
	buf_adds(&stream, "one\ntwo");
	assert_next(true, "one");
	assert_next(true, "two");
	assert_none(true);
}

static void
does_not_make_a_line_of_nothing(void **state)
{
	(void)state;
	assert_none(true);
	buf_adds(&stream, "one\n");
	assert_next(true, "one");
	assert_none(true);
	assert_int_equal(splitter.number, 1);
}

static void
takes_a_line_of_the_largest_size(void **state)
{
	const char *at;
	size_t len;

	(void)state;
	add_run('x', SPLITTER_LINE);
	assert_none(false);
	buf_adds(&stream, "\n");
	assert_int_equal(
	    splitter_next(&splitter, &stream, false, &at, &len), SPLIT_LINE);
	assert_int_equal(len, SPLITTER_LINE);
}

static void
tells_of_a_long_line_once_and_skips_it(void **state)
{
	char got[64];

	(void)state;
	add_run('x', SPLITTER_LINE + 1);
	assert_int_equal(next(false, got), SPLIT_LONG);
	assert_int_equal(splitter.number, 1);
	assert_int_equal(buf_len(&stream), 0);
	add_run('x', 100000);
	assert_none(false);
	assert_int_equal(buf_len(&stream), 0);
	buf_adds(&stream, "x\ntwo\n");
	assert_next(false, "two");
	assert_int_equal(splitter.number, 2);
}

static void
tells_of_a_long_line_that_is_whole(void **state)
{
	char got[64];

	(void)state;
	add_run('x', SPLITTER_LINE + 1);
	buf_adds(&stream, "\ntwo\n");
	assert_int_equal(next(false, got), SPLIT_LONG);
	assert_next(false, "two");
}

static void
tells_of_a_long_last_line(void **state)
{
	char got[64];

	(void)state;
	add_run('x', SPLITTER_LINE + 1);
	assert_int_equal(next(true, got), SPLIT_LONG);
	assert_none(true);
}

#define SPLIT_TEST(f) cmocka_unit_test_setup_teardown(f, fresh, release)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		SPLIT_TEST(gives_lines_and_their_numbers),
		SPLIT_TEST(gives_the_same_however_it_arrives),
		SPLIT_TEST(counts_a_last_line_without_its_end),
		SPLIT_TEST(does_not_make_a_line_of_nothing),
		SPLIT_TEST(takes_a_line_of_the_largest_size),
		SPLIT_TEST(tells_of_a_long_line_once_and_skips_it),
		SPLIT_TEST(tells_of_a_long_line_that_is_whole),
		SPLIT_TEST(tells_of_a_long_last_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
