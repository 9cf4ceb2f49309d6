/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time zones: how far the clock on the wall is from UTC at a moment, from the
 * bytes of a file of the time zone database (TZif of RFC 9636, any version) or
 * from a text as POSIX has it.  Times are seconds since 1970.
 */
#ifndef CS_POLICY_ZONE_H
#define CS_POLICY_ZONE_H

#include "policy/arena.h"
#include "policy/zone_rule.h"

#define ZONE_FILE_MAX (128u << 10)
#define ZONE_NAME_MAX 64

struct zone;

/* In the arena, or NULL with reterr->what. */
struct zone *zone_of_file(
    struct arena *, const void *data, size_t len, struct text_error *reterr);
struct zone *zone_of_text(
    struct arena *, const char *text, struct text_error *reterr);
/* As a file of the database is called: Europe/Berlin, never a path. */
bool zone_is_name(const char *);

/* Seconds to add to UTC. */
int32_t zone_offset(const struct zone *, int64_t now);
/* The next moment after now when that may change, INT64_MAX: never. */
int64_t zone_change(const struct zone *, int64_t now);

#endif
