/* SPDX-License-Identifier: Apache-2.0 */
#include "review/shown.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void
shows(const char *text, const char *as_text, const char *as_cell)
{
	struct buf b;

	buf_init(&b, 4096);
	shown_add(&b, text);
	buf_add(&b, "", 1);
	assert_string_equal(buf_at(&b), as_text);
	buf_consume(&b, buf_len(&b));
	shown_add_cell(&b, text);
	buf_add(&b, "", 1);
	assert_string_equal(buf_at(&b), as_cell);
	buf_release(&b);
}

static void
printable_text_stays(void **state)
{
	(void)state;
	shows("fw.bin", "fw.bin", "fw.bin");
	shows("f\xc3\xbcr \\x0a", "f\xc3\xbcr \\x0a", "f\xc3\xbcr \\x0a");
	shows("", "", "-");
	shows("\xf0\x9f\x94\x91", "\xf0\x9f\x94\x91", "\xf0\x9f\x94\x91");
}

static void
what_moves_the_cursor_does_not_get_through(void **state)
{
	(void)state;
	shows("a\x1b[2Jb", "a\\x1b[2Jb", "a\\x1b[2Jb");
	shows("a\nb\tc\rd", "a\\x0ab\\x09c\\x0dd", "a\\x0ab\\x09c\\x0dd");
	/* CSI as one character, right-to-left override, a line separator */
	shows("\xc2\x9b"
	      "31m",
	    "\\xc2\\x9b31m", "\\xc2\\x9b31m");
	shows("\xe2\x80\xae"
	      "x",
	    "\\xe2\\x80\\xaex", "\\xe2\\x80\\xaex");
	shows("\xe2\x80\xa8", "\\xe2\\x80\\xa8", "\\xe2\\x80\\xa8");
	shows("\xff\xfe", "\\xff\\xfe", "\\xff\\xfe");
	shows(
	    "\xf3\xa0\x80\xff", "\\xf3\\xa0\\x80\\xff", "\\xf3\\xa0\\x80\\xff");
}

static void
a_cell_cannot_pretend_to_be_two(void **state)
{
	(void)state;
	shows("a b c", "a b c", "a b c");
	shows("a  b", "a  b", "a\\x20\\x20b");
	shows(" a", " a", "\\x20a");
	shows("a ", "a ", "a\\x20");
	shows(" ", " ", "\\x20");
	shows("a\xc2\xa0\xe3\x80\x80"
	      "b",
	    "a\xc2\xa0\xe3\x80\x80"
	    "b",
	    "a\\xc2\\xa0\\xe3\\x80\\x80"
	    "b");
}

static void
a_width_is_counted_in_characters(void **state)
{
	(void)state;
	assert_int_equal(shown_width(""), 0);
	assert_int_equal(shown_width("abc"), 3);
	assert_int_equal(shown_width("f\xc3\xbcr"), 3);
	assert_int_equal(shown_width("\xf0\x9f\x94\x91"), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(printable_text_stays),
		cmocka_unit_test(what_moves_the_cursor_does_not_get_through),
		cmocka_unit_test(a_cell_cannot_pretend_to_be_two),
		cmocka_unit_test(a_width_is_counted_in_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
