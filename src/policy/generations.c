/* SPDX-License-Identifier: Apache-2.0 */
/* The words of [generation NAME]. */
#include "policy/scope.h"
#include "policy/tenant.h"
#include "policy/uri.h"

static int
value_key(const struct place *place, const struct word *word, const char *value,
    void *field, struct text_error *reterr)
{
	const char **ret = field, *name;

	(void)word;
	if (!text_is_name(value))
		return text_fail(
		    reterr, 0, "\"%.64s\" is not a key's name", value);
	if ((name = place_name(place, value, reterr)) == NULL)
		return -1;
	*ret = name;
	return 0;
}

#define AT(field) offsetof(struct generation_row, field), 0
#define AT_RULE(field, rule)                    \
	offsetof(struct generation_row, field), \
	    offsetof(struct generation_row, rule)

static const struct word words[] = {
	{ "key", value_key, AT_RULE(generation.of, of_rule), 0, 0 },
	{ "token", value_token, AT_RULE(generation.token, token_rule), 0, 0 },
	{ "object", value_object, AT_RULE(generation.object, object_rule), 0,
	    URI_MAX },
	{ "certificate", value_path,
	    AT_RULE(
		path[KEY_FILE_CERTIFICATE], path_rule[KEY_FILE_CERTIFICATE]),
	    0, 0 },
	{ "openpgp", value_path,
	    AT_RULE(path[KEY_FILE_OPENPGP], path_rule[KEY_FILE_OPENPGP]), 0,
	    0 },
	{ "start", value_date, AT(generation.start), 0, 0 },
	{ "allow-extractable", value_yes,
	    AT_RULE(generation.allow_extractable, extractable_rule), 0, 0 },
	{ "allow-short-rsa", value_yes,
	    AT_RULE(generation.allow_short, short_rule), 0, 0 },
	{ "allow-expired-certificate", value_yes,
	    AT_RULE(generation.allow_expired, expired_rule), 0, 0 },
};

static void *
generation_open(
    const struct place *place, const char *name, struct text_error *reterr)
{
	struct tree *tree = place->tree;
	struct generation_row *row;

	if ((name = place_name(place, name, reterr)) == NULL ||
	    place_room(place, &tree->generations, tree->mark.generations,
		TENANT_GENERATIONS_MAX, reterr) == -1)
		return NULL;
	if ((row = tree_find_generation(tree, name)) != NULL) {
		text_fail(reterr, 0,
		    "generation %s is already defined in %s:%u", name,
		    row->generation.rule.file, row->generation.rule.line);
		return NULL;
	}
	if ((row = rows_add(&tree->generations)) != NULL) {
		row->generation.name = name;
		row->generation.of = "";
		row->generation.rule = place->rule;
		row->generation.index = tree->generations.count - 1;
		if (index_add(&tree->generation_names, row->generation.index) ==
		    0)
			return row;
	}
	text_fail(reterr, 0, "out of memory");
	return NULL;
}

int
row_check_expired(const struct generation_row *row, struct text_error *reterr)
{
	for (int f = 0; f < KEY_FILES; f++)
		if (row->path[f] != NULL)
			return 0;
	if (!row->generation.allow_expired)
		return 0;
	return text_fail(reterr, row->expired_rule.line,
	    "allow-expired-certificate: there is neither certificate nor "
	    "openpgp here that could expire");
}

static int
generation_close(
    const struct place *place, void *object, struct text_error *reterr)
{
	struct generation_row *row = object;
	const struct generation *g = &row->generation;

	(void)place;
	if (g->of[0] == '\0')
		return text_fail(reterr, 0,
		    "generation %s has no key: the name of the one that it is "
		    "of",
		    g->name);
	if (g->object == NULL)
		return text_fail(reterr, 0,
		    "generation %s has no object: the pkcs11: URI of the key",
		    g->name);
	if (g->start == 0)
		return text_fail(reterr, 0,
		    "generation %s has no start: the date from which on it "
		    "signs",
		    g->name);
	if (row_check_expired(row, reterr) == -1)
		return -1;
	row->complete = true;
	return 0;
}

const struct kind kind_generation = {
	"generation",
	TREE_KEYS,
	true,
	words,
	sizeof(words) / sizeof(words[0]),
	generation_open,
	generation_close,
	offsetof(struct generation_row, generation.said),
	0,
};
