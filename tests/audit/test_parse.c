/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/verify.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define HEAD "<86>1 2026-11-21T03:37:23.123456Z signer1 countersign 812 SIGN "
#define DATA "[countersign@32473 seq=\"42\" name=\"a\\\"\\]\\\\x0a\" "
#define PREV                                                                    \
	"prev=\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcd" \
	"ef\""

static const char good[] = HEAD DATA PREV "] signed it";

static int
parse(const char *line, struct text_error *reterr)
{
	char prev[RECORD_HASH] = "untouched";
	uint64_t seq = 7;
	int rv = record_parse(line, strlen(line), &seq, prev, reterr);

	if (rv == -1) {
		assert_int_equal(seq, 7);
		assert_string_equal(prev, "untouched");
	}
	return rv;
}

/* good with one piece of it replaced. */
static const char *
with(const char *old, const char *new)
{
	static char line[2 * RECORD_MAX];
	const char *at = strstr(good, old);

	assert_non_null(at);
	snprintf(line, sizeof(line), "%.*s%s%s", (int)(at - good), good, new,
	    at + strlen(old));
	return line;
}

static void
reads_seq_and_prev(void **state)
{
	char prev[RECORD_HASH];
	struct text_error err;
	uint64_t seq;

	(void)state;
	assert_int_equal(record_parse(good, strlen(good), &seq, prev, &err), 0);
	assert_int_equal(seq, 42);
	assert_memory_equal(prev, "0123456789abcdef0123", 20);
	assert_int_equal(strlen(prev), 64);
	assert_int_equal(parse(with("] signed it", "]"), &err), 0);
	assert_int_equal(parse(with("<86>", "<84>"), &err), 0);
	assert_int_equal(parse(with(" SIGN ", " LATERWORD "), &err), 0);
	assert_int_equal(parse(with("signed", "\xc3\xa4"), &err), 0);
}

static void
refuses_every_truncation_of_the_data(void **state)
{
	struct text_error err;
	char line[sizeof(good)];
	size_t end = (size_t)(strchr(good, ']') - good);

	(void)state;
	/* The first ']' is an escaped one; the data's own comes later. */
	end = (size_t)(strstr(good, "] signed") - good);
	for (size_t cut = 0; cut <= end; cut++) {
		memcpy(line, good, cut);
		line[cut] = '\0';
		assert_int_equal(parse(line, &err), -1);
	}
}

static void
refuses_what_the_writer_never_writes(void **state)
{
	static const char *const swap[][2] = {
		{ "<86>", "<85>" }, { "<86>1", "<86>2" },
		{ "2026-11", "2026/11" }, { ".123456Z", ".123Z" },
		{ ".123456Z", ".123456+00:00" }, { "signer1", "" },
		{ "signer1", "sig\tner" }, { "countersign 812", "other 812" },
		{ "812", "x" }, { "812", "0812" }, { "812", "-" },
		{ "812", "4294967296" },
		{ "[countersign@32473", "[other@32473" },
		{ "[countersign@32473", "-" }, { "seq=\"42\"", "seq=\"0\"" },
		{ "seq=\"42\"", "seq=\"042\"" }, { "seq=\"42\"", "seq=\"-1\"" },
		{ "seq=\"42\"", "seq=\"\"" },
		{ "seq=\"42\"", "seq=\"18446744073709551616\"" },
		{ "seq=\"42\"", "seq=\"184467440737095516150\"" },
		{ "seq=\"42\"", "seq=\"42\" seq=\"42\"" },
		{ "seq=\"42\" ", "" }, { "seq=\"42\" name", "name" },
		{ "name=\"a", "name=a" }, { "name=", "na me=" },
		{ "name=", "=" }, { "name=", "name =" },
		{ "name=", "a234567890123456789012345678901234=" },
		{ "name=", "n]me=" }, { "a\\\"", "a\\n" }, { "a\\\"", "a]" },
		{ "\" prev", "\"  prev" }, { "\" prev", "\"prev" },
		{ "prev=\"0", "prev=\"" }, { "prev=\"0", "prev=\"00" },
		{ "prev=\"0", "prev=\"A" }, { "prev=", "prov=" },
		{ "] signed", " last=\"1\"] signed" },
		{ "] signed", " prev=\"0\"] signed" },
		{ "] signed", "]signed" },
		{ "] signed", "][other@1 a=\"1\"] signed" },
		{ "signed", "sig\x01ned" }, { "signed", "sig\x7fned" },
		{ "signed", "sig\rned" }, { "signed", "sig\xffned" },
		{ "signed", "sig\xe2\x80\xaened" }, /* right to left */
		{ "signed", "sig\xc2\x85ned" }, /* next line */
	};
	struct text_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(swap) / sizeof(swap[0]); i++) {
		err.what[0] = '\0';
		if (parse(with(swap[i][0], swap[i][1]), &err) != -1)
			fail_msg("accepted '%s'", swap[i][1]);
		assert_true(err.what[0] != '\0');
	}
}

static void
names_the_seq_once_it_is_known(void **state)
{
	struct text_error err;

	(void)state;
	assert_int_equal(parse(with("prev=\"0", "prev=\"x"), &err), -1);
	assert_string_equal(err.what, "seq 42: prev is not a hash");
	assert_int_equal(parse(with("] signed", "]signed"), &err), -1);
	assert_string_equal(err.what, "seq 42: text without a blank");
}

static void
refuses_a_line_longer_than_a_record(void **state)
{
	char line[RECORD_MAX + 1];
	struct text_error err;

	(void)state;
	memset(line, 't', sizeof(line));
	memcpy(line, good, strlen(good));
	line[RECORD_MAX - 1] = '\0';
	assert_int_equal(parse(line, &err), 0);
	line[RECORD_MAX - 1] = 't';
	line[RECORD_MAX] = '\0';
	assert_int_equal(parse(line, &err), -1);
	assert_string_equal(
	    err.what, "not a record: longer than a record can be");
}

static void
refuses_an_empty_line_and_nul(void **state)
{
	char line[sizeof(good)], prev[RECORD_HASH];
	struct text_error err;
	uint64_t seq;

	(void)state;
	assert_int_equal(parse("", &err), -1);
	memcpy(line, good, sizeof(good));
	line[strlen(line) - 1] = '\0';
	assert_int_equal(
	    record_parse(line, sizeof(good) - 1, &seq, prev, &err), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_seq_and_prev),
		cmocka_unit_test(refuses_every_truncation_of_the_data),
		cmocka_unit_test(refuses_what_the_writer_never_writes),
		cmocka_unit_test(names_the_seq_once_it_is_known),
		cmocka_unit_test(refuses_a_line_longer_than_a_record),
		cmocka_unit_test(refuses_an_empty_line_and_nul),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
