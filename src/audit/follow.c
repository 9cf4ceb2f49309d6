/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/follow.h"

#include <string.h>

/* Does b name a as the record before it? */
static bool
names(const struct link *b, const struct link *a)
{
	return b != NULL && strcmp(b->prev, a->hash) == 0;
}

static bool
follows(const struct link *b, const struct link *a)
{
	return names(b, a) && b->seq == a->seq + 1;
}

static int
changed(const struct link *l, struct fault *ret)
{
	fault_set(ret, FAULT_CHANGED, l->place, l->seq, l->seq,
	    "this record was changed");
	return -1;
}

/* The number is right and the hash is not: one of two was changed. */
static int
judge_hash(const struct link *a, const struct link *b, const struct link *next,
    struct fault *ret)
{
	if (follows(next, b))
		return changed(a, ret);
	if (next != NULL && next->seq == b->seq + 1)
		return changed(b, ret);
	return fault_set(ret, FAULT_CHANGED, a->place, a->seq, b->seq,
	    "one of these two was changed: the second's prev is not the "
	    "first's hash");
}

/* Two records of one number: the chain goes on from the true one. */
static int
judge_twins(const struct link *a, const struct link *b, const struct link *next,
    struct fault *ret)
{
	bool same = strcmp(a->hash, b->hash) == 0;

	if (!same && follows(next, b))
		return fault_set(ret, FAULT_ORDER, a->place, a->seq, a->seq,
		    "this record was inserted: the chain goes on from the "
		    "next one of this seq");
	return fault_set(ret, FAULT_ORDER, b->place, b->seq, b->seq,
	    "this record %s",
	    same		 ? "is repeated" :
		follows(next, a) ? "was inserted: the chain goes on "
				   "from the one before" :
				   "or the one before was inserted: "
				   "they have one seq");
}

static int
judge_gap(const struct link *a, const struct link *b, struct fault *ret)
{
	uintmax_t count = b->seq - a->seq - 1;

	return fault_set(ret, FAULT_MISSING, b->place, a->seq + 1, b->seq - 1,
	    "%ju missing: seq %ju comes after seq %ju", count,
	    (uintmax_t)b->seq, (uintmax_t)a->seq);
}

/* The number is wrong.  a is linked, b is not, next may be NULL. */
static int
judge_number(const struct link *a, const struct link *b,
    const struct link *next, struct fault *ret)
{
	uintmax_t due = a->seq + 1, seq = b->seq;

	if (next != NULL && next->seq == due + 1 && !follows(next, b))
		return fault_set(ret, FAULT_CHANGED, b->place, due, due,
		    "this record was changed: it says seq %ju", seq);
	if (next != NULL && next->seq == due)
		return fault_set(ret, FAULT_ORDER, b->place, b->seq, b->seq,
		    "out of order: it stands where seq %ju belongs", due);
	if (b->seq > due)
		return judge_gap(a, b, ret);
	return fault_set(ret, FAULT_ORDER, b->place, b->seq, b->seq,
	    "repeated or out of order: it comes after seq %ju",
	    (uintmax_t)a->seq);
}

/* Nothing speaks for the very first record but itself. */
static bool
first_is_odd(
    const struct follower *f, const struct link *b, const struct link *next)
{
	return f->records == 1 && b->seq < f->last.seq && follows(next, b);
}

static int
judge(const struct follower *f, const struct link *next, struct fault *ret)
{
	const struct link *a = &f->last, *b = &f->held;

	if (first_is_odd(f, b, next))
		return fault_set(ret, FAULT_CHANGED, a->place, a->seq, a->seq,
		    "this record was changed or does not belong here: seq "
		    "%ju comes next",
		    (uintmax_t)b->seq);
	if (b->seq == a->seq + 1)
		return judge_hash(a, b, next, ret);
	if (b->seq == a->seq && (next == NULL || next->seq == b->seq + 1))
		return judge_twins(a, b, next, ret);
	return judge_number(a, b, next, ret);
}

static bool
may_begin(const struct link *l)
{
	return l->seq != 1 || strcmp(l->prev, RECORD_FIRST) == 0;
}

enum follow
follow_next(struct follower *f, const struct link *l, struct fault *ret)
{
	if (f->holding) {
		judge(f, l, ret);
		return FOLLOW_BROKEN;
	}
	if (f->records == 0 && !may_begin(l)) {
		fault_set(ret, FAULT_CHANGED, l->place, 1, 1,
		    "this record was changed: the first one's prev is zeros");
		return FOLLOW_BROKEN;
	}
	if (f->records > 0 && !follows(l, &f->last)) {
		f->held = *l;
		f->holding = true;
		return FOLLOW_HELD;
	}
	if (f->records++ == 0)
		f->first = l->seq;
	f->last = *l;
	return FOLLOW_LINKED;
}

int
follow_end(struct follower *f, struct fault *ret)
{
	return f->holding ? judge(f, NULL, ret) : 0;
}
