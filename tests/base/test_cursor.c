/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cursor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A reader over an exact copy, so that the sanitizer sees one byte too far. */
static struct reader
reader_over(const void *data, size_t len)
{
	static uint8_t *copy;
	struct reader r;

	free(copy);
	copy = malloc(len > 0 ? len : 1);
	assert_non_null(copy);
	memcpy(copy, data, len);
	reader_init(&r, copy, len);
	return r;
}

static void
numbers_are_big_endian(void **state)
{
	const uint8_t expected[] = { 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07,
		0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x01 };
	uint8_t space[sizeof(expected)];
	struct writer w;
	struct reader r;

	(void)state;
	writer_init(&w, space, sizeof(space));
	put_u8(&w, 0x01);
	put_u16(&w, 0x0203);
	put_u32(&w, 0x04050607);
	put_u64(&w, UINT64_C(0x08090a0b0c0d0e0f));
	put_bool(&w, true);
	assert_true(writer_ok(&w));
	assert_int_equal(w.used, sizeof(expected));
	assert_memory_equal(space, expected, sizeof(expected));
	r = reader_over(space, w.used);
	assert_int_equal(get_u8(&r), 0x01);
	assert_int_equal(get_u16(&r), 0x0203);
	assert_int_equal(get_u32(&r), 0x04050607);
	assert_true(get_u64(&r) == UINT64_C(0x08090a0b0c0d0e0f));
	assert_true(get_bool(&r));
	assert_true(reader_done(&r));
}

static void
texts_and_bytes_come_back(void **state)
{
	uint8_t space[64], bytes[8];
	const uint8_t *view;
	struct writer w;
	struct reader r;
	char text[8];
	size_t len;

	(void)state;
	writer_init(&w, space, sizeof(space));
	put_str(&w, "seven77");
	put_str(&w, "");
	put_bytes(&w, "\0\1", 2);
	put_bytes(&w, NULL, 0);
	put_bytes(&w, "view", 4);
	assert_true(writer_ok(&w));
	r = reader_over(space, w.used);
	get_str(&r, text, sizeof(text));
	assert_string_equal(text, "seven77");
	get_str(&r, text, sizeof(text));
	assert_string_equal(text, "");
	get_bytes(&r, bytes, sizeof(bytes), &len);
	assert_int_equal(len, 2);
	assert_memory_equal(bytes, "\0\1", 2);
	get_bytes(&r, bytes, 0, &len);
	assert_int_equal(len, 0);
	view = get_view(&r, 4, &len);
	assert_int_equal(len, 4);
	assert_memory_equal(view, "view", 4);
	assert_true(reader_done(&r));
}

static void
is_not_done_while_bytes_are_left(void **state)
{
	struct reader r = reader_over("ab", 2);

	(void)state;
	(void)get_u8(&r);
	assert_false(reader_done(&r));
	(void)get_u8(&r);
	assert_true(reader_done(&r));
}

static void
stays_bad_and_yields_nothing(void **state)
{
	struct reader r = reader_over("\1\1\1\1\1\1\1\1", 8);
	char text[4] = "old";
	uint8_t bytes[4];
	size_t len = 7;

	(void)state;
	reader_fail(&r);
	assert_int_equal(get_u8(&r), 0);
	assert_int_equal(get_u16(&r), 0);
	assert_int_equal(get_u32(&r), 0);
	assert_true(get_u64(&r) == 0);
	assert_false(get_bool(&r));
	assert_int_equal(get_enum(&r, 9), 0);
	get_str(&r, text, sizeof(text));
	assert_string_equal(text, "");
	get_bytes(&r, bytes, sizeof(bytes), &len);
	assert_int_equal(len, 0);
	len = 7;
	assert_null(get_view(&r, 4, &len));
	assert_int_equal(len, 0);
	assert_false(reader_done(&r));
}

static void
refuses_numbers_that_are_cut(void **state)
{
	struct reader r;

	(void)state;
	r = reader_over("", 0);
	assert_int_equal(get_u8(&r), 0);
	assert_true(r.bad);
	r = reader_over("\1", 1);
	assert_int_equal(get_u16(&r), 0);
	assert_true(r.bad);
	r = reader_over("\1\1\1", 3);
	assert_int_equal(get_u32(&r), 0);
	assert_true(r.bad);
	r = reader_over("\1\1\1\1\1\1\1", 7);
	assert_true(get_u64(&r) == 0);
	assert_true(r.bad);
}

static void
refuses_a_bool_that_is_neither(void **state)
{
	struct reader r = reader_over("\2", 1);

	(void)state;
	assert_false(get_bool(&r));
	assert_true(r.bad);
}

static void
refuses_a_number_off_its_list(void **state)
{
	struct reader r = reader_over("\3\4", 2);

	(void)state;
	assert_int_equal(get_enum(&r, 3), 3);
	assert_false(r.bad);
	assert_int_equal(get_enum(&r, 3), 0);
	assert_true(r.bad);
}

static void
refuses_a_text_with_nul(void **state)
{
	struct reader r = reader_over("\0\3a\0b", 5);
	char text[8];

	(void)state;
	get_str(&r, text, sizeof(text));
	assert_string_equal(text, "");
	assert_true(r.bad);
}

static void
refuses_a_text_without_room_for_its_end(void **state)
{
	struct reader r = reader_over("\0\4abcd", 6);
	char text[4];

	(void)state;
	get_str(&r, text, sizeof(text));
	assert_string_equal(text, "");
	assert_true(r.bad);
}

static void
refuses_lengths_beyond_the_message(void **state)
{
	uint8_t bytes[8];
	char text[8];
	struct reader r;
	size_t len;

	(void)state;
	r = reader_over("\0\4abc", 5);
	get_str(&r, text, sizeof(text));
	assert_true(r.bad);
	r = reader_over("\0\0\0\4abc", 7);
	get_bytes(&r, bytes, sizeof(bytes), &len);
	assert_true(r.bad);
	assert_int_equal(len, 0);
	r = reader_over("\xff\xff\xff\xff"
			"abc",
	    7);
	assert_null(get_view(&r, SIZE_MAX, &len));
	assert_true(r.bad);
}

static void
refuses_bytes_beyond_their_space(void **state)
{
	uint8_t bytes[2];
	struct reader r;
	size_t len;

	(void)state;
	r = reader_over("\0\0\0\3abc", 7);
	get_bytes(&r, bytes, sizeof(bytes), &len);
	assert_true(r.bad);
	assert_int_equal(len, 0);
	r = reader_over("\0\0\0\3abc", 7);
	assert_null(get_view(&r, 2, &len));
	assert_true(r.bad);
}

static void
a_writer_never_leaves_its_space(void **state)
{
	uint8_t *space = malloc(3);
	struct writer w;

	(void)state;
	assert_non_null(space);
	writer_init(&w, space, 3);
	put_u32(&w, 1);
	assert_false(writer_ok(&w));
	assert_int_equal(w.used, 0);
	/* What would fit comes too late. */
	put_u8(&w, 1);
	assert_false(writer_ok(&w));
	assert_int_equal(w.used, 0);
	writer_init(&w, space, 3);
	put_str(&w, "ab");
	assert_false(writer_ok(&w));
	writer_init(&w, space, 3);
	put_bytes(&w, "", 0);
	assert_false(writer_ok(&w));
	free(space);
}

static void
a_writer_refuses_a_text_its_length_cannot_say(void **state)
{
	char *text = malloc(UINT16_MAX + 2);
	uint8_t *space = malloc(UINT16_MAX + 8);
	struct writer w;

	(void)state;
	assert_non_null(text);
	assert_non_null(space);
	memset(text, 'a', UINT16_MAX + 1);
	text[UINT16_MAX + 1] = '\0';
	writer_init(&w, space, UINT16_MAX + 8);
	put_str(&w, text);
	assert_false(writer_ok(&w));
	writer_init(&w, space, UINT16_MAX + 8);
	put_str(&w, text + 1);
	assert_true(writer_ok(&w));
	free(text);
	free(space);
}

static void
a_writer_that_was_failed_stays_so(void **state)
{
	uint8_t space[4];
	struct writer w;

	(void)state;
	writer_init(&w, space, sizeof(space));
	writer_fail(&w);
	put_u8(&w, 1);
	assert_false(writer_ok(&w));
	assert_int_equal(w.used, 0);
}

static void
raw_bytes_are_a_view_or_nothing(void **state)
{
	static const uint8_t bytes[] = { 1, 2, 3 };
	struct reader r;

	(void)state;
	reader_init(&r, bytes, sizeof(bytes));
	assert_ptr_equal(get_raw(&r, 2), bytes);
	assert_ptr_equal(get_raw(&r, 0), bytes + 2);
	assert_null(get_raw(&r, 2));
	assert_true(r.bad);
	assert_null(get_raw(&r, 0));
	assert_int_equal(r.left, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(raw_bytes_are_a_view_or_nothing),
		cmocka_unit_test(numbers_are_big_endian),
		cmocka_unit_test(texts_and_bytes_come_back),
		cmocka_unit_test(is_not_done_while_bytes_are_left),
		cmocka_unit_test(stays_bad_and_yields_nothing),
		cmocka_unit_test(refuses_numbers_that_are_cut),
		cmocka_unit_test(refuses_a_bool_that_is_neither),
		cmocka_unit_test(refuses_a_number_off_its_list),
		cmocka_unit_test(refuses_a_text_with_nul),
		cmocka_unit_test(refuses_a_text_without_room_for_its_end),
		cmocka_unit_test(refuses_lengths_beyond_the_message),
		cmocka_unit_test(refuses_bytes_beyond_their_space),
		cmocka_unit_test(a_writer_never_leaves_its_space),
		cmocka_unit_test(a_writer_refuses_a_text_its_length_cannot_say),
		cmocka_unit_test(a_writer_that_was_failed_stays_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
