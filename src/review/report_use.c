/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "review/report_sheets.h"

#define WIDTH(columns) (sizeof(columns) / sizeof((columns)[0]))

static const struct column use_columns[] = {
	{ "name", "Name", KIND_TEXT },
	{ "signed", "Signed", KIND_NUMBER },
	{ "distinct", "Distinct", KIND_NUMBER },
	{ "refused", "Refused", KIND_NUMBER },
	{ "failed", "Failed", KIND_NUMBER },
	{ "logins", "Logins", KIND_NUMBER },
	{ "first", "First", KIND_MINUTE },
	{ "last", "Last", KIND_MINUTE },
};

static void
add_use_row(struct sheets *s, struct sheet *t, const struct row *row)
{
	cell_text(s, t, row->name);
	cell_number(s, t, row->count[TALLY_SIGNED]);
	cell_number(s, t, row->distinct);
	cell_number(s, t, row->count[TALLY_REFUSED]);
	cell_number(s, t, row->count[TALLY_FAILED]);
	cell_number(s, t, row->count[TALLY_LOGINS]);
	cell_number(s, t, row->first_us);
	cell_number(s, t, row->last_us);
}

static void
add_use(const struct tally *tally, const char *id, const char *title,
    struct sheets *s)
{
	const struct row **rows;
	size_t count = tally_sorted(tally, &rows);
	struct sheet *t = sheet_add(
	    s, id, title, SHEET_TABLE, use_columns, WIDTH(use_columns));

	for (size_t i = 0; i < count; i++)
		add_use_row(s, t, rows[i]);
	free(rows);
	if (row_sum(&tally->rest) > 0)
		sheet_note(s, t,
		    "There were too many names to count each: some are "
		    "together in one row.");
}

/* Logins are not of a key. */
static const struct column key_columns[] = {
	{ "name", "Signing key", KIND_TEXT },
	{ "signed", "Signed", KIND_NUMBER },
	{ "distinct", "Distinct", KIND_NUMBER },
	{ "refused", "Refused", KIND_NUMBER },
	{ "failed", "Failed", KIND_NUMBER },
	{ "first", "First", KIND_MINUTE },
	{ "last", "Last", KIND_MINUTE },
};

static void
add_keys(const struct report *r, struct sheets *s)
{
	const struct row **rows;
	size_t count = tally_sorted(&r->tally[REPORT_KEYS], &rows);
	struct sheet *t = sheet_add(s, "keys", "By signing key", SHEET_TABLE,
	    key_columns, WIDTH(key_columns));

	for (size_t i = 0; i < count; i++) {
		cell_text(s, t, rows[i]->name);
		cell_number(s, t, rows[i]->count[TALLY_SIGNED]);
		cell_number(s, t, rows[i]->distinct);
		cell_number(s, t, rows[i]->count[TALLY_REFUSED]);
		cell_number(s, t, rows[i]->count[TALLY_FAILED]);
		cell_number(s, t, rows[i]->first_us);
		cell_number(s, t, rows[i]->last_us);
	}
	free(rows);
}

static const struct column client_columns[] = {
	{ "fp", "Client key", KIND_CODE },
	{ "principal", "Principal", KIND_TEXT },
	{ "signed", "Signed", KIND_NUMBER },
	{ "refused", "Refused", KIND_NUMBER },
	{ "logins", "Logins", KIND_NUMBER },
};

static void
add_clients(const struct report *r, struct sheets *s)
{
	const struct row **rows;
	size_t count = tally_sorted(&r->tally[REPORT_CLIENTS], &rows);
	struct sheet *t = sheet_add(s, "client_keys", "By client key",
	    SHEET_TABLE, client_columns, WIDTH(client_columns));

	for (size_t i = 0; i < count; i++) {
		cell_text(s, t, rows[i]->name);
		cell_text(s, t, rows[i]->detail != NULL ? rows[i]->detail : "");
		cell_number(s, t, rows[i]->count[TALLY_SIGNED]);
		cell_number(s, t, rows[i]->count[TALLY_REFUSED]);
		cell_number(s, t, rows[i]->count[TALLY_LOGINS]);
	}
	free(rows);
}

static const struct column format_columns[] = {
	{ "key", "Signing key", KIND_TEXT },
	{ "format", "Format", KIND_TEXT },
	{ "hash", "Hash", KIND_TEXT },
	{ "signed", "Signed", KIND_NUMBER },
	{ "first", "First", KIND_MINUTE },
	{ "last", "Last", KIND_MINUTE },
};

static void
add_formats(const struct report *r, struct sheets *s)
{
	const struct row **rows;
	size_t count = tally_sorted(&r->tally[REPORT_FORMATS], &rows);
	struct sheet *t = sheet_add(s, "formats", "By format and hash",
	    SHEET_TABLE, format_columns, WIDTH(format_columns));
	char part[TALLY_NAME];

	for (size_t i = 0; i < count; i++) {
		for (unsigned p = 0; p < 3; p++)
			cell_text(s, t, tally_part(rows[i], p, part));
		cell_number(s, t, rows[i]->count[TALLY_SIGNED]);
		cell_number(s, t, rows[i]->first_us);
		cell_number(s, t, rows[i]->last_us);
	}
	free(rows);
}

static const struct column first_columns[] = {
	{ "what", "What", KIND_TEXT },
	{ "name", "Name", KIND_CODE },
	{ "first", "First seen", KIND_MINUTE },
	{ "signed", "Signed", KIND_NUMBER },
	{ "principal", "Principal", KIND_TEXT },
};

static void
add_fresh(const struct tally *tally, const char *what, struct sheets *s,
    struct sheet *t)
{
	const struct row **rows;
	size_t count = tally_sorted(tally, &rows);

	for (size_t i = 0; i < count; i++) {
		if (rows[i]->before || rows[i] == &tally->rest)
			continue;
		cell_text(s, t, what);
		cell_text(s, t, rows[i]->name);
		cell_number(s, t, rows[i]->first_us);
		cell_number(s, t, rows[i]->count[TALLY_SIGNED]);
		cell_text(s, t, rows[i]->detail != NULL ? rows[i]->detail : "");
	}
	free(rows);
}

static void
add_first_seen(const struct report *r, struct sheets *s)
{
	struct sheet *t = sheet_add(s, "first_seen", "Seen for the first time",
	    SHEET_TABLE, first_columns, WIDTH(first_columns));

	if (!report_reaches_back(r)) {
		sheet_note(s, t,
		    "Not known: the files do not reach back before the "
		    "period.  Give older files, too.");
		return;
	}
	add_fresh(&r->tally[REPORT_SOURCES], "source", s, t);
	add_fresh(&r->tally[REPORT_CLIENTS], "client key", s, t);
	sheet_note(s, t,
	    "%sompared with all records of these files before the period%s.",
	    t == NULL || sheet_rows(t) > 0 ? "C" : "None, c",
	    r->all_first_seq == 1 ? ", from the log's first on" : "");
}

static const struct column outside_columns[] = {
	{ "principal", "Principal", KIND_TEXT },
	{ "key", "Signing key", KIND_TEXT },
	{ "signed", "Signed", KIND_NUMBER },
	{ "closed", "Closed days", KIND_NUMBER },
	{ "first", "First", KIND_MINUTE },
	{ "last", "Last", KIND_MINUTE },
};

static void
add_outside(const struct report *r, struct sheets *s)
{
	const struct row **rows;
	size_t count = tally_sorted(&r->tally[REPORT_OUTSIDE], &rows);
	struct sheet *t = sheet_add(s, "outside", "Out of hours", SHEET_TABLE,
	    outside_columns, WIDTH(outside_columns));
	char part[TALLY_NAME];

	for (size_t i = 0; i < count; i++) {
		cell_text(s, t, tally_part(rows[i], 0, part));
		cell_text(s, t, tally_part(rows[i], 1, part));
		cell_number(s, t, rows[i]->count[TALLY_OUTSIDE]);
		cell_number(s, t, rows[i]->count[TALLY_CLOSED]);
		cell_number(s, t, rows[i]->first_us);
		cell_number(s, t, rows[i]->last_us);
	}
	free(rows);
	sheet_note(s, t,
	    "Hours: %s.  Closed days: how many of them were made on a "
	    "weekday that has no hours.",
	    r->hours.text);
}

void
sheets_add_use(const struct report *r, struct sheets *s)
{
	add_keys(r, s);
	add_use(&r->tally[REPORT_PROFILES], "profiles", "By profile", s);
	add_use(&r->tally[REPORT_PRINCIPALS], "principals", "By principal", s);
	add_use(&r->tally[REPORT_SOURCES], "sources", "By source", s);
	add_clients(r, s);
	add_formats(r, s);
	add_first_seen(r, s);
	add_outside(r, s);
}
