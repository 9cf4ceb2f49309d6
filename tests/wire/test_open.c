/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/open.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support_codec.h"

CODEC(open_request, WIRE_OPEN, false);

static uint8_t bytes[65536];
static struct open_request m, back;

static int
set_up(void **state)
{
	(void)state;
	memset(&m, 0, sizeof(m));
	m.channel = 7;
	strcpy(m.command, "sign -k release");
	return 0;
}

static void
add(const char *name, const char *value)
{
	struct variable *v = &m.env.item[m.env.count++];

	strcpy(v->name, name);
	strcpy(v->value, value);
}

static void
an_open_comes_back(void **state)
{
	(void)state;
	codec_holds(&open_request_codec, &m);
	codec_refuses(&open_request_codec, &m, 4, OPEN_HOW_COUNT);
	codec_refuses(&open_request_codec, &m, 7, 0);
	m.how = OPEN_AGENT;
	m.command[0] = '\0';
	codec_holds(&open_request_codec, &m);
	memset(m.command, 'x', sizeof(m.command) - 1);
	codec_holds(&open_request_codec, &m);
}

static void
refuses_a_command_that_is_too_long(void **state)
{
	char command[COMMAND_SIZE + 1];
	struct writer w;

	(void)state;
	memset(command, 'x', sizeof(command));
	command[COMMAND_SIZE] = '\0';
	writer_init(&w, bytes, sizeof(bytes));
	put_u32(&w, 1);
	put_u8(&w, OPEN_COMMAND);
	put_str(&w, command);
	put_u8(&w, 0);
	assert_false(codec_decode(&open_request_codec, bytes, w.used, &back));
}

static void
variables_come_back_in_their_order(void **state)
{
	size_t len;

	(void)state;
	add("CI_JOB_ID", "4711");
	add("_", "");
	add("B2", "two words\n\x1b[31m");
	codec_holds(&open_request_codec, &m);
	len = codec_encode(&open_request_codec, &m, bytes);
	assert_true(codec_decode(&open_request_codec, bytes, len, &back));
	assert_int_equal(back.env.count, 3);
	assert_string_equal(back.env.item[0].name, "CI_JOB_ID");
	assert_string_equal(back.env.item[0].value, "4711");
	assert_string_equal(back.env.item[2].value, "two words\n\x1b[31m");
}

static void
the_most_and_longest_variables_fit(void **state)
{
	char name[VARIABLE_SIZE], value[VARIABLE_VALUE_SIZE];

	(void)state;
	memset(m.command, 'x', sizeof(m.command) - 1);
	memset(value, 'v', sizeof(value));
	value[sizeof(value) - 1] = '\0';
	for (unsigned i = 0; i < WIRE_VARIABLES; i++) {
		snprintf(name, sizeof(name), "N%027u", i);
		add(name, value);
	}
	codec_holds(&open_request_codec, &m);
}

/* Whether one variable with this name and value is read. */
static bool
reads(const char *name, size_t value_len)
{
	static char value[VARIABLE_VALUE_SIZE + 1];
	struct writer w;

	memset(value, 'v', value_len);
	value[value_len] = '\0';
	writer_init(&w, bytes, sizeof(bytes));
	put_u32(&w, 1);
	put_u8(&w, OPEN_COMMAND);
	put_str(&w, "sign");
	put_u8(&w, 1);
	put_str(&w, name);
	put_str(&w, value);
	return codec_decode(&open_request_codec, bytes, w.used, &back);
}

static void
refuses_what_is_no_variable(void **state)
{
	static const char *const bad[] = { "", "1A", "A=B", "A B", "A-B", "A.B",
		"A\nB", "\xc3\x84", "A\"", "A]",
		"A2345678901234567890123456789" };

	(void)state;
	assert_true(reads("A", VARIABLE_VALUE_SIZE - 1));
	assert_true(reads("_a1", 0));
	assert_true(reads("A234567890123456789012345678", 1));
	assert_false(reads("A", VARIABLE_VALUE_SIZE));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(reads(bad[i], 1));
}

static void
refuses_a_nul_in_a_variable(void **state)
{
	(void)state;
	add("AB", "vw");
	/* channel, how, command, count, length, then the name */
	codec_refuses(&open_request_codec, &m, 4 + 1 + 2 + 15 + 1 + 2, 0);
	codec_refuses(
	    &open_request_codec, &m, 4 + 1 + 2 + 15 + 1 + 2 + 2 + 2, 0);
}

static void
refuses_a_name_that_comes_twice(void **state)
{
	(void)state;
	add("A", "1");
	add("B", "1");
	add("A", "2");
	codec_refuses_whole(&open_request_codec, &m);
}

static void
refuses_more_than_may_come(void **state)
{
	(void)state;
	add("A", "1");
	codec_refuses(
	    &open_request_codec, &m, 4 + 1 + 2 + 15, WIRE_VARIABLES + 1);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, set_up)
	const struct CMUnitTest tests[] = {
		TEST(an_open_comes_back),
		TEST(refuses_a_command_that_is_too_long),
		TEST(variables_come_back_in_their_order),
		TEST(the_most_and_longest_variables_fit),
		TEST(refuses_what_is_no_variable),
		TEST(refuses_a_nul_in_a_variable),
		TEST(refuses_a_name_that_comes_twice),
		TEST(refuses_more_than_may_come),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
