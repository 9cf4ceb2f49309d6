/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of a page: sheets as they are, and those of a log report that
 * look better otherwise.
 */
#ifndef CS_REVIEW_PAGE_PARTS_H
#define CS_REVIEW_PAGE_PARTS_H

#include "review/page.h"

void page_cell(enum kind, const struct cell *, struct buf *out);
void page_table(const struct sheet *, size_t top, struct buf *out);
void page_facts(const struct sheet *, struct buf *out);
void page_note(const struct sheet *, struct buf *out);
void page_section(const char *id, const char *title, struct buf *out);

void page_header(const struct page *, struct buf *out);
/* false: this sheet has no look of its own. */
bool page_special(const struct page *, const struct sheets *,
    const struct sheet *, struct buf *out);

#endif
