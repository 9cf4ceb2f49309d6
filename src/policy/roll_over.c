/* SPDX-License-Identifier: Apache-2.0 */
/*
 * finish_generations, declared in policy/finish.h: generations find their
 * keys, in whichever of the files that are taken in together, and keys their
 * generations.
 */
#include <stdlib.h>
#include <string.h>

#include "policy/apart.h"
#include "policy/finish.h"

/* Those that are good so far. */
struct list {
	struct generation_row **rows;
	size_t count;
};

static int
texts(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return (a != NULL) - (b != NULL);
	return strcmp(a, b);
}

static int
numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int
by_start(const void *a, const void *b)
{
	const struct generation_row *const *x = a, *const *y = b;
	const struct generation *left = &(*x)->generation;
	const struct generation *right = &(*y)->generation;
	int order = numbers(left->key->index, right->key->index);

	if (order == 0)
		order = numbers((uint64_t)left->start, (uint64_t)right->start);
	return order != 0 ? order : numbers(left->index, right->index);
}

/* What they sign with; 0: the same of the same key. */
static int
by_means(const struct generation_row *a, const struct generation_row *b)
{
	const struct generation *left = &a->generation, *right = &b->generation;
	int order = numbers(left->key->index, right->key->index);

	if (order == 0)
		order = strcmp(left->token->name, right->token->name);
	if (order == 0)
		order = strcmp(left->object, right->object);
	if (order == 0)
		order = texts(a->path[KEY_FILE_CERTIFICATE],
		    b->path[KEY_FILE_CERTIFICATE]);
	if (order == 0)
		order =
		    texts(a->path[KEY_FILE_OPENPGP], b->path[KEY_FILE_OPENPGP]);
	return order;
}

static int
by_means_and_start(const void *a, const void *b)
{
	struct generation_row *const *left = a, *const *right = b;
	int order = by_means(*left, *right);

	return order != 0 ? order : by_start(a, b);
}

/* "what as generation a in keys.d/a.conf:5" */
static void
tell_pair(struct intake *in, const struct generation *g,
    const struct generation *other, const char *what)
{
	bool own = other->name[0] == '\0';

	intake_fail(in, g->rule.file, g->rule.line,
	    "generation %s of key %s %s as %s %s in %s:%u", g->name, g->of,
	    what, own ? "key" : "generation", own ? other->of : other->name,
	    other->rule.file, other->rule.line);
}

static void
check_means(struct intake *in, const struct list *list)
{
	if (list->count == 0)
		return;
	qsort(list->rows, list->count, sizeof(*list->rows), by_means_and_start);
	for (size_t i = 1; i < list->count; i++)
		if (by_means(list->rows[i - 1], list->rows[i]) == 0)
			tell_pair(in, &list->rows[i]->generation,
			    &list->rows[i - 1]->generation,
			    "has the same object and certificate");
}

static void
check_starts(struct intake *in, const struct list *list)
{
	for (size_t i = 1; i < list->count; i++) {
		const struct generation *g = &list->rows[i]->generation;
		const struct generation *before =
		    &list->rows[i - 1]->generation;

		if (g->key == before->key && g->start == before->start)
			tell_pair(in, g, before, "starts at the same time");
	}
}

/* Where a key lists a format, what the format needs must stand there, too. */
static void
check_files(struct intake *in, const struct generation_row *row)
{
	static const unsigned needs[KEY_FILES] = {
		[KEY_FILE_CERTIFICATE] = FORMAT_NEEDS_CERTIFICATE,
		[KEY_FILE_OPENPGP] = FORMAT_NEEDS_OPENPGP,
	};
	const struct generation *g = &row->generation;
	const struct names *formats = &g->key->limits.formats;

	for (int f = 0; f < KEY_FILES; f++)
		for (size_t i = 0; i < formats->count; i++) {
			const struct format_word *word =
			    tree_format(in->tree, formats->item[i]);

			if ((word->needs & needs[f]) == 0 ||
			    row->path[f] != NULL)
				continue;
			intake_fail(in, g->rule.file, g->rule.line,
			    "%s%s%skey %s has no %s: format %s needs one; "
			    "write %s = FILE",
			    g->name[0] != '\0' ? "generation " : "", g->name,
			    g->name[0] != '\0' ? " of " : "", g->of,
			    key_file_word((enum key_file)f), word->name,
			    key_file_word((enum key_file)f));
			break;
		}
}

/* And what it makes dangerous must not. */
static void
check_certificate(struct intake *in, const struct generation_row *row)
{
	const struct generation *g = &row->generation;
	const char *format = apart_certificate(&g->key->limits.formats);

	if (format == NULL || row->path[KEY_FILE_CERTIFICATE] == NULL)
		return;
	intake_fail(in, g->rule.file, row->path_rule[KEY_FILE_CERTIFICATE].line,
	    "key %s lists format %s, which could be made to sign what passes "
	    "for CMS under a certificate: leave certificate out",
	    g->of, format);
}

/* False: nothing more can be said of it. */
static bool
find_key(struct intake *in, struct generation_row *row)
{
	struct generation *g = &row->generation;
	struct key_row *key = tree_find_key(in->tree, g->of);

	if (key == NULL && g->of[0] != '\0')
		intake_fail(in, g->rule.file, row->of_rule.line,
		    "generation %s: there is no key %s", g->name, g->of);
	if (key == NULL)
		return false;
	g->key = &key->key;
	/* One that is not good counts, too: it was told of already. */
	key->key.count++;
	if (!row->complete || !key->complete)
		return false;
	check_files(in, row);
	check_certificate(in, row);
	if (key->key.audit && g->name[0] != '\0')
		intake_fail(in, g->rule.file, row->of_rule.line,
		    "generation %s: key %s has use = audit: the log's key has "
		    "no generations",
		    g->name, g->of);
	if (g->token == NULL) {
		g->token = key->own.generation.token;
		row->token_rule = key->own.token_rule;
	}
	if (g->token == NULL)
		intake_fail(in, g->rule.file, g->rule.line,
		    "generation %s has no token, and key %s names none",
		    g->name, g->of);
	return g->token != NULL;
}

static void
check_keys(struct intake *in)
{
	struct tree *tree = in->tree;

	/* A section that does not say of which key may be of any. */
	for (size_t i = tree->mark.generations; i < tree->generations.count;
	     i++)
		if (tree_generation(tree, i)->of[0] == '\0')
			return;
	for (size_t i = tree->mark.keys; i < tree->keys.count; i++) {
		const struct key_row *row = rows_at(&tree->keys, i);

		if (row->complete && row->key.count == 0)
			intake_fail(in, row->key.rule.file, row->key.rule.line,
			    "key %s has no object: the pkcs11: URI of the key",
			    row->key.name);
	}
}

static void
take_away(struct tree *tree)
{
	for (size_t i = tree->mark.keys; i < tree->keys.count; i++) {
		struct key_row *row = rows_at(&tree->keys, i);

		row->key.generations = NULL;
		row->key.count = 0;
	}
}

/* Each key's stand side by side. */
static void
hand_out(
    struct tree *tree, const struct list *list, const struct generation **all)
{
	struct key_row *row;

	take_away(tree);
	for (size_t i = 0; i < list->count; i++) {
		all[i] = &list->rows[i]->generation;
		row = rows_at(&tree->keys, all[i]->key->index);
		if (row->key.count++ == 0)
			row->key.generations = &all[i];
	}
}

void
finish_generations(struct intake *in)
{
	struct tree *tree = in->tree;
	size_t first = tree->mark.generations;
	size_t count = tree->generations.count - first;
	struct list list = { calloc(count + 1, sizeof(*list.rows)), 0 };
	const struct generation **all = arena_alloc(
	    &tree->arena, (count + 1) * sizeof(struct generation *));

	if (list.rows == NULL || all == NULL) {
		intake_fail(in, "keys.d", 0, "out of memory");
		goto out;
	}
	take_away(tree);
	for (size_t i = 0; i < count; i++) {
		struct generation_row *row =
		    rows_at(&tree->generations, first + i);

		if (find_key(in, row))
			list.rows[list.count++] = row;
	}
	check_keys(in);
	check_means(in, &list);
	if (list.count > 0)
		qsort(list.rows, list.count, sizeof(*list.rows), by_start);
	check_starts(in, &list);
	hand_out(tree, &list, all);
out:
	free(list.rows);
}
