/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plots, as SVG inside a page whose style sheet knows their classes.
 */
#ifndef CS_REVIEW_SVG_H
#define CS_REVIEW_SVG_H

#include "review/bins.h"
#include "review/sheet.h"

/* Signatures over time, stacked by key, with a legend. */
void svg_bins(const struct bins *, struct buf *out);
/* Signatures by hour of the week; hours out of hours are marked. */
void svg_week(const struct report *, struct buf *out);

/* One bar a row, the longest first as the sheet has them; column 0 names it. */
struct svg_part {
	const char *name, *class;
	size_t column;
};
struct svg_bars {
	const char *id, *title, *desc;
	struct svg_part part[2]; /* one behind the other */
};
void svg_bars(const struct svg_bars *, const struct sheet *, struct buf *out);

#endif
