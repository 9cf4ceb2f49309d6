/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/coverage.h"

#include "ctl/certificate.h"
#include "ctl/tell.h"
#include "policy/date.h"

/* A generation, when it signs, and when its certificate is valid. */
struct span {
	const struct generation *g;
	int64_t start, end; /* end: when the next starts; INT64_MAX: none */
	bool dated; /* the certificate's dates are known: */
	int64_t from, until; /* both included */
	char who[GENERATION_WHO];
};

static void
span_of(const struct generation *g, struct span *ret)
{
	const struct generation *next = generation_after(g);

	ret->g = g;
	ret->start = g->start;
	ret->end = next != NULL ? next->start : INT64_MAX;
	ret->dated = g->file[KEY_FILE_CERTIFICATE] != NULL &&
	    certificate_dates(
		g->file[KEY_FILE_CERTIFICATE], &ret->from, &ret->until) == 0;
	generation_who(g, ret->who);
}

static unsigned
warn_none(const struct hearer *to, const struct signing_key *key, int64_t now)
{
	char date[DATE_TEXT];

	if (key->generations[0]->start <= now)
		return 0;
	date_text(key->generations[0]->start, date);
	tell_warning(to, &key->rule,
	    "key %s has no generation before %s: until then it signs nothing",
	    key->name, date);
	return 1;
}

/* What signs already is judged by certificate_warn. */
static unsigned
warn_begin(const struct hearer *to, const struct span *s, int64_t now)
{
	char start[DATE_TEXT], date[DATE_TEXT];

	if (!s->dated || s->start <= now ||
	    (s->from <= s->start && s->until >= s->start))
		return 0;
	date_text(s->start, start);
	if (s->from > s->start) {
		date_text(s->from, date);
		tell_warning(to, &s->g->rule,
		    "%s starts at %s, but its certificate is valid only from "
		    "%s on",
		    s->who, start, date);
	} else {
		date_text(s->until, date);
		tell_warning(to, &s->g->rule,
		    "%s starts at %s, but its certificate ends before that, "
		    "at %s",
		    s->who, start, date);
	}
	return 1;
}

/* Is there a time in which it signs with a certificate that has ended? */
static unsigned
warn_end(const struct hearer *to, const struct span *s, int64_t now)
{
	char until[DATE_TEXT], end[DATE_TEXT];

	/* Of one that has ended by now this was said already. */
	if (!s->dated || s->end == INT64_MAX || s->until < now ||
	    s->until < s->start || s->until >= s->end - 1)
		return 0;
	date_text(s->until, until);
	date_text(s->end, end);
	tell_warning(to, &s->g->rule,
	    "the certificate of %s ends at %s, but the next generation starts "
	    "only at %s",
	    s->who, until, end);
	return 1;
}

/* One that goes before what it replaces: the two were likely mixed up. */
static unsigned
warn_order(
    const struct hearer *to, const struct span *s, const struct span *next)
{
	char until[DATE_TEXT], first[DATE_TEXT];

	if (!s->dated || !next->dated || next->until >= s->until)
		return 0;
	date_text(s->until, until);
	date_text(next->until, first);
	tell_warning(to, &next->g->rule,
	    "the certificate of %s ends at %s, before that of %s, which it "
	    "replaces, does (%s)",
	    next->who, first, s->who, until);
	return 1;
}

/* Does it sign at all, in the time in which the key may? */
static unsigned
warn_limits(const struct hearer *to, const struct span *s)
{
	const struct limits *limits = &s->g->key->limits;
	char one[DATE_TEXT], two[DATE_TEXT];

	if (limits->not_after != 0 && s->start >= limits->not_after) {
		date_text(s->start, one);
		date_text(limits->not_after, two);
		tell_warning(to, &s->g->rule,
		    "%s starts at %s, when the key is not valid any more "
		    "(not-after, %s)",
		    s->who, one, two);
		return 1;
	}
	if (s->end != INT64_MAX && limits->not_before >= s->end) {
		date_text(s->end, one);
		date_text(limits->not_before, two);
		tell_warning(to, &s->g->rule,
		    "%s is over at %s, before the key is valid (not-before, "
		    "%s)",
		    s->who, one, two);
		return 1;
	}
	return 0;
}

unsigned
coverage_warn(
    const struct hearer *to, const struct signing_key *key, int64_t now)
{
	unsigned warnings = warn_none(to, key, now);
	struct span span, next;

	/* A key that is all of its own was said everything of. */
	if (key->count == 1 && key_own(key) != NULL)
		return 0;
	for (size_t i = 0; i < key->count; i++) {
		span_of(key->generations[i], &span);
		if (span.end <= now)
			continue;
		warnings += warn_limits(to, &span);
		warnings += warn_begin(to, &span, now);
		warnings += warn_end(to, &span, now);
		if (i + 1 == key->count)
			break;
		span_of(key->generations[i + 1], &next);
		warnings += warn_order(to, &span, &next);
	}
	return warnings;
}
