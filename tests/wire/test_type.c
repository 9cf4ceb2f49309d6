/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/type.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static enum wire_type
read_type(uint16_t number, bool *ret_bad)
{
	uint8_t bytes[2] = { (uint8_t)(number >> 8), (uint8_t)number };
	enum wire_type type;
	struct reader r;

	reader_init(&r, bytes, sizeof(bytes));
	type = wire_get_type(&r);
	*ret_bad = r.bad;
	return type;
}

static void
every_type_comes_back(void **state)
{
	bool bad;

	(void)state;
	for (uint16_t i = 1; i < WIRE_TYPE_COUNT; i++) {
		uint8_t space[2];
		struct writer w;
		struct reader r;

		writer_init(&w, space, sizeof(space));
		wire_put_type(&w, (enum wire_type)i);
		assert_true(writer_ok(&w));
		reader_init(&r, space, w.used);
		assert_int_equal(wire_get_type(&r), i);
		assert_true(reader_done(&r));
		assert_int_equal(read_type(i, &bad), i);
		assert_false(bad);
	}
}

static void
refuses_every_other_number(void **state)
{
	bool bad;

	(void)state;
	for (unsigned i = WIRE_TYPE_COUNT; i <= UINT16_MAX + 1; i++) {
		assert_int_equal(read_type((uint16_t)i, &bad), WIRE_NONE);
		assert_true(bad);
	}
}

static void
refuses_a_type_that_is_cut(void **state)
{
	struct reader r;

	(void)state;
	reader_init(&r, "\0", 1);
	assert_int_equal(wire_get_type(&r), WIRE_NONE);
	assert_true(r.bad);
}

static void
every_type_has_its_own_word(void **state)
{
	(void)state;
	for (unsigned i = 0; i < WIRE_TYPE_COUNT; i++) {
		const char *word = wire_type_word((enum wire_type)i);

		assert_non_null(word);
		for (unsigned k = 0; k < i; k++)
			assert_string_not_equal(
			    word, wire_type_word((enum wire_type)k));
	}
	assert_string_equal(
	    wire_type_word((enum wire_type)WIRE_TYPE_COUNT), "NONE");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type_comes_back),
		cmocka_unit_test(refuses_every_other_number),
		cmocka_unit_test(refuses_a_type_that_is_cut),
		cmocka_unit_test(every_type_has_its_own_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
