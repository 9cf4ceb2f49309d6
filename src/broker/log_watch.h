/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the log says about itself: that the clock was set, that the disk fills
 * up, that records could not be written for a time, that somebody took its
 * file away.
 */
#ifndef CS_BROKER_LOG_WATCH_H
#define CS_BROKER_LOG_WATCH_H

#include <stdint.h>

#include "broker/journal_watch.h"

struct log_watch;

/* The journal is closed before the watch is freed.  NULL: no memory. */
struct log_watch *log_watch_new(struct journal *);
/* Accepts NULL. */
void log_watch_free(struct log_watch *);

/* warn-free, at the start and after a reload. */
void log_watch_limit(struct log_watch *, uint64_t warn_free);
/* Before the first record; last_us is of the last one there is, or 0. */
void log_watch_begin(struct log_watch *, uint64_t last_us);
/* What both clocks say; the journal asks it before each record. */
void log_watch_clock(struct log_watch *, uint64_t wall_us, uint64_t mono_us);

#endif
