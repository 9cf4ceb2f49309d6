/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/load.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "conf/folder.h"
#include "conf/key_files.h"
#include "conf/snapshot.h"
#include "conf/tenants.h"
#include "conf/zones.h"
#include "policy/tenant.h"

#define AUTHORIZED_FILE_MAX (256u << 20)
#define CERTIFICATE_MAX (256u << 10)

static const struct part {
	enum tree_part part;
	const char *folder;
	bool conf_only;
	size_t max; /* bytes of a file */
} parts[] = {
	{ TREE_TOKENS, "tokens.d", true, INI_FILE_MAX },
	{ TREE_KEYS, "keys.d", true, INI_FILE_MAX },
	{ TREE_PROFILES, "profiles.d", true, INI_FILE_MAX },
	{ TREE_AUTHORIZED, "authorized_keys.d", false, AUTHORIZED_FILE_MAX },
	{ TREE_TENANTS, "tenants.d", true, INI_FILE_MAX },
};
#define PARTS (sizeof(parts) / sizeof(parts[0]))

struct loader {
	char dir[PATH_MAX]; /* absolute, without links */
	struct tree *tree;
	conf_seen_fn *seen;
	void *seen_arg;
	text_error_fn *told;
	void *told_arg;
	unsigned errors;
	const char *folder; /* the one that is being listed */
};

/* error->what is about name, as below the tree's folder. */
static void
tell(struct loader *loader, const char *name, struct text_error *error)
{
	if (!text_copy(error->file, sizeof(error->file), name))
		text_copy(error->file, sizeof(error->file), "(long name)");
	loader->errors++;
	loader->told(loader->told_arg, error);
}

static void
tell_bad_name(void *arg, const char *name, const struct text_error *error)
{
	struct loader *loader = arg;
	struct text_error copy = *error;
	char escaped[128], file[256];

	text_escape(name, strlen(name), escaped, sizeof(escaped));
	snprintf(file, sizeof(file), "%s/%s", loader->folder, escaped);
	tell(loader, file, &copy);
}

/* The text is the caller's; NULL: told. */
static char *
load_text(struct loader *loader, const char *path, const char *name, size_t max,
    size_t *ret_len)
{
	struct text_error error;
	char *text;

	if (file_load(path, FILE_CONFIG, max, &text, ret_len, &error) == 0)
		return text;
	tell(loader, name, &error);
	return NULL;
}

static void
load_file(
    struct loader *loader, enum tree_part part, const char *name, size_t max)
{
	char path[PATH_MAX + 256];
	size_t len;
	char *text;

	snprintf(path, sizeof(path), "%s/%s", loader->dir, name);
	if ((text = load_text(loader, path, name, max, &len)) == NULL)
		return;
	loader->errors += tree_add(loader->tree, part, name, text, len,
	    loader->told, loader->told_arg);
	if (loader->seen != NULL)
		loader->seen(loader->seen_arg, name, text, len);
	free(text);
}

static void
load_folder(struct loader *loader, const struct part *part)
{
	char path[PATH_MAX + 32], name[256];
	struct text_error error;
	struct folder folder;

	loader->folder = part->folder;
	snprintf(path, sizeof(path), "%s/%s", loader->dir, part->folder);
	if (folder_list(path, part->conf_only, &folder, tell_bad_name, loader,
		&error) == -1) {
		tell(loader, part->folder, &error);
		return;
	}
	for (size_t i = 0; i < folder.count; i++) {
		snprintf(
		    name, sizeof(name), "%s/%s", part->folder, folder.name[i]);
		load_file(loader, part->part, name, part->max);
	}
	folder_release(&folder);
}

static void
load_key_file(
    struct loader *loader, size_t number, enum key_file which, const char *path)
{
	const struct generation *of = tree_generation(loader->tree, number);
	size_t dir = strlen(loader->dir), len;
	struct text_error error;
	const char *name = path;
	char *pem;

	if (strncmp(path, loader->dir, dir) == 0 && path[dir] == '/')
		name = path + dir + 1;
	if (file_load(path, FILE_CONFIG, CERTIFICATE_MAX, &pem, &len, &error) ==
	    -1) {
		struct text_error told = { .line = of->rule.line };

		text_fail(&told, of->rule.line, "key %s: %s %.100s: %.100s",
		    of->of, key_file_word(which), name, error.what);
		tell(loader, of->rule.file, &told);
		return;
	}
	if (strlen(pem) != len ||
	    tree_file(loader->tree, number, which, pem) == -1) {
		text_fail(&error, of->rule.line, "key %s: %s %.100s: is not %s",
		    of->of, key_file_word(which), name, key_file_kind(which));
		tell(loader, of->rule.file, &error);
	} else if (loader->seen != NULL) {
		loader->seen(loader->seen_arg, name, pem, len);
	}
	free(pem);
}

static void
load_key_files(struct loader *loader, size_t number)
{
	for (int f = 0; f < KEY_FILES; f++) {
		const char *path =
		    tree_file_path(loader->tree, number, (enum key_file)f);

		if (path != NULL)
			load_key_file(loader, number, (enum key_file)f, path);
	}
}

/* Finds the folder, so that paths in the tree are absolute: 0, or -1: told. */
static int
loader_start(struct loader *loader, const char *dir,
    const struct format_word *formats, size_t count)
{
	struct text_error error;
	int fd = -1, rv = -1;

	if (realpath(dir, loader->dir) == NULL ||
	    (fd = open(loader->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) ==
		-1) {
		text_fail(&error, 0, "%s", strerror(errno));
		goto out;
	}
	if (folder_check(fd, &error) == -1)
		goto out;
	if ((loader->tree = tree_new(loader->dir, formats, count)) == NULL) {
		text_fail(&error, 0, "out of memory");
		goto out;
	}
	rv = 0;
out:
	if (fd != -1)
		close(fd);
	if (rv == -1)
		tell(loader, dir, &error);
	return rv;
}

static struct tree *
loader_end(struct loader *loader)
{
	if (loader->errors == 0)
		return loader->tree;
	tree_free(loader->tree);
	return NULL;
}

static void
ignore(void *arg, const struct text_error *error)
{
	(void)arg;
	(void)error;
}

/*
 * What was in force, as far as it is known: for tenants that are bad now, and
 * for who has which client key when there is no tree in force yet.  What the
 * tree itself grants is most of it, and tells nothing of tenants.
 */
static void
load_last(struct loader *loader, const struct conf_source *from,
    struct snapshot *last, struct tree **ret_before)
{
	const char *state_dir = tree_server(loader->tree)->state_dir;
	struct text_error ignored;

	if (snapshot_load(state_dir, last, &ignored) == -1)
		return;
	snapshot_drop(last, "profiles.d/");
	snapshot_drop(last, "authorized_keys.d/");
	if (from->before == NULL)
		*ret_before = snapshot_tree(last, loader->dir, from->formats,
		    from->format_count, ignore, NULL);
}

/* Bad tenants are no reason to refuse the tree. */
static void
load_tenants(struct loader *loader, const struct conf_source *from)
{
	struct snapshot last = { .list = NULL };
	struct tree *before = NULL;
	struct text_error error;
	struct tenants_source source = {
		.last = &last,
		.check = from->check,
		.seen = from->seen,
		.seen_arg = from->seen_arg,
		.told = from->told,
		.told_arg = from->told_arg,
	};

	load_last(loader, from, &last, &before);
	source.before = from->before != NULL ? from->before : before;
	source.root = open(loader->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (source.root == -1 || tenants_load(loader->tree, &source) == -1) {
		text_fail(&error, 0, "%s", strerror(errno));
		tell(loader, "tenants", &error);
	}
	if (source.root != -1)
		close(source.root);
	tree_free(before);
	snapshot_release(&last);
}

/*
 * Every file of the tree itself.  False when what tenants hang on is bad, so
 * that errors in their files would mislead.
 */
static bool
load_parts(struct loader *loader)
{
	unsigned before;
	bool good;

	load_file(loader, TREE_SERVER, "countersign.conf", INI_FILE_MAX);
	good = loader->errors == 0;
	for (size_t i = 0; i < PARTS; i++) {
		before = loader->errors;
		load_folder(loader, &parts[i]);
		if (parts[i].part == TREE_TOKENS ||
		    parts[i].part == TREE_TENANTS)
			good = good && loader->errors == before;
	}
	return good;
}

struct tree *
conf_load_from(const struct conf_source *from)
{
	struct loader loader = {
		.seen = from->seen,
		.seen_arg = from->seen_arg,
		.told = from->told,
		.told_arg = from->told_arg,
	};
	bool good;

	if (loader_start(
		&loader, from->dir, from->formats, from->format_count) == -1)
		return NULL;
	good = load_parts(&loader);
	for (size_t i = 0; i < tree_generations(loader.tree); i++)
		load_key_files(&loader, i);
	conf_zones(loader.tree, from->seen, from->seen_arg);
	loader.errors += tree_finish(loader.tree, from->told, from->told_arg);
	loader.errors += key_files_look(
	    loader.tree, 0, from->check, from->told, from->told_arg);
	/* A tree that is refused still has all its errors told. */
	if (good && tree_tenants(loader.tree) > 0)
		load_tenants(&loader, from);
	return loader_end(&loader);
}

struct tree *
conf_load(const char *dir, const struct format_word *formats, size_t count,
    conf_seen_fn *seen, void *seen_arg, text_error_fn *told, void *told_arg)
{
	const struct conf_source from = {
		.dir = dir,
		.formats = formats,
		.format_count = count,
		.seen = seen,
		.seen_arg = seen_arg,
		.told = told,
		.told_arg = told_arg,
	};

	return conf_load_from(&from);
}

struct tree *
conf_load_server(const char *dir, text_error_fn *told, void *told_arg)
{
	struct loader loader = { .told = told, .told_arg = told_arg };

	if (loader_start(&loader, dir, NULL, 0) == -1)
		return NULL;
	load_file(&loader, TREE_SERVER, "countersign.conf", INI_FILE_MAX);
	load_folder(&loader, &parts[0]);
	return loader_end(&loader);
}

void
conf_tell(void *arg, const struct text_error *error)
{
	(void)arg;
	if (error->line != 0)
		log_warn("%s:%u: %s", error->file, error->line, error->what);
	else
		log_warn("%s: %s", error->file, error->what);
}
