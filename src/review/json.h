/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A record as one line of JSON with flat names, those of the Elastic Common
 * Schema where it has one, our own under "countersign." where not.  What
 * `log show --json' prints and a collector stores; countersign-audit(7) lists
 * the names.  Neither names nor kinds ever change once released: what was
 * stored is compared with what would be written today (json_read.h).
 */
#ifndef CS_REVIEW_JSON_H
#define CS_REVIEW_JSON_H

#include "audit/fields.h"
#include "base/buf.h"

/* record is the line that was read, for event.original; an LF is added. */
void json_record(
    const struct fields *, const char *record, size_t len, struct buf *out);
/* With countersign.checkpoint, unless it is 0: the seq of what covers it. */
void json_record_covered(const struct fields *, const char *record, size_t len,
    uint64_t checkpoint, struct buf *out);

#endif
