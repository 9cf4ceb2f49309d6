/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/review/question.c */
#include "review/filter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "support_lines.h"

#define NOW (LINES_START_US + UINT64_C(3600000000))

static struct record r;
static struct fields fields;

/* The record that is asked about: of one event, with the pairs. */
static void
record(enum event event, const struct pair *pairs)
{
	struct text_error err;
	struct chain chain;

	chain_init(&chain);
	line_make(&r, &chain, event, pairs, "text");
	assert_int_equal(fields_read(r.line, r.len, &fields, &err), 0);
}

static struct filter *
asked(const struct pair *pairs)
{
	struct filter *f = filter_new(NOW);
	struct text_error err;

	assert_non_null(f);
	for (; pairs->name != NULL; pairs++)
		if (filter_add(f, pairs->name, pairs->value, &err) == -1)
			fail_msg("%s", err.what);
	return f;
}

/* What matches must have looked as if it might. */
static bool
matches(const struct filter *f)
{
	bool match = filter_match(f, &fields);

	if (match)
		assert_true(filter_may_match(f, r.line, r.len));
	return match;
}

#define ASK(...)                   \
	(const struct pair[])      \
	{                          \
		__VA_ARGS__,       \
		{                  \
			NULL, NULL \
		}                  \
	}

static bool
ask(const struct pair *pairs)
{
	struct filter *f = asked(pairs);
	bool match = matches(f);

	filter_free(f);
	return match;
}

/* Said no to before the record was read. */
static bool
is_passed_over(const char *word, const char *value)
{
	struct filter *f = asked(ASK({ word, value }));
	bool may = filter_may_match(f, r.line, r.len);

	assert_false(filter_match(f, &fields));
	filter_free(f);
	return !may;
}

static void
without_a_question_everything_matches(void **state)
{
	struct filter *f = filter_new(NOW);

	(void)state;
	for (int e = 0; e < EVENT_COUNT; e++) {
		record((enum event)e, pairs_of((enum event)e));
		assert_true(matches(f));
	}
	filter_free(f);
	filter_free(NULL);
}

static void
each_word_finds_its_field(void **state)
{
	(void)state;
	record(EVENT_SIGN, pairs_of(EVENT_SIGN));
	assert_true(ask(ASK({ "event", "SIGN" })));
	assert_true(ask(ASK({ "event", "sign" })));
	assert_true(ask(ASK({ "outcome", "ok" })));
	assert_true(ask(ASK({ "key", "release" })));
	assert_true(ask(ASK({ "keyfp", LINES_PRINT })));
	assert_true(ask(ASK({ "profile", "ci" })));
	assert_true(ask(ASK({ "principal", "build01" })));
	assert_true(ask(ASK({ "fp", LINES_PRINT })));
	assert_true(ask(ASK({ "source", "10.2.0.7" })));
	assert_true(ask(ASK({ "digest", LINES_DIGEST })));
	assert_true(ask(ASK({ "name", "fw.bin" })));
	assert_true(ask(ASK({ "id", "5f2c-3-1" })));
	assert_true(ask(ASK({ "seq", "1" })));
	record(EVENT_DENY, pairs_of(EVENT_DENY));
	assert_true(ask(ASK({ "reason", "key-unknown" })));
}

static void
each_word_passes_over_others_unread(void **state)
{
	static const char *const other =
	    "SHA256:BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

	(void)state;
	record(EVENT_SIGN, pairs_of(EVENT_SIGN));
	assert_true(is_passed_over("event", "DENY"));
	assert_true(is_passed_over("outcome", "failed"));
	assert_true(is_passed_over("reason", "busy"));
	assert_true(is_passed_over("key", "releas"));
	assert_true(is_passed_over("key", "release2"));
	assert_true(is_passed_over("keyfp", other));
	assert_true(is_passed_over("profile", "c"));
	assert_true(is_passed_over("principal", "build011"));
	assert_true(is_passed_over("fp", other));
	assert_true(is_passed_over("digest", "8f434347"));
	assert_true(is_passed_over("id", "5f2c-3-11"));
	assert_true(is_passed_over("since", "2026-11-22"));
	assert_true(is_passed_over("until", "2026-11-21"));
	/* These are read first. */
	assert_false(is_passed_over("name", "fw"));
	assert_false(is_passed_over("source", "10.2.0.8"));
	assert_false(is_passed_over("seq", "2"));
}

static void
several_of_a_word_mean_or_and_words_mean_and(void **state)
{
	(void)state;
	record(EVENT_SIGN, pairs_of(EVENT_SIGN));
	assert_true(ask(ASK({ "key", "a" }, { "key", "release" })));
	assert_true(ask(ASK({ "event", "DENY" }, { "event", "SIGN" })));
	assert_true(ask(ASK({ "event", "DENY,sign" })));
	assert_true(ask(ASK({ "key", "release" }, { "profile", "ci" })));
	assert_false(ask(ASK({ "key", "release" }, { "profile", "x" })));
	assert_false(ask(ASK({ "key", "a" }, { "key", "b" })));
	/* A comma belongs to a name. */
	assert_false(ask(ASK({ "key", "a,release" })));
}

static void
a_record_without_the_field_does_not_match(void **state)
{
	(void)state;
	record(EVENT_START, pairs_of(EVENT_START));
	assert_true(is_passed_over("outcome", "ok"));
	assert_true(is_passed_over("key", "release"));
	assert_false(ask(ASK({ "name", "*" })));
	assert_false(ask(ASK({ "source", "0.0.0.0/0" })));
}

static void
who_was_refused_a_key_asked_for_it(void **state)
{
	(void)state;
	record(EVENT_DENY, pairs_of(EVENT_DENY));
	assert_true(ask(ASK({ "key", "root" })));
	assert_true(is_passed_over("key", "ci"));
}

static void
sources_are_addresses_networks_and_lists(void **state)
{
	(void)state;
	record(EVENT_AUTH, pairs_of(EVENT_AUTH));
	assert_true(ask(ASK({ "source", "10.2.0.0/24" })));
	assert_true(ask(ASK({ "source", "::ffff:10.2.0.7" })));
	assert_true(ask(ASK({ "source", "10.2.*" })));
	assert_true(ask(ASK({ "source", "10.0.0.0/8,!10.3.0.0/16" })));
	assert_false(ask(ASK({ "source", "10.0.0.0/8,!10.2.0.0/16" })));
	assert_false(ask(ASK({ "source", "10.2.1.0/24" })));
	record(EVENT_AUTHFAIL, pairs_of(EVENT_AUTHFAIL));
	assert_true(ask(ASK({ "source", "2001:db8::/32" })));
	assert_true(ask(ASK({ "source", "2001:DB8:0::7" })));
	assert_false(ask(ASK({ "source", "10.0.0.0/8" })));
	record(EVENT_AUTH, ASK({ "src", "::ffff:10.2.0.7" }));
	assert_true(ask(ASK({ "source", "10.2.0.0/24" })));
	record(EVENT_AUTH, ASK({ "src", "UNKNOWN" }));
	assert_false(ask(ASK({ "source", "0.0.0.0/0" })));
}

static void
digests_are_found_by_their_beginning(void **state)
{
	(void)state;
	record(EVENT_SIGN, pairs_of(EVENT_SIGN));
	assert_true(ask(ASK({ "digest", "8f434346" })));
	assert_true(ask(ASK({ "digest",
	    "8F4343466"
	    "48F6B96" })));
	assert_true(is_passed_over("digest", LINES_DIGEST "00"));
}

static void
names_are_globs_over_what_the_record_shows(void **state)
{
	(void)state;
	record(EVENT_SIGN, ASK({ "name", "images/fw-1.2.bin" }));
	assert_true(ask(ASK({ "name", "images/*.bin" })));
	assert_true(ask(ASK({ "name", "*fw-?.?.bin" })));
	assert_false(ask(ASK({ "name", "fw*" })));
	record(EVENT_SIGN, ASK({ "name", "a\nb" }));
	assert_true(ask(ASK({ "name", "a\\x0ab" })));
}

static void
quoted_values_are_found_unread_too(void **state)
{
	(void)state;
	record(EVENT_AUTH, ASK({ "principal", "a\"]b" }));
	assert_true(ask(ASK({ "principal", "a\"]b" })));
	assert_true(is_passed_over("principal", "a"));
	record(EVENT_AUTH, ASK({ "principal", "a\\b" }));
	assert_true(ask(ASK({ "principal", "a\\x5cb" })));
}

/* A name that looks like a field is no field. */
static void
text_in_values_matches_nothing(void **state)
{
	(void)state;
	record(EVENT_SIGN, ASK({ "name", "x\" key=\"release\" y=\"" }));
	assert_false(ask(ASK({ "key", "release" })));
	assert_false(ask(ASK({ "key", "release" }, { "event", "SIGN" })));
}

static void
times_begin_and_end_a_range(void **state)
{
	(void)state;
	record(EVENT_SIGN, pairs_of(EVENT_SIGN));
	assert_true(ask(ASK({ "since", "2026-11-21T03:37:23.123456Z" })));
	assert_true(is_passed_over("since", "2026-11-21T03:37:23.123457Z"));
	assert_true(is_passed_over("until", "2026-11-21T03:37:23.123456Z"));
	assert_true(ask(ASK({ "until", "2026-11-21T03:37:23.123457Z" })));
	assert_true(ask(ASK({ "since", "-1h" })));
	assert_true(is_passed_over("since", "-59m"));
	assert_true(
	    ask(ASK({ "since", "2026-11-21" }, { "until", "2026-11-22" })));
}

static void
seq_is_a_number_or_a_range(void **state)
{
	struct chain chain = { .seq = 41 };
	struct text_error err;

	(void)state;
	memcpy(chain.prev, RECORD_FIRST, RECORD_HASH);
	line_make(&r, &chain, EVENT_STOP, pairs_of(EVENT_STOP), "");
	assert_int_equal(fields_read(r.line, r.len, &fields, &err), 0);
	assert_true(ask(ASK({ "seq", "42" })));
	assert_true(ask(ASK({ "seq", "42-" })));
	assert_true(ask(ASK({ "seq", "1-42" })));
	assert_false(ask(ASK({ "seq", "4" })));
	assert_false(ask(ASK({ "seq", "43-" })));
	assert_false(ask(ASK({ "seq", "1-41" })));
}

/* What cannot be a record is for its reader to name, so it is passed on. */
static void
lines_that_are_no_records_are_passed_on(void **state)
{
	static const char *const lines[] = { "", " ", "<86>1", "x y z",
		"<86>1 2026-11-21T03:37:23.123456 a b c d", "a b c d e f" };
	struct filter *f =
	    asked(ASK({ "event", "SIGN" }, { "since", "2027-01-01" }));

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		assert_true(filter_may_match(f, lines[i], strlen(lines[i])));
	filter_free(f);
}

static void
refuses_what_cannot_be_meant(void **state)
{
	static const struct pair wrong[] = {
		{ "colour", "red" },
		{ "", "" },
		{ "event", "SING" },
		{ "event", "" },
		{ "event", "SIGN," },
		{ "outcome", "OK" },
		{ "outcome", "success" },
		{ "reason", "nope" },
		{ "key", "" },
		{ "fp", "AAAA" },
		{ "fp", "MD5:aa:bb" },
		{ "fp", LINES_PRINT "A" },
		{ "keyfp", "SHA256:" },
		{ "source", "host.example" },
		{ "source", "10.0.0.0/33" },
		{ "source", "10.0.0.1/8" },
		{ "source", "" },
		{ "digest", "8f43434" },
		{ "digest", "8f43434g" },
		{ "digest", "0x8f434346" },
		{ "name", "" },
		{ "since", "noon" },
		{ "until", "" },
		{ "seq", "" },
		{ "seq", "-" },
		{ "seq", "-5" },
		{ "seq", "5-4" },
		{ "seq", "1-2-3" },
		{ "seq", "99999999999999999999999999" },
	};
	struct filter *f = filter_new(NOW);
	static char longest[2000];
	struct text_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		if (filter_add(f, wrong[i].name, wrong[i].value, &err) != -1)
			fail_msg("--%s %s", wrong[i].name, wrong[i].value);
		assert_memory_equal(err.what, "--", 2);
	}
	memset(longest, 'a', sizeof(longest) - 1);
	assert_int_equal(filter_add(f, "key", longest, &err), -1);
	assert_int_equal(filter_add(f, "event", longest, &err), -1);
	assert_int_equal(filter_add(f, "digest", longest, &err), -1);
	assert_int_equal(filter_add(f, "source", longest, &err), -1);
	filter_free(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_question_everything_matches),
		cmocka_unit_test(each_word_finds_its_field),
		cmocka_unit_test(each_word_passes_over_others_unread),
		cmocka_unit_test(several_of_a_word_mean_or_and_words_mean_and),
		cmocka_unit_test(a_record_without_the_field_does_not_match),
		cmocka_unit_test(who_was_refused_a_key_asked_for_it),
		cmocka_unit_test(sources_are_addresses_networks_and_lists),
		cmocka_unit_test(digests_are_found_by_their_beginning),
		cmocka_unit_test(names_are_globs_over_what_the_record_shows),
		cmocka_unit_test(quoted_values_are_found_unread_too),
		cmocka_unit_test(text_in_values_matches_nothing),
		cmocka_unit_test(times_begin_and_end_a_range),
		cmocka_unit_test(seq_is_a_number_or_a_range),
		cmocka_unit_test(lines_that_are_no_records_are_passed_on),
		cmocka_unit_test(refuses_what_cannot_be_meant),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
