/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything that can be said about a log by who has nothing but its records:
 * the chain, the checkpoints in it, and those that somebody kept elsewhere.
 *
 * Stops at the first fault.  Records must come by seq; they may begin in the
 * middle of a log.  Memory is bounded whatever comes.
 */
#ifndef CS_AUDIT_AUDITOR_H
#define CS_AUDIT_AUDITOR_H

#include "audit/claim.h"
#include "audit/follow.h"
#include "audit/window.h"

struct auditor {
	struct claims claims; /* filled in before the first record */

	struct follower follower;
	struct window window;
	uint64_t seals; /* CHECKPOINT records */
	uint64_t checkpoints; /* records whose checkpoint was found true */
	uint64_t covered; /* a true checkpoint covers seq up to this one */
	struct note_key key; /* that signed the last of the checkpoints */

	uint64_t anchor; /* what lies before this index came from nodes */
	char proof[160]; /* names the last true checkpoint */
	size_t next_claim;
	const struct claim *doubt; /* contradicts the records ... */
	struct fault doubt_fault; /* ... which is told unless more is known */
	const struct claim *missed; /* lies before what can be checked */
};

void auditor_init(struct auditor *);
void auditor_release(struct auditor *);

/* A line without its LF: 0, or -1 with the fault. */
int auditor_record(struct auditor *, const char *line, size_t len,
    struct record_place, struct fault *ret);
/* Instead of a record: a line that holds none.  Returns -1. */
int auditor_no_record(
    struct auditor *, struct record_place, const char *why, struct fault *ret);
/* There are no more: 0, or -1 with the fault. */
int auditor_end(struct auditor *, struct fault *ret);

#endif
