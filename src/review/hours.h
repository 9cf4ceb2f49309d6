/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When use is expected: "Mon-Fri 07:00-19:00, Sat 09:00-12:00".  A span that
 * ends before it begins goes on past midnight; "24:00" ends a day.
 */
#ifndef CS_REVIEW_HOURS_H
#define CS_REVIEW_HOURS_H

#include "review/zone.h"

#define HOURS_DEFAULT "Mon-Fri 07:00-19:00"
#define HOURS_MINUTES 1440

struct hours {
	char text[128];
	bool open[7][HOURS_MINUTES]; /* by weekday, Monday first */
};

/* 0, or -1 with reterr->what. */
int hours_parse(const char *text, struct hours *ret, struct text_error *reterr);
bool hours_open(const struct hours *, const struct moment *);
/* Has this weekday any hours? */
bool hours_any(const struct hours *, unsigned weekday);

extern const char *const weekday_words[7]; /* "Mon" */

#endif
