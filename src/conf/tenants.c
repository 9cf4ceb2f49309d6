/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/tenants.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/bundle.h"
#include "conf/fence.h"
#include "conf/key_files.h"
#include "conf/zones.h"

/* Of a tenant, with all that are inside of it. */
#define FILES_MAX 4096
#define BYTES_MAX (8u << 20)

static const struct part {
	enum tree_part part;
	const char *folder;
	bool conf_only;
} parts[] = {
	{ TREE_KEYS, "keys.d", true },
	{ TREE_PROFILES, "profiles.d", true },
	{ TREE_AUTHORIZED, "authorized_keys.d", false },
	{ TREE_TENANTS, "tenants.d", true },
};
#define PARTS (sizeof(parts) / sizeof(parts[0]))

/* One tenant, while it is being read. */
struct one {
	const struct tenants_source *from;
	struct tree *tree;
	const struct tenant *tenant;
	char folder[TENANT_PATH_SIZE];
	struct fence fence;
	struct allowance *left;
	struct bundle bundle;
	bool quiet; /* errors are counted only */
	bool replay; /* these are the files that were in force */
	unsigned errors;
	char first[sizeof(((struct text_error *)NULL)->file) +
	    sizeof(((struct text_error *)NULL)->what) + 16];
	const char *listed; /* the folder whose names are being read */
};

static void
on_error(void *arg, const struct text_error *error)
{
	struct one *one = arg;

	if (one->errors++ == 0 && error->line != 0)
		snprintf(one->first, sizeof(one->first), "%s:%u: %s",
		    error->file, error->line, error->what);
	else if (one->errors == 1)
		snprintf(one->first, sizeof(one->first), "%s: %s", error->file,
		    error->what);
	if (!one->quiet)
		one->from->told(one->from->told_arg, error);
}

static void
tell(struct one *one, const char *file, unsigned line, const char *what)
{
	struct text_error error = { .line = line };

	if (!text_copy(error.file, sizeof(error.file), file))
		text_copy(error.file, sizeof(error.file), one->folder);
	snprintf(error.what, sizeof(error.what), "%s", what);
	on_error(one, &error);
}

static void
on_bad_name(void *arg, const char *name, const struct text_error *error)
{
	struct one *one = arg;
	char escaped[128], file[sizeof(error->file)];

	text_escape(name, strlen(name), escaped, sizeof(escaped));
	snprintf(file, sizeof(file), "%.120s/%s", one->listed, escaped);
	tell(one, file, 0, error->what);
}

/* Reads one file into the bundle: 0, or -1: told. */
static int
take_file(struct one *one, const char *name)
{
	struct text_error error;
	char *text;
	size_t len;

	if (fence_load(&one->fence, name, one->left, &text, &len, &error) ==
	    -1) {
		tell(one, name, 0, error.what);
		return -1;
	}
	if (bundle_add(&one->bundle, name, text, len) == 0)
		return 0;
	tell(one, name, 0, "out of memory");
	return -1;
}

static void
take_folder(struct one *one, const struct part *part)
{
	char path[TENANT_PATH_SIZE + 32], name[TENANT_PATH_SIZE + 300];
	struct text_error error;
	struct folder folder;

	snprintf(path, sizeof(path), "%s/%s", one->folder, part->folder);
	one->listed = path;
	if (fence_list(&one->fence, path, part->conf_only, &folder, on_bad_name,
		one, &error) == -1) {
		tell(one, path, 0, error.what);
		return;
	}
	for (size_t i = 0; i < folder.count; i++) {
		snprintf(name, sizeof(name), "%s/%s", path, folder.name[i]);
		take_file(one, name);
	}
	folder_release(&folder);
}

/* Whose files these may be: those of the tenant, and of all around it. */
static int
set_fence(struct one *one)
{
	char what[160];
	uid_t uid;

	one->fence = (struct fence){ .root = one->from->root };
	for (const struct tenant *t = one->tenant; t != NULL; t = t->parent) {
		if (owner_number(t->owner, &uid) == -1) {
			snprintf(what, sizeof(what),
			    "tenant %.64s: there is no user %.40s", t->name,
			    t->owner);
			tell(one, t->rule.file, t->rule.line, what);
			return -1;
		}
		one->fence.owners[one->fence.count++] = uid;
	}
	tree_tenant_owner(one->tree, one->tenant, one->fence.owners[0]);
	return 0;
}

/* The part that a file of the tenant itself belongs to, or NULL. */
static const struct part *
part_of(const struct one *one, const char *name)
{
	size_t len = strlen(one->folder);

	if (strncmp(name, one->folder, len) != 0 || name[len] != '/')
		return NULL;
	name += len + 1;
	len = strcspn(name, "/");
	for (size_t i = 0; i < PARTS; i++) {
		const char *file = name + len + 1, *end;

		if (strlen(parts[i].folder) != len ||
		    memcmp(parts[i].folder, name, len) != 0 ||
		    name[len] == '\0' || strchr(file, '/') != NULL)
			continue;
		end = file + strlen(file);
		if (!parts[i].conf_only ||
		    (end - file > 5 && strcmp(end - 5, ".conf") == 0))
			return &parts[i];
	}
	return NULL;
}

/* Is it the tenant's own, and not one of a tenant inside of it? */
static bool
is_own(const struct one *one, const char *name)
{
	size_t len = strlen(one->folder);

	return strncmp(name, one->folder, len) == 0 && name[len] == '/' &&
	    strncmp(name + len, "/tenants/", 9) != 0;
}

static void
take_last(struct one *one)
{
	const struct snapshot *last = one->from->last;
	char *copy;

	for (size_t i = 0; last != NULL && i < last->count; i++) {
		const struct snapshot_entry *e = &last->list[i];

		if (!is_own(one, e->file))
			continue;
		copy = malloc(e->len + 1);
		if (copy != NULL)
			memcpy(copy, e->text, e->len + 1);
		if (copy == NULL ||
		    bundle_add(&one->bundle, e->file, copy, e->len) == -1)
			tell(one, e->file, 0, "out of memory");
	}
}

static void
add_key_file(
    struct one *one, size_t number, enum key_file which, const char *path)
{
	const struct generation *g = tree_generation(one->tree, number);
	const struct bundle_file *file;
	char name[TENANT_PATH_SIZE], what[240];

	/* Told by tree_finish. */
	if (tenant_path(one->tree, one->tenant, path, name) == -1)
		return;
	file = bundle_find(&one->bundle, name);
	if (file == NULL && !one->replay) {
		if (take_file(one, name) == -1)
			return;
		file = bundle_find(&one->bundle, name);
	}
	if (file != NULL && strlen(file->text) == file->len &&
	    tree_file(one->tree, number, which, file->text) == 0)
		return;
	snprintf(what, sizeof(what), "key %.64s: %s %.100s: is not %s", g->of,
	    key_file_word(which), name,
	    file != NULL ? key_file_kind(which) : "there");
	tell(one, g->rule.file, g->rule.line, what);
}

static void
add_key_files(struct one *one, size_t number)
{
	for (int f = 0; f < KEY_FILES; f++) {
		const char *path =
		    tree_file_path(one->tree, number, (enum key_file)f);

		if (path != NULL)
			add_key_file(one, number, (enum key_file)f, path);
	}
}

/* All of it or nothing: whether it is in the tree now. */
static bool
apply(struct one *one, size_t first)
{
	struct tree *tree = one->tree;
	unsigned before = one->errors;

	tree_enter(tree, one->tenant, one->from->before);
	if (one->replay)
		tree_replay(tree);
	for (size_t p = 0; p < PARTS; p++)
		for (size_t i = 0; i < one->bundle.count; i++) {
			const struct bundle_file *f = &one->bundle.list[i];

			if (part_of(one, f->name) == &parts[p])
				tree_add(tree, parts[p].part, f->name, f->text,
				    f->len, on_error, one);
		}
	for (size_t i = first; i < tree_generations(tree); i++)
		add_key_files(one, i);
	if (one->from->root == -1)
		snapshot_zones(tree, one->from->last);
	else
		conf_zones(tree, one->from->seen, one->from->seen_arg);
	tree_finish(tree, on_error, one);
	if (!one->replay)
		key_files_look(tree, first, one->from->check, on_error, one);
	if (one->errors == before)
		return true;
	tree_undo(tree);
	return false;
}

static bool
apply_fresh(struct one *one)
{
	if (one->from->root == -1 || set_fence(one) == -1)
		return false;
	for (size_t i = 0; i < PARTS; i++)
		take_folder(one, &parts[i]);
	return one->errors == 0 && apply(one, tree_generations(one->tree));
}

/* What was good once need not be inside of today's bounds. */
static bool
apply_last(struct one *one)
{
	struct one last = {
		.from = one->from,
		.tree = one->tree,
		.tenant = one->tenant,
		.replay = true,
		.quiet = one->from->root != -1,
	};
	bool kept;

	text_copy(last.folder, sizeof(last.folder), one->folder);
	take_last(&last);
	kept = last.errors == 0 && last.bundle.count > 0 &&
	    apply(&last, tree_generations(one->tree));
	if (last.errors > 0 && last.quiet) {
		char what[sizeof(last.first) + 64];

		snprintf(what, sizeof(what),
		    "what was in force does not fit either: %s", last.first);
		tell(one, one->folder, 0, what);
	}
	bundle_release(&one->bundle);
	one->bundle = last.bundle;
	return kept;
}

static void
see(const struct one *one)
{
	for (size_t i = 0; i < one->bundle.count; i++) {
		const struct bundle_file *f = &one->bundle.list[i];

		if (one->from->seen != NULL)
			one->from->seen(
			    one->from->seen_arg, f->name, f->text, f->len);
	}
}

static int
load_one(struct tree *tree, const struct tenants_source *from,
    const struct tenant *tenant, struct allowance *left)
{
	struct one *one = calloc(1, sizeof(*one));
	bool good, kept;
	int rv = 0;

	if (one == NULL)
		return -1;
	one->from = from;
	one->tree = tree;
	one->tenant = tenant;
	one->left = left;
	tenant_folder(tenant, one->folder);
	good = apply_fresh(one);
	kept = !good && apply_last(one);
	if (good || kept)
		see(one);
	if (!good && from->root != -1)
		rv = tree_tenant_bad(tree, tenant, one->first, kept);
	bundle_release(&one->bundle);
	free(one);
	return rv;
}

/* By name, so that the order is the same whatever the folder's. */
static int
load_inside(struct tree *tree, const struct tenants_source *from,
    const struct tenant *parent, struct allowance *left)
{
	struct allowance own;

	for (size_t i = 0; i < tree_tenants(tree); i++) {
		const struct tenant *tenant = tree_tenant(tree, i);

		if (tenant->parent != parent)
			continue;
		own = (struct allowance){ FILES_MAX, BYTES_MAX };
		if (load_one(tree, from, tenant, left ? left : &own) == -1 ||
		    load_inside(tree, from, tenant, left ? left : &own) == -1)
			return -1;
	}
	return 0;
}

int
tenants_load(struct tree *tree, const struct tenants_source *from)
{
	int rv = load_inside(tree, from, NULL, NULL);

	tree_enter(tree, NULL, NULL);
	return rv;
}
