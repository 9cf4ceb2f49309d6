/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/resolve.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "policy/list.h"
#include "policy/namespace.h"
#include "policy/private.h"
#include "policy/scope.h"
#include "policy/stamp.h"
#include "policy/tenant.h"

enum reason
refuse(struct verdict *verdict, enum reason reason, struct rule rule,
    const char *fmt, ...)
{
	va_list args;

	verdict->reason = reason;
	verdict->rule = rule;
	va_start(args, fmt);
	vsnprintf(verdict->text, sizeof(verdict->text), fmt, args);
	va_end(args);
	return reason;
}

/* The list's own line, or where it is missing. */
static struct rule
rule_or(const struct names *names, struct rule other)
{
	return names->item != NULL ? names->rule : other;
}

bool
key_allows_format(
    const struct signing_key *key, const struct format_word *format)
{
	if (key->wrapped != format->wrapped ||
	    format_stamps(format) != key_stamps(key))
		return false;
	if (key->limits.formats.item == NULL)
		return (format->needs & FORMAT_NEEDS_LISTING) == 0;
	return names_have(&key->limits.formats, format->name);
}

static bool
profile_allows_format(
    const struct profile *profile, const struct format_word *format)
{
	return profile->limits.formats.item == NULL ||
	    names_have(&profile->limits.formats, format->name);
}

bool
both_allow_format(const struct profile *profile, const struct signing_key *key,
    const struct format_word *format)
{
	struct rule ignored;

	return key_allows_format(key, format) &&
	    profile_allows_format(profile, format) &&
	    tenant_allows_format(profile->tenant, format->name, &ignored);
}

static void
tell_keys(struct verdict *verdict, const struct tree *tree,
    const struct profile *profile, enum verb verb)
{
	const struct names *keys = &profile->keys;
	struct sentence s;

	sentence_init(&s, verdict->text, sizeof(verdict->text));
	for (size_t i = 0; i < keys->count; i++)
		if (verb_serves(verb, tree_key_by_name(tree, keys->item[i])))
			sentence_item(&s, keys->item[i]);
	if (s.items == 0)
		sentence_item(&s, "none");
}

static void
tell_formats(struct verdict *verdict, const struct tree *tree,
    const struct profile *profile, const struct signing_key *key)
{
	struct sentence s;

	sentence_init(&s, verdict->text, sizeof(verdict->text));
	for (size_t i = 0; i < tree->format_count; i++)
		if (both_allow_format(profile, key, &tree->formats[i]))
			sentence_item(&s, tree->formats[i].name);
	if (s.items == 0)
		sentence_item(&s, "none");
}

static void
tell_hashes(struct verdict *verdict, unsigned set)
{
	struct sentence s;

	sentence_init(&s, verdict->text, sizeof(verdict->text));
	for (enum hash h = HASH_NONE + 1; h < HASH_COUNT; h++)
		if ((set & 1u << h) != 0)
			sentence_item(&s, hash_word(h));
	if (s.items == 0)
		sentence_item(&s, "none");
}

unsigned
both_allow_hashes(const struct profile *profile, const struct signing_key *key)
{
	unsigned both = profile->limits.hash_set & key->limits.hash_set;

	for (const struct tenant *t = profile->tenant; t != NULL; t = t->parent)
		both &= t->limits.hash_set;
	return both;
}

enum reason
check_hash(const struct grant *grant, enum hash hash, struct verdict *verdict)
{
	const struct profile *profile = grant->profile;
	const struct signing_key *key = grant->key;
	unsigned both = both_allow_hashes(profile, key);
	struct rule rule = rule_or(&key->limits.hashes, key->rule);

	if ((both & 1u << hash) != 0)
		return REASON_OK;
	if ((profile->limits.hash_set & 1u << hash) == 0)
		rule = profile->limits.hashes.rule;
	else if ((key->limits.hash_set & 1u << hash) != 0)
		tenant_allows_hash(profile->tenant, hash, &rule);
	refuse(verdict, REASON_HASH, rule,
	    "you may not use %s with key %s; allowed: ", hash_word(hash),
	    key->name);
	tell_hashes(verdict, both);
	return REASON_HASH;
}

/* In a tenant both `release' and `team/release' name the key. */
static const struct signing_key *
find_key(
    const struct tree *tree, const struct profile *profile, const char *name)
{
	char scoped[NAME_SIZE];

	if (strchr(name, '/') == NULL &&
	    scope_name(profile->tenant, name, scoped) == 0)
		name = scoped;
	return names_have(&profile->keys, name) ? tree_key_by_name(tree, name) :
						  NULL;
}

/* The last of those that there are for the verb, or of all; how many. */
static const char *
some_key(const struct tree *tree, const struct profile *profile, enum verb verb,
    size_t *ret_count)
{
	const struct names *keys = &profile->keys;
	const char *found = keys->count > 0 ? keys->item[0] : "";

	*ret_count = 0;
	for (size_t i = 0; i < keys->count; i++) {
		if (!verb_serves(verb, tree_key_by_name(tree, keys->item[i])))
			continue;
		found = keys->item[i];
		++*ret_count;
	}
	return found;
}

static enum reason
resolve_key(const struct tree *tree, const struct profile *profile,
    const struct command *command, struct grant *ret, struct verdict *verdict)
{
	const struct names *keys = &profile->keys;
	const char *name = command->key;
	size_t count;

	if (name[0] == '\0') {
		name = some_key(tree, profile, command->verb, &count);
		if (count > 1) {
			refuse(verdict, REASON_USAGE, keys->rule,
			    "say which key%s; the profile %s grants: ",
			    command->verb == VERB_PUBKEY ||
				    command->verb == VERB_CERT ?
				"" :
				" with -k",
			    profile->name);
			tell_keys(verdict, tree, profile, command->verb);
			return REASON_USAGE;
		}
	}
	if (name[0] == '\0')
		return refuse(verdict, REASON_KEY_UNKNOWN,
		    rule_or(keys, profile->rule),
		    "the profile %s grants no key", profile->name);
	if ((ret->key = find_key(tree, profile, name)) != NULL)
		return stamp_refuse(tree, command, ret->key, verdict);
	/* One text for both: which keys exist is nobody else's business. */
	refuse(verdict, REASON_KEY_UNKNOWN, rule_or(keys, profile->rule),
	    "the profile %s grants no key %s; it grants: ", profile->name,
	    name);
	tell_keys(verdict, tree, profile, command->verb);
	return REASON_KEY_UNKNOWN;
}

/*
 * Where nobody listed formats for a raw key, the first raw one is meant: the
 * key's own native signature.
 */
static const struct format_word *
native_format(const struct tree *tree, const struct profile *profile,
    const struct signing_key *key)
{
	if (key->wrapped || key->audit || key->limits.formats.item != NULL ||
	    profile->limits.formats.item != NULL)
		return NULL;
	for (size_t i = 0; i < tree->format_count; i++)
		if (!tree->formats[i].wrapped)
			return both_allow_format(
				   profile, key, &tree->formats[i]) ?
			    &tree->formats[i] :
			    NULL;
	return NULL;
}

/* The one format that is left, or what the default says, or NULL. */
static const struct format_word *
only_format(const struct tree *tree, const struct profile *profile,
    const struct signing_key *key)
{
	const struct format_word *found = NULL, *named;
	size_t count = 0;

	for (size_t i = 0; i < tree->format_count; i++) {
		if (!both_allow_format(profile, key, &tree->formats[i]))
			continue;
		found = &tree->formats[i];
		count++;
	}
	if (count == 1)
		return found;
	if (profile->default_text != NULL) {
		named = tree_format(tree, profile->default_command->format);
		if (named != NULL && both_allow_format(profile, key, named))
			return named;
	}
	return native_format(tree, profile, key);
}

static bool
any_format(const struct tree *tree, const struct profile *profile,
    const struct signing_key *key)
{
	for (size_t i = 0; i < tree->format_count; i++)
		if (both_allow_format(profile, key, &tree->formats[i]))
			return true;
	return false;
}

static enum reason
resolve_no_format(const struct tree *tree, const struct profile *profile,
    struct grant *ret, struct verdict *verdict)
{
	const struct format_word *format = only_format(tree, profile, ret->key);

	if (format != NULL) {
		ret->format = format->name;
		return REASON_OK;
	}
	if (!any_format(tree, profile, ret->key))
		return refuse(verdict, REASON_FORMAT,
		    rule_or(&profile->limits.formats, ret->key->rule),
		    "the profile %s and the key %s have no format in common",
		    profile->name, ret->key->name);
	refuse(verdict, REASON_USAGE,
	    rule_or(&profile->limits.formats, ret->key->rule),
	    "say which format with -f; key %s allows you: ", ret->key->name);
	tell_formats(verdict, tree, profile, ret->key);
	return REASON_USAGE;
}

static enum reason
resolve_format(const struct tree *tree, const struct profile *profile,
    const char *name, struct grant *ret, struct verdict *verdict)
{
	const struct format_word *format;
	const struct signing_key *key = ret->key;
	enum reason reason = REASON_FORMAT;
	struct rule rule = rule_or(&key->limits.formats, key->rule);

	if (name[0] == '\0')
		return resolve_no_format(tree, profile, ret, verdict);
	format = tree_format(tree, name);
	if (format != NULL && both_allow_format(profile, key, format)) {
		ret->format = format->name;
		return REASON_OK;
	}
	if (format != NULL && format->wrapped != key->wrapped) {
		reason = REASON_USE;
		rule = key->use_rule;
	} else if (format == NULL || key_allows_format(key, format)) {
		rule = rule_or(&profile->limits.formats, rule);
	}
	if (format != NULL && profile_allows_format(profile, format) &&
	    key_allows_format(key, format))
		tenant_allows_format(profile->tenant, name, &rule);
	if (reason == REASON_USE)
		refuse(verdict, reason, rule,
		    "format %s is %s and key %s has use = %s; allowed: ", name,
		    format->wrapped ? "wrapped" : "raw", key->name,
		    key->wrapped ? "wrapped" : "raw");
	else
		refuse(verdict, reason, rule, "%s %s for key %s; allowed: ",
		    format == NULL ? "there is no format" :
				     "you may not use format",
		    name, key->name);
	tell_formats(verdict, tree, profile, key);
	return reason;
}

enum reason
resolve(const struct tree *tree, const struct profile *profile,
    const struct command *command, struct grant *ret, struct verdict *verdict)
{
	struct grant grant = { .profile = profile };
	enum reason reason;

	reason = resolve_key(tree, profile, command, &grant, verdict);
	if (reason == REASON_OK &&
	    (command->verb == VERB_CHECK || verb_signs(command->verb))) {
		reason = resolve_format(
		    tree, profile, command->format, &grant, verdict);
		if (reason == REASON_OK)
			reason =
			    namespace_resolve(tree, command, &grant, verdict);
		if (reason == REASON_OK && command->hash != HASH_NONE)
			reason = check_hash(&grant, command->hash, verdict);
	}
	if (reason == REASON_OK)
		*ret = grant;
	return reason;
}
