/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/audit/event.c src/audit/value.c */
#include "audit/record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "audit/verify.h"
#include "base/words.h"

static const struct record_origin origin = { "signer1", 812 };

/* 2026-11-21T03:37:23.123456Z */
#define WALL_US UINT64_C(1795232243123456)

static struct record
begin(enum event event, const struct chain *chain)
{
	struct record r;

	record_begin(&r, event, &origin, chain, WALL_US);
	return r;
}

/* The value as it stands in a record with one field. */
static const char *
written(const void *value, size_t len)
{
	static char text[RECORD_MAX];
	struct chain chain;
	struct record r;
	char *start, *end;

	chain_init(&chain);
	r = begin(EVENT_SIGN, &chain);
	record_add_bytes(&r, "name", value, len);
	assert_int_equal(record_finish(&r, &chain, ""), 0);
	r.line[r.len] = '\0';
	start = strstr(r.line, " name=\"") + strlen(" name=\"");
	end = strstr(start, "\" prev=\"");
	assert_non_null(end);
	snprintf(text, sizeof(text), "%.*s", (int)(end - start), start);
	return text;
}

static void
writes_the_line_of_the_design(void **state)
{
	struct chain chain;
	struct record r;

	(void)state;
	chain_init(&chain);
	chain.seq = 41;
	r = begin(EVENT_SIGN, &chain);
	record_add(&r, "principal", "build01");
	record_add(&r, "absent", NULL);
	record_add(&r, "empty", "");
	record_add_hex(&r, "digest", "\x01\xaf", 2);
	record_add_number(&r, "us", 1830);
	assert_int_equal(record_finish(&r, &chain, "signed fw.bin"), 0);
	r.line[r.len] = '\0';
	assert_string_equal(r.line,
	    "<86>1 2026-11-21T03:37:23.123456Z signer1 countersign 812 SIGN "
	    "[countersign@32473 seq=\"42\" principal=\"build01\" empty=\"\" "
	    "digest=\"01af\" us=\"1830\" prev=\"" RECORD_FIRST
	    "\"] signed fw.bin\n");
	assert_int_equal(chain.seq, 42);
}

static void
the_next_prev_is_the_hash_without_the_line_feed(void **state)
{
	struct chain chain;
	struct record r;
	char hash[RECORD_HASH];

	(void)state;
	chain_init(&chain);
	r = begin(EVENT_START, &chain);
	assert_int_equal(record_finish(&r, &chain, "up"), 0);
	assert_int_equal(record_hash(r.line, r.len - 1, hash), 0);
	assert_string_equal(chain.prev, hash);
}

static void
refusals_are_warnings(void **state)
{
	static const enum event warns[] = { EVENT_AUTHFAIL, EVENT_DENY,
		EVENT_RELOADFAIL, EVENT_LIMIT, EVENT_CLOCK, EVENT_SUSPEND };
	struct chain chain;

	(void)state;
	chain_init(&chain);
	for (int e = 0; e < EVENT_COUNT; e++) {
		struct record r = begin((enum event)e, &chain);
		bool warn = false;

		for (size_t i = 0; i < sizeof(warns) / sizeof(*warns); i++)
			warn = warn || warns[i] == (enum event)e;
		assert_memory_equal(r.line, warn ? "<84>1 " : "<86>1 ", 6);
		r.line[r.len] = '\0';
		assert_non_null(strstr(r.line, event_word((enum event)e)));
	}
}

static void
escapes_what_came_from_outside(void **state)
{
	(void)state;
	assert_string_equal(written("a\"b", 3), "a\\\"b");
	assert_string_equal(written("a]b", 3), "a\\]b");
	assert_string_equal(written("a\\b", 3), "a\\\\x5cb");
	assert_string_equal(written("a\nb", 3), "a\\\\x0ab");
	assert_string_equal(written("a\0b", 3), "a\\\\x00b");
	assert_string_equal(written("\xff", 1), "\\\\xff");
	assert_string_equal(written("\xc3\xa4", 2), "\xc3\xa4");
	/* Right-to-left override: would show another name. */
	assert_string_equal(
	    written("\xe2\x80\xae", 3), "\\\\xe2\\\\x80\\\\xae");
}

static void
a_value_cannot_end_its_field(void **state)
{
	struct chain chain, before;
	struct record r;
	struct verifier v;
	struct text_error err;

	(void)state;
	chain_init(&chain);
	before = chain;
	r = begin(EVENT_DENY, &chain);
	record_add(&r, "name", "x\" seq=\"7\" prev=\"0\"]\n<86>1 ");
	assert_int_equal(record_finish(&r, &chain, "a\nb"), 0);
	assert_ptr_equal(memchr(r.line, '\n', r.len), r.line + r.len - 1);
	verifier_init(&v, true);
	v.chain = before;
	assert_int_equal(verify_line(&v, r.line, r.len - 1, &err), 0);
}

static void
cuts_long_values_with_a_mark(void **state)
{
	char plain[RECORD_VALUE_MAX + 1], control[255], wide[RECORD_VALUE_MAX];
	const char *text;

	(void)state;
	memset(plain, 'a', sizeof(plain));
	assert_int_equal(
	    strlen(written(plain, RECORD_VALUE_MAX)), RECORD_VALUE_MAX);
	text = written(plain, sizeof(plain));
	assert_int_equal(strlen(text), RECORD_VALUE_MAX);
	assert_string_equal(text + RECORD_VALUE_MAX - 5, "\\\\\xe2\x80\xa6");

	memset(control, '\n', sizeof(control));
	text = written(control, sizeof(control));
	assert_int_equal(strlen(text), RECORD_VALUE_MAX);
	assert_string_equal(
	    text + strlen(text) - 10, "\\\\x0a\\\\\xe2\x80\xa6");

	/* Two bytes each, from an odd place: none may be halved. */
	wide[0] = 'a';
	for (size_t i = 1; i + 1 < sizeof(wide); i += 2)
		memcpy(wide + i, "\xc3\xa4", 2);
	wide[sizeof(wide) - 1] = '"';
	text = written(wide, sizeof(wide));
	assert_true(strlen(text) <= RECORD_VALUE_MAX);
	assert_string_equal(
	    text + strlen(text) - 7, "\xc3\xa4\\\\\xe2\x80\xa6");
	assert_true(text_is_utf8(text, strlen(text)));
}

static void
cuts_a_value_where_its_field_says(void **state)
{
	static const char *const values[] = { "12345678", "123456789",
		"123456\n8", "\"\"\"\"\"", "" };
	static const char *const wanted[] = { "12345678", "123\\\\\xe2\x80\xa6",
		"123\\\\\xe2\x80\xa6", "\\\"\\\\\xe2\x80\xa6", "" };
	struct chain chain;
	struct record r;

	(void)state;
	chain_init(&chain);
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		char field[64];

		r = begin(EVENT_SIGN, &chain);
		record_add_cut(&r, "absent", NULL, 8);
		record_add_cut(&r, "x", values[i], 8);
		r.line[r.len] = '\0';
		snprintf(field, sizeof(field), " x=\"%s\"", wanted[i]);
		assert_string_equal(strstr(r.line, " x="), field);
	}
}

static void
a_name_that_ends_in_an_ellipsis_is_no_cut_one(void **state)
{
	(void)state;
	assert_string_equal(
	    written("x\\\xe2\x80\xa6", 5), "x\\\\x5c\xe2\x80\xa6");
}

static const char *
filled(char c, size_t len)
{
	static char text[8][512];
	static unsigned next;
	char *ret = text[next++ % 8];

	memset(ret, c, len);
	ret[len] = '\0';
	return ret;
}

/* What each record of a request begins with, each field at its worst. */
static void
worst_request(struct record *r, enum event event, const struct chain *chain)
{
	struct record_origin host = { filled('h', 64), UINT32_MAX };
	uint8_t digest[64] = { 0 };

	record_begin(r, event, &host, chain, WALL_US);
	record_add(r, "id", filled('i', 8 + 1 + 20 + 1 + 10));
	record_add(r, "profile", filled('p', 63));
	record_add_number(r, "conn", UINT64_MAX);
	record_add_cut(
	    r, "principal", filled('\x01', 255), RECORD_PRINCIPAL_MAX);
	record_add(r, "fp", filled('f', 50));
	record_add(r, "second-fp", filled('f', 50));
	record_add(r, "src", filled('s', 63));
	record_add(r, "verb", "check");
	record_add(r, "key", filled('k', 63));
	record_add(r, "keyfp", filled('f', 50));
	/* asked-format may be longer, but then there is no line. */
	record_add(r, "format", filled('f', 20));
	record_add(r, "namespace", filled('n', NAMESPACE_SIZE - 1));
	record_add_number(r, "line", UINT64_MAX);
	record_add(r, "hash", "sha3-256");
	record_add_hex(r, "digest", digest, sizeof(digest));
	record_add_cut(r, "name", filled('\n', 255), RECORD_NAME_MAX);
}

/* What admins and the client say of a request. */
static void
worst_words(struct record *r)
{
	size_t share = RECORD_ENV_MAX / RECORD_ENV_COUNT, len;
	static const char *const names[] = { "env.A23456789012345678901234567",
		"env.B23456789012345678901234567",
		"env.C23456789012345678901234567",
		"env.D23456789012345678901234567" };

	record_add_cut(
	    r, "purpose", filled('"', PURPOSE_SIZE - 1), RECORD_PURPOSE_MAX);
	record_add(r, "notify", filled('n', 2 * 24 + 1));
	len = r->len;
	for (size_t i = 0; i < RECORD_ENV_COUNT; i++)
		record_add_cut(r, names[i], filled('\x1b', 255),
		    share - strlen(names[i]) - 4);
	assert_true(r->len - len <= RECORD_ENV_MAX);
}

static void
finish_worst(struct record *r, struct chain *chain)
{
	struct verifier v = { .chain = *chain, .started = true };
	struct text_error err;

	assert_int_equal(record_finish(r, chain, filled('t', 500)), 0);
	assert_true(r->len <= RECORD_MAX);
	assert_int_equal(verify_line(&v, r->line, r->len - 1, &err), 0);
}

static void
the_worst_records_fit(void **state)
{
	struct chain chain;
	struct record r;

	(void)state;
	chain_init(&chain);
	chain.seq = UINT64_MAX - 4;
	worst_request(&r, EVENT_DENY, &chain);
	record_add(&r, "outcome", "refused");
	record_add(&r, "reason", "token-wrong-answer");
	record_add_cut(&r, "rule", filled('\\', 255), RECORD_RULE_MAX);
	worst_words(&r);
	finish_worst(&r, &chain);

	worst_request(&r, EVENT_SIGN, &chain);
	record_add(&r, "mech", "CKM_RSA_PKCS_PSS");
	record_add(&r, "sig", filled('f', 50));
	record_add(&r, "outcome", "ok");
	record_add_number(&r, "us", UINT32_MAX);
	record_add_number(&r, "repeat", UINT64_MAX);
	worst_words(&r);
	record_add(&r, "delivered", "no");
	finish_worst(&r, &chain);

	worst_request(&r, EVENT_SIGN, &chain);
	record_add(&r, "mech", "CKM_RSA_PKCS_PSS");
	record_add(&r, "outcome", "failed");
	record_add(&r, "reason", "token-wrong-answer");
	worst_words(&r);
	record_add(&r, "delivered", "no");
	finish_worst(&r, &chain);
}

static void
begin_worst(struct record *r, enum event event, const struct chain *chain)
{
	struct record_origin host = { filled('h', 64), UINT32_MAX };

	record_begin(r, event, &host, chain, WALL_US);
}

/* What admins and teams do, with texts that are theirs. */
static void
the_worst_orders_and_changes_fit(void **state)
{
	struct chain chain;
	struct record r;

	(void)state;
	chain_init(&chain);
	chain.seq = UINT64_MAX - 4;
	begin_worst(&r, EVENT_SUSPEND, &chain);
	record_add(&r, "what", "principal");
	record_add(&r, "principal", filled('"', 255));
	record_add(&r, "by", filled('b', 63));
	record_add(&r, "why", filled('"', 200));
	record_add_cut(&r, "rule", filled('\\', 299), RECORD_RULE_MAX);
	record_add_number(&r, "sessions", UINT64_MAX);
	finish_worst(&r, &chain);

	begin_worst(&r, EVENT_RELOAD, &chain);
	record_add(&r, "what", "changed");
	record_add(&r, "object", "client");
	record_add(&r, "profile", filled('p', 63));
	record_add(&r, "principal", filled('"', 255));
	record_add(&r, "fp", filled('f', 50));
	record_add(&r, "key", filled('k', 63));
	record_add(&r, "words", filled('w', 255));
	record_add(&r, "rule", filled('r', 299));
	record_add(&r, "why", "start");
	finish_worst(&r, &chain);

	begin_worst(&r, EVENT_RELOADFAIL, &chain);
	record_add(&r, "tree", filled('0', 64));
	record_add(&r, "tenant", filled('t', 63));
	record_add(&r, "outcome", "kept");
	record_add(&r, "error", filled('"', 2000 / 8));
	finish_worst(&r, &chain);
}

static void
a_record_that_does_not_fit_leaves_the_chain_alone(void **state)
{
	struct chain chain, before;
	struct record r;

	(void)state;
	chain_init(&chain);
	before = chain;
	r = begin(EVENT_SIGN, &chain);
	for (size_t i = 0; i < 7; i++)
		record_add(&r, "x", filled('x', 300));
	assert_int_equal(record_finish(&r, &chain, ""), -1);
	assert_memory_equal(&chain, &before, sizeof(chain));
}

static void
refuses_a_record_begun_on_another_state(void **state)
{
	struct chain chain;
	struct record one, two;

	(void)state;
	chain_init(&chain);
	one = begin(EVENT_SIGN, &chain);
	two = begin(EVENT_SIGN, &chain);
	assert_int_equal(record_finish(&one, &chain, ""), 0);
	assert_int_equal(record_finish(&two, &chain, ""), -1);
	assert_int_equal(chain.seq, 1);
}

static void
refuses_a_digest_of_impossible_length(void **state)
{
	struct chain chain;
	struct record r;
	uint8_t bytes[65] = { 0 };

	(void)state;
	chain_init(&chain);
	r = begin(EVENT_SIGN, &chain);
	record_add_hex(&r, "digest", bytes, sizeof(bytes));
	assert_int_equal(record_finish(&r, &chain, ""), -1);
}

static void
a_host_name_that_is_none_becomes_a_dash(void **state)
{
	static const char *const bad[] = { "", "two words", "li\nne",
		"h\xc3\xb6st" };
	struct chain chain;
	struct record r;

	(void)state;
	chain_init(&chain);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct record_origin o = { bad[i], 1 };

		record_begin(&r, EVENT_START, &o, &chain, WALL_US);
		assert_memory_equal(r.line + 34, "- countersign 1 ", 16);
	}
}

static void
the_text_is_cut_and_never_the_data(void **state)
{
	struct chain chain;
	struct record r;

	(void)state;
	chain_init(&chain);
	r = begin(EVENT_SIGN, &chain);
	for (size_t i = 0; i < 5; i++)
		record_add(&r, "x", filled('x', 300));
	assert_int_equal(record_finish(&r, &chain, filled('t', 511)), 0);
	assert_int_equal(r.len, RECORD_MAX);
	assert_int_equal(r.line[r.len - 1], '\n');
	assert_int_equal(r.line[r.len - 2], 't');
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_the_line_of_the_design),
		cmocka_unit_test(
		    the_next_prev_is_the_hash_without_the_line_feed),
		cmocka_unit_test(refusals_are_warnings),
		cmocka_unit_test(escapes_what_came_from_outside),
		cmocka_unit_test(a_value_cannot_end_its_field),
		cmocka_unit_test(cuts_long_values_with_a_mark),
		cmocka_unit_test(cuts_a_value_where_its_field_says),
		cmocka_unit_test(a_name_that_ends_in_an_ellipsis_is_no_cut_one),
		cmocka_unit_test(the_worst_records_fit),
		cmocka_unit_test(the_worst_orders_and_changes_fit),
		cmocka_unit_test(
		    a_record_that_does_not_fit_leaves_the_chain_alone),
		cmocka_unit_test(refuses_a_record_begun_on_another_state),
		cmocka_unit_test(refuses_a_digest_of_impossible_length),
		cmocka_unit_test(a_host_name_that_is_none_becomes_a_dash),
		cmocka_unit_test(the_text_is_cut_and_never_the_data),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
