/* SPDX-License-Identifier: Apache-2.0 */
#include "support_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

const struct format_word test_formats[] = {
	{ .name = "raw", .wrapped = false },
	{ .name = "raw-pss", .wrapped = false },
	{ .name = "p1363", .wrapped = false },
	{ .name = "cms",
	    .wrapped = true,
	    .needs = FORMAT_HAS_SIGNING_TIME | FORMAT_HAS_PREDICATE },
	{ .name = "tsa", .wrapped = true, .needs = FORMAT_NEEDS_POLICY },
};

void
told_add(void *arg, const struct text_error *error)
{
	struct told *told = arg;
	size_t used = strlen(told->text);

	told->count++;
	snprintf(told->text + used, sizeof(told->text) - used, "%s:%u: %s\n",
	    error->file, error->line, error->what);
}

static const struct texts good = {
	.server = "",
	.tokens = "[token t]\n"
		  "module = /m.so\n"
		  "token = demo\n"
		  "pin-file = pin\n",
	.keys = "[key release]\n"
		"token = t\n"
		"object = pkcs11:object=release\n"
		"use = raw\n"
		"[key image]\n"
		"token = t\n"
		"object = pkcs11:object=image\n"
		"use = wrapped\n",
	.profiles = "[profile ci]\n"
		    "keys = release\n",
	.authorized = "profile=\"ci\" " ED25519_KEY " build01\n",
};

static void
add(struct tree *tree, enum tree_part part, const char *file, const char *text,
    const char *otherwise, struct told *told)
{
	if (text == NULL)
		text = otherwise;
	tree_add(tree, part, file, text, strlen(text), told_add, told);
}

struct tree *
tree_of(const struct texts *t, struct told *told)
{
	return tree_of_formats(t, test_formats, TEST_FORMATS, told);
}

struct tree *
tree_of_formats(const struct texts *t, const struct format_word *formats,
    size_t count, struct told *told)
{
	struct tree *tree = tree_new("/etc/cs", formats, count);

	assert_non_null(tree);
	*told = (struct told){ .count = 0 };
	add(tree, TREE_SERVER, "countersign.conf", t->server, good.server,
	    told);
	add(tree, TREE_TOKENS, "tokens.d/t.conf", t->tokens, good.tokens, told);
	add(tree, TREE_KEYS, "keys.d/k.conf", t->keys, good.keys, told);
	add(tree, TREE_PROFILES, "profiles.d/p.conf", t->profiles,
	    good.profiles, told);
	add(tree, TREE_AUTHORIZED, "authorized_keys.d/a", t->authorized,
	    good.authorized, told);
	tree_finish(tree, told_add, told);
	return tree;
}

struct tree *
good_tree(const struct texts *texts)
{
	struct told told;
	struct tree *tree = tree_of(texts, &told);

	assert_string_equal(told.text, "");
	return tree;
}

void
assert_told(const struct texts *texts, const char *line)
{
	struct told told;
	char expected[1024];

	tree_free(tree_of(texts, &told));
	snprintf(expected, sizeof(expected), "%s\n", line);
	assert_string_equal(told.text, expected);
	assert_int_equal(told.count, 1);
}
