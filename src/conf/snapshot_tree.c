/* SPDX-License-Identifier: Apache-2.0 */
/* A tree from a snapshot, declared in conf/snapshot.h. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "conf/snapshot.h"
#include "conf/tenants.h"
#include "conf/zones.h"
#include "policy/zones.h"

static const struct {
	enum tree_part part;
	const char *folder;
	const char *ending; /* other names are certificates' */
} parts[] = {
	{ TREE_TOKENS, "tokens.d/", ".conf" },
	{ TREE_KEYS, "keys.d/", ".conf" },
	{ TREE_PROFILES, "profiles.d/", ".conf" },
	{ TREE_AUTHORIZED, "authorized_keys.d/", "" },
	{ TREE_TENANTS, "tenants.d/", ".conf" },
};
#define PARTS (sizeof(parts) / sizeof(parts[0]))

static bool
ends_in(const char *text, const char *ending)
{
	size_t len = strlen(text), end = strlen(ending);

	return len >= end && strcmp(text + len - end, ending) == 0;
}

/* Is it a file of this part, as conf_load would find it? */
static bool
is_of(const char *file, size_t part)
{
	size_t folder = strlen(parts[part].folder);

	return strncmp(file, parts[part].folder, folder) == 0 &&
	    strchr(file + folder, '/') == NULL && file[folder] != '.' &&
	    ends_in(file, parts[part].ending);
}

static const struct snapshot_entry *
find(const struct snapshot *snapshot, const char *file)
{
	for (size_t i = 0; i < snapshot->count; i++)
		if (strcmp(snapshot->list[i].file, file) == 0)
			return &snapshot->list[i];
	return NULL;
}

static unsigned
add_file(struct tree *tree, const struct snapshot *snapshot, const char *dir,
    size_t generation, enum key_file file)
{
	const char *path = tree_file_path(tree, generation, file);
	const struct snapshot_entry *e;
	size_t len = strlen(dir);

	if (path == NULL)
		return 0;
	if (strncmp(path, dir, len) == 0 && path[len] == '/')
		path += len + 1;
	e = find(snapshot, path);
	return e == NULL || tree_file(tree, generation, file, e->text) == -1;
}

static unsigned
add_files(struct tree *tree, const struct snapshot *snapshot, const char *dir)
{
	unsigned missing = 0;

	for (size_t i = 0; i < tree_generations(tree); i++)
		for (int f = 0; f < KEY_FILES; f++)
			missing +=
			    add_file(tree, snapshot, dir, i, (enum key_file)f);
	return missing;
}

/* What lacks is told by tree_finish. */
void
snapshot_zones(struct tree *tree, const struct snapshot *snapshot)
{
	char path[sizeof(CONF_ZONES) + ZONE_NAME_MAX + 1];
	const struct snapshot_entry *e;

	for (size_t i = 0; i < tree_zones(tree); i++) {
		if (tree_zone_wanted(tree, i) == NULL)
			continue;
		snprintf(path, sizeof(path), CONF_ZONES "/%s",
		    tree_zone_wanted(tree, i));
		if ((e = find(snapshot, path)) != NULL)
			tree_zone(tree, i, e->text, e->len);
	}
}

static unsigned
fill(struct tree *tree, const struct snapshot *snapshot, text_error_fn *told,
    void *told_arg)
{
	const struct snapshot_entry *e = find(snapshot, "countersign.conf");
	unsigned errors = 0;

	if (e != NULL)
		errors += tree_add(tree, TREE_SERVER, e->file, e->text, e->len,
		    told, told_arg);
	for (size_t part = 0; part < PARTS; part++)
		for (size_t i = 0; i < snapshot->count; i++) {
			e = &snapshot->list[i];
			if (is_of(e->file, part))
				errors += tree_add(tree, parts[part].part,
				    e->file, e->text, e->len, told, told_arg);
		}
	return errors;
}

static int
add_tenants(struct tree *tree, const struct snapshot *snapshot,
    text_error_fn *told, void *told_arg)
{
	const struct tenants_source source = {
		.root = -1,
		.last = snapshot,
		.told = told,
		.told_arg = told_arg,
	};

	return tenants_load(tree, &source);
}

struct tree *
snapshot_tree(const struct snapshot *snapshot, const char *dir,
    const struct format_word *formats, size_t count, text_error_fn *told,
    void *told_arg)
{
	struct text_error error = { .line = 0 };
	struct tree *tree = tree_new(dir, formats, count);
	unsigned errors;

	text_copy(error.file, sizeof(error.file), SNAPSHOT_FILE);
	if (tree == NULL) {
		text_fail(&error, 0, "no memory");
		told(told_arg, &error);
		return NULL;
	}
	errors = fill(tree, snapshot, told, told_arg);
	if (add_files(tree, snapshot, dir) > 0) {
		text_fail(&error, 0, "it lacks a key's file");
		told(told_arg, &error);
		errors++;
	}
	snapshot_zones(tree, snapshot);
	errors += tree_finish(tree, told, told_arg);
	if (errors == 0 && add_tenants(tree, snapshot, told, told_arg) == 0)
		return tree;
	tree_free(tree);
	return NULL;
}
