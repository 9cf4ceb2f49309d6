/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What happens to the log itself, for who keeps a record of it.
 */
#ifndef CS_BROKER_JOURNAL_WATCH_H
#define CS_BROKER_JOURNAL_WATCH_H

#include "broker/journal.h"

/* A client heard AUDIT_UNAVAILABLE: counted for the record of the gap. */
void journal_refused(struct journal *);
/* The last time in which no records could be written. */
struct journal_gap {
	uint64_t from_us; /* wall time; 0: none that was not told */
	uint64_t refused;
	char error[128];
};
/* Once the journal works again. */
void journal_gap(const struct journal *, struct journal_gap *ret);
void journal_gap_told(struct journal *);

/* What is seen once a second. */
enum journal_names {
	JOURNAL_NAMES_FINE,
	JOURNAL_NAMES_LINKED, /* FILE or the piece was gone, and was linked */
	JOURNAL_NAMES_RESTORED, /* both were: the records were copied back */
	JOURNAL_NAMES_LOST, /* and could not be copied: a new piece began */
	JOURNAL_NAMES_SHORTER, /* it was cut off: a new piece began */
	JOURNAL_NAMES_LONGER, /* somebody wrote to it: that was cut off */
	JOURNAL_NAMES_STUCK, /* the next piece cannot be begun */
};
struct journal_look {
	enum journal_names names;
	bool has_free;
	uint64_t free;
};
/*
 * before is called before each record begins, and as soon as records can be
 * written again: it may add records of its own.  look is called with what was
 * seen.  Both from the loop.
 */
struct journal_watch {
	void *arg;
	void (*before)(void *arg);
	void (*look)(void *arg, const struct journal_look *);
};
void journal_watch(struct journal *, const struct journal_watch *);
/* Calls before, although no record begins. */
void journal_note(struct journal *);

#endif
