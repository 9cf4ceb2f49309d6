/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/lint.h"

#include "policy/date.h"
#include "policy/lint_parts.h"
#include "policy/namespace.h"
#include "policy/private.h"
#include "policy/rights.h"
#include "policy/tenant.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void
lint_tell(
    struct linter *l, const char *kind, struct rule rule, const char *fmt, ...)
{
	struct note note = { .kind = kind, .rule = rule };
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(note.text, sizeof(note.text), fmt, ap);
	va_end(ap);
	l->fn(l->arg, &note);
}

void
lint_end(struct linter *l, const char *what, const char *name,
    const struct lint_until *until)
{
	char date[DATE_TEXT];

	if (until->end == 0 || until->end > l->time->soon)
		return;
	date_text(until->end, date);
	if (until->end <= l->time->now)
		lint_tell(l, "expired", until->rule,
		    "%s %s is not valid any more since %s", what, name, date);
	else
		lint_tell(l, "expires", until->rule,
		    "%s %s is valid only until %s", what, name, date);
}

static void
lint_limits_end(struct linter *l, const char *what, const char *name,
    const struct limits *limits)
{
	const struct lint_until until = { limits->not_after,
		limits->not_after_rule };

	lint_end(l, what, name, &until);
}

/* Does any profile grant the key something? */
static void
mark_keys(const struct tree *tree, bool *granted)
{
	for (size_t i = 0; i < tree_profiles(tree); i++) {
		const struct names *keys = &tree_profile(tree, i)->keys;

		for (size_t k = 0; k < keys->count; k++) {
			const struct signing_key *key =
			    tree_key_by_name(tree, keys->item[k]);

			if (key != NULL)
				granted[key->index] = true;
		}
	}
}

static void
lint_key(struct linter *l, const struct signing_key *key, bool granted)
{
	lint_limits_end(l, "key", key->name, &key->limits);
	if (key->audit)
		return;
	if (!granted)
		lint_tell(l, "unused", key->rule,
		    "key %s is granted by no profile", key->name);
	if (key->limits.purpose == NULL)
		lint_tell(l, "no-purpose", key->rule,
		    "key %s has no purpose: nobody is told what it is for",
		    key->name);
}

static int
lint_keys(struct linter *l)
{
	size_t count = tree_keys(l->tree);
	bool *granted = calloc(count + 1, sizeof(*granted));

	if (granted == NULL)
		return -1;
	mark_keys(l->tree, granted);
	for (size_t i = 0; i < count; i++) {
		const struct signing_key *key = tree_key(l->tree, i);

		lint_key(l, key, granted[key->index]);
	}
	free(granted);
	return 0;
}

static bool
has_budget(const struct profile *profile)
{
	const struct limits *limits = &profile->limits;

	if (limits->rate.lines != 0 || limits->per_day != 0)
		return true;
	for (const struct tenant *t = profile->tenant; t != NULL; t = t->parent)
		if (t->limits.rate.lines != 0 || t->limits.per_day != 0)
			return true;
	return false;
}

/* Which of its formats lacks one; NULL: none does. */
static const char *
lint_namespace(const struct tree *tree, const struct profile *profile,
    const struct signing_key *key)
{
	const struct names *formats = &key->limits.formats;
	size_t at = 0;

	if (namespace_next(profile, key, &at) != NULL)
		return NULL;
	for (size_t i = 0; i < formats->count; i++) {
		const struct format_word *f =
		    tree_format(tree, formats->item[i]);

		if ((f->needs & FORMAT_NEEDS_NAMESPACE) != 0 &&
		    both_allow_format(profile, key, f))
			return f->name;
	}
	return NULL;
}

/* What is granted, and cannot be had. */
static void
lint_grants(struct linter *l, const struct profile *profile)
{
	struct rights rights;

	for (size_t i = 0; i < profile->keys.count; i++) {
		const struct signing_key *key =
		    tree_key_by_name(l->tree, profile->keys.item[i]);

		const char *format = lint_namespace(l->tree, profile, key);

		rights_of(l->tree, profile, key, &rights);
		if (format != NULL)
			lint_tell(l, "unusable", profile->keys.rule,
			    "profile %s and key %s have no namespace for "
			    "format %s: say namespaces = file, git or so",
			    profile->name, key->name, format);
		else if (rights.formats == 0)
			lint_tell(l, "unusable", profile->keys.rule,
			    "profile %s and key %s have no format in common",
			    profile->name, key->name);
		else if (rights.hashes == 0)
			lint_tell(l, "unusable", profile->keys.rule,
			    "profile %s and key %s have no hash in common",
			    profile->name, key->name);
	}
}

static void
lint_profile(struct linter *l, const struct profile *profile)
{
	struct people people;

	lint_limits_end(l, "profile", profile->name, &profile->limits);
	crowd_people(&l->crowd, profile, &people);
	if (people.keys == 0)
		lint_tell(l, "unused", profile->rule,
		    "no client key has profile %s", profile->name);
	if (profile->keys.count > 0 && !has_budget(profile))
		lint_tell(l, "no-budget", profile->rule,
		    "profile %s has neither rate nor per-day: a stolen client "
		    "key signs as much as it likes",
		    profile->name);
	lint_grants(l, profile);
}

int
lint(const struct tree *tree, const struct lint_time *time, note_fn *fn,
    void *arg)
{
	struct linter l = { tree, time, fn, arg, { NULL, 0 } };
	int rv = -1;

	if (crowd_make(tree, &l.crowd) == -1)
		return -1;
	if (lint_keys(&l) == 0 && lint_objects(&l) == 0) {
		for (size_t i = 0; i < tree_tenants(tree); i++)
			lint_limits_end(&l, "tenant",
			    tree_tenant(tree, i)->name,
			    &tree_tenant(tree, i)->limits);
		for (size_t i = 0; i < tree_profiles(tree); i++)
			lint_profile(&l, tree_profile(tree, i));
		rv = lint_clients(&l);
	}
	crowd_release(&l.crowd);
	return rv;
}
