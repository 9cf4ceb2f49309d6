/* SPDX-License-Identifier: Apache-2.0 */
#include "review/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support_lines.h"

static struct buf out;
static struct chain chain;
static struct fields fields;

static int
set_up(void **state)
{
	(void)state;
	buf_init(&out, 1 << 20);
	chain_init(&chain);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	buf_release(&out);
	return 0;
}

static const struct fields *
made(enum event event, const struct pair *pairs, const char *text)
{
	struct text_error err;
	struct record r;

	line_make(&r, &chain, event, pairs, text);
	assert_int_equal(fields_read(r.line, r.len, &fields, &err), 0);
	return &fields;
}

static void
holds(const char *expected)
{
	assert_false(out.bad);
	buf_add(&out, "", 1);
	assert_string_equal(buf_at(&out), expected);
	buf_consume(&out, buf_len(&out));
}

/* One record alone. */
static void
shows(const struct fields *f, const char *expected)
{
	struct table *t = table_new(false);

	table_add(t, f, &out);
	table_flush(t, &out);
	table_free(t);
	holds(expected);
}

#define PAIRS(...)                 \
	(const struct pair[])      \
	{                          \
		__VA_ARGS__,       \
		{                  \
			NULL, NULL \
		}                  \
	}

static void
a_record_is_a_line(void **state)
{
	(void)state;
	shows(made(EVENT_SIGN, pairs_of(EVENT_SIGN), "signed"),
	    "2026-11-21T03:37:23Z  SIGN  ok  build01  release  10.2.0.7  "
	    "8f434346648f  fw.bin\n");
	shows(made(EVENT_DENY, pairs_of(EVENT_DENY), "no such key"),
	    "2026-11-21T03:37:24Z  DENY  key-unknown  build01  (root)  "
	    "10.2.0.7  -  no such key\n");
	shows(made(EVENT_AUTHFAIL, pairs_of(EVENT_AUTHFAIL), "refused"),
	    "2026-11-21T03:37:25Z  AUTHFAIL  client-unknown  (root)  -  "
	    "2001:db8::7  -  refused\n");
	shows(made(EVENT_START, pairs_of(EVENT_START), "started"),
	    "2026-11-21T03:37:26Z  START  -  -  -  -  -  started\n");
	shows(made(EVENT_STOP, pairs_of(EVENT_STOP), ""),
	    "2026-11-21T03:37:27Z  STOP  -  -  -  -  -\n");
	shows(made(EVENT_SIGN,
		  PAIRS({ "outcome", "ok" }, { "delivered", "no" }), ""),
	    "2026-11-21T03:37:28Z  SIGN  ok,undelivered  -  -  -  -\n");
}

static void
columns_are_aligned(void **state)
{
	struct table *t = table_new(false);

	(void)state;
	table_add(t, made(EVENT_START, pairs_of(EVENT_START), "x"), &out);
	table_add(t, made(EVENT_SIGN, pairs_of(EVENT_SIGN), "x"), &out);
	assert_int_equal(buf_len(&out), 0);
	table_flush(t, &out);
	holds("2026-11-21T03:37:23Z  START  -   -        -        -         "
	      "-             x\n"
	      "2026-11-21T03:37:24Z  SIGN   ok  build01  release  10.2.0.7  "
	      "8f434346648f  fw.bin\n");
	/* What was wide once stays wide. */
	table_add(t, made(EVENT_STOP, pairs_of(EVENT_STOP), "y"), &out);
	table_flush(t, &out);
	holds("2026-11-21T03:37:25Z  STOP   -   -        -        -         "
	      "-             y\n");
	table_free(t);
}

static void
many_records_are_not_all_kept(void **state)
{
	struct table *t = table_new(false);
	size_t before = 0, lines = 0;

	(void)state;
	for (int i = 0; i < 1000; i++)
		table_add(t, made(EVENT_SIGN, pairs_of(EVENT_SIGN), ""), &out);
	before = buf_len(&out);
	table_flush(t, &out);
	assert_true(before > 0);
	assert_true(buf_len(&out) > before);
	for (size_t i = 0; i < buf_len(&out); i++)
		lines += buf_at(&out)[i] == '\n';
	assert_int_equal(lines, 1000);
	table_free(t);
}

static void
several_hosts_have_a_column(void **state)
{
	struct table *t = table_new(false);
	const struct fields *f;

	(void)state;
	table_add(t, made(EVENT_STOP, pairs_of(EVENT_STOP), "x"), &out);
	f = made(EVENT_STOP, pairs_of(EVENT_STOP), "y");
	fields.host = "two";
	table_add(t, f, &out);
	table_flush(t, &out);
	holds("2026-11-21T03:37:23Z  signer1  STOP  -  -  -  -  -  x\n"
	      "2026-11-21T03:37:24Z  two      STOP  -  -  -  -  -  y\n");
	table_free(t);
}

static void
refusals_and_warnings_have_colours(void **state)
{
	struct table *t = table_new(true);

	(void)state;
	table_add(t, made(EVENT_STOP, pairs_of(EVENT_STOP), "x"), &out);
	table_add(t, made(EVENT_DENY, pairs_of(EVENT_DENY), "x"), &out);
	table_add(t, made(EVENT_LIMIT, pairs_of(EVENT_LIMIT), "x"), &out);
	table_flush(t, &out);
	holds("2026-11-21T03:37:23Z  STOP   -            -        -       -"
	      "         -  x\n"
	      "2026-11-21T03:37:24Z  \033[31mDENY\033[0m   "
	      "\033[31mkey-unknown\033[0m  build01  (root)  10.2.0.7  -  x\n"
	      "2026-11-21T03:37:25Z  \033[33mLIMIT\033[0m  "
	      "\033[33mlow\033[0m          -        -       -         -  x\n");
	table_free(t);
}

/* Nothing in a line but what we put there, however hostile its values. */
static void
hostile_values_forge_nothing(void **state)
{
	static char wide[400];

	(void)state;
	memset(wide, 'w', sizeof(wide) - 1);
	shows(made(EVENT_SIGN,
		  PAIRS({ "principal", "alice  release  ok" },
		      { "outcome", "ok\nforged" }, { "src", "10.0.0.1 x" },
		      { "digest", "\x1b[2J8f4343" },
		      { "name",
			  "a\n2026-11-21T03:37:24Z  SIGN\xe2\x80\xae\x1b]0;" }),
		  ""),
	    "2026-11-21T03:37:23Z  SIGN  ok\\x0aforged  "
	    "alice\\x20\\x20release\\x20\\x20ok  -  10.0.0.1 x  "
	    "\\x1b[2J8f434  a\\x0a2026-11-21T03:37:24Z  "
	    "SIGN\\xe2\\x80\\xae\\x1b]0;\n");
	/* Wide ones do not push the lines beside them. */
	made(EVENT_SIGN, PAIRS({ "key", wide }), "");
	{
		struct table *t = table_new(false);

		table_add(t, &fields, &out);
		table_add(t, made(EVENT_STOP, pairs_of(EVENT_STOP), "x"), &out);
		table_flush(t, &out);
		assert_non_null(memmem(buf_at(&out), buf_len(&out),
		    "STOP  -  -  -  -  -  x\n", 23));
		table_free(t);
	}
}

/* A file that somebody made up may say anything. */
static void
unescaped_values_are_escaped_here(void **state)
{
	(void)state;
	made(EVENT_SIGN, PAIRS({ "name", "x" }), "");
	fields.field[1].value = "\x1b[2J\n\xc2\x9b\xff";
	shows(&fields,
	    "2026-11-21T03:37:23Z  SIGN  -  -  -  -  -  "
	    "\\x1b[2J\\x0a\\xc2\\x9b\\xff\n");
	fields.event = "SI\x1bGN X";
	fields.host = "h\n";
	fields.text = "\r";
	table_block(&fields, false, &out);
	holds("2026-11-21T03:37:23.123456Z  SI\\x1bGN X  h\\x0a[812]\n"
	      "    seq   1\n"
	      "    name  \\x1b[2J\\x0a\\xc2\\x9b\\xff\n"
	      "    prev  " RECORD_FIRST "\n"
	      "    text  \\x0d\n");
}

static void
a_block_has_every_field(void **state)
{
	(void)state;
	table_block(
	    made(EVENT_STOP, pairs_of(EVENT_STOP), "stopped"), true, &out);
	holds("2026-11-21T03:37:23.123456Z  STOP  signer1[812]\n"
	      "    seq         1\n"
	      "    why         SIGTERM\n"
	      "    signatures  4711\n"
	      "    prev        " RECORD_FIRST "\n"
	      "    text        stopped\n");
	made(EVENT_DENY, pairs_of(EVENT_DENY), "");
	table_block(&fields, true, &out);
	assert_non_null(
	    memmem(buf_at(&out), buf_len(&out), "\033[31mDENY\033[0m", 13));
	for (size_t i = 0; i < fields.count; i++)
		assert_non_null(memmem(buf_at(&out), buf_len(&out),
		    fields.field[i].value, strlen(fields.field[i].value)));
}

static void
a_full_buffer_is_told(void **state)
{
	struct table *t = table_new(false);

	(void)state;
	buf_release(&out);
	buf_init(&out, 64);
	table_add(t, made(EVENT_SIGN, pairs_of(EVENT_SIGN), ""), &out);
	table_flush(t, &out);
	assert_true(out.bad);
	table_free(t);
	table_free(NULL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_record_is_a_line),
		TEST(columns_are_aligned),
		TEST(many_records_are_not_all_kept),
		TEST(several_hosts_have_a_column),
		TEST(refusals_and_warnings_have_colours),
		TEST(hostile_values_forge_nothing),
		TEST(unescaped_values_are_escaped_here),
		TEST(a_block_has_every_field),
		TEST(a_full_buffer_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
