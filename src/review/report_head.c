/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "review/bins.h"
#include "review/report_sheets.h"

#define WIDTH(columns) (sizeof(columns) / sizeof((columns)[0]))

static const struct column summary_columns[] = {
	{ "host", "Host", KIND_TEXT },
	{ "origin", "Log", KIND_TEXT },
	{ "since", "From", KIND_TIME },
	{ "until", "Until", KIND_TIME },
	{ "zone", "Time zone", KIND_TEXT },
	{ "hours", "Hours", KIND_TEXT },
	{ "records", "Records", KIND_NUMBER },
	{ "first", "First record", KIND_TIME },
	{ "last", "Last record", KIND_TIME },
	{ "signed", "Signatures", KIND_NUMBER },
	{ "distinct", "Distinct digests", KIND_NUMBER },
	{ "refused", "Refused", KIND_NUMBER },
	{ "failed", "Failed", KIND_NUMBER },
	{ "outside", "Out of hours", KIND_NUMBER },
	{ "logins", "Logins", KIND_NUMBER },
	{ "failed_logins", "Failed logins", KIND_NUMBER },
	{ "starts", "Service starts", KIND_NUMBER },
	{ "unclean", "Starts without a stop before", KIND_NUMBER },
	{ "stops", "Service stops", KIND_NUMBER },
	{ "made", "Report made", KIND_TIME },
};

static void
add_summary(const struct report *r, struct sheets *s)
{
	struct sheet *t = sheet_add(s, "summary", "Summary", SHEET_FACTS,
	    summary_columns, WIDTH(summary_columns));
	char zone[ZONE_TEXT];

	cell_text(s, t, r->host);
	cell_text(s, t, r->origin);
	cell_number(s, t, r->period.since_us);
	cell_number(
	    s, t, r->period.until_us == UINT64_MAX ? 0 : r->period.until_us);
	cell_text(s, t, zone_name(r->last_us, zone));
	cell_text(s, t, r->hours.text);
	cell_number(s, t, r->records);
	cell_number(s, t, r->first_us);
	cell_number(s, t, r->last_us);
	cell_number(s, t, r->count[TALLY_SIGNED]);
	cell_number(s, t, r->distinct.count);
	cell_number(s, t, r->count[TALLY_REFUSED]);
	cell_number(s, t, r->count[TALLY_FAILED]);
	cell_number(s, t, r->count[TALLY_OUTSIDE]);
	cell_number(s, t, r->count[TALLY_LOGINS]);
	cell_number(s, t, r->count[TALLY_BAD_LOGINS]);
	cell_number(s, t, r->starts);
	cell_number(s, t, r->unclean);
	cell_number(s, t, r->stops);
	cell_number(s, t, r->made_us);
	if (!distinct_exact(&r->distinct))
		sheet_note(s, t,
		    "There are more distinct digests than this report can "
		    "tell apart: their numbers are the least there can be.");
}

static const struct column chain_columns[] = {
	{ "status", "Status", KIND_TEXT },
	{ "intact", "Intact", KIND_YES },
	{ "fault", "What is wrong", KIND_TEXT },
	{ "records", "Records read", KIND_NUMBER },
	{ "bad_lines", "Lines that are no records", KIND_NUMBER },
	{ "first", "First checked seq", KIND_NUMBER },
	{ "last", "Last checked seq", KIND_NUMBER },
	{ "checkpoints", "Checkpoints", KIND_NUMBER },
	{ "covered", "Covered up to seq", KIND_NUMBER },
	{ "after", "Records after that", KIND_NUMBER },
	{ "checkpoint", "Last checkpoint", KIND_TIME },
	{ "audit_key", "Audit key", KIND_CODE },
	{ "key_given", "Audit key given by the reviewer", KIND_YES },
};

static const char *
status_text(const struct report *r)
{
	if (r->read == 0)
		return "there are no records";
	if (r->broken)
		return "BROKEN: do not trust these records before the cause "
		       "is known";
	if (r->auditor.covered == 0)
		return "intact, but no checkpoint covers these records";
	return "intact";
}

void
sheets_add_chain(const struct report *r, struct sheets *s)
{
	const struct auditor *a = &r->auditor;
	struct sheet *t = sheet_add(s, "chain", "Chain of records", SHEET_FACTS,
	    chain_columns, WIDTH(chain_columns));
	uint64_t last = a->follower.last.seq;
	char key[NOTE_VKEY] = "", fault[REPORT_FAULT];

	if (a->checkpoints > 0)
		note_key_text(&a->key, key);
	cell_text(s, t, status_text(r));
	cell_number(s, t, !r->broken);
	cell_text(s, t, report_fault(r, fault));
	cell_number(s, t, r->read);
	cell_number(s, t, r->bad_lines);
	cell_number(s, t, a->follower.first);
	cell_number(s, t, last);
	cell_number(s, t, a->checkpoints);
	cell_number(s, t, a->covered);
	cell_number(s, t, last > a->covered ? last - a->covered : 0);
	cell_number(s, t, r->checkpoint_us);
	cell_text(s, t, key);
	cell_number(s, t, a->claims.keys_given);
	if (a->checkpoints > 0 && !a->claims.keys_given)
		sheet_note(s, t,
		    "The audit key was taken from the records: compare it "
		    "with the signer's, or give that with --key.");
}

static const struct column time_columns[] = {
	{ "from", "From", KIND_TEXT },
	{ "signed", "Signed", KIND_NUMBER },
	{ "refused", "Refused or failed", KIND_NUMBER },
};

static void
add_time(const struct report *r, struct sheets *s)
{
	struct bins *b = calloc(1, sizeof(*b));
	struct sheet *t;
	char label[32];

	if (b == NULL || bins_fill(r, b) == -1) {
		s->bad = true;
		free(b);
		return;
	}
	t = sheet_add(s, "over_time",
	    b->hours < 24      ? "Signatures by hour" :
		b->hours == 24 ? "Signatures by day" :
				 "Signatures over time",
	    SHEET_TABLE, time_columns, WIDTH(time_columns));
	for (size_t i = 0; i < b->count; i++) {
		cell_text(s, t, bins_label(b, i, label));
		cell_number(s, t, b->total[i]);
		cell_number(s, t, b->refused[i]);
	}
	if (t != NULL)
		t->bar = 1;
	free(b);
}

void
sheets_add_head(const struct report *r, struct sheets *s)
{
	add_summary(r, s);
	sheets_add_chain(r, s);
	sheets_add_findings(r, s);
	add_time(r, s);
}

int
report_sheets(const struct report *r, struct sheets *ret)
{
	sheets_add_head(r, ret);
	sheets_add_use(r, ret);
	sheets_add_refusals(r, ret);
	sheets_add_events(r, ret);
	return ret->bad ? -1 : 0;
}
