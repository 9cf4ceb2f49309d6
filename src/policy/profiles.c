/* SPDX-License-Identifier: Apache-2.0 */
/* The words of [profile NAME]. */
#include <limits.h>
#include <stdint.h>
#include <string.h>

#include "policy/address.h"
#include "policy/list.h"
#include "policy/scope.h"
#include "policy/tenant.h"

#define ALL_VERBS ((1u << VERB_COUNT) - 1)

static int
check_verb(const void *arg, const char *item, struct text_error *reterr)
{
	enum verb ignored;

	(void)arg;
	return verb_parse(item, &ignored, reterr);
}

static int
value_verbs(const struct place *place, const struct word *word,
    const char *value, void *field, struct text_error *reterr)
{
	(void)word;
	return value_list(place, value, true, check_verb, NULL, field, reterr);
}

/* Written with blanks or commas, kept as sshd's from= has it. */
static int
value_from(const struct place *place, const struct word *word,
    const char *value, void *field, struct text_error *reterr)
{
	const char **ret = field, *at = value, *item, *copy;
	char list[INI_LINE_MAX + 1];
	size_t used = 0, len;

	(void)word;
	while (list_next(&at, true, &item, &len)) {
		if (used > 0)
			list[used++] = ',';
		memcpy(list + used, item, len);
		used += len;
	}
	list[used] = '\0';
	if (address_list_check(list, reterr) == -1)
		return -1;
	if ((copy = place_text(place, list, reterr)) == NULL)
		return -1;
	*ret = copy;
	return 0;
}

static int
value_globs(const struct place *place, const struct word *word,
    const char *value, void *field, struct text_error *reterr)
{
	(void)word;
	return value_list(place, value, true, NULL, NULL, field, reterr);
}

/* Whose records the log verb shows. */
static int
value_log(const struct place *place, const struct word *word, const char *value,
    void *field, struct text_error *reterr)
{
	bool *ret = field;

	(void)place;
	(void)word;
	*ret = strcmp(value, "all") == 0;
	if (!*ret && strcmp(value, "own") != 0)
		return text_fail(
		    reterr, 0, "log must be own or all, not \"%.40s\"", value);
	return 0;
}

static int
value_default(const struct place *place, const struct word *word,
    const char *value, void *field, struct text_error *reterr)
{
	struct profile *profile = field;
	struct text_error why;
	struct command command;

	(void)word;
	if (command_parse(value, &command, &why) == -1)
		return text_fail(reterr, 0, "default: %.200s", why.what);
	if (command.verb != VERB_SIGN && command.verb != VERB_CHECK)
		return text_fail(reterr, 0,
		    "default must be a sign or check command, not %s",
		    verb_word(command.verb));
	profile->default_text = place_text(place, value, reterr);
	if (profile->default_text == NULL)
		return -1;
	profile->default_command = command;
	return 0;
}

#define AT(field) offsetof(struct profile, field), 0
#define AT_RULE(field, rule) \
	offsetof(struct profile, field), offsetof(struct profile, rule)

static const struct word words[] = {
	{ "keys", value_own_names, AT(keys), 0, 0 },
	{ "verbs", value_verbs, AT(limits.verbs), 0, 0 },
	{ "formats", value_formats, AT(limits.formats), 0, 0 },
	{ "hashes", value_hashes, AT(limits.hashes), 0, 0 },
	{ "default", value_default, 0, offsetof(struct profile, default_rule),
	    0, 0 },
	{ "from", value_from, AT_RULE(limits.from, limits.from_rule), 0, 0 },
	{ "not-before", value_date,
	    AT_RULE(limits.not_before, limits.not_before_rule), 0, 0 },
	{ "not-after", value_date,
	    AT_RULE(limits.not_after, limits.not_after_rule), 0, 0 },
	{ "max-lines", value_u64,
	    AT_RULE(limits.max_lines, limits.max_lines_rule), 1, UINT32_MAX },
	{ "names", value_globs, AT(limits.globs), 0, 0 },
	{ "notify", value_tag, AT(limits.notify), 0, 0 },
	{ "log", value_log, AT(log_all), 0, 0 },
};

static void *
profile_open(
    const struct place *place, const char *name, struct text_error *reterr)
{
	struct tree *tree = place->tree;
	struct profile *profile;

	if ((name = place_name(place, name, reterr)) == NULL ||
	    place_room(place, &tree->profiles, tree->mark.profiles,
		TENANT_PROFILES_MAX, reterr) == -1)
		return NULL;
	if ((profile = tree_find_profile(tree, name)) != NULL) {
		text_fail(reterr, 0, "profile %s is already defined in %s:%u",
		    name, profile->rule.file, profile->rule.line);
		return NULL;
	}
	if ((profile = rows_add(&tree->profiles)) != NULL) {
		profile->name = name;
		profile->tenant = tree->tenant;
		profile->rule = place->rule;
		profile->limits.verb_set = ALL_VERBS;
		profile->limits.hash_set = UINT_MAX;
		if (index_add(&tree->profile_names, tree->profiles.count - 1) ==
		    0)
			return profile;
	}
	text_fail(reterr, 0, "out of memory");
	return NULL;
}

static int
profile_close(
    const struct place *place, void *object, struct text_error *reterr)
{
	struct profile *profile = object;

	(void)place;
	if (profile->limits.not_before != 0 && profile->limits.not_after != 0 &&
	    profile->limits.not_before >= profile->limits.not_after)
		return text_fail(reterr, profile->limits.not_after_rule.line,
		    "profile %s: not-after is not later than not-before",
		    profile->name);
	if (profile->limits.hashes.count > 0)
		profile->limits.hash_set =
		    names_hashes(&profile->limits.hashes);
	if (profile->limits.verbs.count > 0)
		profile->limits.verb_set = 1u << VERB_GREETING;
	for (size_t i = 0; i < profile->limits.verbs.count; i++)
		profile->limits.verb_set |= 1u
		    << verb_by_word(profile->limits.verbs.item[i]);
	return 0;
}

const struct kind kind_profile = {
	"profile",
	TREE_PROFILES,
	true,
	words,
	sizeof(words) / sizeof(words[0]),
	profile_open,
	profile_close,
	offsetof(struct profile, said),
};
