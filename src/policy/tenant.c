/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/tenant.h"

#include <stdio.h>
#include <string.h>

#include "policy/private.h"
#include "policy/scope.h"

size_t
tree_tenants(const struct tree *tree)
{
	return tree->tenants.count;
}

const struct tenant *
tree_tenant(const struct tree *tree, size_t number)
{
	return rows_at(&tree->tenants, number);
}

const struct tenant *
tree_tenant_by_name(const struct tree *tree, const char *name)
{
	return rows_at(&tree->tenants,
	    index_find(&tree->tenant_names, name, strlen(name)));
}

void
tenant_folder(const struct tenant *tenant, char ret[TENANT_PATH_SIZE])
{
	const char *at = tenant->name;
	size_t used = 0, len;

	for (; used < TENANT_PATH_SIZE; at += len + 1) {
		len = strcspn(at, "/");
		used += (size_t)snprintf(ret + used, TENANT_PATH_SIZE - used,
		    "%stenants/%.*s", used > 0 ? "/" : "", (int)len, at);
		if (at[len] == '\0')
			break;
	}
}

/* "." and ".." are taken away as text: no link is ever followed there. */
static int
flatten(const char *path, char *ret, size_t size)
{
	size_t used = 0, len;

	for (const char *at = path; *at == '/'; at += len) {
		at += strspn(at, "/");
		len = strcspn(at, "/");
		if (len == 2 && at[0] == '.' && at[1] == '.') {
			while (used > 0 && ret[--used] != '/')
				continue;
		} else if (len > 0 && !(len == 1 && at[0] == '.')) {
			if (used + 1 + len >= size)
				return -1;
			ret[used++] = '/';
			memcpy(ret + used, at, len);
			used += len;
		}
	}
	ret[used] = '\0';
	return 0;
}

int
tenant_path(const struct tree *tree, const struct tenant *tenant,
    const char *path, char *ret)
{
	char flat[TENANT_PATH_SIZE * 4], folder[TENANT_PATH_SIZE];
	size_t dir = strlen(tree->dir), len;
	const char *below = flat + dir + 1;

	tenant_folder(tenant, folder);
	len = strlen(folder);
	if (flatten(path, flat, sizeof(flat)) == -1 ||
	    strncmp(flat, tree->dir, dir) != 0 || flat[dir] != '/' ||
	    strncmp(below, folder, len) != 0 || below[len] != '/' ||
	    strlen(below) >= TENANT_PATH_SIZE)
		return -1;
	if (ret != NULL)
		memcpy(ret, below, strlen(below) + 1);
	return 0;
}

bool
tenant_within(const struct tenant *tenant, const struct tenant *outer)
{
	while (tenant != NULL && tenant != outer)
		tenant = tenant->parent;
	return tenant != NULL;
}

void
tree_enter(
    struct tree *tree, const struct tenant *tenant, const struct tree *before)
{
	tree->tenant = tenant;
	tree->before = before;
	tree->replay = false;
	tree->mark = (struct mark){
		.keys = tree->keys.count,
		.generations = tree->generations.count,
		.profiles = tree->profiles.count,
		.clients = tree->clients.count,
		.tenants = tree->tenants.count,
	};
}

void
tree_replay(struct tree *tree)
{
	tree->replay = true;
}

static void
undo_rows(struct rows *rows, struct index *index, size_t count)
{
	for (size_t i = rows->count; i > count; i--)
		index_drop(index, i - 1);
	rows_cut(rows, count);
}

void
tree_undo(struct tree *tree)
{
	const struct mark *mark = &tree->mark;

	undo_rows(&tree->clients, &tree->client_blobs, mark->clients);
	undo_rows(&tree->profiles, &tree->profile_names, mark->profiles);
	undo_rows(
	    &tree->generations, &tree->generation_names, mark->generations);
	undo_rows(&tree->keys, &tree->key_names, mark->keys);
	undo_rows(&tree->tenants, &tree->tenant_names, mark->tenants);
}

static struct tenant *
own(struct tree *tree, const struct tenant *tenant)
{
	return rows_at(&tree->tenants, tenant->index);
}

void
tree_tenant_owner(struct tree *tree, const struct tenant *tenant, uint32_t uid)
{
	struct tenant *row = own(tree, tenant);

	row->has_uid = true;
	row->uid = uid;
}

void
tree_tenant_since(
    struct tree *tree, const struct tenant *tenant, uint64_t since_us)
{
	own(tree, tenant)->since_us = since_us;
}

int
tree_tenant_bad(struct tree *tree, const struct tenant *tenant,
    const char *error, bool kept)
{
	struct tenant *row = own(tree, tenant);

	row->error = arena_text(&tree->arena, error, strlen(error));
	row->kept = kept;
	return row->error != NULL ? 0 : -1;
}

bool
tenant_allows_format(
    const struct tenant *tenant, const char *format, struct rule *ret_rule)
{
	for (; tenant != NULL; tenant = tenant->parent) {
		const struct names *formats = &tenant->limits.formats;

		if (formats->item == NULL || names_have(formats, format))
			continue;
		*ret_rule = formats->rule;
		return false;
	}
	return true;
}

bool
tenant_allows_hash(
    const struct tenant *tenant, enum hash hash, struct rule *ret_rule)
{
	for (; tenant != NULL; tenant = tenant->parent) {
		if ((tenant->limits.hash_set & 1u << hash) != 0)
			continue;
		*ret_rule = tenant->limits.hashes.rule;
		return false;
	}
	return true;
}
