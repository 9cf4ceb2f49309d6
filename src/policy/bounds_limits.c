/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <string.h>

#include "policy/bounds.h"
#include "policy/value.h"

struct number {
	const char *word;
	uint64_t value, ceiling; /* 0: not given */
	struct rule rule;
};

static void
check_numbers(struct intake *in, const struct bounded *b)
{
	const struct tenant *tenant = b->bound;
	const struct limits *l = b->limits, *t = &tenant->limits;
	const struct number numbers[] = {
		{ "max-lines", l->max_lines, t->max_lines, l->max_lines_rule },
		{ "per-day", l->per_day, t->per_day, l->per_day_rule },
		{ "concurrency", l->concurrency, t->concurrency,
		    l->concurrency_rule },
		{ "burst", l->burst, t->burst != 0 ? t->burst : t->rate.lines,
		    l->burst_rule },
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		const struct number *n = &numbers[i];

		if (n->ceiling != 0 && n->value > n->ceiling)
			intake_fail(in, n->rule.file, n->rule.line,
			    "%s %s: %s is over the %" PRIu64 " of tenant %s",
			    b->what, b->name, n->word, n->ceiling,
			    tenant->name);
	}
}

static void
check_rate(struct intake *in, const struct bounded *b)
{
	const struct tenant *tenant = b->bound;
	const struct rate *l = &b->limits->rate, *t = &tenant->limits.rate;

	if (l->lines == 0 || t->lines == 0 ||
	    (uint64_t)l->lines * t->seconds <= (uint64_t)t->lines * l->seconds)
		return;
	intake_fail(in, b->limits->rate_rule.file, b->limits->rate_rule.line,
	    "%s %s: rate is over the %" PRIu32 "/%" PRIu32 "s of tenant %s",
	    b->what, b->name, t->lines, t->seconds, tenant->name);
}

/* Each name must be among those that the tenant may have; none given: all. */
static void
check_names(struct intake *in, const struct bounded *b, const char *noun,
    const struct names *names, const struct names *bound)
{
	const struct tenant *tenant = b->bound;

	for (size_t i = 0; bound->item != NULL && i < names->count; i++)
		if (!names_have(bound, names->item[i]))
			intake_fail(in, names->rule.file, names->rule.line,
			    "%s %s: %s %s is not among those of tenant %s",
			    b->what, b->name, noun, names->item[i],
			    tenant->name);
}

static void
check_priority(struct intake *in, const struct bounded *b)
{
	const struct tenant *tenant = b->bound;
	enum priority ceiling = tenant->limits.priority;
	const struct limits *l = b->limits;

	if (ceiling == PRIORITY_NONE || l->priority <= ceiling)
		return;
	intake_fail(in, l->priority_rule.file, l->priority_rule.line,
	    "%s %s: priority is above that of tenant %s", b->what, b->name,
	    tenant->name);
}

void
bounds_limits(struct intake *in, const struct bounded *b)
{
	const struct tenant *tenant = b->bound;
	const struct limits *l = b->limits, *t = &tenant->limits;

	check_names(in, b, "format", &l->formats, &t->formats);
	check_names(in, b, "hash", &l->hashes, &t->hashes);
	check_names(in, b, "verb", &l->verbs, &t->verbs);
	check_names(in, b, "namespace", &l->namespaces, &t->namespaces);
	check_numbers(in, b);
	check_rate(in, b);
	check_priority(in, b);
}
