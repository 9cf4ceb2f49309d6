/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>

#include "review/report_sheets.h"

#define WIDTH(columns) (sizeof(columns) / sizeof((columns)[0]))

static const struct column reason_columns[] = {
	{ "reason", "Reason", KIND_TEXT },
	{ "refused", "Refused", KIND_NUMBER },
	{ "failed", "Failed", KIND_NUMBER },
	{ "first", "First", KIND_MINUTE },
	{ "last", "Last", KIND_MINUTE },
};

static void
add_reasons(const struct report *r, struct sheets *s)
{
	const struct row **rows;
	size_t count = tally_sorted(&r->tally[REPORT_REASONS], &rows);
	struct sheet *t =
	    sheet_add(s, "refusals", "Refusals and failures by reason",
		SHEET_TABLE, reason_columns, WIDTH(reason_columns));

	for (size_t i = 0; i < count; i++) {
		cell_text(s, t, rows[i]->name);
		cell_number(s, t, rows[i]->count[TALLY_REFUSED]);
		cell_number(s, t, rows[i]->count[TALLY_FAILED]);
		cell_number(s, t, rows[i]->first_us);
		cell_number(s, t, rows[i]->last_us);
	}
	free(rows);
}

static const struct column reason_by_columns[] = {
	{ "principal", "Principal", KIND_TEXT },
	{ "reason", "Reason", KIND_TEXT },
	{ "refused", "Refused", KIND_NUMBER },
	{ "failed", "Failed", KIND_NUMBER },
	{ "first", "First", KIND_MINUTE },
	{ "last", "Last", KIND_MINUTE },
};

static void
add_reasons_by(const struct report *r, struct sheets *s)
{
	const struct row **rows;
	size_t count = tally_sorted(&r->tally[REPORT_REASONS_BY], &rows);
	struct sheet *t = sheet_add(s, "refusals_by_principal",
	    "Refusals and failures by principal", SHEET_TABLE,
	    reason_by_columns, WIDTH(reason_by_columns));
	char part[TALLY_NAME];

	for (size_t i = 0; i < count; i++) {
		cell_text(s, t, tally_part(rows[i], 0, part));
		cell_text(s, t, tally_part(rows[i], 1, part));
		cell_number(s, t, rows[i]->count[TALLY_REFUSED]);
		cell_number(s, t, rows[i]->count[TALLY_FAILED]);
		cell_number(s, t, rows[i]->first_us);
		cell_number(s, t, rows[i]->last_us);
	}
	free(rows);
}

static const struct column login_columns[] = {
	{ "reason", "Reason", KIND_TEXT },
	{ "count", "Failed logins", KIND_NUMBER },
	{ "first", "First", KIND_MINUTE },
	{ "last", "Last", KIND_MINUTE },
};

static void
add_login_reasons(const struct report *r, struct sheets *s)
{
	const struct row **rows;
	size_t count = tally_sorted(&r->tally[REPORT_LOGIN_REASONS], &rows);
	struct sheet *t =
	    sheet_add(s, "failed_logins", "Failed logins by reason",
		SHEET_TABLE, login_columns, WIDTH(login_columns));

	for (size_t i = 0; i < count; i++) {
		cell_text(s, t, rows[i]->name);
		cell_number(s, t, row_sum(rows[i]));
		cell_number(s, t, rows[i]->first_us);
		cell_number(s, t, rows[i]->last_us);
	}
	free(rows);
}

static const struct column login_source_columns[] = {
	{ "source", "Source", KIND_TEXT },
	{ "count", "Failed logins", KIND_NUMBER },
	{ "before", "Seen before", KIND_YES },
	{ "first", "First", KIND_MINUTE },
	{ "last", "Last", KIND_MINUTE },
};

static void
add_login_sources(const struct report *r, struct sheets *s)
{
	const struct tally *tally = &r->tally[REPORT_LOGIN_SOURCES];
	const struct row **rows;
	size_t count = tally_sorted(tally, &rows);
	struct sheet *t =
	    sheet_add(s, "failed_login_sources", "Failed logins by source",
		SHEET_TABLE, login_source_columns, WIDTH(login_source_columns));

	for (size_t i = 0; i < count; i++) {
		cell_text(s, t, rows[i]->name);
		cell_number(s, t, row_sum(rows[i]));
		cell_number(s, t, rows[i]->before);
		cell_number(s, t, rows[i]->first_us);
		cell_number(s, t, rows[i]->last_us);
	}
	free(rows);
	if (row_sum(&tally->rest) > 0)
		sheet_note(s, t,
		    "There were too many sources to count each: some are "
		    "together in one row.");
}

void
sheets_add_refusals(const struct report *r, struct sheets *s)
{
	add_reasons(r, s);
	add_reasons_by(r, s);
	add_login_reasons(r, s);
	add_login_sources(r, s);
}

static const struct column note_columns[] = {
	{ "time", "Time", KIND_TIME },
	{ "seq", "Seq", KIND_NUMBER },
	{ "event", "Event", KIND_TEXT },
	{ "what", "What", KIND_TEXT },
};

/* always: an empty list is an answer, too. */
static void
add_notes(const struct notes *n, const char *id, const char *title, bool always,
    struct sheets *s)
{
	struct sheet *t;

	if (n->total == 0 && !always)
		return;
	t = sheet_add(
	    s, id, title, SHEET_TABLE, note_columns, WIDTH(note_columns));
	for (size_t i = 0; i < n->count; i++) {
		cell_number(s, t, n->list[i].time_us);
		cell_number(s, t, n->list[i].seq);
		cell_text(s, t, n->list[i].event);
		cell_text(s, t, n->list[i].text);
	}
	if (n->total > n->count)
		sheet_note(s, t,
		    "The first %zu of %" PRIu64
		    "; countersignctl log show --event has them all.",
		    n->count, n->total);
}

static const struct column token_columns[] = {
	{ "token", "Token", KIND_TEXT },
	{ "what", "What", KIND_TEXT },
	{ "outcome", "Outcome", KIND_TEXT },
	{ "count", "Records", KIND_NUMBER },
	{ "first", "First", KIND_MINUTE },
	{ "last", "Last", KIND_MINUTE },
};

static void
add_tokens(const struct report *r, struct sheets *s)
{
	const struct row **rows;
	size_t count = tally_sorted(&r->tally[REPORT_TOKENS], &rows);
	struct sheet *t = sheet_add(s, "tokens", "Tokens", SHEET_TABLE,
	    token_columns, WIDTH(token_columns));
	char part[TALLY_NAME];

	for (size_t i = 0; i < count; i++) {
		for (unsigned p = 0; p < 3; p++)
			cell_text(s, t, tally_part(rows[i], p, part));
		cell_number(s, t, row_sum(rows[i]));
		cell_number(s, t, rows[i]->first_us);
		cell_number(s, t, rows[i]->last_us);
	}
	free(rows);
}

static const struct column count_columns[] = {
	{ "name", "Name", KIND_TEXT },
	{ "count", "Records", KIND_NUMBER },
	{ "first", "First", KIND_MINUTE },
	{ "last", "Last", KIND_MINUTE },
};

static void
add_counts(const struct tally *tally, const char *id, const char *title,
    struct sheets *s)
{
	const struct row **rows;
	size_t count = tally_sorted(tally, &rows);
	struct sheet *t;

	if (count > 0) {
		t = sheet_add(s, id, title, SHEET_TABLE, count_columns,
		    WIDTH(count_columns));
		for (size_t i = 0; i < count; i++) {
			cell_text(s, t, rows[i]->name);
			cell_number(s, t, row_sum(rows[i]));
			cell_number(s, t, rows[i]->first_us);
			cell_number(s, t, rows[i]->last_us);
		}
	}
	free(rows);
}

void
sheets_add_events(const struct report *r, struct sheets *s)
{
	const struct notes *n = r->notes;

	add_notes(&n[NOTES_APPROVALS], "approvals", "Approvals", false, s);
	add_notes(
	    &n[NOTES_SUSPENSIONS], "suspensions", "Suspensions", false, s);
	add_notes(&n[NOTES_CONFIG], "configuration", "Configuration changes",
	    true, s);
	add_tokens(r, s);
	add_notes(
	    &n[NOTES_TOKENS], "token_failures", "Token failures", true, s);
	add_notes(&n[NOTES_LIMITS], "limits", "Clock and limits", true, s);
	add_notes(
	    &n[NOTES_SERVICE], "service", "Service starts and stops", true, s);
	add_notes(&n[NOTES_OTHER], "other", "Other records", false, s);
	add_counts(&r->tally[REPORT_TAGS], "tags", "By notify tag", s);
	add_counts(&r->tally[REPORT_EVENTS], "events", "Records by event", s);
}
