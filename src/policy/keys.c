/* SPDX-License-Identifier: Apache-2.0 */
/* The words of [key NAME]. */
#include <string.h>

#include "policy/apart.h"
#include "policy/limits.h"
#include "policy/resolve.h"
#include "policy/scope.h"
#include "policy/stamp.h"
#include "policy/tenant.h"
#include "policy/uri.h"

#define DEFAULT_HASHES \
	(1u << HASH_SHA256 | 1u << HASH_SHA384 | 1u << HASH_SHA512)

static int
value_use(const struct place *place, const struct word *word, const char *value,
    void *field, struct text_error *reterr)
{
	struct signing_key *key = field;

	(void)place;
	(void)word;
	key->wrapped = strcmp(value, "wrapped") == 0;
	key->audit = strcmp(value, "audit") == 0;
	if (!key->wrapped && !key->audit && strcmp(value, "raw") != 0)
		return text_fail(reterr, 0,
		    "use must be raw, wrapped or audit, not \"%.40s\"", value);
	return 0;
}

/* As RFC 3986 begins one: a scheme, then none of the characters it forbids. */
static int
value_uri(const struct place *place, const struct word *word, const char *value,
    void *field, struct text_error *reterr)
{
	size_t scheme = strcspn(value, ":");

	if (!char_is_alpha(value[0]) || value[scheme] == '\0' ||
	    value[scheme + 1] == '\0' || strpbrk(value, " \"<>\\^`{|}") != NULL)
		return text_fail(reterr, 0,
		    "%s must be a URI such as https://example.com/release/v1, "
		    "not \"%.40s\"",
		    word->name, value);
	return value_text(place, word, value, field, reterr);
}

#define AT(field) offsetof(struct key_row, field), 0
#define AT_RULE(field, rule) \
	offsetof(struct key_row, field), offsetof(struct key_row, rule)

static const struct word words[] = {
	{ "token", value_token, AT_RULE(own.generation.token, own.token_rule),
	    0, 0 },
	{ "object", value_object,
	    AT_RULE(own.generation.object, own.object_rule), 0, URI_MAX },
	{ "use", value_use, AT_RULE(key, key.use_rule), 0, 0 },
	{ "certificate", value_path,
	    AT_RULE(own.path[KEY_FILE_CERTIFICATE],
		own.path_rule[KEY_FILE_CERTIFICATE]),
	    0, 0 },
	{ "openpgp", value_path,
	    AT_RULE(
		own.path[KEY_FILE_OPENPGP], own.path_rule[KEY_FILE_OPENPGP]),
	    0, 0 },
	{ "allow-extractable", value_yes,
	    AT_RULE(own.generation.allow_extractable, own.extractable_rule), 0,
	    0 },
	{ "allow-short-rsa", value_yes,
	    AT_RULE(own.generation.allow_short, own.short_rule), 0, 0 },
	{ "allow-expired-certificate", value_yes,
	    AT_RULE(own.generation.allow_expired, own.expired_rule), 0, 0 },
	{ "signing-time", value_no,
	    AT_RULE(key.no_signing_time, key.signing_time_rule), 0, 0 },
	{ "predicate-type", value_uri,
	    AT_RULE(key.predicate_type, key.predicate_rule), 0, URI_SIZE - 1 },
	{ "tsa-policy", value_oid, AT_RULE(key.tsa_policy, key.tsa_policy_rule),
	    0, 0 },
	{ "tsa-accuracy", value_seconds,
	    AT_RULE(key.tsa_accuracy_s, key.tsa_accuracy_rule), 1, 86400 },
};

static void *
key_open(const struct place *place, const char *name, struct text_error *reterr)
{
	struct tree *tree = place->tree;
	struct key_row *row;

	if ((name = place_name(place, name, reterr)) == NULL ||
	    place_room(place, &tree->keys, tree->mark.keys, TENANT_KEYS_MAX,
		reterr) == -1)
		return NULL;
	if ((row = tree_find_key(tree, name)) != NULL) {
		text_fail(reterr, 0, "key %s is already defined in %s:%u", name,
		    row->key.rule.file, row->key.rule.line);
		return NULL;
	}
	if ((row = rows_add(&tree->keys)) != NULL) {
		row->key.name = name;
		row->key.tenant = tree->tenant;
		row->key.rule = place->rule;
		row->key.index = tree->keys.count - 1;
		limits_init(&row->key.limits, DEFAULT_HASHES);
		if (index_add(&tree->key_names, row->key.index) == 0)
			return row;
	}
	text_fail(reterr, 0, "out of memory");
	return NULL;
}

/* A raw signature is one in every format that shares the primitive. */
static int
check_class(const struct tree *tree, const struct signing_key *key,
    struct text_error *reterr)
{
	for (size_t i = 0; i < key->limits.formats.count; i++) {
		const char *name = key->limits.formats.item[i];

		if (tree_format(tree, name)->wrapped == key->wrapped)
			continue;
		return text_fail(reterr, key->limits.formats.rule.line,
		    "format %s is %s but key %s has use = %s: a key is used "
		    "for one class of formats only",
		    name, key->wrapped ? "raw" : "wrapped", key->name,
		    key->wrapped ? "wrapped" : "raw");
	}
	return 0;
}

/* Where nobody says hashes, a format's own is meant, too. */
static void
assume_hashes(const struct tree *tree, struct signing_key *key)
{
	const struct names *formats = &key->limits.formats;

	for (size_t i = 0; i < formats->count; i++) {
		enum hash hash = tree_format(tree, formats->item[i])->assumed;

		if (hash != HASH_NONE)
			key->limits.hash_set |= 1u << hash;
	}
}

/* It signs checkpoints of the log, and nothing that anybody asks for. */
static int
check_audit(const struct key_row *row, struct text_error *reterr)
{
	const struct signing_key *key = &row->key;
	const char *word = limits_first(&key->limits);

	for (int f = 0; f < KEY_FILES && word == NULL; f++)
		if (row->own.path[f] != NULL)
			word = key_file_word((enum key_file)f);
	if (word == NULL && key->predicate_type != NULL)
		word = "predicate-type";
	if (word == NULL && key->tsa_policy != NULL)
		word = "tsa-policy";
	if (word == NULL && key->tsa_accuracy_s != 0)
		word = "tsa-accuracy";
	if (word == NULL && key->no_signing_time)
		word = "signing-time";
	if (word == NULL)
		return 0;
	return text_fail(reterr, key->use_rule.line,
	    "key %s has use = audit: %s is for keys that clients use",
	    key->name, word);
}

/* The others of a client's verbs name no key. */
static int
check_verbs(const struct signing_key *key, struct text_error *reterr)
{
	const struct names *verbs = &key->limits.verbs;

	for (size_t i = 0; i < verbs->count; i++)
		if ((KEY_VERBS & 1u << verb_by_word(verbs->item[i])) == 0)
			return text_fail(reterr, verbs->rule.line,
			    "key %s: the verb %s names no key; verbs that do: "
			    "pubkey, cert, sign, check, tsa, agent",
			    key->name, verbs->item[i]);
	return 0;
}

/* Its own object is its first generation. */
static int
add_own(struct tree *tree, const struct key_row *row, struct text_error *reterr)
{
	struct generation_row *first = rows_add(&tree->generations);

	if (first == NULL)
		return text_fail(reterr, 0, "out of memory");
	*first = row->own;
	first->generation.name = "";
	first->generation.of = row->key.name;
	first->generation.rule = first->of_rule = row->key.rule;
	first->generation.index = tree->generations.count - 1;
	first->complete = true;
	return 0;
}

static int
check_own(const struct key_row *row, struct text_error *reterr)
{
	const struct generation *own = &row->own.generation;

	if (own->object != NULL && own->token == NULL)
		return text_fail(
		    reterr, 0, "key %s has no token", row->key.name);
	if (own->object == NULL &&
	    (row->own.path[KEY_FILE_CERTIFICATE] != NULL ||
		row->own.path[KEY_FILE_OPENPGP] != NULL ||
		own->allow_extractable || own->allow_short ||
		own->allow_expired))
		return text_fail(reterr, 0,
		    "key %s has no object: certificate, openpgp, "
		    "allow-extractable, allow-short-rsa and "
		    "allow-expired-certificate stand where the object does",
		    row->key.name);
	return row_check_expired(&row->own, reterr);
}

/* Is there a format of the key's that the word says something to? */
static bool
has_format(
    const struct tree *tree, const struct signing_key *key, unsigned what)
{
	for (size_t i = 0; i < tree->format_count; i++)
		if ((tree->formats[i].needs & what) != 0 &&
		    key_allows_format(key, &tree->formats[i]))
			return true;
	return false;
}

/* A word that would do nothing is a mistake. */
static int
check_idle(const struct tree *tree, const struct signing_key *key,
    struct text_error *reterr)
{
	if (key->no_signing_time &&
	    !has_format(tree, key, FORMAT_HAS_SIGNING_TIME))
		return text_fail(reterr, key->signing_time_rule.line,
		    "key %s: signing-time: none of its formats has one",
		    key->name);
	if (key->predicate_type != NULL &&
	    !has_format(tree, key, FORMAT_HAS_PREDICATE))
		return text_fail(reterr, key->predicate_rule.line,
		    "key %s: predicate-type: none of its formats has one",
		    key->name);
	return 0;
}

/* What goes beyond single words. */
static int
check_key(
    const struct tree *tree, struct key_row *row, struct text_error *reterr)
{
	struct signing_key *key = &row->key;

	if (check_own(row, reterr) == -1)
		return -1;
	if (key->use_rule.file == NULL)
		return text_fail(reterr, 0,
		    "key %s has no use: write use = raw, use = wrapped or "
		    "use = audit",
		    key->name);
	if (key->audit)
		return check_audit(row, reterr);
	assume_hashes(tree, key);
	if (limits_close("key", key->name, &key->limits, reterr) == -1 ||
	    check_verbs(key, reterr) == -1 ||
	    check_class(tree, key, reterr) == -1 ||
	    apart_check(key, reterr) == -1 ||
	    check_idle(tree, key, reterr) == -1)
		return -1;
	return stamp_check(tree, key, reterr);
}

static int
key_close(const struct place *place, void *object, struct text_error *reterr)
{
	struct key_row *row = object;

	if (check_key(place->tree, row, reterr) == -1 ||
	    (row->own.generation.object != NULL &&
		add_own(place->tree, row, reterr) == -1))
		return -1;
	row->complete = true;
	return 0;
}

const struct kind kind_key = {
	"key",
	TREE_KEYS,
	true,
	words,
	sizeof(words) / sizeof(words[0]),
	key_open,
	key_close,
	offsetof(struct key_row, key.said),
	offsetof(struct key_row, key.limits),
};
