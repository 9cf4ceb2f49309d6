/* SPDX-License-Identifier: Apache-2.0 */
/* The words of [tenant NAME]. */
#include <limits.h>
#include <string.h>

#include "policy/limits.h"
#include "policy/scope.h"
#include "policy/tenant.h"

static int
check_token(const void *arg, const char *item, struct text_error *reterr)
{
	if (tree_find_token(arg, item) != NULL)
		return 0;
	return text_fail(reterr, 0, "there is no token %.64s", item);
}

static int
value_tokens(const struct place *place, const struct word *word,
    const char *value, void *field, struct text_error *reterr)
{
	(void)word;
	return value_list(
	    place, value, true, check_token, place->tree, field, reterr);
}

static int
value_objects(const struct place *place, const struct word *word,
    const char *value, void *field, struct text_error *reterr)
{
	(void)word;
	return value_list(place, value, true, NULL, NULL, field, reterr);
}

static int
check_use(const void *arg, const char *item, struct text_error *reterr)
{
	(void)arg;
	if (strcmp(item, "raw") == 0 || strcmp(item, "wrapped") == 0)
		return 0;
	return text_fail(
	    reterr, 0, "uses must be raw and wrapped, not \"%.40s\"", item);
}

static int
value_uses(const struct place *place, const struct word *word,
    const char *value, void *field, struct text_error *reterr)
{
	(void)word;
	return value_list(place, value, true, check_use, NULL, field, reterr);
}

#define AT(field) offsetof(struct tenant, field), 0

static const struct word words[] = {
	{ "owner", value_user, AT(owner), 0, 0 },
	{ "tokens", value_tokens, AT(tokens), 0, 0 },
	{ "objects", value_objects, AT(objects), 0, 0 },
	{ "uses", value_uses, AT(uses), 0, 0 },
};

/* Its file is named as it, so that a glance at the folder tells them all. */
static int
check_file(
    const struct place *place, const char *name, struct text_error *reterr)
{
	const char *slash = strrchr(place->rule.file, '/');
	const char *base = slash != NULL ? slash + 1 : place->rule.file;
	size_t len = strlen(name);

	if (strncmp(base, name, len) == 0 && strcmp(base + len, ".conf") == 0)
		return 0;
	return text_fail(reterr, 0,
	    "tenant %.64s must stand in a file of its own, %.64s.conf", name,
	    name);
}

static void *
tenant_open(
    const struct place *place, const char *name, struct text_error *reterr)
{
	struct tree *tree = place->tree;
	unsigned depth = tree->tenant != NULL ? tree->tenant->depth + 1 : 1;
	struct tenant *tenant;

	if (check_file(place, name, reterr) == -1 ||
	    (name = place_name(place, name, reterr)) == NULL ||
	    place_room(place, &tree->tenants, tree->mark.tenants,
		TENANT_TENANTS_MAX, reterr) == -1)
		return NULL;
	if (depth > TENANT_DEPTH_MAX) {
		text_fail(reterr, 0, "tenants may hold tenants %d deep",
		    TENANT_DEPTH_MAX);
		return NULL;
	}
	if ((tenant = rows_add(&tree->tenants)) != NULL) {
		tenant->name = name;
		tenant->parent = tree->tenant;
		tenant->depth = depth;
		tenant->rule = place->rule;
		tenant->index = tree->tenants.count - 1;
		limits_init(&tenant->limits, UINT_MAX);
		if (index_add(&tree->tenant_names, tenant->index) == 0)
			return tenant;
	}
	text_fail(reterr, 0, "out of memory");
	return NULL;
}

/* A word that would do nothing here is a mistake. */
static const char *
useless_word(const struct limits *l)
{
	if (l->env.item != NULL)
		return "env";
	if (l->repeat_window != 0)
		return "repeat-window";
	if (l->notify != NULL)
		return "notify";
	return l->on_exceed_rule.file != NULL ? "on-exceed" : NULL;
}

static int
tenant_close(const struct place *place, void *object, struct text_error *reterr)
{
	struct tenant *tenant = object;
	const char *word = useless_word(&tenant->limits);

	(void)place;
	if (tenant->owner == NULL)
		return text_fail(reterr, 0,
		    "tenant %s has no owner: the user that its files belong to",
		    tenant->name);
	if (word != NULL)
		return text_fail(reterr, 0,
		    "tenant %s: %s is for keys and profiles", tenant->name,
		    word);
	return limits_close("tenant", tenant->name, &tenant->limits, reterr);
}

const struct kind kind_tenant = {
	"tenant",
	TREE_TENANTS,
	true,
	words,
	sizeof(words) / sizeof(words[0]),
	tenant_open,
	tenant_close,
	offsetof(struct tenant, said),
	offsetof(struct tenant, limits),
};
