/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A report's signatures over time: by hour for some days, by day for some
 * months, and by as many days as it takes beyond.
 */
#ifndef CS_REVIEW_BINS_H
#define CS_REVIEW_BINS_H

#include "review/report.h"

#define BINS_MAX 128
#define BINS_SERIES 7 /* keys with a colour of their own */

struct bins {
	uint32_t first_hour; /* as zone.h counts them */
	uint32_t hours; /* in each bin */
	size_t count;
	uint64_t total[BINS_MAX], refused[BINS_MAX];
	uint64_t most; /* of the totals */
	size_t series; /* with the one of all other keys, which has no row */
	const struct row *key[BINS_SERIES + 1];
	uint64_t signatures[BINS_SERIES + 1][BINS_MAX];
};

/* 0, or -1: no memory.  Without records there are no bins. */
int bins_fill(const struct report *, struct bins *ret);
/* "2026-11-21", "2026-11-21 14:00" */
const char *bins_label(const struct bins *, size_t bin, char ret[static 32]);

#endif
