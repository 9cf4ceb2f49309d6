/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When use is expected, as the clock on the wall shows it.
 */
#ifndef CS_REVIEW_HOURS_H
#define CS_REVIEW_HOURS_H

#include "policy/week.h"
#include "review/zone.h"

#define HOURS_DEFAULT "Mon-Fri 07:00-19:00"

struct hours {
	char text[128];
	struct week week;
};

/* 0, or -1 with reterr->what. */
int hours_parse(const char *text, struct hours *ret, struct text_error *reterr);
bool hours_open(const struct hours *, const struct moment *);
/* Has this weekday any hours? */
bool hours_any(const struct hours *, unsigned weekday);

#endif
