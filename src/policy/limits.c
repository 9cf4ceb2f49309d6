/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/limits.h"

#include <stdint.h>

#include "policy/namespace.h"
#include "policy/value.h"

#define ALL_VERBS ((1u << VERB_COUNT) - 1)
#define LINES_PER_SECOND 1000000u

#define AT(field) offsetof(struct limits, field), 0
#define AT_RULE(field) \
	offsetof(struct limits, field), offsetof(struct limits, field##_rule)

const struct word limit_words[] = {
	{ "from", value_address, AT_RULE(from), 0, 0 },
	{ "hours", value_hours, AT_RULE(hours), 0, 0 },
	{ "not-before", value_date, AT_RULE(not_before), 0, 0 },
	{ "not-after", value_date, AT_RULE(not_after), 0, 0 },
	{ "verbs", value_verbs, AT(verbs), 0, 0 },
	{ "formats", value_formats, AT(formats), 0, 0 },
	{ "hashes", value_hashes, AT(hashes), 0, 0 },
	{ "names", value_globs, AT(globs), 0, 0 },
	{ "max-lines", value_u64, AT_RULE(max_lines), 1, UINT32_MAX },
	{ "rate", value_rate, AT_RULE(rate), 1, RATE_SECONDS_MAX },
	{ "burst", value_u32, AT_RULE(burst), 1, BURST_MAX },
	{ "per-day", value_u64, AT_RULE(per_day), 1, UINT32_MAX },
	{ "concurrency", value_u32, AT_RULE(concurrency), 1, 65535 },
	{ "on-exceed", value_on_exceed, offsetof(struct limits, suspends),
	    offsetof(struct limits, on_exceed_rule), 0, 0 },
	{ "repeat-window", value_seconds, AT(repeat_window), 1,
	    RATE_SECONDS_MAX },
	{ "priority", value_priority, AT_RULE(priority), 0, 0 },
	{ "env", value_env, AT(env), 0, VARIABLE_SIZE - 1 },
	{ "purpose", value_text, AT(purpose), 0, PURPOSE_SIZE - 1 },
	{ "notify", value_tag, AT(notify), 0, 0 },
	{ "namespaces", value_namespaces, AT(namespaces), 0, 0 },
};
const size_t limit_word_count = sizeof(limit_words) / sizeof(limit_words[0]);

void
limits_init(struct limits *limits, unsigned hash_set)
{
	limits->hash_set = hash_set;
	limits->verb_set = ALL_VERBS;
}

void
limits_given(struct limits *limits, const struct word *word)
{
	if (word != NULL)
		limits->given |= 1u << (word - limit_words);
}

const char *
limits_first(const struct limits *limits)
{
	for (size_t i = 0; i < limit_word_count; i++)
		if ((limits->given & 1u << i) != 0)
			return limit_words[i].name;
	return NULL;
}

static int
check_dates(const char *what, const char *name, const struct limits *l,
    struct text_error *reterr)
{
	if (l->not_before == 0 || l->not_after == 0 ||
	    l->not_before < l->not_after)
		return 0;
	return text_fail(reterr, l->not_after_rule.line,
	    "%s %s: not-after is not later than not-before", what, name);
}

/* A word that would do nothing is a mistake. */
static int
check_budgets(const char *what, const char *name, const struct limits *l,
    struct text_error *reterr)
{
	bool rate = l->rate.lines != 0;

	if (l->burst != 0 && !rate)
		return text_fail(reterr, l->burst_rule.line,
		    "%s %s: burst needs a rate, such as rate = 100/1m", what,
		    name);
	if (rate && l->rate.lines / LINES_PER_SECOND > l->rate.seconds)
		return text_fail(reterr, l->rate_rule.line,
		    "%s %s: a rate is at most %u lines a second", what, name,
		    LINES_PER_SECOND);
	if (l->suspends && !rate && l->per_day == 0)
		return text_fail(reterr, l->on_exceed_rule.line,
		    "%s %s: on-exceed = suspend needs a rate or per-day", what,
		    name);
	return 0;
}

int
limits_close(const char *what, const char *name, struct limits *limits,
    struct text_error *reterr)
{
	const struct names *verbs = &limits->verbs;

	if (limits->hashes.count > 0)
		limits->hash_set = names_hashes(&limits->hashes);
	if (verbs->count > 0)
		limits->verb_set = 1u << VERB_GREETING;
	for (size_t i = 0; i < verbs->count; i++)
		limits->verb_set |= 1u << verb_by_word(verbs->item[i]);
	if (check_dates(what, name, limits, reterr) == -1)
		return -1;
	return check_budgets(what, name, limits, reterr);
}
