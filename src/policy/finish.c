/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/finish.h"

#include "policy/resolve.h"
#include "policy/value.h"

/* The log's own key is for checkpoints, whoever asks. */
static bool
check_key(struct intake *in, const struct profile *profile, const char *name)
{
	const struct names *keys = &profile->keys;
	const struct key_row *row = tree_find_key(in->tree, name);

	if (row == NULL)
		intake_fail(in, keys->rule.file, keys->rule.line,
		    "profile %s: there is no key %s", profile->name, name);
	else if (row->key.audit)
		intake_fail(in, keys->rule.file, keys->rule.line,
		    "profile %s: key %s has use = audit and is no client's",
		    profile->name, name);
	return row != NULL && !row->key.audit;
}

/* False when one is missing: then the other checks would mislead. */
static bool
check_keys(struct intake *in, const struct profile *profile)
{
	const struct names *keys = &profile->keys;
	bool ok = true;

	for (size_t i = 0; i < keys->count; i++) {
		if (!check_key(in, profile, keys->item[i]))
			ok = false;
	}
	return ok;
}

/* Can this format be had with any key of the profile? */
static bool
format_usable(const struct tree *tree, const struct profile *profile,
    const struct format_word *format)
{
	for (size_t i = 0; i < profile->keys.count; i++)
		if (key_allows_format(
			tree_key_by_name(tree, profile->keys.item[i]), format))
			return true;
	return false;
}

static bool
hash_usable(
    const struct tree *tree, const struct profile *profile, enum hash hash)
{
	for (size_t i = 0; i < profile->keys.count; i++)
		if ((tree_key_by_name(tree, profile->keys.item[i])
			    ->limits.hash_set &
			1u << hash) != 0)
			return true;
	return false;
}

/* A grant that no key of the profile can serve is a mistake. */
static bool
check_grants(struct intake *in, const struct profile *profile)
{
	const struct names *formats = &profile->limits.formats;
	const struct names *hashes = &profile->limits.hashes;
	unsigned before = in->errors;

	for (size_t i = 0; i < formats->count; i++)
		if (!format_usable(in->tree, profile,
			tree_format(in->tree, formats->item[i])))
			intake_fail(in, formats->rule.file, formats->rule.line,
			    "profile %s: format %s does not fit the use or "
			    "the formats of any of its keys",
			    profile->name, formats->item[i]);
	for (size_t i = 0; i < hashes->count; i++)
		if (!hash_usable(
			in->tree, profile, hash_by_word(hashes->item[i])))
			intake_fail(in, hashes->rule.file, hashes->rule.line,
			    "profile %s: hash %s is in the hashes of none of "
			    "its keys",
			    profile->name, hashes->item[i]);
	return in->errors == before;
}

/* What runs without a command must be something that the profile allows. */
static void
check_default(struct intake *in, const struct profile *profile)
{
	struct verdict verdict;
	struct grant grant;

	if (profile->default_text == NULL)
		return;
	if (decide_verb(profile, profile->default_command->verb, &verdict) ==
		REASON_OK &&
	    resolve(in->tree, profile, profile->default_command, &grant,
		&verdict) == REASON_OK)
		return;
	intake_fail(in, profile->default_rule.file, profile->default_rule.line,
	    "profile %s: its default would be refused: %.160s", profile->name,
	    verdict.text);
}

/* Who would be second to a second is not asked. */
static void
check_second(struct intake *in, const struct profile *profile)
{
	const struct rule *rule = &profile->second_rule;
	const struct profile *second;

	if (profile->second == NULL)
		return;
	second = tree_profile_by_name(in->tree, profile->second);
	if (second == NULL)
		intake_fail(in, rule->file, rule->line,
		    "profile %s: require-second: there is no profile %s",
		    profile->name, profile->second);
	else if (second == profile)
		intake_fail(in, rule->file, rule->line,
		    "profile %s: require-second must name another profile",
		    profile->name);
	else if (second->second != NULL)
		intake_fail(in, rule->file, rule->line,
		    "profile %s: require-second: profile %s needs a second "
		    "key itself (%s:%u)",
		    profile->name, second->name, second->second_rule.file,
		    second->second_rule.line);
}

void
finish_keys(struct intake *in)
{
	const struct signing_key *first = NULL;

	for (size_t i = in->tree->mark.keys; i < tree_keys(in->tree); i++) {
		const struct signing_key *key = tree_key(in->tree, i);

		if (!key->audit)
			continue;
		if (first != NULL)
			intake_fail(in, key->rule.file, key->use_rule.line,
			    "key %s: key %s in %s:%u has use = audit already",
			    key->name, first->name, first->rule.file,
			    first->rule.line);
		first = key;
	}
}

void
finish_profiles(struct intake *in)
{
	for (size_t i = in->tree->mark.profiles; i < tree_profiles(in->tree);
	     i++) {
		const struct profile *profile = tree_profile(in->tree, i);

		check_second(in, profile);
		if (!check_keys(in, profile))
			continue;
		if (profile->keys.count > 0 && !check_grants(in, profile))
			continue;
		check_default(in, profile);
	}
}
