/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records' times as a clock on the wall of some place shows them.
 */
#ifndef CS_REVIEW_ZONE_H
#define CS_REVIEW_ZONE_H

#include <stdint.h>

#include "base/text.h"

#define ZONE_TEXT 32
#define ZONE_MINUTE 16 /* so much of zone_text() is without seconds */

/*
 * The process uses this zone from now on: "Europe/Madrid", "UTC", or POSIX's
 * "CET-1CEST,M3.5.0,M10.5.0/3".  0, or -1 with reterr->what.
 */
int zone_use(const char *name, struct text_error *reterr);

/* Hours and days are counted as the wall shows them, since 1970. */
struct moment {
	uint32_t hour, day;
	unsigned weekday; /* 0: Monday */
	unsigned minute; /* of the day */
};

void moment_of(uint64_t time_us, struct moment *ret);

/* 2026-11-21 04:37:23 */
const char *zone_text(uint64_t time_us, char ret[static ZONE_TEXT]);
/* "CET (+01:00)" at that time. */
const char *zone_name(uint64_t time_us, char ret[static ZONE_TEXT]);

/*
 * As when.h, but days and times without an offset are those of the zone.  0,
 * or -1 with reterr->what.
 */
int zone_when(const char *text, uint64_t now_us, uint64_t *ret_us,
    struct text_error *reterr);
/* "2026-11": where it begins and ends. */
int zone_month(const char *text, uint64_t *ret_since_us, uint64_t *ret_until_us,
    struct text_error *reterr);

#endif
