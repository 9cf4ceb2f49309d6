/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/hours.h"

#include <string.h>

/* Changes of the clock that are looked past: a sane zone has two a year. */
#define CHANGES_MAX 64

struct words {
	const char *first, *last;
	size_t first_len, last_len;
};

static struct words
outer_words(const char *text)
{
	struct words w = { .first = text, .first_len = strcspn(text, " \t") };
	size_t end = strlen(text);

	while (end > 0 && char_is_blank(text[end - 1]))
		end--;
	w.last = text + end;
	while (w.last > text && !char_is_blank(w.last[-1]))
		w.last--;
	w.last_len = (size_t)(text + end - w.last);
	return w;
}

/* Spans begin with a day and end with a digit. */
static bool
is_zone(const char *word, size_t len)
{
	return len > 0 && (char_is_alpha(*word) || *word == '<') &&
	    !week_is_days(word, len);
}

static int
fail_zone(struct text_error *reterr, const char *what)
{
	return text_fail(reterr, 0,
	    "hours: %s: write one time zone behind the spans, such as Mon-Fri "
	    "08:00-18:00 Europe/Berlin, or UTC",
	    what);
}

int
hours_cut(const char *text, struct week *ret,
    char ret_zone[static ZONE_NAME_MAX + 1], struct text_error *reterr)
{
	struct words w = outer_words(text);
	bool first = is_zone(w.first, w.first_len);
	bool last = w.last != w.first && is_zone(w.last, w.last_len);
	const char *zone = first ? w.first : w.last;
	const char *from = first ? w.first + w.first_len : text;
	const char *to = last ? w.last : text + strlen(text);
	size_t zone_len = first ? w.first_len : w.last_len;
	char spans[HOURS_TEXT_MAX + 1];

	if (strlen(text) > HOURS_TEXT_MAX)
		return text_fail(
		    reterr, 0, "hours: over %d bytes", HOURS_TEXT_MAX);
	if (first == last)
		return fail_zone(
		    reterr, first ? "two time zones" : "no time zone");
	if (zone_len > ZONE_NAME_MAX)
		return fail_zone(reterr, "the time zone is too long");
	while (char_is_blank(*from))
		from++;
	while (to > from && char_is_blank(to[-1]))
		to--;
	memcpy(spans, from, (size_t)(to - from));
	spans[to - from] = '\0';
	if (week_parse(spans, ret, reterr) == -1)
		return -1;
	memcpy(ret_zone, zone, zone_len);
	ret_zone[zone_len] = '\0';
	return 0;
}

/* Whole minutes on the wall since its 1970. */
static int64_t
wall_minute(int64_t now, int32_t offset)
{
	int64_t wall = now + offset;

	return wall / 60 - (wall % 60 < 0);
}

/* 1970 began with a Thursday. */
static unsigned
week_minute(int64_t minute)
{
	int64_t of_week = (minute + 3 * (int64_t)WEEK_DAY) % WEEK_MINUTES;

	return (unsigned)(of_week < 0 ? of_week + WEEK_MINUTES : of_week);
}

bool
hours_now(const struct hours *h, int64_t now)
{
	const struct zone *zone = h->place->zone;

	return zone != NULL &&
	    week_open(&h->week,
		week_minute(wall_minute(now, zone_offset(zone, now))));
}

/* From change to change of the clock, because each moves the spans. */
int64_t
hours_next(const struct hours *h, int64_t now)
{
	const struct zone *zone = h->place->zone;

	for (int i = 0; zone != NULL && i < CHANGES_MAX; i++) {
		int32_t offset = zone_offset(zone, now);
		int64_t minute = wall_minute(now, offset), opens, change;
		unsigned wait = week_wait(&h->week, week_minute(minute));

		if (wait == 0)
			return now;
		opens = (minute + wait) * 60 - offset;
		change = zone_change(zone, now);
		now = change < opens ? change : opens;
	}
	return 0;
}
