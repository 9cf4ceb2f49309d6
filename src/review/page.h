/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sheets as one page of HTML that needs nothing else: no script, no other
 * file, no network.  It is well-formed XML, too.
 */
#ifndef CS_REVIEW_PAGE_H
#define CS_REVIEW_PAGE_H

#include "review/report.h"
#include "review/sheet.h"

struct page {
	const char *title, *maker;
	const struct report *report; /* for plots; may be NULL */
};

/* top: rows of a table that are shown; 0: all. */
void page_write(
    const struct page *, const struct sheets *, size_t top, struct buf *out);

/* The text as XML takes it, in content and in quotes. */
void page_escape(const char *, struct buf *out);

extern const char page_style[];

#endif
