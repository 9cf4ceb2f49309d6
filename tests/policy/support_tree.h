/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small trees from texts, and what was told about them.
 */
#ifndef CS_TESTS_POLICY_SUPPORT_TREE_H
#define CS_TESTS_POLICY_SUPPORT_TREE_H

#include "policy/decide.h"

/* Errors as "file:line: text" lines. */
struct told {
	unsigned count;
	char text[8192];
};

void told_add(void *told, const struct text_error *);

/* Raw formats, a wrapped one, and that of time-stamps. */
extern const struct format_word test_formats[];
#define TEST_FORMATS 5

/* The texts of a tree; NULL takes one that is good. */
struct texts {
	const char *server, *tokens, *keys, *profiles, *authorized;
};

/* The tree with all parts, whatever was told about it. */
struct tree *tree_of(const struct texts *, struct told *);

/* The same with other formats than test_formats. */
struct tree *tree_of_formats(
    const struct texts *, const struct format_word *, size_t, struct told *);

/* Asserts that nothing is told of the tree. */
struct tree *good_tree(const struct texts *);
/* Asserts that exactly one error is told, which is this whole line. */
void assert_told(const struct texts *, const char *line);

/* A client key's line, with its options and principal. */
#define ED25519_KEY    \
	"ssh-ed25519 " \
	"AAAAC3NzaC1lZDI1NTE5AAAAIIfrl98NaCitwc+gQ2PtkPqjPixgfMU1nVfGcJqth/HF"

#endif
