/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/effect_rights.h"

#include <stdlib.h>
#include <string.h>

#include "policy/decide.h"
#include "policy/list.h"
#include "policy/namespace.h"
#include "policy/rights.h"

/* People who had one profile and have another one (or the same) now. */
struct pair {
	const struct profile *before, *after;
	struct people people;
};

static void
tell(struct effects *e, const struct pair *pair, struct effect *effect)
{
	bool moved = strcmp(pair->before->name, pair->after->name) != 0;

	effect->sort = EFFECT_RIGHT;
	effect->object = CHANGE_PROFILE;
	effect->name = pair->after->name;
	effect->from_profile = moved ? pair->before->name : NULL;
	effect->rule = pair->after->keys.item != NULL ? pair->after->keys.rule :
							pair->after->rule;
	effect->people = pair->people;
	e->tell(e->arg, effect);
}

static void
tell_key(struct effects *e, const struct pair *pair, const char *key,
    const struct rights *gained)
{
	struct effect effect = {
		.kind = gained != NULL ? CHANGE_GAINED : CHANGE_LOST,
		.key = key,
	};
	char list[MESSAGE_SIZE] = "";

	if (gained != NULL)
		rights_formats(e->tree_after, gained->formats, list);
	effect.list = list;
	tell(e, pair, &effect);
}

static void
tell_set(struct effects *e, const struct pair *pair, struct effect *effect,
    uint64_t set)
{
	char list[MESSAGE_SIZE];

	if (set == 0)
		return;
	if (strcmp(effect->what, "format") == 0)
		rights_formats(e->tree_after, set, list);
	else
		rights_hashes((unsigned)set, list);
	effect->list = list;
	tell(e, pair, effect);
}

static void
tell_sets(struct effects *e, const struct pair *pair, struct effect *effect,
    const uint64_t sets[2])
{
	effect->kind = CHANGE_GAINED;
	tell_set(e, pair, effect, sets[1] & ~sets[0]);
	effect->kind = CHANGE_LOST;
	tell_set(e, pair, effect, sets[0] & ~sets[1]);
}

static bool
has_namespace(const struct profile *profile, const struct signing_key *key,
    const char *name)
{
	const char *one;
	size_t at = 0;

	while ((one = namespace_next(profile, key, &at)) != NULL)
		if (strcmp(one, name) == 0)
			return true;
	return false;
}

/* Of one, those that the other does not have. */
static void
tell_namespaces(struct effects *e, const struct pair *pair,
    enum change_kind kind, const struct signing_key *keys[2])
{
	bool gained = kind == CHANGE_GAINED;
	const struct profile *has = gained ? pair->after : pair->before;
	const struct profile *other = gained ? pair->before : pair->after;
	char list[MESSAGE_SIZE] = "";
	struct effect effect = { .kind = kind,
		.key = keys[gained]->name,
		.what = "namespace",
		.list = list };
	const char *name;
	struct sentence s;
	size_t at = 0;

	sentence_init(&s, list, sizeof(list));
	while ((name = namespace_next(has, keys[gained], &at)) != NULL)
		if (!has_namespace(other, keys[!gained], name))
			sentence_item(&s, name);
	if (s.items > 0)
		tell(e, pair, &effect);
}

/* Of one key, which may be in one of the trees only. */
static void
compare_key(struct effects *e, const struct pair *pair, const char *name)
{
	const struct signing_key *a = tree_key_by_name(e->tree_before, name);
	const struct signing_key *b = tree_key_by_name(e->tree_after, name);
	struct rights before = { 0 }, after = { 0 };
	struct effect format = { .key = name, .what = "format" };
	struct effect hash = { .key = name, .what = "hash" };

	if (a != NULL)
		rights_of(e->tree_before, pair->before, a, &before);
	if (b != NULL)
		rights_of(e->tree_after, pair->after, b, &after);
	if (!rights_sign(&before) && !rights_sign(&after))
		return;
	if (!rights_sign(&before) || !rights_sign(&after)) {
		tell_key(e, pair, name, rights_sign(&after) ? &after : NULL);
		return;
	}
	tell_sets(
	    e, pair, &format, (uint64_t[]){ before.formats, after.formats });
	tell_sets(e, pair, &hash, (uint64_t[]){ before.hashes, after.hashes });
	tell_namespaces(
	    e, pair, CHANGE_GAINED, (const struct signing_key *[]){ a, b });
	tell_namespaces(
	    e, pair, CHANGE_LOST, (const struct signing_key *[]){ a, b });
}

static void
compare_pair(struct effects *e, const struct pair *pair)
{
	const struct names *before = &pair->before->keys;
	const struct names *after = &pair->after->keys;

	for (size_t i = 0; i < before->count; i++)
		compare_key(e, pair, before->item[i]);
	for (size_t i = 0; i < after->count; i++)
		if (tree_key_by_name(e->tree_before, after->item[i]) == NULL ||
		    !grants_key(pair->before,
			tree_key_by_name(e->tree_before, after->item[i])))
			compare_key(e, pair, after->item[i]);
}

/* Signing keys that changed, by their numbers in the tree before. */
static bool *
mark_keys(const struct effects *e)
{
	size_t count = tree_keys(e->tree_before);
	bool *marks = calloc(count + 1, sizeof(*marks));

	for (size_t i = 0; i < e->changes.count && marks != NULL; i++) {
		const struct change *c = &e->changes.list[i];
		const struct signing_key *key = c->before;

		if (c->object == CHANGE_KEY && key != NULL)
			marks[key->index] = true;
	}
	return marks;
}

static bool
has_marked(
    const struct effects *e, const struct profile *profile, const bool *marks)
{
	for (size_t i = 0; i < profile->keys.count; i++) {
		const struct signing_key *key =
		    tree_key_by_name(e->tree_before, profile->keys.item[i]);

		if (key != NULL && marks[key->index])
			return true;
	}
	return false;
}

/* Do the bounds around it, or its keys, say something else now? */
static bool
is_touched(const struct effects *e, const struct profile *profile,
    const bool *marks, bool tenants)
{
	return (tenants && profile->tenant != NULL) ||
	    has_marked(e, profile, marks);
}

static bool
have_tenants_changed(const struct effects *e)
{
	for (size_t i = 0; i < e->changes.count; i++)
		if (e->changes.list[i].object == CHANGE_TENANT)
			return true;
	return false;
}

static bool
same(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return strcmp(a, b) == 0;
}

/* Those that are in both trees. */
static int
compare_profiles(struct effects *e)
{
	bool *marks = mark_keys(e), tenants = have_tenants_changed(e);

	if (marks == NULL)
		return -1;
	for (size_t i = 0; i < tree_profiles(e->tree_before); i++) {
		struct pair pair = { .before =
					 tree_profile(e->tree_before, i) };

		pair.after =
		    tree_profile_by_name(e->tree_after, pair.before->name);
		if (pair.after == NULL ||
		    (same(pair.before->said, pair.after->said) &&
			!is_touched(e, pair.before, marks, tenants)))
			continue;
		crowd_people(&e->after, pair.after, &pair.people);
		compare_pair(e, &pair);
	}
	free(marks);
	return 0;
}

static bool
is_move(const struct change *c)
{
	const struct client_key *a = c->before, *b = c->after;

	return c->object == CHANGE_CLIENT && c->kind == CHANGE_CHANGED &&
	    strcmp(a->profile->name, b->profile->name) != 0;
}

static int
by_pair(const void *left, const void *right)
{
	const struct change *const *l = left, *const *r = right;
	const struct client_key *a = (*l)->before, *b = (*r)->before;
	const struct client_key *to_a = (*l)->after, *to_b = (*r)->after;
	int order = strcmp(a->profile->name, b->profile->name);

	if (order == 0)
		order = strcmp(to_a->profile->name, to_b->profile->name);
	return order != 0 ? order : strcmp(to_a->principal, to_b->principal);
}

static void
compare_moves(struct effects *e, const struct change **moves, size_t count)
{
	struct pair pair = { .before = NULL };

	for (size_t i = 0; i < count; i++) {
		const struct client_key *a = moves[i]->before;
		const struct client_key *b = moves[i]->after;

		if (a->profile != pair.before || b->profile != pair.after) {
			if (pair.before != NULL)
				compare_pair(e, &pair);
			pair = (struct pair){ a->profile, b->profile,
				{ .count = 0 } };
		}
		people_add(&pair.people, b);
	}
	if (pair.before != NULL)
		compare_pair(e, &pair);
}

int
effects_rights(struct effects *e)
{
	const struct change **moves =
	    calloc(e->changes.count + 1, sizeof(const struct change *));
	size_t count = 0;

	if (moves == NULL || compare_profiles(e) == -1) {
		free(moves);
		return -1;
	}
	for (size_t i = 0; i < e->changes.count; i++)
		if (is_move(&e->changes.list[i]))
			moves[count++] = &e->changes.list[i];
	qsort(moves, count, sizeof(*moves), by_pair);
	compare_moves(e, moves, count);
	free(moves);
	return 0;
}
