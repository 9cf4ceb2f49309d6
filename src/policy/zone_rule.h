/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The time of a zone by rule, as POSIX writes it in TZ and as time zone files
 * end: "CET-1CEST,M3.5.0,M10.5.0/3".  Times are seconds since 1970.
 */
#ifndef CS_POLICY_ZONE_RULE_H
#define CS_POLICY_ZONE_RULE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

enum zone_day_kind {
	ZONE_DAY_JULIAN, /* Jn: 1 to 365, without leap days */
	ZONE_DAY_NUMBER, /* n: 0 to 365 */
	ZONE_DAY_MONTH, /* Mm.w.d */
};

struct zone_day {
	enum zone_day_kind kind;
	int day; /* of the year, or of the week from Sunday */
	int month, week;
	int32_t time; /* seconds from midnight, may lie on other days */
};

struct zone_rule {
	int32_t standard, summer; /* seconds to add to UTC */
	bool has_summer;
	struct zone_day begins, ends; /* of summer time */
};

/* 0, or -1 with reterr->what. */
int zone_rule_parse(
    const char *text, struct zone_rule *ret, struct text_error *reterr);
/* Seconds to add to UTC. */
int32_t zone_rule_offset(const struct zone_rule *, int64_t now);
/* The next moment after now when that changes, INT64_MAX: never. */
int64_t zone_rule_change(const struct zone_rule *, int64_t now);

#endif
