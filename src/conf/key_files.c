/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/key_files.h"

#include <stdio.h>

static int
look(const struct tree *tree, const struct generation *g, enum key_file file,
    conf_file_fn *check, struct text_error *ret)
{
	struct rule rule = tree_file_rule(tree, g->index, file);
	char why[MESSAGE_SIZE] = "";

	if (g->file[file] == NULL || check(g, file, g->file[file], why) == 0)
		return 0;
	text_copy(ret->file, sizeof(ret->file), rule.file);
	/* The end matters more than the name. */
	return text_fail(ret, rule.line, "key %.64s: %s %.60s: %s", g->of,
	    key_file_word(file), tree_file_name(tree, g->index, file), why);
}

unsigned
key_files_look(const struct tree *tree, size_t first, conf_file_fn *check,
    text_error_fn *told, void *told_arg)
{
	struct text_error error;
	unsigned errors = 0;

	for (size_t i = first; check != NULL && i < tree_generations(tree);
	     i++) {
		const struct generation *g = tree_generation(tree, i);

		/* Without its key it was told of already. */
		for (int f = 0; f < KEY_FILES && g->key != NULL; f++) {
			if (look(tree, g, (enum key_file)f, check, &error) == 0)
				continue;
			told(told_arg, &error);
			errors++;
		}
	}
	return errors;
}
