/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/tree.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/apart.h"
#include "policy/authorized.h"
#include "policy/finish.h"
#include "policy/section.h"
#include "policy/server.h"
#include "policy/tenant.h"
#include "policy/zones.h"

/* A file's name is part of rules in records. */
#define FILE_NAME_MAX 200
#define PATH_SIZE 4096

static const void *
name_key(const char *name, size_t *ret_len)
{
	*ret_len = strlen(name);
	return name;
}

static const void *
token_key(const struct rows *rows, size_t number, size_t *ret_len)
{
	const struct token_conf *token = rows_at(rows, number);

	return name_key(token->name, ret_len);
}

static const void *
key_key(const struct rows *rows, size_t number, size_t *ret_len)
{
	const struct key_row *row = rows_at(rows, number);

	return name_key(row->key.name, ret_len);
}

static const void *
generation_key(const struct rows *rows, size_t number, size_t *ret_len)
{
	const struct generation_row *row = rows_at(rows, number);

	return name_key(row->generation.name, ret_len);
}

static const void *
profile_key(const struct rows *rows, size_t number, size_t *ret_len)
{
	const struct profile *profile = rows_at(rows, number);

	return name_key(profile->name, ret_len);
}

static const void *
client_key(const struct rows *rows, size_t number, size_t *ret_len)
{
	const struct client_key *client = rows_at(rows, number);

	*ret_len = client->blob_len;
	return client->blob;
}

static const void *
tenant_key(const struct rows *rows, size_t number, size_t *ret_len)
{
	const struct tenant *tenant = rows_at(rows, number);

	return name_key(tenant->name, ret_len);
}

static const void *
zone_key(const struct rows *rows, size_t number, size_t *ret_len)
{
	const struct zone_slot *zone = rows_at(rows, number);

	return name_key(zone->name, ret_len);
}

static const void *
hours_key(const struct rows *rows, size_t number, size_t *ret_len)
{
	const struct hours *hours = rows_at(rows, number);

	return name_key(hours->text, ret_len);
}

struct tree *
tree_new(const char *dir, const struct format_word *formats, size_t count)
{
	struct tree *tree = calloc(1, sizeof(*tree));

	if (tree == NULL)
		return NULL;
	arena_init(&tree->arena);
	tree->formats = formats;
	tree->format_count = count;
	rows_init(&tree->tokens, sizeof(struct token_conf));
	rows_init(&tree->keys, sizeof(struct key_row));
	rows_init(&tree->generations, sizeof(struct generation_row));
	rows_init(&tree->profiles, sizeof(struct profile));
	rows_init(&tree->clients, sizeof(struct client_key));
	rows_init(&tree->tenants, sizeof(struct tenant));
	index_init(&tree->tenant_names, &tree->tenants, tenant_key);
	rows_init(&tree->zones, sizeof(struct zone_slot));
	index_init(&tree->zone_names, &tree->zones, zone_key);
	rows_init(&tree->hours, sizeof(struct hours));
	index_init(&tree->hours_texts, &tree->hours, hours_key);
	index_init(&tree->token_names, &tree->tokens, token_key);
	index_init(&tree->key_names, &tree->keys, key_key);
	index_init(&tree->generation_names, &tree->generations, generation_key);
	index_init(&tree->profile_names, &tree->profiles, profile_key);
	index_init(&tree->client_blobs, &tree->clients, client_key);
	tree->dir = arena_text(&tree->arena, dir, strlen(dir));
	if (tree->dir == NULL || server_defaults(tree) == -1) {
		tree_free(tree);
		return NULL;
	}
	return tree;
}

void
tree_free(struct tree *tree)
{
	if (tree == NULL)
		return;
	index_release(&tree->token_names);
	index_release(&tree->key_names);
	index_release(&tree->generation_names);
	index_release(&tree->profile_names);
	index_release(&tree->client_blobs);
	index_release(&tree->tenant_names);
	index_release(&tree->zone_names);
	index_release(&tree->hours_texts);
	rows_release(&tree->tokens);
	rows_release(&tree->keys);
	rows_release(&tree->generations);
	rows_release(&tree->profiles);
	rows_release(&tree->clients);
	rows_release(&tree->tenants);
	rows_release(&tree->zones);
	rows_release(&tree->hours);
	arena_release(&tree->arena);
	free(tree);
}

void
intake_tell(struct intake *in, struct text_error *error)
{
	if (!text_copy(error->file, sizeof(error->file), in->file))
		text_copy(error->file, sizeof(error->file), "(long name)");
	in->errors++;
	in->told(in->told_arg, error);
}

void
intake_fail(
    struct intake *in, const char *file, unsigned line, const char *fmt, ...)
{
	struct text_error error = { .line = line };
	va_list args;

	va_start(args, fmt);
	vsnprintf(error.what, sizeof(error.what), fmt, args);
	va_end(args);
	in->file = file;
	intake_tell(in, &error);
}

unsigned
tree_add(struct tree *tree, enum tree_part part, const char *file,
    const char *text, size_t len, text_error_fn *told, void *told_arg)
{
	char path[PATH_SIZE];
	struct intake in = {
		.tree = tree,
		.path = path,
		.told = told,
		.told_arg = told_arg,
	};
	int n = snprintf(path, sizeof(path), "%s/%s", tree->dir, file);

	in.file = arena_text(&tree->arena, file, strlen(file));
	if (in.file == NULL)
		intake_fail(&in, file, 0, "out of memory");
	else if (strlen(file) > FILE_NAME_MAX)
		intake_fail(&in, in.file, 0, "the file's name is over %d bytes",
		    FILE_NAME_MAX);
	else if (n < 0 || (size_t)n >= sizeof(path))
		intake_fail(&in, in.file, 0, "the file's path is too long");
	else if (part == TREE_AUTHORIZED)
		authorized_read(&in, text, len);
	else
		sections_read(&in, part, text, len);
	return in.errors;
}

unsigned
tree_finish(struct tree *tree, text_error_fn *told, void *told_arg)
{
	struct intake in = {
		.tree = tree,
		.told = told,
		.told_arg = told_arg,
	};

	finish_keys(&in);
	finish_generations(&in);
	apart_objects(&in);
	finish_profiles(&in);
	finish_tenant(&in);
	finish_hours(&in);
	return in.errors;
}
