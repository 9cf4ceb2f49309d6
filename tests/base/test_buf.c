/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void
holds(const struct buf *b, const char *text)
{
	assert_false(b->bad);
	assert_int_equal(buf_len(b), strlen(text));
	assert_memory_equal(buf_at(b), text, strlen(text));
}

static void
puts_text_together(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 64);
	holds(&b, "");
	buf_add(&b, "ab\0c", 2);
	buf_adds(&b, "-");
	buf_addf(&b, "%d%%", 42);
	buf_add(&b, NULL, 0);
	holds(&b, "ab-42%");
	buf_consume(&b, 3);
	holds(&b, "42%");
	buf_consume(&b, 3);
	holds(&b, "");
	buf_adds(&b, "again");
	holds(&b, "again");
	buf_release(&b);
	buf_release(NULL);
}

static void
takes_what_was_filled_in_place(void **state)
{
	struct buf b;
	char *at;

	(void)state;
	buf_init(&b, 16);
	at = buf_reserve(&b, 16);
	assert_non_null(at);
	memcpy(at, "0123", 4);
	buf_commit(&b, 4);
	holds(&b, "0123");
	buf_release(&b);
}

static void
is_full_at_its_ceiling_and_stays_bad(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 4);
	buf_adds(&b, "abcd");
	holds(&b, "abcd");
	buf_adds(&b, "e");
	assert_true(b.bad);
	assert_int_equal(buf_len(&b), 4);
	buf_consume(&b, 4);
	buf_adds(&b, "f");
	assert_true(b.bad);
	assert_int_equal(buf_len(&b), 0);
	assert_null(buf_reserve(&b, 1));
	buf_release(&b);
}

static void
refuses_room_above_the_ceiling(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 4);
	assert_null(buf_reserve(&b, SIZE_MAX));
	assert_true(b.bad);
	buf_release(&b);
	buf_init(&b, 4);
	buf_addf(&b, "%s", "abcde");
	assert_true(b.bad);
	assert_int_equal(buf_len(&b), 0);
	buf_release(&b);
}

static void
a_formatted_text_may_fill_it_to_the_last_byte(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 256);
	buf_addf(&b, "%0256d", 1);
	assert_false(b.bad);
	assert_int_equal(buf_len(&b), 256);
	assert_int_equal(buf_at(&b)[255], '1');
	buf_release(&b);
}

static void
what_was_consumed_makes_room(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 300);
	for (unsigned i = 0; i < 10000; i++) {
		buf_addf(&b, "%08u", i);
		if (i >= 16) {
			char expected[9];

			snprintf(expected, sizeof(expected), "%08u", i - 16);
			assert_memory_equal(buf_at(&b), expected, 8);
			buf_consume(&b, 8);
		}
	}
	assert_false(b.bad);
	assert_int_equal(buf_len(&b), 128);
	/* Consumed bytes do not pile up. */
	assert_true(b.size <= 1024);
	buf_release(&b);
}

static void
as_json(const void *data, size_t len, const char *expected)
{
	struct buf b;

	buf_init(&b, 256);
	buf_add_json(&b, data, len);
	holds(&b, expected);
	buf_release(&b);
}

static void
writes_json_strings(void **state)
{
	(void)state;
	as_json("", 0, "\"\"");
	as_json("a\"\\/", 4, "\"a\\\"\\\\/\"");
	as_json("\0\n\x1f\x7f", 4, "\"\\u0000\\u000a\\u001f\\u007f\"");
	as_json("\xc3\xa9\xf0\x9f\x94\x91", 6, "\"\xc3\xa9\xf0\x9f\x94\x91\"");
	as_json("\xe2\x80\xa8", 3, "\"\\u2028\"");
	as_json("a\xff\xc3", 3, "\"a\xef\xbf\xbd\xef\xbf\xbd\"");
}

static void
a_json_string_that_does_not_fit_is_bad(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 4);
	buf_add_json(&b, "abc", 3);
	assert_true(b.bad);
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(puts_text_together),
		cmocka_unit_test(takes_what_was_filled_in_place),
		cmocka_unit_test(is_full_at_its_ceiling_and_stays_bad),
		cmocka_unit_test(refuses_room_above_the_ceiling),
		cmocka_unit_test(a_formatted_text_may_fill_it_to_the_last_byte),
		cmocka_unit_test(what_was_consumed_makes_room),
		cmocka_unit_test(writes_json_strings),
		cmocka_unit_test(a_json_string_that_does_not_fit_is_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
