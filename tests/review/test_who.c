/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/review/who_text.c */
#include "review/who.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "support_lines.h"

static struct who *who;
static struct chain chain;
static struct record r;

static int
set_up(void **state)
{
	struct text_error err;

	(void)state;
	chain_init(&chain);
	who = who_new();
	return who == NULL || who_ask(who, LINES_DIGEST, &err) == -1 ? -1 : 0;
}

static int
tear_down(void **state)
{
	(void)state;
	who_free(who);
	return 0;
}

/* The next record of the log. */
static void
take(enum event event, const struct pair *pairs)
{
	struct text_error err;

	line_make(&r, &chain, event, pairs, "said");
	assert_int_equal(who_take(who, r.line, r.len, &err), 0);
}

static void
take_checkpoint(unsigned size)
{
	char text[16];
	struct pair pairs[] = { { "size", text }, { NULL, NULL } };

	snprintf(text, sizeof(text), "%u", size);
	take(EVENT_CHECKPOINT, pairs);
}

static void
is(enum who_list which, size_t i, uint64_t seq, uint64_t checkpoint)
{
	const struct who_record *got = who_get(who, which, i);

	assert_non_null(got);
	assert_int_equal(got->seq, seq);
	assert_int_equal(got->checkpoint, checkpoint);
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
finds_signatures_and_others(void **state)
{
	(void)state;
	for (int e = 0; e < EVENT_COUNT; e++)
		take((enum event)e, pairs_of((enum event)e));
	take(EVENT_SIGN,
	    PAIRS({ "digest", LINES_DIGEST }, { "outcome", "failed" }));
	take(EVENT_DENY,
	    PAIRS({ "digest", LINES_DIGEST }, { "outcome", "refused" }));
	take(EVENT_SIGN,
	    PAIRS({ "digest", LINES_DIGEST "00" }, { "outcome", "ok" }));
	assert_int_equal(who_total(who, WHO_SIGNED), 1);
	assert_int_equal(who_total(who, WHO_OTHERS), 2);
	is(WHO_SIGNED, 0, EVENT_SIGN + 1, EVENT_CHECKPOINT + 1);
	is(WHO_OTHERS, 0, EVENT_COUNT + 1, 0);
	is(WHO_OTHERS, 1, EVENT_COUNT + 2, 0);
	assert_null(who_get(who, WHO_SIGNED, 1));
	assert_null(who_get(who, WHO_OTHERS, 2));
}

static void
the_first_checkpoint_that_is_large_enough_covers(void **state)
{
	(void)state;
	take_checkpoint(9);
	take(EVENT_SIGN, pairs_of(EVENT_SIGN)); /* 2 */
	take_checkpoint(1);
	take(EVENT_SIGN, pairs_of(EVENT_SIGN)); /* 4 */
	take_checkpoint(3);
	is(WHO_SIGNED, 0, 2, 5);
	is(WHO_SIGNED, 1, 4, 0);
	take_checkpoint(4);
	take_checkpoint(6);
	is(WHO_SIGNED, 0, 2, 5);
	is(WHO_SIGNED, 1, 4, 6);
}

static void
a_checkpoint_of_another_host_covers_nothing(void **state)
{
	struct record_origin other = { "signer2", 1 };
	struct text_error err;

	(void)state;
	take(EVENT_SIGN, pairs_of(EVENT_SIGN));
	record_begin(&r, EVENT_CHECKPOINT, &other, &chain, LINES_START_US);
	record_add(&r, "size", "1");
	assert_int_equal(record_finish(&r, &chain, ""), 0);
	assert_int_equal(who_take(who, r.line, r.len - 1, &err), 0);
	is(WHO_SIGNED, 0, 1, 0);
	take(EVENT_CHECKPOINT, PAIRS({ "size", "-1" }));
	take(EVENT_CHECKPOINT, PAIRS({ "why", "no size" }));
	is(WHO_SIGNED, 0, 1, 0);
	take_checkpoint(1);
	is(WHO_SIGNED, 0, 1, 5);
}

static void
a_name_that_looks_like_a_digest_is_none(void **state)
{
	(void)state;
	take(EVENT_SIGN,
	    PAIRS({ "name", " digest=\"" LINES_DIGEST "\"" },
		{ "outcome", "ok" }));
	assert_int_equal(who_total(who, WHO_SIGNED), 0);
}

static void
names_what_is_no_record(void **state)
{
	static const char *const lines[] = { "", "root:x:0:0",
		"<86>1 x y countersign 1 CHECKPOINT [nothing",
		" digest=\"" LINES_DIGEST };
	struct text_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		assert_int_equal(
		    who_take(who, lines[i], strlen(lines[i]), &err), -1);
}

static void
digests_are_whole_and_of_either_case(void **state)
{
	static const char *const wrong[] = { "", "8f434346", "x",
		LINES_DIGEST "0", LINES_DIGEST "00" };
	struct text_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(who_ask(who, wrong[i], &err), -1);
	who_free(who);
	who = who_new();
	assert_int_equal(
	    who_ask(who,
		"8F434346648F6B96DF89DDA901C5176B10A6D83961DD3C1AC88B59B2DC327A"
		"A4",
		&err),
	    0);
	for (int i = 1; i < 8; i++)
		assert_int_equal(who_ask(who, LINES_DIGEST, &err), 0);
	assert_int_equal(who_ask(who, LINES_DIGEST, &err), -1);
	take(EVENT_SIGN, pairs_of(EVENT_SIGN));
	assert_int_equal(who_total(who, WHO_SIGNED), 1);
}

static void
counts_more_than_it_keeps(void **state)
{
	struct buf out;

	(void)state;
	for (int i = 0; i < WHO_KEPT + 5; i++)
		take(EVENT_SIGN,
		    PAIRS({ "digest", LINES_DIGEST }, { "outcome", "ok" }));
	assert_int_equal(who_total(who, WHO_SIGNED), WHO_KEPT + 5);
	assert_non_null(who_get(who, WHO_SIGNED, WHO_KEPT - 1));
	assert_null(who_get(who, WHO_SIGNED, WHO_KEPT));
	buf_init(&out, 64 << 20);
	who_text(who, &out);
	assert_false(out.bad);
	assert_non_null(
	    memmem(buf_at(&out), buf_len(&out), "\nand 5 more: ", 13));
	buf_release(&out);
}

static void
says_it_to_people(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 1 << 20);
	who_text(who, &out);
	assert_int_equal(buf_len(&out), 0);
	take(EVENT_SIGN, pairs_of(EVENT_SIGN));
	take_checkpoint(1);
	take(EVENT_DENY,
	    PAIRS({ "digest", LINES_DIGEST }, { "reason", "name" },
		{ "name", "a\x1b[2J\nb" }));
	take(EVENT_DENY, PAIRS({ "digest", LINES_DIGEST }));
	who_text(who, &out);
	buf_add(&out, "", 1);
	assert_string_equal(buf_at(&out),
	    "Signed once:\n\n"
	    "2026-11-21T03:37:23.123456Z  SIGN\n"
	    "    principal     build01\n"
	    "    profile       ci\n"
	    "    fp            " LINES_PRINT "\n"
	    "    src           10.2.0.7\n"
	    "    key           release\n"
	    "    keyfp         " LINES_PRINT "\n"
	    "    format        cms\n"
	    "    mech          CKM_ECDSA\n"
	    "    hash          sha256\n"
	    "    digest        " LINES_DIGEST "\n"
	    "    name          fw.bin\n"
	    "    sig           " LINES_PRINT "\n"
	    "    outcome       ok\n"
	    "    id            5f2c-3-1\n"
	    "    record        1 of signer1, covered by the checkpoint in "
	    "record 2\n\n"
	    "Refused or failed 2 times:\n\n"
	    "2026-11-21T03:37:25.123456Z  DENY\n"
	    "    digest        " LINES_DIGEST "\n"
	    "    name          a\\x1b[2J\\x0ab\n"
	    "    reason        name\n"
	    "    record        3 of signer1, no checkpoint that was read "
	    "covers it\n\n"
	    "2026-11-21T03:37:26.123456Z  DENY\n"
	    "    digest        " LINES_DIGEST "\n"
	    "    record        4 of signer1, no checkpoint that was read "
	    "covers it\n\n");
	buf_release(&out);
}

static void
says_it_to_programs(void **state)
{
	struct buf out;
	const char *at;
	json_t *root;

	(void)state;
	take(EVENT_SIGN, pairs_of(EVENT_SIGN));
	take_checkpoint(1);
	take(EVENT_DENY, PAIRS({ "digest", LINES_DIGEST }));
	buf_init(&out, 1 << 20);
	who_json(who, &out);
	root = json_loadb(
	    buf_at(&out), buf_len(&out), JSON_DISABLE_EOF_CHECK, NULL);
	assert_int_equal(
	    json_integer_value(json_object_get(root, "countersign.checkpoint")),
	    2);
	json_decref(root);
	at = memchr(buf_at(&out), '\n', buf_len(&out));
	assert_non_null(at);
	root = json_loads(at, JSON_DISABLE_EOF_CHECK, NULL);
	assert_non_null(root);
	assert_null(json_object_get(root, "countersign.checkpoint"));
	json_decref(root);
	buf_release(&out);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(finds_signatures_and_others),
		TEST(the_first_checkpoint_that_is_large_enough_covers),
		TEST(a_checkpoint_of_another_host_covers_nothing),
		TEST(a_name_that_looks_like_a_digest_is_none),
		TEST(names_what_is_no_record),
		TEST(digests_are_whole_and_of_either_case),
		TEST(counts_more_than_it_keeps),
		TEST(says_it_to_people),
		TEST(says_it_to_programs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
