/* SPDX-License-Identifier: Apache-2.0 */
#include "support_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "format/format.h"
#include "support_ends.h"

static void
told(void *arg, const struct text_error *error)
{
	(void)arg;
	fail_msg("%s:%u: %s", error->file, error->line, error->what);
}

static void
add(struct tree *tree, enum tree_part part, const char *file, const char *text)
{
	tree_add(tree, part, file, text, strlen(text), told, NULL);
}

struct tree *
test_tree_of(const char *keys, const char *server, const char *tokens)
{
	size_t count;
	const struct format_word *formats = format_words(&count);
	struct tree *tree = tree_new("/conf", formats, count);

	assert_non_null(tree);
	add(tree, TREE_SERVER, "countersign.conf",
	    server != NULL ? server : "[server]\nuser = sign\n");
	add(tree, TREE_TOKENS, "tokens.d/t.conf", tokens);
	add(tree, TREE_KEYS, "keys.d/k.conf", keys);
	add(tree, TREE_PROFILES, "profiles.d/p.conf",
	    "[profile p]\nformats = raw\n");
	add(tree, TREE_AUTHORIZED, "authorized_keys.d/a",
	    "profile=\"p\" ssh-ed25519 " TEST_CLIENT " build01\n");
	assert_int_equal(tree_finish(tree, told, NULL), 0);
	return tree;
}

struct tree *
test_tree(const char *keys, const char *server)
{
	return test_tree_of(keys, server,
	    "[token t]\nmodule = /m.so\ntoken = t\npin-file = pin\n");
}
