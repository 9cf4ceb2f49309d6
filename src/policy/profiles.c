/* SPDX-License-Identifier: Apache-2.0 */
/* The words of [profile NAME]. */
#include <limits.h>
#include <stdint.h>
#include <string.h>

#include "policy/limits.h"
#include "policy/list.h"
#include "policy/scope.h"
#include "policy/tenant.h"

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
	struct command command, *copy;

	(void)word;
	if (command_parse(value, &command, &why) == -1)
		return text_fail(reterr, 0, "default: %.200s", why.what);
	if (command.verb == VERB_AGENT ||
	    (command.verb != VERB_CHECK && !verb_signs(command.verb)))
		return text_fail(reterr, 0,
		    "default must be a sign, check or tsa command, not %s",
		    verb_word(command.verb));
	/* Not in the row: most profiles have none. */
	if ((copy = arena_alloc(&place->tree->arena, sizeof(*copy))) == NULL)
		return text_fail(reterr, 0, "out of memory");
	*copy = command;
	profile->default_command = copy;
	profile->default_text = place_text(place, value, reterr);
	return profile->default_text != NULL ? 0 : -1;
}

#define AT(field) offsetof(struct profile, field), 0
#define AT_RULE(field, rule) \
	offsetof(struct profile, field), offsetof(struct profile, rule)

static const struct word words[] = {
	{ "keys", value_own_names, AT(keys), 0, 0 },
	{ "default", value_default, 0, offsetof(struct profile, default_rule),
	    0, 0 },
	{ "log", value_log, AT(log_all), 0, 0 },
	{ "require-second", value_own_name, AT_RULE(second, second_rule), 0,
	    0 },
	{ "digests-from", value_digests, AT_RULE(digests, digests.rule), 0, 0 },
	{ "digests-network", value_yes,
	    AT_RULE(digests.network, digests.network_rule), 0, 0 },
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
		limits_init(&profile->limits, UINT_MAX);
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
	if (profile->digests.network_rule.file != NULL &&
	    profile->digests.command.item == NULL)
		return text_fail(reterr, profile->digests.network_rule.line,
		    "profile %s: digests-network is for digests-from with a "
		    "command",
		    profile->name);
	return limits_close("profile", profile->name, &profile->limits, reterr);
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
	offsetof(struct profile, limits),
};
