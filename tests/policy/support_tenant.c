/* SPDX-License-Identifier: Apache-2.0 */
#include "support_tenant.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct tree *
tree_with_tenant(const char *words)
{
	static const struct texts texts = { .server = NULL };
	struct tree *tree = good_tree(&texts);
	struct told told = { .count = 0 };
	char text[2048];

	snprintf(text, sizeof(text), "[tenant team]\n%s", words);
	tree_enter(tree, NULL, NULL);
	tree_add(tree, TREE_TENANTS, "tenants.d/team.conf", text, strlen(text),
	    told_add, &told);
	tree_finish(tree, told_add, &told);
	assert_string_equal(told.text, "");
	return tree;
}

static void
add(struct tree *tree, enum tree_part part, const char *file, const char *text,
    struct told *told)
{
	if (text != NULL)
		tree_add(tree, part, file, text, strlen(text), told_add, told);
}

unsigned
add_team(struct tree *tree, const char *name, const struct team *team,
    struct told *told)
{
	const struct tenant *tenant = tree_tenant_by_name(tree, name);
	char folder[TENANT_PATH_SIZE], file[TENANT_PATH_SIZE + 64];

	assert_non_null(tenant);
	*told = (struct told){ .count = 0 };
	tenant_folder(tenant, folder);
	tree_enter(tree, tenant, NULL);
	snprintf(file, sizeof(file), "%s/keys.d/k.conf", folder);
	add(tree, TREE_KEYS, file, team->keys, told);
	snprintf(file, sizeof(file), "%s/profiles.d/p.conf", folder);
	add(tree, TREE_PROFILES, file, team->profiles, told);
	snprintf(file, sizeof(file), "%s/authorized_keys.d/a", folder);
	add(tree, TREE_AUTHORIZED, file, team->authorized, told);
	snprintf(file, sizeof(file), "%s/tenants.d/%s", folder,
	    team->tenants_file != NULL ? team->tenants_file : "sub.conf");
	add(tree, TREE_TENANTS, file, team->tenants, told);
	tree_finish(tree, told_add, told);
	return told->count;
}
