/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The records that the log keeps of itself: countersign-audit(7) in code, as
 * records.h.  0, or -1 when the journal does not take records.
 */
#ifndef CS_BROKER_RECORDS_LOG_H
#define CS_BROKER_RECORDS_LOG_H

#include "broker/clock_watch.h"
#include "broker/journal_watch.h"

/* No record could be written, until now. */
int record_audit_gap(struct journal *, const struct journal_gap *,
    uint64_t to_us, struct waiter *);
int record_disk(struct journal *, bool low, uint64_t free, uint64_t threshold);
int record_audit_file(struct journal *, enum journal_names);
/* what: "step" or "behind". */
int record_clock(struct journal *, const char *what, const struct clock_step *);

#endif
