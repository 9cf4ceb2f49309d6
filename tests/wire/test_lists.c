/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/lists.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support_codec.h"

CODEC(lists_query, WIRE_LISTS_QUERY, false);
CODEC(lists_answer, WIRE_LISTS_ANSWER, false);

static uint8_t bytes[65536];

/* Nor could it be read. */
static void
cannot_be_put(const struct codec *c, const void *m)
{
	struct writer w;

	writer_init(&w, bytes, sizeof(bytes));
	c->put(&w, m);
	assert_false(writer_ok(&w));
}

/* Places in a message, behind the type. */
#define AT_KIND 8
#define AT_NETWORK 9
#define AT_WORDS 14

static struct lists_query *
query(enum list_kind kind, unsigned count)
{
	static struct lists_query m;

	memset(&m, 0, sizeof(m));
	m.id = 7;
	m.kind = kind;
	m.timeout_ms = 10000;
	assert_true(list_words_add(&m.words, "/l"));
	m.count = (uint8_t)count;
	for (unsigned i = 0; i < count && i < WIRE_BATCH; i++) {
		m.digests[i].len = 32;
		memset(m.digests[i].bytes, (int)i, 32);
	}
	return &m;
}

static void
a_batch_for_a_file_comes_back(void **state)
{
	static struct lists_query back;
	struct lists_query *m = query(LIST_FILE, 3);
	size_t len;

	(void)state;
	codec_holds(&lists_query_codec, m);
	len = codec_encode(&lists_query_codec, m, bytes);
	assert_true(codec_decode(&lists_query_codec, bytes, len, &back));
	assert_int_equal(back.id, 7);
	assert_int_equal(back.kind, LIST_FILE);
	assert_string_equal(list_words_at(&back.words, 0), "/l");
	assert_int_equal(back.count, 3);
	assert_int_equal(back.digests[2].len, 32);
	assert_int_equal(back.digests[2].bytes[31], 2);
}

static void
a_command_comes_back_with_its_empty_words(void **state)
{
	static struct lists_query back;
	struct lists_query *m = query(LIST_COMMAND, 1);
	size_t len;

	(void)state;
	m->network = true;
	assert_true(list_words_add(&m->words, ""));
	assert_true(list_words_add(&m->words, "-x y"));
	codec_holds(&lists_query_codec, m);
	len = codec_encode(&lists_query_codec, m, bytes);
	assert_true(codec_decode(&lists_query_codec, bytes, len, &back));
	assert_true(back.network);
	assert_int_equal(back.timeout_ms, 10000);
	assert_int_equal(back.words.count, 3);
	assert_string_equal(list_words_at(&back.words, 1), "");
	assert_string_equal(list_words_at(&back.words, 2), "-x y");
}

static void
the_largest_query_fits(void **state)
{
	static struct lists_query back;
	struct lists_query *m = query(LIST_FILE, WIRE_BATCH);
	static char path[LISTS_TEXT];
	size_t len;

	(void)state;
	memset(path, 'x', sizeof(path) - 1);
	path[0] = '/';
	m->words.count = 0;
	m->words.used = 0;
	assert_true(list_words_add(&m->words, path));
	assert_false(list_words_add(&m->words, ""));
	for (unsigned i = 0; i < WIRE_BATCH; i++)
		m->digests[i].len = DIGEST_MAX;
	len = codec_encode(&lists_query_codec, m, bytes);
	assert_true(codec_decode(&lists_query_codec, bytes, len, &back));
	assert_string_equal(list_words_at(&back.words, 0), path);
}

static void
takes_no_more_words_than_there_is_room_for(void **state)
{
	static char word[LISTS_TEXT];
	struct lists_query *m = query(LIST_COMMAND, 1);

	(void)state;
	while (m->words.count < LISTS_WORDS)
		assert_true(list_words_add(&m->words, "w"));
	assert_false(list_words_add(&m->words, "w"));
	memset(word, 'x', sizeof(word) - 1);
	m = query(LIST_COMMAND, 1);
	assert_false(list_words_add(&m->words, word));
	assert_int_equal(m->words.count, 1);
}

static void
refuses_queries_that_make_no_sense(void **state)
{
	struct lists_query *m = query(LIST_FILE, 1);

	(void)state;
	codec_refuses(&lists_query_codec, m, AT_KIND, LIST_KINDS);
	codec_refuses(&lists_query_codec, m, AT_NETWORK, 2);
	codec_refuses(&lists_query_codec, m, AT_WORDS + 1, 0);
	codec_refuses(&lists_query_codec, m, AT_WORDS + 1, 2);
	codec_refuses(&lists_query_codec, m, AT_WORDS, 255);
	/* No absolute path; a NUL in it. */
	codec_refuses(&lists_query_codec, m, AT_WORDS + 4, 'x');
	codec_refuses(&lists_query_codec, m, AT_WORDS + 5, 0);
	codec_refuses(&lists_query_codec, m, AT_WORDS + 6, 0); /* digests */
	codec_refuses(&lists_query_codec, m, AT_WORDS + 6, WIRE_BATCH + 1);
	codec_refuses(&lists_query_codec, m, AT_WORDS + 10, DIGEST_MAX + 1);
	cannot_be_put(&lists_query_codec, query(LIST_FILE, 0));
	cannot_be_put(&lists_query_codec, query(LIST_FILE, WIRE_BATCH + 1));
	cannot_be_put(&lists_query_codec, query(LIST_COMMAND, 2));
	m = query(LIST_FILE, 1);
	assert_true(list_words_add(&m->words, "more"));
	cannot_be_put(&lists_query_codec, m);
}

static void
refuses_a_digest_of_no_length(void **state)
{
	static struct lists_query back;
	struct lists_query *m = query(LIST_FILE, 1);
	size_t len;

	(void)state;
	m->digests[0].len = 0;
	len = codec_encode(&lists_query_codec, m, bytes);
	assert_false(codec_decode(&lists_query_codec, bytes, len, &back));
}

static void
an_answer_comes_back(void **state)
{
	struct lists_answer back,
	    m = { .id = 9,
		    .count = 3,
		    .listed = { LISTED_YES, LISTED_NO, LISTED_UNAVAILABLE },
		    .text = "no" };
	size_t len;

	(void)state;
	codec_holds(&lists_answer_codec, &m);
	len = codec_encode(&lists_answer_codec, &m, bytes);
	assert_true(codec_decode(&lists_answer_codec, bytes, len, &back));
	assert_int_equal(back.id, 9);
	assert_int_equal(back.listed[0], LISTED_YES);
	assert_int_equal(back.listed[1], LISTED_NO);
	assert_int_equal(back.listed[2], LISTED_UNAVAILABLE);
	assert_string_equal(back.text, "no");
}

static void
refuses_answers_that_make_no_sense(void **state)
{
	struct lists_answer m = { .id = 9, .count = 1, .text = "x" };

	(void)state;
	codec_refuses(&lists_answer_codec, &m, 8, 0);
	codec_refuses(&lists_answer_codec, &m, 8, WIRE_BATCH + 1);
	codec_refuses(&lists_answer_codec, &m, 9, LISTED_COUNT);
	m.count = 0;
	cannot_be_put(&lists_answer_codec, &m);
	m.count = WIRE_BATCH + 1;
	cannot_be_put(&lists_answer_codec, &m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_batch_for_a_file_comes_back),
		cmocka_unit_test(a_command_comes_back_with_its_empty_words),
		cmocka_unit_test(the_largest_query_fits),
		cmocka_unit_test(takes_no_more_words_than_there_is_room_for),
		cmocka_unit_test(refuses_queries_that_make_no_sense),
		cmocka_unit_test(refuses_a_digest_of_no_length),
		cmocka_unit_test(an_answer_comes_back),
		cmocka_unit_test(refuses_answers_that_make_no_sense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
