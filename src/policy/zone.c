/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/zone.h"

#include <string.h>

#include "base/cursor.h"

/* More than any zone has; so that sizes cannot grow beyond reason. */
#define CHANGES_MAX 4096
#define TYPES_MAX 256
#define CHARS_MAX 1024
#define FOOTER_MAX 128
/* RFC 9636's bounds for an offset: a day and a bit. */
#define OFFSET_LOW (-89999)
#define OFFSET_HIGH 93599

/* Before the first change: first.  Behind the last: rule, if there is one. */
struct zone {
	int32_t first;
	size_t count;
	int64_t *at; /* ascending */
	int32_t *offset; /* from then on */
	bool has_rule;
	struct zone_rule rule;
};

struct header {
	uint8_t version;
	uint32_t utc_flags, standard_flags, leaps, changes, types, chars;
};

static uint32_t
get_count(struct reader *r, uint32_t max)
{
	uint32_t n = get_u32(r);

	if (n > max)
		reader_fail(r);
	return n;
}

static void
get_header(struct reader *r, struct header *ret)
{
	const uint8_t *magic = get_raw(r, 4);

	if (magic == NULL || memcmp(magic, "TZif", 4) != 0)
		reader_fail(r);
	ret->version = get_u8(r);
	get_raw(r, 15);
	ret->utc_flags = get_count(r, TYPES_MAX);
	ret->standard_flags = get_count(r, TYPES_MAX);
	ret->leaps = get_count(r, CHANGES_MAX);
	ret->changes = get_count(r, CHANGES_MAX);
	ret->types = get_count(r, TYPES_MAX);
	ret->chars = get_count(r, CHARS_MAX);
}

/* Of the block behind a header, where times have so many bytes. */
static size_t
block_size(const struct header *h, size_t time)
{
	return h->changes * (time + 1) + h->types * 6 + h->chars +
	    h->leaps * (time + 4) + h->standard_flags + h->utc_flags;
}

static void
get_changes(struct reader *r, size_t time, struct zone *zone)
{
	for (size_t i = 0; i < zone->count; i++) {
		int64_t at =
		    time == 8 ? (int64_t)get_u64(r) : (int32_t)get_u32(r);

		if (i > 0 && at <= zone->at[i - 1])
			reader_fail(r);
		zone->at[i] = at;
	}
}

static void
get_types(
    struct reader *r, const struct header *h, int32_t ret[static TYPES_MAX])
{
	for (size_t i = 0; i < h->types; i++) {
		ret[i] = (int32_t)get_u32(r);
		get_bool(r); /* summer time: for who shows names */
		if (get_u8(r) >= h->chars || ret[i] < OFFSET_LOW ||
		    ret[i] > OFFSET_HIGH)
			reader_fail(r);
	}
}

/* The flags at the end are about times that nobody has here. */
static void
get_block(
    struct reader *r, const struct header *h, size_t time, struct zone *zone)
{
	int32_t offsets[TYPES_MAX] = { 0 };
	const uint8_t *types;

	get_changes(r, time, zone);
	types = get_raw(r, h->changes);
	get_types(r, h, offsets);
	get_raw(r, h->chars + h->standard_flags + h->utc_flags);
	for (size_t i = 0; i < zone->count && !r->bad; i++) {
		if (types[i] >= h->types)
			reader_fail(r);
		zone->offset[i] = offsets[types[i]];
	}
	zone->first = offsets[0];
}

/* LF, a rule or nothing, LF. */
static int
get_footer(struct reader *r, struct zone *zone, struct text_error *reterr)
{
	char text[FOOTER_MAX];
	size_t len = 0;

	if (get_u8(r) != '\n')
		reader_fail(r);
	while (!r->bad && (text[len] = (char)get_u8(r)) != '\n')
		if (text[len] == '\0' || ++len == sizeof(text))
			reader_fail(r);
	if (!reader_done(r))
		return text_fail(reterr, 0, "its last line is damaged");
	text[len] = '\0';
	if (len == 0)
		return 0;
	zone->has_rule = true;
	return zone_rule_parse(text, &zone->rule, reterr);
}

static int
check_header(
    const struct reader *r, const struct header *h, struct text_error *reterr)
{
	if (r->bad || h->types == 0 || h->chars == 0 ||
	    (h->utc_flags != 0 && h->utc_flags != h->types) ||
	    (h->standard_flags != 0 && h->standard_flags != h->types))
		return text_fail(
		    reterr, 0, "is no file of the time zone database");
	/* Our clock does not: the zone would be seconds off. */
	if (h->leaps != 0)
		return text_fail(reterr, 0,
		    "counts leap seconds: take the zone without \"right/\"");
	return 0;
}

static struct zone *
zone_new(struct arena *arena, size_t count, struct text_error *reterr)
{
	struct zone *zone = arena_alloc(arena, sizeof(*zone));

	if (zone != NULL) {
		zone->count = count;
		zone->at = arena_alloc(arena, (count + 1) * sizeof(int64_t));
		zone->offset =
		    arena_alloc(arena, (count + 1) * sizeof(int32_t));
	}
	if (zone == NULL || zone->at == NULL || zone->offset == NULL) {
		text_fail(reterr, 0, "out of memory");
		return NULL;
	}
	return zone;
}

/* From version 2 on, the first block is there for old readers only. */
struct zone *
zone_of_file(struct arena *arena, const void *data, size_t len,
    struct text_error *reterr)
{
	struct header h;
	struct reader r;
	struct zone *zone;
	size_t time = 4;

	reader_init(&r, data, len);
	get_header(&r, &h);
	if (!r.bad && h.version != '\0') {
		time = 8;
		get_raw(&r, block_size(&h, 4));
		get_header(&r, &h);
	}
	if (check_header(&r, &h, reterr) == -1 ||
	    (zone = zone_new(arena, h.changes, reterr)) == NULL)
		return NULL;
	get_block(&r, &h, time, zone);
	if (r.bad || (time == 4 && !reader_done(&r))) {
		text_fail(reterr, 0, "is damaged");
		return NULL;
	}
	if (time == 8 && get_footer(&r, zone, reterr) == -1)
		return NULL;
	return zone;
}

struct zone *
zone_of_text(struct arena *arena, const char *text, struct text_error *reterr)
{
	struct zone *zone;
	struct zone_rule rule;

	if (zone_rule_parse(text, &rule, reterr) == -1 ||
	    (zone = zone_new(arena, 0, reterr)) == NULL)
		return NULL;
	zone->has_rule = true;
	zone->rule = rule;
	return zone;
}

bool
zone_is_name(const char *name)
{
	size_t len = strlen(name);

	if (len > ZONE_NAME_MAX || name[0] < 'A' || name[0] > 'Z')
		return false;
	for (size_t i = 0; i < len; i++)
		if (!char_is_alpha(name[i]) && !char_is_digit(name[i]) &&
		    strchr("_-+", name[i]) == NULL &&
		    (name[i] != '/' || !char_is_alpha(name[i + 1])))
			return false;
	return true;
}

/* How many changes are not after now. */
static size_t
changes_until(const struct zone *zone, int64_t now)
{
	size_t low = 0, high = zone->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (zone->at[middle] <= now)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int32_t
zone_offset(const struct zone *zone, int64_t now)
{
	size_t past = changes_until(zone, now);

	if (past == zone->count && zone->has_rule)
		return zone_rule_offset(&zone->rule, now);
	return past == 0 ? zone->first : zone->offset[past - 1];
}

int64_t
zone_change(const struct zone *zone, int64_t now)
{
	size_t past = changes_until(zone, now);

	if (past < zone->count)
		return zone->at[past];
	return zone->has_rule ? zone_rule_change(&zone->rule, now) : INT64_MAX;
}
