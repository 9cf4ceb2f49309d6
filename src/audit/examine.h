/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checkpoints against the tree of the records: the second half of auditor.c.
 */
#ifndef CS_AUDIT_EXAMINE_H
#define CS_AUDIT_EXAMINE_H

#include "audit/auditor.h"
#include "audit/scan.h"

/* The checkpoint in the record that came last: 0, or -1 with the fault. */
int examine_record(
    struct auditor *, const struct record_slices *, struct fault *ret);
/* The claims whose size is reached: 0, or -1 with the fault. */
int examine_claims(struct auditor *, struct fault *ret);

#endif
