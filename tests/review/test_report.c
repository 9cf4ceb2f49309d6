/* SPDX-License-Identifier: Apache-2.0 */
/*
 * covers: src/review/report_read.c src/review/report_head.c
 * covers: src/review/report_use.c src/review/report_events.c
 * covers: src/review/findings.c src/review/notes.c src/review/bins.c
 */
#include "review/report_sheets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "review/bins.h"
#include "support_lines.h"

#define MINUTE UINT64_C(60000000)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define FRIDAY UINT64_C(1795132800000000) /* 2026-11-20T00:00:00Z */

static struct report *
begin_report(uint64_t since, uint64_t until)
{
	struct period period = { since, until };
	struct text_error err;
	struct hours hours;
	struct report *r;

	assert_int_equal(zone_use("UTC", &err), 0);
	assert_int_equal(hours_parse(HOURS_DEFAULT, &hours, &err), 0);
	r = report_new(&period, &hours);
	assert_non_null(r);
	return r;
}

/* A record of any event, those of later versions, too. */
static void
add(struct report *r, uint64_t time_us, const char *event,
    const struct pair *pairs)
{
	static struct fields f;

	f = (struct fields){ .time_us = time_us,
		.seq = r->read + 1,
		.host = "signer1",
		.pid = "8",
		.event = event,
		.text = "" };
	for (; pairs->name != NULL; pairs++)
		f.field[f.count++] =
		    (struct field){ pairs->name, pairs->value };
	report_add(r, &f);
}
#define ADD(r, time_us, event, ...) \
	add(r, time_us, event,      \
	    (const struct pair[]){ __VA_ARGS__, { NULL, NULL } })

#define CLIENT(who, from)                                                   \
	{ "profile", "ci" }, { "principal", who }, { "fp", "SHA256:" who }, \
	{                                                                   \
		"src", from                                                 \
	}
#define REQUEST(who, from, signer, hex)                            \
	CLIENT(who, from), { "key", signer }, { "format", "raw" }, \
	    { "hash", "sha256" },                                  \
	{                                                          \
		"digest", hex                                      \
	}
#define OK                      \
	{                       \
		"outcome", "ok" \
	}
#define REFUSED(why)              \
	{ "outcome", "refused" }, \
	{                         \
		"reason", why     \
	}
#define FAILED(why)              \
	{ "outcome", "failed" }, \
	{                        \
		"reason", why    \
	}

/* The number in the row of that name. */
static uint64_t
number(const struct sheets *s, const char *id, const char *name,
    const char *column)
{
	const struct sheet *t = sheet_find(s, id);

	assert_non_null(t);
	for (size_t i = 0; i < sheet_rows(t); i++) {
		const struct cell *row = &t->cells[i * t->width];

		if (name != NULL && strcmp(row[0].text, name) != 0)
			continue;
		for (size_t c = 0; c < t->width; c++)
			if (strcmp(t->columns[c].name, column) == 0)
				return row[c].number;
	}
	fail_msg("%s has no %s of %s", id, column, name);
	return 0;
}

static size_t
rows(const struct sheets *s, const char *id)
{
	const struct sheet *t = sheet_find(s, id);

	return t != NULL ? sheet_rows(t) : 0;
}

static struct sheets
end_report(struct report *r)
{
	struct sheets s = { 0 };

	assert_int_equal(report_sheets(r, &s), 0);
	return s;
}

/* A quiet week before, and one Friday and Saturday. */
static struct report *
known_log(void)
{
	struct report *r = begin_report(FRIDAY, UINT64_MAX);
	uint64_t t = FRIDAY + 9 * HOUR;

	ADD(r, FRIDAY - DAY, "AUTH", CLIENT("alice", "10.0.0.1"), OK);
	ADD(r, FRIDAY - DAY, "AUTHFAIL", { "src", "10.9.9.9" },
	    REFUSED("user"));
	ADD(r, t, "AUTH", CLIENT("alice", "10.0.0.1"), OK);
	ADD(r, t + 1, "SIGN", REQUEST("alice", "10.0.0.1", "p256", "aa"), OK);
	ADD(r, t + 2, "SIGN", REQUEST("alice", "10.0.0.1", "p256", "aa"), OK);
	ADD(r, t + 3, "SIGN", REQUEST("alice", "10.0.0.1", "rsa", "aa"), OK);
	ADD(r, t + 4, "SIGN", REQUEST("bob", "10.0.0.2", "rsa", "bb"), OK,
	    { "notify", "fw ci" });
	ADD(r, t + 5, "SIGN", REQUEST("bob", "10.0.0.2", "rsa", "cc"),
	    FAILED("token-timeout"));
	ADD(r, t + 6, "DENY", REQUEST("bob", "10.0.0.2", "rsa", "dd"),
	    REFUSED("hash"));
	ADD(r, t + 7, "DENY", CLIENT("bob", "10.0.0.2"),
	    { "asked-key", "root" }, REFUSED("key-unknown"));
	ADD(r, t + 8, "AUTHFAIL", { "src", "10.9.9.9" }, REFUSED("user"));
	ADD(r, t + 9, "AUTHFAIL", { "src", "10.9.9.8" },
	    REFUSED("client-unknown"));
	ADD(r, FRIDAY + 20 * HOUR, "SIGN",
	    REQUEST("alice", "10.0.0.1", "p256", "ee"), OK);
	ADD(r, FRIDAY + DAY + 12 * HOUR, "SIGN",
	    REQUEST("alice", "10.0.0.1", "p256", "ff"), OK);
	return r;
}

static void
counts_who_signed_how_much_with_what(void **state)
{
	struct report *r = known_log();
	struct sheets s = end_report(r);

	(void)state;
	assert_int_equal(number(&s, "summary", NULL, "records"), 12);
	assert_int_equal(number(&s, "summary", NULL, "signed"), 6);
	assert_int_equal(number(&s, "summary", NULL, "distinct"), 4);
	assert_int_equal(number(&s, "summary", NULL, "refused"), 2);
	assert_int_equal(number(&s, "summary", NULL, "failed"), 1);
	assert_int_equal(number(&s, "keys", "p256", "signed"), 4);
	assert_int_equal(number(&s, "keys", "p256", "distinct"), 3);
	assert_int_equal(number(&s, "keys", "rsa", "signed"), 2);
	assert_int_equal(number(&s, "keys", "rsa", "distinct"), 2);
	assert_int_equal(number(&s, "keys", "rsa", "refused"), 1);
	assert_int_equal(number(&s, "keys", "rsa", "failed"), 1);
	assert_int_equal(number(&s, "keys", "(no key)", "refused"), 1);
	assert_int_equal(number(&s, "principals", "alice", "signed"), 5);
	assert_int_equal(number(&s, "principals", "alice", "distinct"), 3);
	assert_int_equal(number(&s, "principals", "alice", "logins"), 1);
	assert_int_equal(number(&s, "sources", "10.0.0.2", "refused"), 2);
	assert_int_equal(number(&s, "profiles", "ci", "signed"), 6);
	assert_int_equal(number(&s, "client_keys", "SHA256:bob", "signed"), 1);
	assert_int_equal(number(&s, "formats", "p256", "signed"), 4);
	assert_int_equal(number(&s, "tags", "fw", "count"), 1);
	assert_int_equal(number(&s, "tags", "ci", "count"), 1);
	assert_int_equal(
	    number(&s, "keys", "p256", "first"), FRIDAY + 9 * HOUR + 1);
	assert_int_equal(
	    number(&s, "keys", "p256", "last"), FRIDAY + DAY + 12 * HOUR);
	sheets_release(&s);
	report_free(r);
}

static void
counts_refusals_and_failed_logins(void **state)
{
	struct report *r = known_log();
	struct sheets s = end_report(r);

	(void)state;
	assert_int_equal(number(&s, "refusals", "hash", "refused"), 1);
	assert_int_equal(number(&s, "refusals", "key-unknown", "refused"), 1);
	assert_int_equal(number(&s, "refusals", "token-timeout", "failed"), 1);
	assert_int_equal(rows(&s, "refusals"), 3);
	assert_int_equal(rows(&s, "refusals_by_principal"), 3);
	assert_int_equal(number(&s, "failed_logins", "user", "count"), 1);
	assert_int_equal(
	    number(&s, "failed_login_sources", "10.9.9.9", "before"), 1);
	assert_int_equal(
	    number(&s, "failed_login_sources", "10.9.9.8", "before"), 0);
	sheets_release(&s);
	report_free(r);
}

static void
tells_what_came_for_the_first_time(void **state)
{
	struct report *r = known_log();
	struct sheets s = end_report(r);
	const struct sheet *t = sheet_find(&s, "first_seen");

	(void)state;
	assert_int_equal(sheet_rows(t), 2);
	assert_string_equal(t->cells[1].text, "10.0.0.2");
	assert_string_equal(t->cells[t->width + 1].text, "SHA256:bob");
	assert_string_equal(t->cells[t->width + 4].text, "bob");
	sheets_release(&s);
	report_free(r);
}

static void
says_when_it_cannot_know_what_came_before(void **state)
{
	struct report *r = begin_report(FRIDAY, UINT64_MAX);
	struct sheets s;

	(void)state;
	add(r, FRIDAY, "AUTH",
	    (const struct pair[]){
		CLIENT("alice", "10.0.0.1"), OK, { NULL, NULL } });
	r->all_first_seq = 700;
	s = end_report(r);
	assert_int_equal(rows(&s, "first_seen"), 0);
	assert_non_null(
	    strstr(sheet_find(&s, "first_seen")->note, "Not known"));
	sheets_release(&s);
	report_free(r);
}

static void
counts_what_is_out_of_hours(void **state)
{
	struct report *r = known_log();
	struct sheets s = end_report(r);

	(void)state;
	assert_int_equal(number(&s, "summary", NULL, "outside"), 2);
	assert_int_equal(number(&s, "outside", "alice", "signed"), 2);
	assert_int_equal(number(&s, "outside", "alice", "closed"), 1);
	assert_int_equal(r->week[4][9], 4);
	assert_int_equal(r->week[4][20], 1);
	assert_int_equal(r->week[5][12], 1);
	sheets_release(&s);
	report_free(r);
}

static void
an_end_is_not_in_the_period(void **state)
{
	struct report *r = begin_report(FRIDAY, FRIDAY + DAY);

	(void)state;
	ADD(r, FRIDAY - 1, "STOP", { "why", "x" });
	ADD(r, FRIDAY, "START", { "version", "1" });
	ADD(r, FRIDAY + DAY - 1, "STOP", { "why", "x" });
	ADD(r, FRIDAY + DAY, "START", { "version", "1" });
	assert_int_equal(r->records, 2);
	assert_int_equal(r->read, 4);
	report_free(r);
}

static void
events_of_later_versions_are_shown(void **state)
{
	struct report *r = begin_report(0, UINT64_MAX);
	struct sheets s;
	const struct sheet *t;

	(void)state;
	ADD(r, FRIDAY, "START", { "version", "1" });
	ADD(r, FRIDAY, "START", { "version", "1" });
	ADD(r, FRIDAY + 1, "PENDING", { "principal", "alice" });
	ADD(r, FRIDAY + 2, "APPROVE", { "principal", "carol" });
	ADD(r, FRIDAY + 3, "SUSPEND", { "what", "profile" });
	ADD(r, FRIDAY + 4, "CANARY", { "what", "touched" });
	ADD(r, FRIDAY + 5, "RELOAD", { "what", "gained" },
	    { "object", "profile" }, { "of", "night" }, { "prev", "0000" });
	ADD(r, FRIDAY + 6, "CLOCK", { "step", "-5" });
	ADD(r, FRIDAY + 7, "TOKEN", { "what", "login" }, { "token", "main" },
	    FAILED("token-pin"));
	s = end_report(r);
	assert_int_equal(rows(&s, "approvals"), 2);
	assert_int_equal(rows(&s, "suspensions"), 1);
	assert_int_equal(rows(&s, "limits"), 1);
	assert_int_equal(rows(&s, "token_failures"), 1);
	t = sheet_find(&s, "other");
	assert_string_equal(t->cells[2].text, "CANARY");
	assert_string_equal(t->cells[3].text, "what touched");
	t = sheet_find(&s, "configuration");
	assert_string_equal(
	    t->cells[3].text, "what gained, object profile, of night");
	assert_int_equal(number(&s, "summary", NULL, "unclean"), 1);
	sheets_release(&s);
	report_free(r);
}

static void
notes_have_a_ceiling(void **state)
{
	struct report *r = begin_report(0, UINT64_MAX);
	struct sheets s;

	(void)state;
	for (unsigned i = 0; i < NOTES_MAX + 5; i++)
		ADD(r, FRIDAY + i, "CLOCK", { "step", "-5" });
	s = end_report(r);
	assert_int_equal(rows(&s, "limits"), NOTES_MAX);
	assert_non_null(strstr(sheet_find(&s, "limits")->note, "of 1005"));
	sheets_release(&s);
	report_free(r);
}

static void
bins_hold_every_signature_once(void **state)
{
	const uint64_t spans[] = { HOUR, 3 * DAY, 40 * DAY, 2000 * DAY };
	struct bins *b = malloc(sizeof(*b));

	(void)state;
	assert_non_null(b);
	for (size_t i = 0; i < 4; i++) {
		struct report *r = begin_report(0, UINT64_MAX);
		uint64_t sum = 0, by_key = 0;

		for (unsigned n = 0; n < 300; n++) {
			char key[8];

			snprintf(key, sizeof(key), "k%u", n % 12);
			ADD(r, FRIDAY + spans[i] / 299 * n, "SIGN",
			    REQUEST("alice", "10.0.0.1", key, "aa"), OK);
		}
		assert_int_equal(bins_fill(r, b), 0);
		assert_true(b->count <= BINS_MAX);
		assert_int_equal(b->series, BINS_SERIES + 1);
		for (size_t n = 0; n < b->count; n++) {
			sum += b->total[n];
			for (size_t k = 0; k < b->series; k++)
				by_key += b->signatures[k][n];
		}
		assert_int_equal(sum, 300);
		assert_int_equal(by_key, 300);
		report_free(r);
	}
	free(b);
}

/* The text in a file of its own, read as a report reads. */
static int
read_text(struct report *r, const char *text, size_t len)
{
	char file[] = "/tmp/test_report.XXXXXX", *files[] = { file };
	struct text_error err;
	struct input *input;
	int fd = mkstemp(file), rv;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), len);
	close(fd);
	input = input_open(NULL, 1, files, &err);
	rv = input != NULL ? report_read(r, input) : -1;
	input_close(input);
	unlink(file);
	return rv;
}

/* Three records; ret takes them. */
static size_t
three_lines(char ret[3 * RECORD_MAX], uint64_t first)
{
	struct chain chain;
	struct record one;
	size_t len = 0;

	chain_init(&chain);
	chain.seq = first - 1;
	for (unsigned i = 0; i < 3; i++) {
		line_make(&one, &chain, EVENT_SIGN, pairs_of(EVENT_SIGN), "x");
		len += (size_t)snprintf(ret + len, RECORD_MAX, "%.*s\n",
		    (int)strcspn(one.line, "\n"), one.line);
	}
	return len;
}

static void
a_log_that_begins_in_the_middle_is_read(void **state)
{
	struct report *r = begin_report(0, UINT64_MAX);
	char text[3 * RECORD_MAX], fault[REPORT_FAULT];
	struct sheets s;

	(void)state;
	assert_int_equal(read_text(r, text, three_lines(text, 100)), 0);
	assert_int_equal(r->read, 3);
	assert_string_equal(report_fault(r, fault), "nothing");
	assert_false(report_reaches_back(r));
	s = end_report(r);
	assert_int_equal(number(&s, "chain", NULL, "intact"), 1);
	assert_int_equal(number(&s, "chain", NULL, "last"), 102);
	sheets_release(&s);
	report_free(r);
}

static void
a_broken_chain_is_named_and_counted_all_the_same(void **state)
{
	struct report *r = begin_report(0, UINT64_MAX);
	char text[3 * RECORD_MAX], fault[REPORT_FAULT];
	size_t len = three_lines(text, 1);
	struct sheets s;

	(void)state;
	*strstr(strchr(text, '\n'), "principal=\"") = 'q';
	assert_int_equal(read_text(r, text, len), 1);
	assert_int_equal(r->read, 3);
	assert_non_null(strstr(report_fault(r, fault), ":2: seq 2"));
	s = end_report(r);
	assert_int_equal(number(&s, "chain", NULL, "intact"), 0);
	assert_string_equal(sheet_find(&s, "findings")->cells[0].text, "alert");
	sheets_release(&s);
	report_free(r);
}

static void
a_line_that_is_no_record_breaks_the_chain(void **state)
{
	struct report *r = begin_report(0, UINT64_MAX);
	char text[3 * RECORD_MAX + 16];
	size_t len = three_lines(text, 1);

	(void)state;
	memcpy(text + len, "<script>\n", 9);
	assert_int_equal(read_text(r, text, len + 9), 1);
	assert_int_equal(r->read, 3);
	assert_int_equal(r->bad_lines, 1);
	report_free(r);
}

static void
an_empty_log_is_not_intact(void **state)
{
	struct report *r = begin_report(0, UINT64_MAX);
	struct sheets s;

	(void)state;
	assert_int_equal(read_text(r, "", 0), 1);
	s = end_report(r);
	assert_int_equal(number(&s, "summary", NULL, "records"), 0);
	assert_int_equal(rows(&s, "over_time"), 0);
	sheets_release(&s);
	report_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_who_signed_how_much_with_what),
		cmocka_unit_test(counts_refusals_and_failed_logins),
		cmocka_unit_test(tells_what_came_for_the_first_time),
		cmocka_unit_test(says_when_it_cannot_know_what_came_before),
		cmocka_unit_test(counts_what_is_out_of_hours),
		cmocka_unit_test(an_end_is_not_in_the_period),
		cmocka_unit_test(events_of_later_versions_are_shown),
		cmocka_unit_test(notes_have_a_ceiling),
		cmocka_unit_test(bins_hold_every_signature_once),
		cmocka_unit_test(a_log_that_begins_in_the_middle_is_read),
		cmocka_unit_test(
		    a_broken_chain_is_named_and_counted_all_the_same),
		cmocka_unit_test(a_line_that_is_no_record_breaks_the_chain),
		cmocka_unit_test(an_empty_log_is_not_intact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
