/* SPDX-License-Identifier: Apache-2.0 */
/*
 * covers: src/review/page_parts.c src/review/page_style.c src/review/svg.c
 */
#include "review/page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "review/report_sheets.h"

#define EVIL "</title><script>alert(1)</script>\" onload='x' &amp;]]>"

static char *
escaped(const char *text)
{
	struct buf out;
	char *copy;

	buf_init(&out, 1 << 16);
	page_escape(text, &out);
	copy = strndup(buf_at(&out), buf_len(&out));
	buf_release(&out);
	assert_non_null(copy);
	return copy;
}

static void
escapes_what_html_takes_for_its_own(void **state)
{
	static const char *const texts[][2] = {
		{ "plain", "plain" },
		{ "<b>&\"'", "&lt;b&gt;&amp;&quot;&#39;" },
		{ "Jürgen", "Jürgen" },
		{ "a\x01\n\x7f", "a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xff\xc3", "\xef\xbf\xbd\xef\xbf\xbd" },
		/* Right-to-left override */
		{ "\xe2\x80\xae", "\xef\xbf\xbd" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		char *text = escaped(texts[i][0]);

		assert_string_equal(text, texts[i][1]);
		free(text);
	}
}

/* A report in which every word that can be is hostile. */
static struct report *
hostile_report(unsigned records)
{
	static const char *const events[] = { "SIGN", "SIGN", "DENY", "AUTH",
		"AUTHFAIL", "TOKEN", "RELOAD", "<EVENT>", "SUSPEND", "CLOCK" };
	static const char *const names[] = { "profile", "principal", "fp",
		"src", "key", "format", "hash", "digest", "reason", "notify",
		"token", "what", "object", "of" };
	struct period always = { 0, UINT64_MAX };
	static struct fields f;
	struct text_error err;
	struct hours hours;
	struct report *r;

	assert_int_equal(zone_use("UTC", &err), 0);
	assert_int_equal(hours_parse(HOURS_DEFAULT, &hours, &err), 0);
	r = report_new(&always, &hours);
	assert_non_null(r);
	for (unsigned i = 0; i < records; i++) {
		f = (struct fields){ .time_us = UINT64_C(1795232243123456) +
			    i * UINT64_C(7200000000),
			.seq = i + 1,
			.host = EVIL,
			.pid = "1",
			.event = events[i % 10],
			.text = EVIL };
		for (size_t n = 0; n < sizeof(names) / sizeof(names[0]); n++)
			f.field[f.count++] = (struct field){ names[n], EVIL };
		f.field[f.count++] =
		    (struct field){ "outcome", i % 10 < 2 ? "ok" : EVIL };
		report_add(r, &f);
	}
	return r;
}

static char *
page_of(const struct report *r)
{
	struct page page = { EVIL, EVIL, r };
	struct sheets s = { 0 };
	struct buf out;
	char *text;

	assert_int_equal(report_sheets(r, &s), 0);
	buf_init(&out, 8 << 20);
	page_write(&page, &s, 30, &out);
	assert_false(out.bad);
	text = strndup(buf_at(&out), buf_len(&out));
	buf_release(&out);
	sheets_release(&s);
	assert_non_null(text);
	return text;
}

static void
count_tag(const char *text, const char *tag, int *opened, int *closed)
{
	char end[32];

	snprintf(end, sizeof(end), "</%s>", tag);
	*opened = *closed = 0;
	for (const char *at = text; (at = strchr(at, '<')) != NULL; at++) {
		size_t len = strlen(tag);

		*opened += strncmp(at + 1, tag, len) == 0 &&
		    strchr(" >", at[1 + len]) != NULL;
		*closed += strncmp(at, end, strlen(end)) == 0;
	}
}

static void
no_value_becomes_markup(void **state)
{
	static const char *const tags[] = { "table", "tr", "td", "th", "svg",
		"section", "div", "dl", "ul", "li", "title", "desc", "figure",
		"html", "body", "main", "rect", "text" };
	struct report *r = hostile_report(120);
	char *text = page_of(r);

	(void)state;
	assert_null(strstr(text, "<script"));
	assert_null(strstr(text, "onload='"));
	assert_null(strstr(text, "<EVENT"));
	assert_null(strstr(text, "]]>"));
	assert_non_null(strstr(text, "&lt;script&gt;"));
	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
		int opened, closed;

		count_tag(text, tags[i], &opened, &closed);
		assert_int_equal(opened, closed);
	}
	free(text);
	report_free(r);
}

static void
a_page_needs_nothing_else(void **state)
{
	static const char *const words[] = { "src=", "href=\"h", "url(",
		"@import", "<link", "<script", "<iframe", "<object", "<img",
		"javascript:" };
	struct report *r = hostile_report(50);
	char *text = page_of(r);

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		assert_null(strstr(text, words[i]));
	assert_non_null(strstr(
	    text, "content=\"default-src 'none'; style-src 'unsafe-inline'\""));
	free(text);
	report_free(r);
}

static void
a_report_without_records_is_a_page(void **state)
{
	struct report *r = hostile_report(0);
	char *text = page_of(r);

	(void)state;
	assert_non_null(strstr(text, "No records in this period"));
	assert_null(strstr(text, "<svg"));
	free(text);
	report_free(r);
}

static void
a_broken_chain_is_loud(void **state)
{
	struct report *r = hostile_report(5);
	struct record_place place = { EVIL, 7 };
	char *text;

	(void)state;
	r->broken = true;
	fault_set(&r->fault, FAULT_CHANGED, place, 7, 7, "%s", EVIL);
	text = page_of(r);
	assert_non_null(strstr(text, "Chain BROKEN"));
	assert_non_null(strstr(text, "class=\"state bad\" role=\"alert\""));
	assert_null(strstr(text, "<script"));
	free(text);
	report_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(escapes_what_html_takes_for_its_own),
		cmocka_unit_test(no_value_becomes_markup),
		cmocka_unit_test(a_page_needs_nothing_else),
		cmocka_unit_test(a_report_without_records_is_a_page),
		cmocka_unit_test(a_broken_chain_is_loud),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
