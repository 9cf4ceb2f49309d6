/* SPDX-License-Identifier: Apache-2.0 */
#include "review/unwrap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "audit/record.h"
#include "base/buf.h"

#define HEAD "<86>1 2026-11-21T03:37:23.123456Z signer1 countersign 812 SIGN "
#define OURS                                                                           \
	"[countersign@32473 seq=\"1\" name=\"a\\]\\\"\\\\x5c[b\" prev=\"" RECORD_FIRST \
	"\"]"
#define RECORD HEAD OURS " signed [x][y]"

static char got[INPUT_LINE_MAX + 1];
static char refused[sizeof(((struct text_error *)NULL)->what)]; /* why */

static int
run(const char *line, struct text_error *reterr)
{
	int len = input_unwrap(line, strlen(line), got, reterr);

	if (len >= 0)
		got[len] = '\0';
	return len;
}

static void
expect(const char *line, const char *want)
{
	struct text_error err;

	if (run(line, &err) == -1)
		fail_msg("refused: %s", err.what);
	assert_string_equal(got, want);
}

static void
refuse(const char *line, const char *what)
{
	struct text_error err;

	assert_int_equal(run(line, &err), -1);
	assert_memory_equal(err.what, what, strlen(what));
	memcpy(refused, err.what, sizeof(refused));
}

static void
gives_a_record_as_it_is(void **state)
{
	(void)state;
	expect(RECORD, RECORD);
	expect(HEAD OURS, HEAD OURS);
	expect(HEAD OURS " ends in a blank ", HEAD OURS " ends in a blank ");
}

static void
drops_elements_of_relays(void **state)
{
	static const char meta[] = "[meta sequenceId=\"1\"]";
	static const char tricky[] = "[x@1 a=\"\\\"]\\]\\\\\" b=\"\"]";
	char line[2048];

	(void)state;
	snprintf(line, sizeof(line), HEAD OURS "%s signed [x][y]", meta);
	expect(line, RECORD);
	snprintf(line, sizeof(line), HEAD "%s" OURS " signed [x][y]", meta);
	expect(line, RECORD);
	snprintf(line, sizeof(line), HEAD "%s%s" OURS "%s%s signed [x][y]",
	    meta, tricky, tricky, meta);
	expect(line, RECORD);
	snprintf(line, sizeof(line), HEAD OURS "%s", meta);
	expect(line, HEAD OURS);
}

static void
drops_what_relays_do_to_the_text(void **state)
{
	(void)state;
	expect(HEAD OURS " \xef\xbb\xbfsigned", HEAD OURS " signed");
	expect(HEAD OURS " ", HEAD OURS);
	expect(HEAD OURS "\r", HEAD OURS);
	expect(RECORD "\r", RECORD);
	expect(HEAD OURS "[a]\r", HEAD OURS);
}

static void
takes_octet_counts(void **state)
{
	char line[1024];

	(void)state;
	snprintf(line, sizeof(line), "%zu " RECORD, strlen(RECORD));
	expect(line, RECORD);
	snprintf(line, sizeof(line), "%zu " RECORD, strlen(RECORD) + 1);
	expect(line, RECORD);
	snprintf(line, sizeof(line), "%zu " RECORD, strlen(RECORD) + 2);
	refuse(line, "its octet count is ");
	snprintf(line, sizeof(line), "%zu " RECORD, strlen(RECORD) - 1);
	refuse(line, "its octet count is ");
	snprintf(line, sizeof(line), "%zu " HEAD OURS "[a b=\"c\"]",
	    strlen(HEAD OURS "[a b=\"c\"]"));
	expect(line, HEAD OURS);
}

/* What is no record is given, so that who parses it says why it is none. */
static void
leaves_the_rest_alone(void **state)
{
	static const char *const other[] = {
		"",
		" ",
		"1",
		"12 ",
		"12345678901234567890 <86>",
		"root:x:0:0",
		"[a][b]",
		"][",
		"<86>1 a b c d e [",
		"<86>1 a b c d e [x][",
		"<86>1 a b c d e [x][y] z",
		HEAD OURS OURS,
		HEAD OURS "[meta x=\"",
		HEAD "-][",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++)
		expect(other[i], other[i]);
}

static void
takes_event_original_out_of_json(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 8192);
	buf_adds(&b, "{\"@timestamp\":\"x\",\"event.original\":");
	buf_add_json(&b, RECORD, strlen(RECORD));
	buf_adds(&b, ",\"other\":7}");
	buf_add(&b, "", 1);
	expect(buf_at(&b), RECORD);
	buf_release(&b);
	expect("{\"event.original\":\"\\u0041\\u20ac\"}", "A\xe2\x82\xac");
}

static void
refuses_bad_json(void **state)
{
	(void)state;
	refuse("{", "not JSON");
	refuse("{}", "it has no event.original");
	refuse("{\"event\":{\"original\":\"x\"}}", "it has no event.original");
	refuse("{\"event.original\":1}", "it has no event.original");
	refuse("{\"event.original\":\"a\"} x", "not JSON");
	refuse(
	    "{\"event.original\":\"a\",\"event.original\":\"b\"}", "not JSON");
	refuse("{\"event.original\":\"a\\u0000b\"}", "not JSON");
	refuse("{\"event.original\":\"\xff\"}", "not JSON");
	refuse("{\x1b[2Jx", "not JSON");
	for (const char *at = refused; *at != '\0'; at++)
		assert_true(char_is_print(*at));
}

static void
refuses_a_line_that_is_too_long(void **state)
{
	char *line = malloc(INPUT_LINE_MAX + 2);
	struct text_error err;

	(void)state;
	assert_non_null(line);
	memset(line, '[', INPUT_LINE_MAX + 1);
	line[INPUT_LINE_MAX + 1] = '\0';
	refuse(line, "longer than a line can be");
	line[INPUT_LINE_MAX] = '\0';
	assert_int_equal(run(line, &err), INPUT_LINE_MAX);
	*line = '{';
	refuse(line, "not JSON");
	free(line);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_a_record_as_it_is),
		cmocka_unit_test(drops_elements_of_relays),
		cmocka_unit_test(drops_what_relays_do_to_the_text),
		cmocka_unit_test(takes_octet_counts),
		cmocka_unit_test(leaves_the_rest_alone),
		cmocka_unit_test(takes_event_original_out_of_json),
		cmocka_unit_test(refuses_bad_json),
		cmocka_unit_test(refuses_a_line_that_is_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
