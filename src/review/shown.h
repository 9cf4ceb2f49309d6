/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values on a terminal.  A record's values are printable already; those of a
 * file that somebody made up need not be, and they must not move the cursor,
 * turn the direction of text or pretend to be two columns either.
 */
#ifndef CS_REVIEW_SHOWN_H
#define CS_REVIEW_SHOWN_H

#include "base/buf.h"

/* Unprintable bytes as \xNN. */
void shown_add(struct buf *, const char *text);
/* Blanks too, unless they are single and inside; "-" for an empty one. */
void shown_add_cell(struct buf *, const char *text);
/* How many columns text takes, if each character takes one. */
size_t shown_width(const char *text);

#endif
