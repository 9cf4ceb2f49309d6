/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hours: spans of the week on the clock on the wall of a place.
 *
 * In the night when that clock is put back, its minutes that come twice are
 * open, or not, both times; those that a night leaves out are in no span.
 * Times are seconds since 1970.
 */
#ifndef CS_POLICY_HOURS_H
#define CS_POLICY_HOURS_H

#include "policy/week.h"
#include "policy/zone.h"

/* A zone that hours name.  Who reads files fills it in. */
struct zone_slot {
	const char *name;
	const struct zone *zone; /* NULL: there is none (yet) */
	const char *why; /* what is wrong with it, or NULL */
};

struct hours {
	const char *text; /* as written */
	struct week week;
	const struct zone_slot *place;
};

#define HOURS_TEXT_MAX 1000

/*
 * Cuts "Mon-Fri 08:00-18:00 Europe/Berlin" into its spans and its zone, which
 * may come first, too: 0, or -1 with reterr->what.
 */
int hours_cut(const char *text, struct week *ret,
    char ret_zone[static ZONE_NAME_MAX + 1], struct text_error *reterr);

/* False where the zone is missing. */
bool hours_now(const struct hours *, int64_t now);
/* The first moment from now on that is open; 0: none was found. */
int64_t hours_next(const struct hours *, int64_t now);

#endif
