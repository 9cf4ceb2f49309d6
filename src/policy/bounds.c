/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/bounds.h"

#include <string.h>

#include "policy/address.h"
#include "policy/finish.h"
#include "policy/scope.h"

#include "policy/uri.h"

static bool
any_glob(const struct names *globs, const char *text)
{
	for (size_t i = 0; i < globs->count; i++)
		if (glob_match(globs->item[i], text))
			return true;
	return false;
}

/* Where the word stands, or where the section begins. */
static struct rule
rule_or(struct rule rule, struct rule other)
{
	return rule.file != NULL ? rule : other;
}

static void
fail(struct intake *in, struct rule rule, const char *what)
{
	intake_fail(in, rule.file, rule.line, "%s", what);
}

static void
check_token(struct intake *in, const struct generation_row *row,
    const struct tenant *tenant)
{
	const struct generation *g = &row->generation;

	if (g->token == NULL || names_have(&tenant->tokens, g->token->name))
		return;
	intake_fail(in, row->token_rule.file, row->token_rule.line,
	    "key %s: token %s is not among those of tenant %s", g->of,
	    g->token->name, tenant->name);
}

static void
check_object(struct intake *in, const struct generation_row *row,
    const struct tenant *tenant)
{
	const struct generation *g = &row->generation;
	char label[URI_OBJECT_SIZE];

	if (g->object == NULL)
		return;
	if (!uri_object(g->object, label))
		intake_fail(in, row->object_rule.file, row->object_rule.line,
		    "key %s: in a tenant the URI must have object=, a label "
		    "that the tenant may name",
		    g->of);
	else if (!any_glob(&tenant->objects, label))
		intake_fail(in, row->object_rule.file, row->object_rule.line,
		    "key %s: object %.64s is not among those of tenant %s",
		    g->of, label, tenant->name);
}

static void
check_use(struct intake *in, const struct signing_key *key,
    const struct tenant *tenant)
{
	const char *use = key->wrapped ? "wrapped" : "raw";
	struct rule rule = rule_or(key->use_rule, key->rule);

	if (tenant->uses.item == NULL || names_have(&tenant->uses, use))
		return;
	intake_fail(in, rule.file, rule.line,
	    "key %s: use = %s is not among the uses of tenant %s", key->name,
	    use, tenant->name);
}

static void
check_file(
    struct intake *in, const struct generation_row *row, enum key_file file)
{
	struct rule rule = rule_or(row->path_rule[file], row->generation.rule);

	if (row->path[file] != NULL &&
	    tenant_path(in->tree, in->tree->tenant, row->path[file], NULL) ==
		-1)
		intake_fail(in, rule.file, rule.line,
		    "%s: the file must be in the tenant's folder",
		    key_file_word(file));
}

/* What weakens the service is not a team's to say. */
static void
check_words(struct intake *in, const struct generation_row *row)
{
	const struct generation *g = &row->generation;

	if (g->allow_extractable)
		fail(in, rule_or(row->extractable_rule, g->rule),
		    "allow-extractable may not stand in a tenant");
	if (g->allow_short)
		fail(in, rule_or(row->short_rule, g->rule),
		    "allow-short-rsa may not stand in a tenant");
	if (g->allow_expired)
		fail(in, rule_or(row->expired_rule, g->rule),
		    "allow-expired-certificate may not stand in a tenant");
	for (int f = 0; f < KEY_FILES; f++)
		check_file(in, row, (enum key_file)f);
}

void
bounds_generation(struct intake *in, const struct generation_row *row)
{
	check_words(in, row);
	for (const struct tenant *t = in->tree->tenant; t != NULL;
	     t = t->parent) {
		check_token(in, row, t);
		check_object(in, row, t);
	}
}

void
bounds_key(struct intake *in, const struct key_row *row)
{
	const struct signing_key *key = &row->key;
	struct bounded bounded = { "key", key->name, &key->limits, NULL };

	if (key->audit)
		fail(in, rule_or(key->use_rule, key->rule),
		    "use = audit: the log's key is no tenant's");
	for (const struct tenant *t = key->tenant; t != NULL; t = t->parent) {
		if (!key->audit)
			check_use(in, key, t);
		bounded.bound = t;
		bounds_limits(in, &bounded);
	}
}

void
bounds_profile(struct intake *in, struct profile *profile)
{
	struct bounded bounded = { "profile", profile->name, &profile->limits,
		NULL };

	if (profile->log_all)
		fail(in, profile->rule,
		    "log = all: others' records are not a tenant's to show");
	if (profile->digests.rule.file != NULL)
		fail(in, profile->digests.rule,
		    "digests-from may not stand in a tenant");
	for (const struct tenant *t = profile->tenant; t != NULL;
	     t = t->parent) {
		bounded.bound = t;
		bounds_limits(in, &bounded);
		/* Saying nothing must not mean more than may be said. */
		if (profile->limits.priority == PRIORITY_NONE &&
		    t->limits.priority == PRIORITY_LOW)
			profile->limits.priority = PRIORITY_LOW;
	}
}

static bool
is_plain(const char *glob)
{
	return strpbrk(glob, "*?[") == NULL;
}

static void
check_lists(struct intake *in, const struct tenant *tenant)
{
	const struct tenant *outer = tenant->parent;
	const struct names *names = &tenant->tokens;

	for (size_t i = 0; i < names->count; i++)
		if (!names_have(&outer->tokens, names->item[i]))
			intake_fail(in, names->rule.file, names->rule.line,
			    "tenant %s: token %s is not among those of tenant "
			    "%s",
			    tenant->name, names->item[i], outer->name);
	/* Which labels a pattern may stand for is found with each key. */
	names = &tenant->objects;
	for (size_t i = 0; i < names->count; i++)
		if (is_plain(names->item[i]) &&
		    !any_glob(&outer->objects, names->item[i]))
			intake_fail(in, names->rule.file, names->rule.line,
			    "tenant %s: object %.64s is not among those of "
			    "tenant %s",
			    tenant->name, names->item[i], outer->name);
	names = &tenant->uses;
	for (size_t i = 0; outer->uses.item != NULL && i < names->count; i++)
		if (!names_have(&outer->uses, names->item[i]))
			intake_fail(in, names->rule.file, names->rule.line,
			    "tenant %s: use %s is not among those of tenant %s",
			    tenant->name, names->item[i], outer->name);
}

void
bounds_tenant(struct intake *in, const struct tenant *tenant)
{
	struct bounded bounded = { "tenant", tenant->name, &tenant->limits,
		NULL };

	if (tenant->parent == NULL)
		return;
	check_lists(in, tenant);
	for (const struct tenant *t = tenant->parent; t != NULL;
	     t = t->parent) {
		bounded.bound = t;
		bounds_limits(in, &bounded);
	}
}

void
finish_tenant(struct intake *in)
{
	struct tree *tree = in->tree;

	for (size_t i = tree->mark.tenants; i < tree->tenants.count; i++)
		bounds_tenant(in, rows_at(&tree->tenants, i));
	if (tree->tenant == NULL)
		return;
	for (size_t i = tree->mark.keys; i < tree->keys.count; i++)
		bounds_key(in, rows_at(&tree->keys, i));
	for (size_t i = tree->mark.generations; i < tree->generations.count;
	     i++)
		bounds_generation(in, rows_at(&tree->generations, i));
	for (size_t i = tree->mark.profiles; i < tree->profiles.count; i++)
		bounds_profile(in, rows_at(&tree->profiles, i));
}
