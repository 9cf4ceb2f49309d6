/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A report as sheets: its head, what stands out, who used what, what was
 * refused, and what happened to the service.
 */
#ifndef CS_REVIEW_REPORT_SHEETS_H
#define CS_REVIEW_REPORT_SHEETS_H

#include "review/report.h"
#include "review/sheet.h"

/* 0, or -1: no memory; release the sheets either way. */
int report_sheets(const struct report *, struct sheets *ret);

/* Its parts. */
void sheets_add_head(const struct report *, struct sheets *);
void sheets_add_chain(const struct report *, struct sheets *);
void sheets_add_findings(const struct report *, struct sheets *);
void sheets_add_use(const struct report *, struct sheets *);
void sheets_add_refusals(const struct report *, struct sheets *);
void sheets_add_events(const struct report *, struct sheets *);

#endif
