/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/layer.h"

#include "policy/address.h"
#include "policy/date.h"
#include "policy/hours.h"
#include "policy/list.h"
#include "policy/resolve.h"

size_t
layers_over(const struct profile *profile, const struct signing_key *key,
    struct layer ret[static LAYERS_MAX])
{
	size_t count = 0;

	ret[count++] =
	    (struct layer){ "profile", profile->name, &profile->limits };
	if (key != NULL)
		ret[count++] = (struct layer){ "key", key->name, &key->limits };
	for (const struct tenant *t = profile->tenant;
	     t != NULL && count < LAYERS_MAX; t = t->parent)
		ret[count++] = (struct layer){ "tenant", t->name, &t->limits };
	return count;
}

enum reason
layers_check(const struct layer *layers, size_t count, layer_fn *const *checks,
    const struct asked *asked, struct verdict *ret)
{
	enum reason reason;

	for (size_t i = 0; i < count; i++)
		for (layer_fn *const *check = checks; *check != NULL; check++) {
			reason = (*check)(&layers[i], asked, ret);
			if (reason != REASON_OK)
				return reason;
		}
	return REASON_OK;
}

enum reason
layer_source(
    const struct layer *layer, const struct asked *asked, struct verdict *ret)
{
	const struct limits *l = layer->limits;

	if (l->from == NULL || address_list_match(l->from, asked->address))
		return REASON_OK;
	return refuse(ret, REASON_SOURCE, l->from_rule,
	    "the %s %s may not be used from %.64s; allowed: %.300s",
	    layer->what, layer->name, asked->address, l->from);
}

enum reason
layer_dates(
    const struct layer *layer, const struct asked *asked, struct verdict *ret)
{
	const struct limits *l = layer->limits;
	char date[DATE_TEXT];

	if (l->not_before != 0 && asked->now < l->not_before) {
		date_text(l->not_before, date);
		return refuse(ret, REASON_NOT_BEFORE, l->not_before_rule,
		    "the %s %s is not valid before %s", layer->what,
		    layer->name, date);
	}
	if (l->not_after != 0 && asked->now >= l->not_after) {
		date_text(l->not_after, date);
		return refuse(ret, REASON_NOT_AFTER, l->not_after_rule,
		    "the %s %s is not valid any more since %s", layer->what,
		    layer->name, date);
	}
	return REASON_OK;
}

enum reason
layer_hours(
    const struct layer *layer, const struct asked *asked, struct verdict *ret)
{
	const struct limits *l = layer->limits;
	char next[DATE_TEXT] = "never";
	int64_t opens;

	if (l->hours == NULL || hours_now(l->hours, asked->now))
		return REASON_OK;
	if ((opens = hours_next(l->hours, asked->now)) != 0)
		date_text(opens, next);
	return refuse(ret, REASON_HOURS, l->hours_rule,
	    "the %s %s does not sign at this time; allowed: %.280s; next at "
	    "%s",
	    layer->what, layer->name, l->hours->text, next);
}

/* Names behind the text of the verdict. */
static void
tell_names(struct verdict *ret, const struct names *names)
{
	struct sentence s;

	sentence_init(&s, ret->text, sizeof(ret->text));
	for (size_t i = 0; i < names->count; i++)
		sentence_item(&s, names->item[i]);
}

enum reason
layer_verb(
    const struct layer *layer, const struct asked *asked, struct verdict *ret)
{
	const struct limits *l = layer->limits;

	if ((l->verb_set & 1u << asked->verb) != 0)
		return REASON_OK;
	refuse(ret, REASON_VERB, l->verbs.rule,
	    "the %s %s does not allow %s; allowed: ", layer->what, layer->name,
	    verb_word(asked->verb));
	tell_names(ret, &l->verbs);
	return ret->reason;
}

enum reason
layer_number(
    const struct layer *layer, const struct asked *asked, struct verdict *ret)
{
	const struct limits *l = layer->limits;

	if (l->max_lines == 0 || asked->number <= l->max_lines)
		return REASON_OK;
	return refuse(ret, REASON_TOO_MANY_LINES, l->max_lines_rule,
	    "the %s %s allows %llu lines a request", layer->what, layer->name,
	    (unsigned long long)l->max_lines);
}

enum reason
layer_name(
    const struct layer *layer, const struct asked *asked, struct verdict *ret)
{
	const struct names *globs = &layer->limits->globs;
	bool named = asked->name[0] != '\0';

	if (globs->item == NULL)
		return REASON_OK;
	for (size_t i = 0; named && i < globs->count; i++)
		if (glob_match(globs->item[i], asked->name))
			return REASON_OK;
	refuse(ret, REASON_NAME, globs->rule,
	    "the %s %s %s; allowed: ", layer->what, layer->name,
	    named ? "does not allow this name" : "wants a name on each line");
	tell_names(ret, globs);
	return ret->reason;
}

enum priority
priority_of(const struct profile *profile, const struct signing_key *key)
{
	if (profile->limits.priority != PRIORITY_NONE)
		return profile->limits.priority;
	if (key->limits.priority != PRIORITY_NONE)
		return key->limits.priority;
	return PRIORITY_NORMAL;
}
