/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "session/answers.h"

#define HEX "abababababababababababababababababababababababababababababababab"

static const uint8_t signature[] = { 0, 1, 2, 0xff };
/* As receipts are: lines, and a dash that is not ASCII. */
static const char proof[] = "c2sp.org/tlog-proof@v1\n\xe2\x80\x94 o\n";
static struct streams streams;
static struct accept_reply accept;
static uint8_t digest[DIGEST_MAX];

static int
fresh(void **state)
{
	(void)state;
	buf_init(&streams.out, 1 << 20);
	buf_init(&streams.err, 1 << 20);
	memset(&accept, 0, sizeof(accept));
	strcpy(accept.key, "release");
	strcpy(accept.format, "raw");
	strcpy(accept.extension, "sig");
	memset(digest, 0xab, sizeof(digest));
	return 0;
}

static int
release(void **state)
{
	(void)state;
	buf_release(&streams.out);
	buf_release(&streams.err);
	return 0;
}

static struct pending_line
line(const char *name)
{
	return (struct pending_line){
		.number = 3,
		.hash = HASH_SHA256,
		.digest = digest,
		.digest_len = 32,
		.name = name,
		.name_len = strlen(name),
	};
}

static void
put(const char *name, enum reason reason, const char *text)
{
	struct pending_line l = line(name);
	struct answer answer = { .reason = reason };

	if (reason == REASON_OK) {
		answer.bytes = signature;
		answer.len = sizeof(signature);
		answer.receipt = (const uint8_t *)proof;
		answer.receipt_len = strlen(proof);
	} else
		strcpy(answer.text, text);
	answers_put(&streams, &accept, &l, &answer);
}

static void
assert_text(struct buf *b, const char *wanted)
{
	assert_false(b->bad);
	buf_add(b, "", 1);
	assert_string_equal(buf_at(b), wanted);
	buf_consume(b, buf_len(b));
}

static void
writes_digest_signature_and_name(void **state)
{
	(void)state;
	put("fw.bin", REASON_OK, NULL);
	put("", REASON_OK, NULL);
	assert_text(
	    &streams.out, HEX "  AAEC/w==  fw.bin\n" HEX "  AAEC/w==  -\n");
	assert_text(&streams.err, "");
}

static void
escapes_names_as_sha256sum_does(void **state)
{
	(void)state;
	put("a\nb", REASON_OK, NULL);
	put("a\\b\r", REASON_OK, NULL);
	assert_text(&streams.out,
	    "\\" HEX "  AAEC/w==  a\\nb\n"
	    "\\" HEX "  AAEC/w==  a\\\\b\\r\n");
}

static void
writes_the_longest_line(void **state)
{
	char name[LINE_NAME_SIZE];
	struct pending_line l;
	static uint8_t bytes[WIRE_ANSWER];
	struct answer answer = { .bytes = bytes, .len = sizeof(bytes) };

	(void)state;
	memset(name, '\\', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	l = line(name);
	l.digest_len = DIGEST_MAX;
	answers_put(&streams, &accept, &l, &answer);
	assert_false(streams.out.bad);
	assert_int_equal(buf_len(&streams.out),
	    1 + 128 + 2 + (WIRE_ANSWER + 2) / 3 * 4 + 2 + 510 + 1);
}

static void
says_ok_for_check(void **state)
{
	(void)state;
	accept.check = true;
	put("fw.bin", REASON_OK, NULL);
	assert_text(&streams.out, HEX "  ok  fw.bin\n");
	accept.output = OUTPUT_RAW;
	put("fw.bin", REASON_OK, NULL);
	assert_text(&streams.out, HEX "  ok  fw.bin\n");
	accept.output = OUTPUT_TAR;
	put("fw.bin", REASON_OK, NULL);
	answers_end(&streams, &accept);
	assert_text(&streams.out, HEX "  ok  fw.bin\n");
}

static void
puts_a_receipt_beside_its_signature(void **state)
{
	const char *tar;

	(void)state;
	accept.receipt = true;
	accept.output = OUTPUT_JSON;
	put("fw.bin", REASON_OK, NULL);
	assert_text(&streams.out,
	    "{\"line\":3,\"hash\":\"sha256\",\"digest\":\"" HEX
	    "\",\"name\":\"fw.bin\",\"key\":\"release\",\"format\":\"raw\","
	    "\"signature\":\"AAEC/w==\",\"receipt\":"
	    "\"c2sp.org/tlog-proof@v1\\u000a\xe2\x80\x94 o\\u000a\"}\n");
	accept.output = OUTPUT_TAR;
	put("fw.bin", REASON_OK, NULL);
	assert_int_equal(buf_len(&streams.out), 4 * 512);
	tar = buf_at(&streams.out);
	assert_string_equal(tar, "fw.bin.sig");
	assert_string_equal(tar + 1024, "fw.bin.tlog-proof");
	assert_string_equal(tar + 1536, proof);
	buf_consume(&streams.out, buf_len(&streams.out));
	/* check makes none. */
	accept.check = true;
	put("fw.bin", REASON_OK, NULL);
	assert_text(&streams.out, HEX "  ok  fw.bin\n");
}

static void
tells_a_refusal_on_stderr_only(void **state)
{
	(void)state;
	put("fw.bin", REASON_NAME, "only *.img may be signed");
	assert_text(&streams.out, "");
	assert_text(
	    &streams.err, "countersign: line 3: only *.img may be signed\n");
}

static void
tells_no_line_where_there_is_none(void **state)
{
	(void)state;
	answers_complain(&streams, 0, "no, never", 2);
	assert_text(&streams.err, "countersign: no\n");
}

static void
always_has_a_sentence(void **state)
{
	(void)state;
	put("fw.bin", REASON_BUSY, "");
	assert_text(&streams.err,
	    "countersign: line 3: too many requests are waiting; try again\n");
}

static void
keeps_the_place_of_a_refusal_with_keep_going(void **state)
{
	(void)state;
	accept.keep_going = true;
	put("fw.bin", REASON_NAME, "no");
	assert_text(&streams.out, HEX "  !name  fw.bin\n");
	assert_text(&streams.err, "countersign: line 3: no\n");
	accept.output = OUTPUT_TAR;
	put("fw.bin", REASON_NAME, "no");
	assert_text(&streams.out, "");
}

static void
writes_bad_lines_as_far_as_they_were_read(void **state)
{
	struct pending_line bad = line("");

	(void)state;
	bad.what = "not a digest";
	bad.what_len = strlen(bad.what);
	bad.digest_len = 0;
	answers_put_bad(&streams, &accept, &bad);
	assert_text(&streams.out, "");
	assert_text(&streams.err, "countersign: line 3: not a digest\n");
	accept.keep_going = true;
	answers_put_bad(&streams, &accept, &bad);
	assert_text(&streams.out, "-  !bad-input  -\n");
	accept.output = OUTPUT_JSON;
	bad.hash = HASH_NONE;
	answers_put_bad(&streams, &accept, &bad);
	assert_text(&streams.out,
	    "{\"line\":3,\"hash\":null,\"digest\":null,\"name\":null,"
	    "\"key\":\"release\",\"format\":\"raw\",\"error\":\"bad-input\","
	    "\"message\":\"not a digest\"}\n");
}

static void
writes_one_json_object_a_line(void **state)
{
	(void)state;
	accept.output = OUTPUT_JSON;
	put("a\"\n\xff", REASON_OK, NULL);
	assert_text(&streams.out,
	    "{\"line\":3,\"hash\":\"sha256\",\"digest\":\"" HEX
	    "\",\"name\":\"a\\\"\\u000a\xef\xbf\xbd\",\"key\":\"release\","
	    "\"format\":\"raw\",\"signature\":\"AAEC/w==\"}\n");
	accept.check = true;
	put("", REASON_OK, NULL);
	assert_text(&streams.out,
	    "{\"line\":3,\"hash\":\"sha256\",\"digest\":\"" HEX
	    "\",\"name\":null,\"key\":\"release\",\"format\":\"raw\","
	    "\"ok\":true}\n");
}

static void
writes_the_bare_signature_for_raw(void **state)
{
	(void)state;
	accept.output = OUTPUT_RAW;
	put("fw.bin", REASON_OK, NULL);
	answers_end(&streams, &accept);
	assert_int_equal(buf_len(&streams.out), sizeof(signature));
	assert_memory_equal(buf_at(&streams.out), signature, sizeof(signature));
}

static void
says_nothing_for_an_empty_text(void **state)
{
	(void)state;
	answers_say(&streams, "");
	assert_text(&streams.err, "");
	answers_say(&streams, "the verb is unknown");
	assert_text(&streams.err, "countersign: the verb is unknown\n");
}

#define ANSWER_TEST(f) cmocka_unit_test_setup_teardown(f, fresh, release)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		ANSWER_TEST(writes_digest_signature_and_name),
		ANSWER_TEST(escapes_names_as_sha256sum_does),
		ANSWER_TEST(writes_the_longest_line),
		ANSWER_TEST(says_ok_for_check),
		ANSWER_TEST(puts_a_receipt_beside_its_signature),
		ANSWER_TEST(tells_a_refusal_on_stderr_only),
		ANSWER_TEST(tells_no_line_where_there_is_none),
		ANSWER_TEST(always_has_a_sentence),
		ANSWER_TEST(keeps_the_place_of_a_refusal_with_keep_going),
		ANSWER_TEST(writes_bad_lines_as_far_as_they_were_read),
		ANSWER_TEST(writes_one_json_object_a_line),
		ANSWER_TEST(writes_the_bare_signature_for_raw),
		ANSWER_TEST(says_nothing_for_an_empty_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
