/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line's way from the decision to its answer.  The request keeps the order
 * (request.h), a slot what became of one line.
 */
#ifndef CS_BROKER_SLOT_H
#define CS_BROKER_SLOT_H

#include "broker/lines.h"

/* NULL: the pool is exhausted. */
struct slot *slot_new(struct request *, const struct line *);
void slot_free(struct slot *);

/* What it was decided for; the slot keeps the key alive. */
void slot_key(struct slot *, struct key *);

/* Bytes for the answer; replaces what was there.  0, or -1: no memory. */
int slot_answer(struct slot *, const void *, size_t len);
/* Outcome and text of a line that is not answered by bytes. */
void slot_say(struct slot *, enum reason, const char *text, const char *rule);
const char *slot_text(const struct slot *);
const char *slot_rule(const struct slot *);

/* The line was answered by policy: DENY, then SLOT_DONE. */
void slot_deny(struct slot *);
/*
 * Policy allowed it, but it failed: SIGN with outcome failed (but for check),
 * and without keep_going the request goes no further.
 */
void slot_fail(struct slot *, enum reason, const char *text);
/* Finished, without a record. */
void slot_done(struct slot *);

/*
 * A worker's answer to a slot that it had: the signature (false: it cannot be
 * one, and the line is tried again),
 */
bool slot_signed(struct slot *, const uint8_t *signature, size_t len);
/* or a failure: tried again once (token->retries), then slot_fail. */
void slot_retry(struct slot *, enum reason, const char *text);
/* The same for one that will not be tried any more, */
void slot_give_up(struct slot *, enum reason, const char *text);
/* and for one that nobody waits for. */
void slot_drop(struct slot *);

#endif
