/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Points in time as admins write them, in whole seconds since 1970.
 *
 *	2027-01-31	2027-01-31T12:00Z	2027-01-31T12:00:30Z	UTC
 *	20270131[HHMM[SS]]	local time, as sshd(8)'s expiry-time
 *	20270131[HHMM[SS]]Z	UTC
 *
 * A date without a time is the first second of that day.
 */
#ifndef CS_POLICY_DATE_H
#define CS_POLICY_DATE_H

#include <stdint.h>

#include "base/text.h"

/* 0, or -1 with reterr->what.  Never yields 0 or less. */
int date_parse(const char *text, int64_t *ret, struct text_error *reterr);
/* The compact forms alone, as sshd(8) takes them. */
int date_parse_sshd(const char *text, int64_t *ret, struct text_error *reterr);

#define DATE_TEXT 32
/* 2027-01-31T12:00:30Z */
void date_text(int64_t seconds, char ret[static DATE_TEXT]);

#endif
