/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The thread that writes the audit file, one piece of work at a time: the
 * loop hands over, goes on, and hears when it is done.
 */
#ifndef CS_BROKER_SCRIBE_H
#define CS_BROKER_SCRIBE_H

#include <stdbool.h>

#include "base/loop.h"
#include "broker/journal_file.h"

struct scribe;

/* result is 0, or an errno. */
typedef void scribe_done_fn(void *arg, int result);

/*
 * The file is the thread's until scribe_free.  gate (may be NULL) is the first
 * that runs in it.  NULL with errno.
 */
struct scribe *scribe_new(struct loop *, struct journal_file *,
    void (*gate)(void *), void *gate_arg, scribe_done_fn *, void *arg);
/* Waits for the work at hand, without telling.  Accepts NULL. */
void scribe_free(struct scribe *);

/* Work, when there is none: data stays the caller's and untouched until done.
 */
void scribe_append(struct scribe *, const void *data, size_t len);
/* Looks for so much room. */
void scribe_probe(struct scribe *, size_t len);
bool scribe_is_busy(const struct scribe *);
/* Without the loop: waits for the work at hand, and tells. */
void scribe_wait(struct scribe *);

#endif
