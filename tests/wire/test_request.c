/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "support_codec.h"

CODEC(accept_reply, WIRE_ACCEPT, false);
CODEC(lines_head, WIRE_LINES, true);
CODEC(answers_head, WIRE_ANSWERS, true);
CODEC(line, WIRE_NONE, true);
CODEC(answer, WIRE_NONE, true);
CODEC(text_reply, WIRE_TEXT, false);
CODEC(text_taken, WIRE_TAKEN, false);
CODEC(done_reply, WIRE_DONE, false);

static uint8_t bytes[65536];

static const struct accept_reply accept_sample = {
	.channel = 7,
	.output = OUTPUT_TAR,
	.check = true,
	.keep_going = false,
	.atomic = true,
	.raw_input = false,
	.greet_if_empty = true,
	.receipt = true,
	.at_once = true,
	.agent = true,
	.extra = EXTRA_STATE,
	.hash = HASH_SHA3_256,
	.key = "release",
	.format = "cms",
	.extension = "p7s",
};

static void
an_accept_comes_back(void **state)
{
	struct accept_reply back;
	size_t len;

	(void)state;
	codec_holds(&accept_reply_codec, &accept_sample);
	len = codec_encode(&accept_reply_codec, &accept_sample, bytes);
	assert_true(codec_decode(&accept_reply_codec, bytes, len, &back));
	assert_int_equal(back.channel, 7);
	assert_int_equal(back.output, OUTPUT_TAR);
	assert_true(back.check && back.atomic && back.greet_if_empty);
	assert_true(back.receipt && back.at_once && back.agent);
	assert_int_equal(back.extra, EXTRA_STATE);
	assert_false(back.keep_going || back.raw_input || back.whole);
	assert_int_equal(back.hash, HASH_SHA3_256);
	assert_string_equal(back.key, "release");
	assert_string_equal(back.format, "cms");
	assert_string_equal(back.extension, "p7s");
}

static void
refuses_an_accept_off_its_lists(void **state)
{
	(void)state;
	codec_refuses(&accept_reply_codec, &accept_sample, 4, OUTPUT_COUNT);
	for (size_t at = 5; at < 13; at++)
		codec_refuses(&accept_reply_codec, &accept_sample, at, 2);
	codec_refuses(&accept_reply_codec, &accept_sample, 13, EXTRA_COUNT);
	codec_refuses(&accept_reply_codec, &accept_sample, 14, HASH_COUNT);
}

static void
heads_carry_1_to_a_batch(void **state)
{
	struct lines_head lines = { 7, 1 };
	struct answers_head answers = { 7, WIRE_BATCH };

	(void)state;
	codec_holds(&lines_head_codec, &lines);
	codec_holds(&answers_head_codec, &answers);
	lines.count = answers.count = 0;
	codec_refuses_whole(&lines_head_codec, &lines);
	codec_refuses_whole(&answers_head_codec, &answers);
	lines.count = answers.count = WIRE_BATCH + 1;
	codec_refuses_whole(&lines_head_codec, &lines);
	codec_refuses_whole(&answers_head_codec, &answers);
	lines.count = UINT16_MAX;
	codec_refuses_whole(&lines_head_codec, &lines);
}

static void
lines_of_every_hash_come_back(void **state)
{
	struct line m = { .name = "dist/app-1.0.tar.gz" };

	(void)state;
	for (unsigned i = HASH_SHA256; i < HASH_COUNT; i++) {
		m.hash = (enum hash)i;
		m.digest_len = hash_size(m.hash);
		memset(m.digest, (int)i, m.digest_len);
		codec_holds(&line_codec, &m);
	}
	m.name[0] = '\0';
	codec_holds(&line_codec, &m);
	memset(m.name, 'n', sizeof(m.name) - 1);
	codec_holds(&line_codec, &m);
	m.extra_len = sizeof(m.extra);
	memset(m.extra, 'e', sizeof(m.extra));
	codec_holds(&line_codec, &m);
}

static void
refuses_a_digest_that_is_not_its_hash_long(void **state)
{
	struct line m = { .hash = HASH_SHA256, .name = "x" };

	(void)state;
	for (size_t len = 0; len <= DIGEST_MAX; len++) {
		m.digest_len = len;
		if (len != 32)
			codec_refuses_whole(&line_codec, &m);
	}
	m.digest_len = 0;
	m.extra_len = 40;
	codec_holds(&line_codec, &m);
	m.digest_len = 31;
	codec_refuses_whole(&line_codec, &m);
	m.extra_len = 0;
	m.hash = HASH_NONE;
	m.digest_len = 0;
	codec_refuses_whole(&line_codec, &m);
	m.hash = HASH_SHA512;
	m.digest_len = 64;
	codec_refuses(&line_codec, &m, 0, HASH_COUNT);
	codec_refuses(&line_codec, &m, 0, HASH_NONE);
	codec_refuses(&line_codec, &m, 0, HASH_SHA384);
	codec_refuses(&line_codec, &m, 4, 65);
	/* More is said to come, and does not; or it is neither yes nor no. */
	codec_refuses(&line_codec, &m, 72, 1);
	codec_refuses(&line_codec, &m, 72, 2);
}

static void
a_batch_of_lines_is_read_to_its_end(void **state)
{
	struct lines_head head = { 9, WIRE_BATCH };
	struct line m = { .hash = HASH_SHA512, .digest_len = 64 };
	struct writer w;
	struct reader r;

	(void)state;
	memset(m.name, 'n', sizeof(m.name) - 1);
	writer_init(&w, bytes, sizeof(bytes));
	lines_head_put(&w, &head);
	for (unsigned i = 0; i < WIRE_BATCH; i++)
		line_put(&w, &m);
	assert_true(writer_ok(&w));
	reader_init(&r, bytes, w.used);
	assert_int_equal(wire_get_type(&r), WIRE_LINES);
	assert_true(lines_head_get(&r, &head));
	for (unsigned i = 0; i < head.count; i++)
		assert_true(line_get(&r, &m));
	assert_true(reader_done(&r));
	assert_false(line_get(&r, &m));
}

static void
an_answer_is_a_signature_or_a_text(void **state)
{
	struct answer good = { .reason = REASON_OK,
		.bytes = (const uint8_t *)"sig\0nature",
		.len = 10 };
	struct answer bad = { .reason = REASON_NAME, .text = "no" };
	struct answer back;
	size_t len;

	(void)state;
	codec_holds(&answer_codec, &good);
	codec_holds(&answer_codec, &bad);
	good.receipt = (const uint8_t *)"proof";
	good.receipt_len = 5;
	codec_holds(&answer_codec, &good);
	len = codec_encode(&answer_codec, &good, bytes);
	assert_true(codec_decode(&answer_codec, bytes, len, &back));
	assert_int_equal(back.len, 10);
	assert_memory_equal(back.bytes, "sig\0nature", 10);
	assert_int_equal(back.receipt_len, 5);
	assert_memory_equal(back.receipt, "proof", 5);
	assert_string_equal(back.text, "");
	len = codec_encode(&answer_codec, &bad, bytes);
	assert_true(codec_decode(&answer_codec, bytes, len, &back));
	assert_int_equal(back.reason, REASON_NAME);
	assert_string_equal(back.text, "no");
	assert_null(back.bytes);
	assert_int_equal(back.len, 0);
	codec_refuses(&answer_codec, &bad, 0, REASON_COUNT);
	/* As a signature, a text has the wrong length. */
	codec_refuses(&answer_codec, &bad, 0, REASON_OK);
	codec_refuses(&answer_codec, &good, 0, REASON_INTERNAL);
}

static void
refuses_an_answer_that_is_too_long(void **state)
{
	static const uint8_t much[WIRE_ANSWER + 1];
	struct answer m = { .bytes = much, .len = WIRE_ANSWER };

	(void)state;
	codec_encode(&answer_codec, &m, bytes);
	m.len++;
	codec_refuses_whole(&answer_codec, &m);
	m.len = 1;
	m.receipt = much;
	m.receipt_len = WIRE_RECEIPT + 1;
	codec_refuses_whole(&answer_codec, &m);
}

static void
a_text_comes_back(void **state)
{
	struct text_reply m = { 3, true, (const uint8_t *)"hello\n", 6 };

	(void)state;
	codec_holds(&text_reply_codec, &m);
	codec_refuses(&text_reply_codec, &m, 4, 2);
	m.len = 0;
	codec_holds(&text_reply_codec, &m);
}

static void
refuses_a_text_that_is_too_long(void **state)
{
	static const uint8_t much[WIRE_CHUNK + 1];
	struct text_reply back, m = { 3, false, much, WIRE_CHUNK };
	size_t len;

	(void)state;
	len = codec_encode(&text_reply_codec, &m, bytes);
	assert_true(codec_decode(&text_reply_codec, bytes, len, &back));
	m.len++;
	codec_refuses_whole(&text_reply_codec, &m);
}

static void
a_taken_comes_back(void **state)
{
	struct text_taken back, m = { 3, 70000 };
	size_t len;

	(void)state;
	codec_holds(&text_taken_codec, &m);
	len = codec_encode(&text_taken_codec, &m, bytes);
	assert_true(codec_decode(&text_taken_codec, bytes, len, &back));
	assert_int_equal(back.channel, 3);
	assert_int_equal(back.len, 70000);
}

static void
a_done_comes_back(void **state)
{
	struct done_reply m = { 3, 77, 12, "the profile grants no such key" };

	(void)state;
	codec_holds(&done_reply_codec, &m);
	codec_refuses(&done_reply_codec, &m, 12, 0);
	m.text[0] = '\0';
	m.exit = 255;
	codec_holds(&done_reply_codec, &m);
}

static void
end_and_cancel_carry_the_channel(void **state)
{
	uint32_t channel = 0;
	struct writer w;
	struct reader r;

	(void)state;
	writer_init(&w, bytes, sizeof(bytes));
	channel_put(&w, WIRE_CANCEL, 0x01020304);
	reader_init(&r, bytes, w.used);
	assert_int_equal(wire_get_type(&r), WIRE_CANCEL);
	assert_true(channel_get(&r, &channel));
	assert_int_equal(channel, 0x01020304);
	for (size_t cut = 0; cut < 4; cut++) {
		reader_init(&r, bytes + 2, cut);
		assert_false(channel_get(&r, &channel));
	}
	reader_init(&r, bytes + 2, 5);
	assert_false(channel_get(&r, &channel));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_accept_comes_back),
		cmocka_unit_test(refuses_an_accept_off_its_lists),
		cmocka_unit_test(heads_carry_1_to_a_batch),
		cmocka_unit_test(lines_of_every_hash_come_back),
		cmocka_unit_test(refuses_a_digest_that_is_not_its_hash_long),
		cmocka_unit_test(a_batch_of_lines_is_read_to_its_end),
		cmocka_unit_test(an_answer_is_a_signature_or_a_text),
		cmocka_unit_test(refuses_an_answer_that_is_too_long),
		cmocka_unit_test(a_text_comes_back),
		cmocka_unit_test(refuses_a_text_that_is_too_long),
		cmocka_unit_test(a_taken_comes_back),
		cmocka_unit_test(a_done_comes_back),
		cmocka_unit_test(end_and_cancel_carry_the_channel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
