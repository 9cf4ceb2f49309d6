/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a tree: rows by number, by name and by blob. */
#include <string.h>

#include "policy/private.h"

static void *
by_name(const struct index *index, const struct rows *rows, const char *name)
{
	return rows_at(rows, index_find(index, name, strlen(name)));
}

struct token_conf *
tree_find_token(const struct tree *tree, const char *name)
{
	return by_name(&tree->token_names, &tree->tokens, name);
}

struct key_row *
tree_find_key(const struct tree *tree, const char *name)
{
	return by_name(&tree->key_names, &tree->keys, name);
}

struct generation_row *
tree_find_generation(const struct tree *tree, const char *name)
{
	return by_name(&tree->generation_names, &tree->generations, name);
}

struct profile *
tree_find_profile(const struct tree *tree, const char *name)
{
	return by_name(&tree->profile_names, &tree->profiles, name);
}

const struct format_word *
tree_format(const struct tree *tree, const char *name)
{
	for (size_t i = 0; i < tree->format_count; i++)
		if (strcmp(tree->formats[i].name, name) == 0)
			return &tree->formats[i];
	return NULL;
}

const char *
tree_file_path(const struct tree *tree, size_t generation, enum key_file file)
{
	const struct generation_row *row =
	    rows_at(&tree->generations, generation);

	return row == NULL ? NULL : row->path[file];
}

const char *
tree_file_name(const struct tree *tree, size_t generation, enum key_file file)
{
	const char *path = tree_file_path(tree, generation, file);
	size_t dir = strlen(tree->dir);

	if (path == NULL || strncmp(path, tree->dir, dir) != 0 ||
	    path[dir] != '/')
		return path;
	return path + dir + 1;
}

struct rule
tree_file_rule(const struct tree *tree, size_t generation, enum key_file file)
{
	const struct generation_row *row =
	    rows_at(&tree->generations, generation);

	if (row->path_rule[file].file != NULL)
		return row->path_rule[file];
	return row->generation.rule;
}

int
tree_file(
    struct tree *tree, size_t generation, enum key_file file, const char *text)
{
	static const char *const begins[KEY_FILES] = {
		[KEY_FILE_CERTIFICATE] = "-----BEGIN CERTIFICATE-----",
		[KEY_FILE_OPENPGP] = "-----BEGIN PGP PUBLIC KEY BLOCK-----",
	};
	struct generation_row *row = rows_at(&tree->generations, generation);
	const char *copy;

	if (row == NULL || strstr(text, begins[file]) == NULL)
		return -1;
	copy = arena_text(&tree->arena, text, strlen(text));
	row->generation.file[file] = copy;
	return copy == NULL ? -1 : 0;
}

const struct server_conf *
tree_server(const struct tree *tree)
{
	return &tree->server;
}

size_t
tree_tokens(const struct tree *tree)
{
	return tree->tokens.count;
}

const struct token_conf *
tree_token(const struct tree *tree, size_t number)
{
	return rows_at(&tree->tokens, number);
}

size_t
tree_keys(const struct tree *tree)
{
	return tree->keys.count;
}

const struct signing_key *
tree_key(const struct tree *tree, size_t number)
{
	const struct key_row *row = rows_at(&tree->keys, number);

	return row == NULL ? NULL : &row->key;
}

const struct signing_key *
tree_key_by_name(const struct tree *tree, const char *name)
{
	const struct key_row *row = tree_find_key(tree, name);

	return row == NULL ? NULL : &row->key;
}

size_t
tree_generations(const struct tree *tree)
{
	return tree->generations.count;
}

const struct generation *
tree_generation(const struct tree *tree, size_t number)
{
	const struct generation_row *row = rows_at(&tree->generations, number);

	return row == NULL ? NULL : &row->generation;
}

const struct generation *
tree_generation_by_name(const struct tree *tree, const char *name)
{
	const struct generation_row *row = tree_find_generation(tree, name);

	return row == NULL ? NULL : &row->generation;
}

size_t
tree_profiles(const struct tree *tree)
{
	return tree->profiles.count;
}

const struct profile *
tree_profile(const struct tree *tree, size_t number)
{
	return rows_at(&tree->profiles, number);
}

size_t
tree_clients(const struct tree *tree)
{
	return tree->clients.count;
}

const struct client_key *
tree_client(const struct tree *tree, size_t number)
{
	return rows_at(&tree->clients, number);
}

const struct client_key *
tree_client_by_blob(const struct tree *tree, const void *blob, size_t len)
{
	return rows_at(
	    &tree->clients, index_find(&tree->client_blobs, blob, len));
}

const struct signing_key *
tree_audit_key(const struct tree *tree)
{
	for (size_t i = 0; i < tree_keys(tree); i++)
		if (tree_key(tree, i)->audit)
			return tree_key(tree, i);
	return NULL;
}

const struct profile *
tree_profile_by_name(const struct tree *tree, const char *name)
{
	return tree_find_profile(tree, name);
}
