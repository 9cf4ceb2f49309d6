/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/turn.h"

#include <string.h>

#include "policy/list.h"
#include "policy/value.h"

typedef enum turn turn_fn(const struct limits *, const struct limits *);

static enum turn
by(bool loosened, bool tightened)
{
	if (loosened == tightened)
		return TURN_OTHER;
	return loosened ? TURN_LOOSENED : TURN_TIGHTENED;
}

/* Numbers that bound, where 0 is no bound. */
static enum turn
by_bound(uint64_t before, uint64_t after)
{
	before--;
	after--;
	return by(after > before, after < before);
}

static enum turn
by_set(unsigned before, unsigned after)
{
	return by((before & ~after) == 0 && before != after,
	    (after & ~before) == 0 && before != after);
}

static bool
holds(const struct names *all, const struct names *some)
{
	for (size_t i = 0; i < some->count; i++)
		if (!names_have(all, some->item[i]))
			return false;
	return true;
}

/* Lists of what is allowed; open: one that was not given allows all. */
static enum turn
by_names(const struct names *before, const struct names *after, bool open)
{
	bool from_all = before->item == NULL && open;
	bool to_all = after->item == NULL && open;

	if (from_all || to_all)
		return by(!from_all, !to_all);
	return by(holds(after, before) && after->count > before->count,
	    holds(before, after) && before->count > after->count);
}

static bool
list_has(const char *list, const char *item, size_t len)
{
	const char *one;
	size_t one_len;

	while (list_next(&list, true, &one, &one_len))
		if (one_len == len && memcmp(one, item, len) == 0)
			return true;
	return false;
}

static bool
list_holds(const char *all, const char *some)
{
	const char *one;
	size_t len;

	while (list_next(&some, true, &one, &len))
		if (!list_has(all, one, len))
			return false;
	return true;
}

/* With a '!' in it, what a longer list means is not seen at once. */
static enum turn
turn_from(const struct limits *a, const struct limits *b)
{
	if (a->from == NULL || b->from == NULL)
		return by(a->from != NULL, b->from != NULL);
	if (strchr(a->from, '!') != NULL || strchr(b->from, '!') != NULL)
		return TURN_OTHER;
	return by(list_holds(b->from, a->from) && !list_holds(a->from, b->from),
	    list_holds(a->from, b->from) && !list_holds(b->from, a->from));
}

static enum turn
turn_hours(const struct limits *a, const struct limits *b)
{
	if (a->hours != NULL && b->hours != NULL)
		return TURN_OTHER;
	return by(a->hours != NULL, b->hours != NULL);
}

static enum turn
turn_not_before(const struct limits *a, const struct limits *b)
{
	return by(b->not_before<a->not_before, b->not_before> a->not_before);
}

static enum turn
turn_not_after(const struct limits *a, const struct limits *b)
{
	return by_bound((uint64_t)a->not_after, (uint64_t)b->not_after);
}

static enum turn
turn_max_lines(const struct limits *a, const struct limits *b)
{
	return by_bound(a->max_lines, b->max_lines);
}

static enum turn
turn_per_day(const struct limits *a, const struct limits *b)
{
	return by_bound(a->per_day, b->per_day);
}

static enum turn
turn_concurrency(const struct limits *a, const struct limits *b)
{
	return by_bound(a->concurrency, b->concurrency);
}

static enum turn
turn_rate(const struct limits *a, const struct limits *b)
{
	uint64_t before = (uint64_t)a->rate.lines * b->rate.seconds;
	uint64_t after = (uint64_t)b->rate.lines * a->rate.seconds;

	if (a->rate.lines == 0 || b->rate.lines == 0)
		return by(a->rate.lines != 0, b->rate.lines != 0);
	return by(after > before, after < before);
}

static uint64_t
burst_of(const struct limits *limits)
{
	return limits->burst != 0 ? limits->burst : limits->rate.lines;
}

static enum turn
turn_burst(const struct limits *a, const struct limits *b)
{
	return by_bound(burst_of(a), burst_of(b));
}

static enum turn
turn_formats(const struct limits *a, const struct limits *b)
{
	return by_names(&a->formats, &b->formats, true);
}

static enum turn
turn_hashes(const struct limits *a, const struct limits *b)
{
	return by_set(a->hash_set, b->hash_set);
}

static enum turn
turn_verbs(const struct limits *a, const struct limits *b)
{
	return by_set(a->verb_set, b->verb_set);
}

static enum turn
turn_globs(const struct limits *a, const struct limits *b)
{
	return by_names(&a->globs, &b->globs, true);
}

/* What is not said is left to the other one. */
static enum turn
turn_namespaces(const struct limits *a, const struct limits *b)
{
	if (a->namespaces.item == NULL || b->namespaces.item == NULL)
		return TURN_OTHER;
	return by_names(&a->namespaces, &b->namespaces, false);
}

static enum turn
turn_env(const struct limits *a, const struct limits *b)
{
	return by_names(&a->env, &b->env, false);
}

static enum turn
turn_exceed(const struct limits *a, const struct limits *b)
{
	return by(a->suspends && !b->suspends, b->suspends && !a->suspends);
}

static enum turn
turn_other(const struct limits *a, const struct limits *b)
{
	(void)a;
	(void)b;
	return TURN_OTHER;
}

static const struct row {
	const char *word;
	turn_fn *turn;
	size_t rule; /* offset of its struct rule; 0: none is kept */
} rows[] = {
	{ "from", turn_from, offsetof(struct limits, from_rule) },
	{ "hours", turn_hours, offsetof(struct limits, hours_rule) },
	{ "not-before", turn_not_before,
	    offsetof(struct limits, not_before_rule) },
	{ "not-after", turn_not_after,
	    offsetof(struct limits, not_after_rule) },
	{ "max-lines", turn_max_lines,
	    offsetof(struct limits, max_lines_rule) },
	{ "rate", turn_rate, offsetof(struct limits, rate_rule) },
	{ "burst", turn_burst, offsetof(struct limits, burst_rule) },
	{ "per-day", turn_per_day, offsetof(struct limits, per_day_rule) },
	{ "concurrency", turn_concurrency,
	    offsetof(struct limits, concurrency_rule) },
	{ "on-exceed", turn_exceed, offsetof(struct limits, on_exceed_rule) },
	{ "formats", turn_formats, offsetof(struct limits, formats.rule) },
	{ "hashes", turn_hashes, offsetof(struct limits, hashes.rule) },
	{ "verbs", turn_verbs, offsetof(struct limits, verbs.rule) },
	{ "names", turn_globs, offsetof(struct limits, globs.rule) },
	{ "namespaces", turn_namespaces,
	    offsetof(struct limits, namespaces.rule) },
	{ "env", turn_env, offsetof(struct limits, env.rule) },
	{ "priority", turn_other, offsetof(struct limits, priority_rule) },
};

static const struct row *
row_of(const char *word, size_t len)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strlen(rows[i].word) == len &&
		    memcmp(rows[i].word, word, len) == 0)
			return &rows[i];
	return NULL;
}

const char *
turn_word(enum turn turn)
{
	static const char *const words[] = { "", "loosened", "tightened" };

	return words[turn];
}

enum turn
turn_of(const char *word, size_t len, const struct limits *before,
    const struct limits *after)
{
	const struct row *row = row_of(word, len);

	return row != NULL ? row->turn(before, after) : TURN_OTHER;
}

struct rule
turn_rule(const char *word, size_t len, const struct limits *limits)
{
	const struct row *row = row_of(word, len);
	struct rule rule = { NULL, 0 };

	if (row != NULL && row->rule != 0)
		memcpy(&rule, (const char *)limits + row->rule, sizeof(rule));
	return rule;
}
