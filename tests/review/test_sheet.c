/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/review/sheet_text.c src/review/sheet_json.c */
#include "review/sheet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "review/zone.h"

#define START_US UINT64_C(1795232243123456) /* 2026-11-21T03:37:23.123456Z */

static const struct column columns[] = {
	{ "name", "Name", KIND_TEXT },
	{ "fp", "Print", KIND_CODE },
	{ "signed", "Signed", KIND_NUMBER },
	{ "new", "New", KIND_YES },
	{ "last", "Last", KIND_MINUTE },
	{ "what", "What", KIND_TEXT },
};

static struct sheet *
add_sheet(struct sheets *s, const char *id, enum shape shape)
{
	return sheet_add(s, id, "Title", shape, columns, 6);
}

static void
add_row(struct sheets *s, struct sheet *t, const char *name, uint64_t number,
    const char *what)
{
	cell_text(s, t, name);
	cell_text(s, t, "SHA256:x");
	cell_number(s, t, number);
	cell_number(s, t, number % 2);
	cell_number(s, t, number == 0 ? 0 : START_US);
	cell_text(s, t, what);
}

static char *
text_of(const struct sheets *s, unsigned width, bool utf8, size_t top)
{
	struct sheet_style style = { width, utf8, top };
	struct text_error err;
	struct buf out;
	char *text;

	assert_int_equal(zone_use("UTC", &err), 0);
	buf_init(&out, 1 << 20);
	sheets_text(s, &style, &out);
	assert_false(out.bad);
	text = strndup(buf_at(&out), buf_len(&out));
	buf_release(&out);
	assert_non_null(text);
	return text;
}

static void
columns_are_aligned(void **state)
{
	struct sheets s = { 0 };
	struct sheet *t = add_sheet(&s, "t", SHEET_TABLE);
	char *text;

	(void)state;
	add_row(&s, t, "alice", 7, "a few words");
	add_row(&s, t, "Jürgen Groß", 12345, "");
	text = text_of(&s, 100, true, 0);
	assert_string_equal(text,
	    "Title\n"
	    "  Name         Print     Signed  New  Last              What\n"
	    "  alice        SHA256:x       7  yes  2026-11-21 03:37  "
	    "a few words\n"
	    "  Jürgen Groß  SHA256:x   12345  yes  2026-11-21 03:37  -\n");
	free(text);
	sheets_release(&s);
}

static void
long_words_are_cut_and_long_sentences_wrapped(void **state)
{
	struct sheets s = { 0 };
	struct sheet *t = add_sheet(&s, "t", SHEET_TABLE);
	char *text, *line, *rest = NULL;
	char name[301];

	(void)state;
	memset(name, 'n', 300);
	name[300] = '\0';
	add_row(&s, t, name, 7,
	    "many words that do not fit behind all the other columns of this "
	    "table, which is 90 wide");
	add_row(&s, t, "x", 7, name);
	text = text_of(&s, 90, true, 0);
	assert_non_null(strstr(text, "n…  SHA256:x"));
	for (line = strtok_r(text, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest))
		assert_true(strlen(line) <= 92); /* the ellipsis is 3 bytes */
	free(text);
	sheets_release(&s);
}

static void
nothing_but_ascii_where_nothing_else_shows(void **state)
{
	struct sheets s = { 0 };
	struct sheet *t = add_sheet(&s, "t", SHEET_TABLE);
	char *text;

	(void)state;
	add_row(&s, t, "Jürgen", 4, "é");
	add_row(&s, t, "Zoë", 8, "é");
	t->bar = 2;
	text = text_of(&s, 100, false, 0);
	assert_non_null(strstr(text, "J?rgen"));
	assert_non_null(strstr(text, "  ########"));
	for (const char *at = text; *at != '\0'; at++)
		assert_true((*at & 0x80) == 0);
	free(text);
	text = text_of(&s, 100, true, 0);
	assert_non_null(strstr(text, "████████████████\n"));
	free(text);
	sheets_release(&s);
}

static void
says_how_many_rows_are_not_shown(void **state)
{
	struct sheets s = { 0 };
	struct sheet *t = add_sheet(&s, "t", SHEET_TABLE);
	char *text;

	(void)state;
	for (unsigned i = 0; i < 10; i++)
		add_row(&s, t, "x", i, "");
	text = text_of(&s, 100, true, 4);
	assert_non_null(strstr(text, "... and 6 more\n"));
	free(text);
	sheets_release(&s);
}

static void
an_empty_table_says_so(void **state)
{
	struct sheets s = { 0 };
	char *text;

	(void)state;
	add_sheet(&s, "t", SHEET_TABLE);
	text = text_of(&s, 100, true, 0);
	assert_string_equal(text, "Title\n  none\n");
	free(text);
	sheets_release(&s);
}

static void
facts_stand_below_each_other(void **state)
{
	struct sheets s = { 0 };
	struct sheet *t = add_sheet(&s, "t", SHEET_FACTS);
	char *text;

	(void)state;
	add_row(&s, t, "alice", 0, "x");
	sheet_note(&s, t, "A note of %d.", 1);
	text = text_of(&s, 100, true, 0);
	assert_string_equal(text,
	    "Title\n"
	    "  Name    alice\n"
	    "  Print   SHA256:x\n"
	    "  Signed  0\n"
	    "  New     no\n"
	    "  Last    -\n"
	    "  What    x\n"
	    "  A note of 1.\n");
	free(text);
	sheets_release(&s);
}

static void
json_has_the_same(void **state)
{
	struct sheets s = { 0 };
	struct sheet *t = add_sheet(&s, "rows", SHEET_TABLE);
	struct buf out;

	(void)state;
	add_row(&s, t, "a\"<b>\\", 7, "");
	add_row(&s, add_sheet(&s, "one", SHEET_FACTS), "x", 0, "");
	add_row(&s, add_sheet(&s, "each", SHEET_FACTS_EACH), "y", 0, "");
	add_row(&s, add_sheet(&s, "each", SHEET_FACTS_EACH), "z", 0, "");
	add_sheet(&s, "none", SHEET_TABLE);
	buf_init(&out, 1 << 16);
	sheets_json(&s, &out);
	buf_add(&out, "", 1);
#define REST(last) "\"fp\":\"SHA256:x\",\"signed\":" last ",\"what\":\"\"}"
#define ZERO REST("0,\"new\":false,\"last\":null")
	assert_string_equal(buf_at(&out),
	    "{\n \"rows\": [\n  {\"name\":\"a\\\"<b>\\\\\"," REST(
		"7,\"new\":true,\"last\":\"2026-11-21T03:37:23.123456Z\"") "],"
									   "\n \"one\": {\"name\":\"x\"," ZERO
									   ","
									   "\n \"each\": [\n  {\"name\":\"y\"," ZERO
									   ",\n  {\"name\":\"z\"," ZERO
									   "],\n \"none\": []\n}\n");
	buf_release(&out);
	sheets_release(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_are_aligned),
		cmocka_unit_test(long_words_are_cut_and_long_sentences_wrapped),
		cmocka_unit_test(nothing_but_ascii_where_nothing_else_shows),
		cmocka_unit_test(says_how_many_rows_are_not_shown),
		cmocka_unit_test(an_empty_table_says_so),
		cmocka_unit_test(facts_stand_below_each_other),
		cmocka_unit_test(json_has_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
