/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a reviewer should look at first, and where in the report.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "review/report_sheets.h"

static const struct column columns[] = {
	{ "level", "", KIND_TEXT },
	{ "what", "", KIND_TEXT },
	{ "section", "See", KIND_TEXT },
};

struct list {
	struct sheets *sheets;
	struct sheet *sheet;
};

static const char *
plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

static void
add(const struct list *l, const char *level, const char *section,
    uint64_t count, const char *what)
{
	if (count == 0)
		return;
	cell_text(l->sheets, l->sheet, level);
	cell_textf(l->sheets, l->sheet, "%" PRIu64 " %s%s", count, what,
	    plural(count));
	cell_text(l->sheets, l->sheet, section);
}

static void
say(const struct list *l, const char *level, const char *section,
    const char *what)
{
	cell_text(l->sheets, l->sheet, level);
	cell_text(l->sheets, l->sheet, what);
	cell_text(l->sheets, l->sheet, section);
}

/* Rows that were counted, and did not occur before. */
static uint64_t
fresh(const struct tally *t)
{
	uint64_t count = 0;

	for (size_t i = 0; i < t->count; i++)
		count += !t->rows[i]->before && row_sum(t->rows[i]) > 0;
	return count;
}

static void
add_chain(const struct report *r, const struct list *l)
{
	if (r->broken)
		say(l, "alert", "chain",
		    "The chain of records is broken: see what is wrong");
	else if (r->auditor.covered == 0)
		say(l, "look", "chain",
		    "No checkpoint covers these records: whoever could write "
		    "them can have changed any of them");
}

static void
add_use(const struct report *r, const struct list *l)
{
	const struct tally *t = r->tally;

	if (report_reaches_back(r)) {
		add(l, "look", "first_seen", fresh(&t[REPORT_SOURCES]),
		    "new source");
		add(l, "look", "first_seen", fresh(&t[REPORT_CLIENTS]),
		    "new client key");
	}
	add(l, "look", "outside", r->count[TALLY_OUTSIDE],
	    "out-of-hours signature");
	add(l, "look", "refusals", r->count[TALLY_REFUSED], "refusal");
	add(l, "look", "refusals", r->count[TALLY_FAILED], "failed signature");
	add(l, "look", "failed_logins", r->count[TALLY_BAD_LOGINS],
	    "failed login");
}

static void
add_events(const struct report *r, const struct list *l)
{
	const struct notes *n = r->notes;

	add(l, "alert", "suspensions", n[NOTES_SUSPENSIONS].total,
	    "record about suspension: SUSPEND, RESUME");
	add(l, "look", "approvals", n[NOTES_APPROVALS].total,
	    "record about approval: PENDING, APPROVE, REJECT, EXPIRE");
	add(l, "look", "configuration", n[NOTES_CONFIG].total,
	    "configuration record");
	add(l, "look", "token_failures", n[NOTES_TOKENS].total,
	    "token failure");
	add(l, "look", "limits", n[NOTES_LIMITS].total,
	    "clock or limit record");
	add(l, "look", "service", r->unclean,
	    "service start without a stop before");
	add(l, "look", "other", n[NOTES_OTHER].total,
	    "record of a kind that this program does not know");
}

void
sheets_add_findings(const struct report *r, struct sheets *s)
{
	struct list l = { s, NULL };

	l.sheet = sheet_add(s, "findings", "Worth a look", SHEET_TABLE, columns,
	    sizeof(columns) / sizeof(columns[0]));
	if (r->records == 0)
		say(&l, "look", "summary", "No records in this period");
	add_chain(r, &l);
	add_use(r, &l);
	add_events(r, &l);
	if (l.sheet != NULL && sheet_rows(l.sheet) == 0)
		sheet_note(s, l.sheet, "Nothing stands out.");
}
