/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/fields.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"

#define NOW UINT64_C(1795232243123456)
#define PREV RECORD_FIRST

static struct fields f; /* too large for a stack frame */

static int
read_text(const char *line, struct text_error *reterr)
{
	return fields_read(line, strlen(line), &f, reterr);
}

/* A record with this at the place of its time. */
static int
read_time_text(const char *time)
{
	char line[RECORD_MAX];
	struct text_error err;

	snprintf(line, sizeof(line),
	    "<86>1 %s signer1 countersign 812 SIGN [countersign@32473 "
	    "seq=\"1\" prev=\"" PREV "\"]",
	    time);
	return read_text(line, &err);
}

static void
reads_what_was_written(void **state)
{
	static const char nasty[] = "a\"b]c\\d\ne\xff";
	struct record_origin origin = { "signer1", 812 };
	struct text_error err;
	struct chain chain;
	struct record r;

	(void)state;
	chain_init(&chain);
	chain.seq = 41;
	record_begin(&r, EVENT_DENY, &origin, &chain, NOW);
	record_add(&r, "name", nasty);
	record_add(&r, "empty", "");
	record_add_number(&r, "line", 7);
	assert_int_equal(record_finish(&r, &chain, "no \"way\"]"), 0);
	assert_int_equal(fields_read(r.line, r.len - 1, &f, &err), 0);
	assert_int_equal(f.time_us, NOW);
	assert_true(f.warning);
	assert_int_equal(f.seq, 42);
	assert_string_equal(f.host, "signer1");
	assert_string_equal(f.pid, "812");
	assert_string_equal(f.event, "DENY");
	assert_string_equal(f.text, "no \"way\"]");
	assert_int_equal(f.count, 5);
	assert_string_equal(f.field[0].name, "seq");
	assert_string_equal(f.field[0].value, "42");
	assert_string_equal(f.field[1].name, "name");
	assert_string_equal(fields_get(&f, "name"), "a\"b]c\\x5cd\\x0ae\\xff");
	assert_string_equal(fields_get(&f, "empty"), "");
	assert_string_equal(fields_get(&f, "line"), "7");
	assert_string_equal(fields_get(&f, "prev"), PREV);
	assert_null(fields_get(&f, "nam"));
	assert_null(fields_get(&f, ""));
}

static void
takes_words_of_later_versions(void **state)
{
	struct text_error err;

	(void)state;
	assert_int_equal(read_text("<86>1 2026-11-21T03:37:23.123456Z - "
				   "countersign 1 WITNESS [countersign@32473 "
				   "seq=\"9\" env.ci=\"x\" prev=\"" PREV "\"]",
			     &err),
	    0);
	assert_string_equal(f.event, "WITNESS");
	assert_string_equal(f.text, "");
	assert_string_equal(fields_get(&f, "env.ci"), "x");
}

static void
every_day_is_the_one_that_was_written(void **state)
{
	char text[CLOCK_TEXT];

	(void)state;
	for (uint64_t day = 0; day < 60000; day++) {
		uint64_t us = day * 86400000000 + day * 1000003 % 86400000000;

		clock_text(us, text);
		assert_int_equal(read_time_text(text), 0);
		assert_int_equal(f.time_us, us);
	}
}

static void
refuses_times_that_do_not_exist(void **state)
{
	static const char *const bad[] = {
		"1969-12-31T23:59:59.999999Z",
		"2026-00-01T00:00:00.000000Z",
		"2026-13-01T00:00:00.000000Z",
		"2026-01-00T00:00:00.000000Z",
		"2026-02-29T00:00:00.000000Z",
		"2100-02-29T00:00:00.000000Z",
		"2026-04-31T00:00:00.000000Z",
		"2026-01-01T24:00:00.000000Z",
		"2026-01-01T00:60:00.000000Z",
		"2026-01-01T00:00:60.000000Z",
	};

	(void)state;
	assert_int_equal(read_time_text("2024-02-29T23:59:59.999999Z"), 0);
	assert_int_equal(read_time_text("9999-12-31T23:59:59.999999Z"), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(read_time_text(bad[i]), -1);
}

/* As many fields as are said, seq and prev counted. */
static int
read_many(size_t count, const char *name, struct text_error *reterr)
{
	char line[RECORD_MAX];
	size_t len;

	len = (size_t)snprintf(line, sizeof(line),
	    "<86>1 2026-11-21T03:37:23.123456Z h countersign 1 SIGN "
	    "[countersign@32473 seq=\"1\"");
	for (size_t i = 2; i < count; i++)
		len += (size_t)snprintf(
		    line + len, sizeof(line) - len, " %s%zu=\"\"", name, i);
	snprintf(line + len, sizeof(line) - len, " prev=\"" PREV "\"]");
	return read_text(line, reterr);
}

static void
refuses_more_fields_than_it_can_hold(void **state)
{
	struct text_error err;

	(void)state;
	assert_int_equal(read_many(FIELDS_MAX, "a", &err), 0);
	assert_int_equal(f.count, FIELDS_MAX);
	assert_int_equal(read_many(FIELDS_MAX + 1, "a", &err), -1);
	assert_string_equal(err.what, "seq 1: it has too many fields");
}

static void
refuses_a_field_twice(void **state)
{
	struct text_error err;

	(void)state;
	assert_int_equal(
	    read_text("<86>1 2026-11-21T03:37:23.123456Z h countersign 1 SIGN "
		      "[countersign@32473 seq=\"1\" key=\"a\" key=\"b\" "
		      "prev=\"" PREV "\"]",
		&err),
	    -1);
	assert_string_equal(err.what, "seq 1: key is given twice");
}

static void
the_longest_record_fits(void **state)
{
	struct record_origin origin = { "signer1", 812 };
	char text[RECORD_MAX];
	struct text_error err;
	struct chain chain;
	struct record r;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	chain_init(&chain);
	record_begin(&r, EVENT_SIGN, &origin, &chain, NOW);
	assert_int_equal(record_finish(&r, &chain, text), 0);
	assert_int_equal(r.len, RECORD_MAX);
	assert_int_equal(fields_read(r.line, r.len - 1, &f, &err), 0);
	assert_int_equal(fields_read(r.line, r.len, &f, &err), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_was_written),
		cmocka_unit_test(takes_words_of_later_versions),
		cmocka_unit_test(every_day_is_the_one_that_was_written),
		cmocka_unit_test(refuses_times_that_do_not_exist),
		cmocka_unit_test(refuses_more_fields_than_it_can_hold),
		cmocka_unit_test(refuses_a_field_twice),
		cmocka_unit_test(the_longest_record_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
