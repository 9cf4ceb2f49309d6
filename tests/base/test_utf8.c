/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* As RFC 3629 writes it, for every code there is. */
static size_t
encode(uint32_t c, uint8_t ret[4])
{
	if (c < 0x80) {
		ret[0] = (uint8_t)c;
		return 1;
	}
	if (c < 0x800) {
		ret[0] = (uint8_t)(0xc0 | c >> 6);
		ret[1] = (uint8_t)(0x80 | (c & 63));
		return 2;
	}
	if (c < 0x10000) {
		ret[0] = (uint8_t)(0xe0 | c >> 12);
		ret[1] = (uint8_t)(0x80 | (c >> 6 & 63));
		ret[2] = (uint8_t)(0x80 | (c & 63));
		return 3;
	}
	ret[0] = (uint8_t)(0xf0 | c >> 18);
	ret[1] = (uint8_t)(0x80 | (c >> 12 & 63));
	ret[2] = (uint8_t)(0x80 | (c >> 6 & 63));
	ret[3] = (uint8_t)(0x80 | (c & 63));
	return 4;
}

static void
every_character_is_read_and_no_surrogate(void **state)
{
	uint8_t bytes[4];
	uint32_t back;
	size_t len;

	(void)state;
	for (uint32_t c = 0; c <= 0x1fffff; c++) {
		len = encode(c, bytes);
		if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) {
			assert_int_equal(utf8_unit(bytes, len, &back), 0);
			continue;
		}
		back = c + 1;
		assert_int_equal(utf8_unit(bytes, len, &back), len);
		assert_int_equal(back, c);
	}
}

/* All that two bytes, or three after a given first, can be: counted. */
static void
nothing_else_is_a_character(void **state)
{
	unsigned two = 0, three = 0;

	(void)state;
	for (unsigned i = 0x8000; i <= 0xffff; i++) {
		uint8_t b[2] = { (uint8_t)(i >> 8), (uint8_t)i };

		two += utf8_unit(b, 2, NULL) == 2;
	}
	assert_int_equal(two, 0x800 - 0x80);
	for (unsigned i = 0xe00000; i <= 0xefffff; i++) {
		uint8_t b[3] = { (uint8_t)(i >> 16), (uint8_t)(i >> 8),
			(uint8_t)i };

		three += utf8_unit(b, 3, NULL) == 3;
	}
	assert_int_equal(three, 0x10000 - 0x800 - 0x800);
}

static void
does_not_read_past_the_end(void **state)
{
	static const char *const whole[] = { "\xc3\xa9", "\xe2\x82\xac",
		"\xf0\x9f\x94\x91" };

	(void)state;
	assert_int_equal(utf8_unit("", 0, NULL), 0);
	for (size_t i = 0; i < sizeof(whole) / sizeof(*whole); i++)
		for (size_t cut = 1; cut < strlen(whole[i]); cut++) {
			char *copy = malloc(cut);

			assert_non_null(copy);
			memcpy(copy, whole[i], cut);
			assert_int_equal(utf8_unit(copy, cut, NULL), 0);
			free(copy);
		}
}

static void
controls_and_directions_are_not_printable(void **state)
{
	static const uint32_t hidden[] = { 0, 0x09, 0x0a, 0x1f, 0x7f, 0x80,
		0x85, 0x9b, 0x9f, 0x61c, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a,
		0x202e, 0x2066, 0x2069, 0xfeff, 0xad, 0x200b, 0x200d, 0x2060,
		0x206a, 0x2065, 0x3164, 0xfe0f, 0xfdd0, 0xffff, 0x1fffe,
		0x1d173, 0xe0001, 0xe0041, 0x10fffe };
	static const uint32_t shown[] = { 0x20, 0x7e, 0xa0, 0xe9, 0x2026,
		0x2027, 0x202f, 0x205f, 0x2070, 0x4e2d, 0x1f511, 0xfffd,
		0xe1000 };

	(void)state;
	for (size_t i = 0; i < sizeof(hidden) / sizeof(*hidden); i++)
		assert_false(utf8_is_printable(hidden[i]));
	for (size_t i = 0; i < sizeof(shown) / sizeof(*shown); i++)
		assert_true(utf8_is_printable(shown[i]));
}

static void
finds_the_first_that_is_not_shown(void **state)
{
	(void)state;
	assert_int_equal(utf8_hidden("", 0), 0);
	assert_int_equal(utf8_hidden("a\tb \xc3\xbc~", 7), 0);
	assert_int_equal(utf8_hidden("a\xc2\x9b\x7f", 4), 0x9b);
	assert_int_equal(utf8_hidden("\x7f", 1), 0x7f);
	assert_int_equal(utf8_hidden("a\n", 2), '\n');
	assert_int_equal(utf8_hidden("ab\xe2\x80\xae", 5), 0x202e);
	/* Beyond its length nothing is looked at. */
	assert_int_equal(utf8_hidden("a\n", 1), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_first_that_is_not_shown),
		cmocka_unit_test(every_character_is_read_and_no_surrogate),
		cmocka_unit_test(nothing_else_is_a_character),
		cmocka_unit_test(does_not_read_past_the_end),
		cmocka_unit_test(controls_and_directions_are_not_printable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
