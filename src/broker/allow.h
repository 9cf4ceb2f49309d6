/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What policy cannot say of a line by itself, because it hangs on what came
 * before or on what somebody else says: lists of digests, repeats, budgets.
 * Asked once all else allows the line, just before it is queued.
 */
#ifndef CS_BROKER_ALLOW_H
#define CS_BROKER_ALLOW_H

#include "policy/decide.h"

struct request;
struct slot;

enum allowed {
	ALLOWED,
	ALLOWED_NOT, /* the verdict says why */
	ALLOWED_FAILED, /* it may be, but it cannot: the verdict says why */
	ALLOWED_LATER, /* an answer is awaited; lines_pump asks again */
	ALLOWED_ANSWERED, /* the slot has its answer already */
};

/* Charges what the line costs, unless the request only asks (check). */
enum allowed allow_line(struct request *, struct slot *, const struct moment *,
    struct verdict *ret);
/*
 * A line that was allowed is not signed after all: takes back what it was
 * charged.  No harm for one that was not charged.
 */
void allow_undo(struct slot *);
/* It is decided anew: what it was charged, it is not charged again. */
void allow_anew(struct slot *);

#endif
