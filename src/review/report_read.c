/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "review/report.h"

/* The auditor stops at the first fault; who reads for numbers goes on. */
static void
check(struct report *r, const struct input_line *line)
{
	struct record_place place = { line->file, line->number };

	if (!r->broken &&
	    auditor_record(
		&r->auditor, line->record, line->len, place, &r->fault) == -1)
		r->broken = true;
}

static void
add_bad(struct report *r, const struct input_line *line, const char *why)
{
	struct record_place place = { line->file, line->number };

	r->bad_lines++;
	if (!r->broken &&
	    auditor_no_record(&r->auditor, place, why, &r->fault) == -1)
		r->broken = true;
}

static void
add_record(struct report *r, const struct input_line *line)
{
	struct text_error err;
	struct fields fields;

	check(r, line);
	if (fields_read(line->record, line->len, &fields, &err) == -1)
		add_bad(r, line, err.what);
	else
		report_add(r, &fields);
}

/* A log that was emptied must not pass for an intact one. */
static int
finish(struct report *r)
{
	struct record_place nowhere = { NULL, 0 };

	if (!r->broken && auditor_end(&r->auditor, &r->fault) == -1)
		r->broken = true;
	if (!r->broken && r->read == 0) {
		fault_set(
		    &r->fault, FAULT_TRUNCATED, nowhere, 0, 0, "no records");
		r->broken = true;
	}
	/* The input goes away before the report does. */
	if (r->broken && r->fault.place.file != NULL) {
		snprintf(r->bad_file, sizeof(r->bad_file), "%s",
		    r->fault.place.file);
		r->fault.place.file = r->bad_file;
	}
	return r->broken ? 1 : 0;
}

int
report_read(struct report *r, struct input *input)
{
	struct input_line line;

	for (;;) {
		switch (input_next(input, &line)) {
		case INPUT_RECORD:
			add_record(r, &line);
			break;
		case INPUT_BAD:
			add_bad(r, &line, line.why);
			break;
		case INPUT_TORN:
			add_bad(r, &line, "a torn record");
			break;
		case INPUT_EMPTY:
			break;
		case INPUT_ERROR:
			snprintf(r->why, sizeof(r->why), "%.200s: %.100s",
			    line.file, line.why);
			return -1;
		case INPUT_END:
			return finish(r);
		}
	}
}

const char *
report_fault(const struct report *r, char ret[static REPORT_FAULT])
{
	const struct fault *f = &r->fault;
	const char *file = f->place.file;
	char seq[64] = "", line[32] = "";

	if (!r->broken)
		return "nothing";
	if (file != NULL && f->place.line != 0)
		snprintf(line, sizeof(line), ":%u", f->place.line);
	if (f->first != 0 && f->last > f->first)
		snprintf(seq, sizeof(seq), "seq %" PRIu64 " to %" PRIu64 ": ",
		    f->first, f->last);
	else if (f->first != 0)
		snprintf(seq, sizeof(seq), "seq %" PRIu64 ": ", f->first);
	snprintf(ret, REPORT_FAULT, "%s%s%s%s%s", file != NULL ? file : "",
	    line, file != NULL ? ": " : "", seq, f->what);
	return ret;
}
