/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Spans of a week as people write them, "Mon-Fri 07:00-19:00, Sat
 * 09:00-12:00", in minutes of whatever clock they look at.  A span that ends
 * before it begins goes on past midnight; "24:00" ends a day.
 */
#ifndef CS_POLICY_WEEK_H
#define CS_POLICY_WEEK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

#define WEEK_DAY 1440u /* minutes */
#define WEEK_MINUTES (7 * WEEK_DAY)

/* A bit for each minute, Monday 00:00 first. */
struct week {
	uint64_t open[(WEEK_MINUTES + 63) / 64];
};

extern const char *const weekday_words[7]; /* "Mon" */

/* 0, or -1 with reterr->what. */
int week_parse(const char *text, struct week *ret, struct text_error *reterr);
/* Of the week: 0 to WEEK_MINUTES - 1. */
bool week_open(const struct week *, unsigned minute);
/* Minutes until the next open one, 0 if it is this one. */
unsigned week_wait(const struct week *, unsigned minute);
/* "Mon" or "Mon-Fri", of len bytes? */
bool week_is_days(const char *text, size_t len);

#endif
