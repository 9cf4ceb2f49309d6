/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records for the eye, one line each:
 *
 *	TIME EVENT RESULT PRINCIPAL KEY SOURCE DIGEST NAME
 *
 * RESULT is the outcome, or the reason where there is one; what only the
 * client said of itself is in parentheses; DIGEST is its first twelve digits;
 * a record without a name ends in its own text.  Where records of several
 * hosts meet, HOST comes after TIME.
 */
#ifndef CS_REVIEW_TABLE_H
#define CS_REVIEW_TABLE_H

#include "audit/fields.h"
#include "base/buf.h"

struct table;

/* NULL: no memory. */
struct table *table_new(bool colours);
void table_free(struct table *);

/* Some lines are kept to be aligned with one another; out gets the others. */
void table_add(struct table *, const struct fields *, struct buf *out);
/* Those that were kept. */
void table_flush(struct table *, struct buf *out);

/* One record with all its fields, one a line. */
void table_block(const struct fields *, bool colours, struct buf *out);

#endif
