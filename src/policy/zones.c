/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/zones.h"

#include <string.h>

#include "policy/tenant.h"
#include "policy/value.h"

size_t
tree_zones(const struct tree *tree)
{
	return tree->zones.count;
}

const char *
tree_zone_wanted(const struct tree *tree, size_t number)
{
	const struct zone_slot *slot = rows_at(&tree->zones, number);

	return slot == NULL || slot->zone != NULL || slot->why != NULL ?
	    NULL :
	    slot->name;
}

void
tree_zone(struct tree *tree, size_t number, const void *data, size_t len)
{
	struct zone_slot *slot = rows_at(&tree->zones, number);
	struct text_error error;

	if (slot == NULL)
		return;
	slot->zone = zone_of_file(&tree->arena, data, len, &error);
	if (slot->zone == NULL)
		tree_zone_lacks(tree, number, error.what);
}

void
tree_zone_lacks(struct tree *tree, size_t number, const char *why)
{
	struct zone_slot *slot = rows_at(&tree->zones, number);

	if (slot == NULL)
		return;
	slot->why = arena_text(&tree->arena, why, strlen(why));
	if (slot->why == NULL)
		slot->why = "out of memory";
}

/*
 * UTC and texts of POSIX are complete at once; *ret is NULL for what a file
 * has.  "EST5EDT" alone is a file's name, and no complete text.
 */
static int
without_file(const struct place *place, const char *name,
    const struct zone **ret, struct text_error *reterr)
{
	const char *text = strcmp(name, "UTC") == 0 ? "UTC0" : name;
	struct text_error why;

	*ret = zone_of_text(&place->tree->arena, text, &why);
	if (*ret != NULL || zone_is_name(name))
		return 0;
	return text_fail(reterr, 0, "hours: %.200s", why.what);
}

static const struct zone_slot *
slot_of(const struct place *place, const char *name, struct text_error *reterr)
{
	struct tree *tree = place->tree;
	size_t found = index_find(&tree->zone_names, name, strlen(name));
	const struct zone *zone;
	struct zone_slot *slot;

	if (found != INDEX_NONE)
		return rows_at(&tree->zones, found);
	if (without_file(place, name, &zone, reterr) == -1)
		return NULL;
	if ((name = place_text(place, name, reterr)) == NULL)
		return NULL;
	if ((slot = rows_add(&tree->zones)) != NULL) {
		slot->name = name;
		slot->zone = zone;
		if (index_add(&tree->zone_names, tree->zones.count - 1) == 0)
			return slot;
	}
	text_fail(reterr, 0, "out of memory");
	return NULL;
}

static const struct hours *
hours_add(
    const struct place *place, const char *text, struct text_error *reterr)
{
	struct tree *tree = place->tree;
	char zone[ZONE_NAME_MAX + 1];
	struct hours hours, *row;

	if (hours_cut(text, &hours.week, zone, reterr) == -1 ||
	    (hours.text = place_text(place, text, reterr)) == NULL ||
	    (hours.place = slot_of(place, zone, reterr)) == NULL)
		return NULL;
	if ((row = rows_add(&tree->hours)) != NULL) {
		*row = hours;
		if (index_add(&tree->hours_texts, tree->hours.count - 1) == 0)
			return row;
	}
	text_fail(reterr, 0, "out of memory");
	return NULL;
}

/* Thousands of profiles may have the same ones: they share them. */
int
value_hours(const struct place *place, const struct word *word,
    const char *value, void *field, struct text_error *reterr)
{
	const struct hours **ret = field, *hours;
	struct tree *tree = place->tree;

	(void)word;
	hours = rows_at(
	    &tree->hours, index_find(&tree->hours_texts, value, strlen(value)));
	if (hours == NULL && (hours = hours_add(place, value, reterr)) == NULL)
		return -1;
	*ret = hours;
	return 0;
}

static void
check(struct intake *in, const char *what, const char *name,
    const struct limits *l)
{
	const struct zone_slot *slot;

	if (l->hours == NULL || l->hours->place->zone != NULL)
		return;
	slot = l->hours->place;
	intake_fail(in, l->hours_rule.file, l->hours_rule.line,
	    "%s %s: hours: time zone %s: %.160s", what, name, slot->name,
	    slot->why != NULL ? slot->why : "it was not read");
}

void
finish_hours(struct intake *in)
{
	const struct tree *tree = in->tree;
	const struct tenant *tenant;

	for (size_t i = tree->mark.keys; i < tree->keys.count; i++) {
		const struct signing_key *key = tree_key(tree, i);

		check(in, "key", key->name, &key->limits);
	}
	for (size_t i = tree->mark.profiles; i < tree->profiles.count; i++) {
		const struct profile *profile = tree_profile(tree, i);

		check(in, "profile", profile->name, &profile->limits);
	}
	for (size_t i = tree->mark.tenants; i < tree->tenants.count; i++) {
		tenant = rows_at(&tree->tenants, i);
		check(in, "tenant", tenant->name, &tenant->limits);
	}
}
