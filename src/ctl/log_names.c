/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/log_names.h"

static int
say_odd(const struct names *n, struct fault *ret)
{
	struct record_place first = { n->file, 1 };
	uintmax_t begins = n->begins, said = n->said;

	if (n->begins > n->said && !n->joined)
		return fault_set(ret, FAULT_MISSING, first, n->said,
		    n->begins - 1,
		    "%ju missing: the file begins with seq %ju, and its name "
		    "says %ju",
		    begins - said, begins, said);
	return fault_set(ret, FAULT_ORDER, first, n->begins, n->begins,
	    "the file has another name: its first record should be seq %ju",
	    said);
}

/* A break of the chain is judged by the follower, which waits for a witness. */
static bool
is_told(const struct names *n, const struct follower *f)
{
	return n->file != NULL && !f->holding;
}

int
names_record(struct names *n, const struct follower *f,
    const struct input_line *line, struct fault *ret)
{
	if (line->number == 1 && line->named != 0 && !f->holding &&
	    f->last.seq != line->named)
		*n = (struct names){ line->file, line->named, f->last.seq,
			f->records > 1 };
	/* The very first record may be the one that was changed. */
	return is_told(n, f) && f->records > 1 ? say_odd(n, ret) : 0;
}

/* The seq of the last record that should have come before the next piece. */
static uint64_t
last_due(const struct input_line *line)
{
	return (line->next != 0 ? line->next : line->named) - 1;
}

int
names_empty(struct names *n, struct follower *f, const struct input_line *line,
    struct fault *ret)
{
	struct record_place place = { line->file, 0 };
	uint64_t due = f->records > 0 ? f->last.seq + 1 : line->named;
	uint64_t last = last_due(line);

	if (follow_end(f, ret) == -1 || names_end(n, f, ret) == -1)
		return -1;
	if (line->named < due)
		return fault_set(ret, FAULT_ORDER, place, 0, 0,
		    "the file has no records and another name: seq %ju is due",
		    (uintmax_t)due);
	if (due > last)
		return 0;
	return fault_set(ret, FAULT_MISSING, place, due, last,
	    "%ju missing: %s", (uintmax_t)(last - due + 1),
	    line->next != 0 ? "the file has no records, and others follow" :
			      "the file has no records yet, and none before "
			      "it has them");
}

int
names_end(const struct names *n, const struct follower *f, struct fault *ret)
{
	return is_told(n, f) ? say_odd(n, ret) : 0;
}
