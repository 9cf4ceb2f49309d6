/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/records_log.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"

static void
add_time(struct record *r, const char *name, uint64_t wall_us)
{
	char when[CLOCK_TEXT];

	clock_text(wall_us, when);
	record_add(r, name, when);
}

int
record_audit_gap(struct journal *journal, const struct journal_gap *gap,
    uint64_t to_us, struct waiter *waiter)
{
	struct record *r = journal_begin(journal, EVENT_LIMIT);

	if (r == NULL)
		return -1;
	record_add(r, "what", "audit-gap");
	add_time(r, "from", gap->from_us);
	add_time(r, "to", to_us);
	record_add_number(r, "refused", gap->refused);
	record_add(r, "error", gap->error);
	return journal_end(journal,
	    "no records could be written, and nothing was signed", waiter);
}

int
record_disk(
    struct journal *journal, bool low, uint64_t bytes, uint64_t threshold)
{
	struct record *r = journal_begin(journal, EVENT_LIMIT);

	if (r == NULL)
		return -1;
	record_add(r, "what", "disk");
	record_add_number(r, "free", bytes);
	record_add_number(r, "threshold", threshold);
	record_add(r, "outcome", low ? "low" : "ok");
	return journal_end(journal,
	    low ? "the disk for records fills up" :
		  "the disk for records has room again",
	    NULL);
}

int
record_audit_file(struct journal *journal, enum journal_names names)
{
	static const struct {
		const char *outcome, *text;
	} words[] = {
		[JOURNAL_NAMES_FINE] = { "ok", "" },
		[JOURNAL_NAMES_LINKED] = { "linked",
		    "the log's file was removed or replaced, and has its "
		    "name again" },
		[JOURNAL_NAMES_RESTORED] = { "restored",
		    "the log's file was removed, and its records were "
		    "written again" },
		[JOURNAL_NAMES_LOST] = { "lost",
		    "the log's file was removed, and its records could not "
		    "be read any more" },
		[JOURNAL_NAMES_SHORTER] = { "shorter",
		    "the log's file was cut off by somebody; a new piece goes "
		    "on" },
		[JOURNAL_NAMES_LONGER] = { "longer",
		    "somebody wrote to the log's file; that was cut off" },
		[JOURNAL_NAMES_STUCK] = { "stuck",
		    "the log's next piece cannot be begun; the old one goes "
		    "on" },
	};
	struct record *r = journal_begin(journal, EVENT_LIMIT);

	if (r == NULL)
		return -1;
	record_add(r, "what", "audit-file");
	record_add(r, "outcome", words[names].outcome);
	return journal_end(journal, words[names].text, NULL);
}

int
record_clock(
    struct journal *journal, const char *what, const struct clock_step *step)
{
	struct record *r = journal_begin(journal, EVENT_CLOCK);
	char text[24];

	if (r == NULL)
		return -1;
	record_add(r, "what", what);
	add_time(r, "from", step->from);
	add_time(r, "to", step->to);
	snprintf(text, sizeof(text), "%" PRId64, step->step);
	record_add(r, "step", text);
	return journal_end(journal,
	    *what == 'b' ? "the clock is earlier than the last record" :
			   "the clock was set",
	    NULL);
}
