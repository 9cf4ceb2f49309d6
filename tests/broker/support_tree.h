/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small trees in memory.
 */
#ifndef CS_TESTS_BROKER_SUPPORT_TREE_H
#define CS_TESTS_BROKER_SUPPORT_TREE_H

#include "policy/tree.h"

#define TEST_KEY(name, object)                                           \
	"[key " name "]\ntoken = t\nobject = pkcs11:object=" object "\n" \
	"use = raw\n"

/*
 * With these keys, a profile "p" that grants them all, and one client; server
 * replaces countersign.conf when not NULL.  Asserts that it is good.
 */
struct tree *test_tree(const char *keys, const char *server);
/* The same with this tokens.d. */
struct tree *test_tree_of(
    const char *keys, const char *server, const char *tokens);

#endif
