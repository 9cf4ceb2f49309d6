/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a reviewer wants to know of a period, counted while the records go by.
 *
 * Every record of the files is checked; those of the period are counted; of
 * those before it only sources and client keys are remembered, to tell which
 * came for the first time.  Memory grows with the number of names and of
 * different digests, and both have ceilings.
 */
#ifndef CS_REVIEW_REPORT_H
#define CS_REVIEW_REPORT_H

#include "audit/auditor.h"
#include "review/distinct.h"
#include "review/hours.h"
#include "review/input.h"
#include "review/notes.h"
#include "review/tally.h"

enum report_tally {
	REPORT_KEYS,
	REPORT_PROFILES,
	REPORT_PRINCIPALS,
	REPORT_SOURCES, /* of clients that logged in */
	REPORT_CLIENTS, /* client keys that logged in */
	REPORT_FORMATS, /* key, format, hash */
	REPORT_REASONS, /* of refusals and failures */
	REPORT_REASONS_BY, /* principal, reason */
	REPORT_LOGIN_REASONS, /* of failed logins */
	REPORT_LOGIN_SOURCES,
	REPORT_OUTSIDE, /* out of hours: principal, key */
	REPORT_TOKENS, /* token, what, outcome or reason */
	REPORT_TAGS, /* notify */
	REPORT_EVENTS,
	REPORT_TALLIES,
};

enum report_notes {
	NOTES_SERVICE, /* START, STOP */
	NOTES_CONFIG, /* RELOAD, RELOADFAIL */
	NOTES_APPROVALS, /* PENDING, APPROVE, REJECT, EXPIRE */
	NOTES_SUSPENSIONS, /* SUSPEND, RESUME */
	NOTES_LIMITS, /* LIMIT, CLOCK */
	NOTES_TOKENS, /* TOKEN that did not go well */
	NOTES_OTHER, /* events that this program does not know */
	NOTES_KINDS,
};

struct period {
	uint64_t since_us, until_us; /* until itself is not in */
};

struct report {
	struct period period;
	struct hours hours;
	uint64_t made_us;

	struct tally tally[REPORT_TALLIES];
	struct notes notes[NOTES_KINDS];
	struct distinct distinct;
	struct pairs activity; /* a key's row, a moment's hour: signatures */
	struct pairs refusals; /* 0, a moment's hour */
	uint64_t week[7][24]; /* signatures */
	uint64_t count[TALLY_COUNTS];
	uint64_t records; /* of the period */
	uint64_t first_us, last_us; /* of the period */
	uint64_t starts, stops, unclean; /* unclean: no STOP before a START */
	bool running; /* a START came, and no STOP since */
	char host[65];

	/* Of all the files. */
	struct auditor auditor;
	struct fault fault; /* when broken */
	char bad_file[256]; /* its place's */
	bool broken;
	uint64_t read; /* records */
	uint64_t bad_lines;
	uint64_t all_first_us, all_last_us, all_first_seq;
	uint64_t checkpoint_us;
	char origin[NOTE_NAME];
	char why[320]; /* why a file could not be read to its end */

	void (*also)(void *arg, const struct fields *); /* or NULL */
	void *arg;
};

/* On the heap, for its size: NULL, no memory or no random numbers. */
struct report *report_new(const struct period *, const struct hours *);
void report_free(struct report *);

/* One record, for who checks the chain elsewhere; calls `also'. */
void report_add(struct report *, const struct fields *);
/* All of the input: 0; 1, the chain is broken; -1, `why' says what. */
int report_read(struct report *, struct input *);

/* "FILE:12: seq 7: this record was changed"; "nothing" when it is intact. */
#define REPORT_FAULT 768
const char *report_fault(const struct report *, char ret[static REPORT_FAULT]);

/* Do the files tell what came before the period? */
bool report_reaches_back(const struct report *);

#endif
