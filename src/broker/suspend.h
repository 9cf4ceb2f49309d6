/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Suspending and resuming while the service runs.  What was said is in force
 * at once, in memory; after the round of the loop it holds for open sessions
 * and for lines that no worker has.  It goes on record, and to the store for
 * the next start, and who asked is answered when both are on disk.
 *
 * What cannot be kept is in force all the same, and who asked hears so.  A
 * record that cannot be written is tried again when the journal works.
 */
#ifndef CS_BROKER_SUSPEND_H
#define CS_BROKER_SUSPEND_H

#include "base/buf.h"
#include "base/text.h"
#include "policy/suspension.h"

struct rule;
struct service;
struct suspend;

/* NULL: no memory. */
struct suspend *suspend_new(struct service *);
/* When nothing is waited for any more.  Accepts NULL. */
void suspend_free(struct suspend *);
/* At the start: what the store holds.  0, or -1 with reterr. */
int suspend_load(struct service *, struct text_error *reterr);

/*
 * rule: of the budget that was passed, or NULL.  who is a number of admin_wait,
 * or 0: nobody is answered, and what is suspended already stays as it is.  0,
 * or -1: no memory, and nothing changed.  Both may be called from anywhere.
 */
int suspend_now(struct service *, const struct suspension *,
    const struct rule *, uint64_t who);
/* The same for what is suspended: its text, by and since are the resumer's. */
int resume_now(struct service *, const struct suspension *, uint64_t who);

/* After a round, before work goes out. */
void suspend_apply(struct suspend *);
/* The journal takes records again. */
void suspend_retry(struct suspend *);

/* What is suspended: a line each, or a JSON array. */
void suspend_text(const struct suspensions *, struct buf *);
void suspend_json(const struct suspensions *, struct buf *);

#endif
