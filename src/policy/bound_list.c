/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/bound_list.h"

#include <string.h>

#include "policy/date.h"
#include "policy/tenant.h"
#include "policy/turn.h"

static bool
is_counted(const struct said *said)
{
	static const char *const words[] = { "rate", "burst", "per-day",
		"concurrency", "digests-from" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (said_is(said, words[i]))
			return true;
	return false;
}

/* Those words of a section that limits know. */
static void
tell_limits(const struct bound *of, const char *said,
    const struct limits *limits, bound_fn *fn, void *arg)
{
	struct bound bound = *of;

	while (said_next(&said, &bound.said)) {
		bound.rule =
		    turn_rule(bound.said.word, bound.said.word_len, limits);
		bound.counted = is_counted(&bound.said);
		if (bound.rule.file != NULL)
			fn(arg, &bound);
	}
}

static void
tell_one(const struct bound *of, const char *word, const char *value,
    bound_fn *fn, void *arg)
{
	struct bound bound = *of;

	bound.said = (struct said){ word, value, strlen(word), strlen(value) };
	fn(arg, &bound);
}

void
bounds_of_client(const struct client_key *client, bound_fn *fn, void *arg)
{
	const struct bound of = {
		.what = "client key",
		.name = client->principal,
		.rule = { client->file, client->line },
	};
	char date[DATE_TEXT];

	if (client->from != NULL)
		tell_one(&of, "from", client->from, fn, arg);
	if (client->expiry == 0)
		return;
	date_text(client->expiry, date);
	tell_one(&of, "expiry-time", date, fn, arg);
}

/* A word of profiles alone. */
static void
tell_own(const struct profile *profile, const char *word,
    const struct rule *rule, bound_fn *fn, void *arg)
{
	struct bound bound = {
		.what = "profile", .name = profile->name, .rule = *rule
	};

	if (!said_find(profile->said, word, strlen(word), &bound.said))
		return;
	bound.counted = is_counted(&bound.said);
	fn(arg, &bound);
}

void
bounds_of_profile(const struct profile *profile, bound_fn *fn, void *arg)
{
	const struct bound of = { .what = "profile", .name = profile->name };

	tell_own(profile, "keys", &profile->keys.rule, fn, arg);
	tell_limits(&of, profile->said, &profile->limits, fn, arg);
	tell_own(profile, "require-second", &profile->second_rule, fn, arg);
	tell_own(profile, "digests-from", &profile->digests.rule, fn, arg);
	for (const struct tenant *t = profile->tenant; t != NULL;
	     t = t->parent) {
		const struct bound around = { .what = "tenant",
			.name = t->name };

		tell_limits(&around, t->said, &t->limits, fn, arg);
	}
}

void
bounds_of_key(const struct signing_key *key, bound_fn *fn, void *arg)
{
	const struct bound of = { .what = "key", .name = key->name };
	struct bound use = {
		.what = "key", .name = key->name, .rule = key->use_rule
	};

	if (said_find(key->said, "use", 3, &use.said))
		fn(arg, &use);
	tell_limits(&of, key->said, &key->limits, fn, arg);
}
