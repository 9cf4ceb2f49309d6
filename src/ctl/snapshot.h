/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tree that the service took last, from its state-dir.
 */
#ifndef CS_CTL_SNAPSHOT_H
#define CS_CTL_SNAPSHOT_H

#include "audit/fingerprint.h"
#include "policy/tree.h"

/*
 * dir is the folder of the tree that names the state-dir.  NULL, and why says
 * what the reason is.
 */
struct tree *running_tree(const struct tree *, const char *dir,
    char ret_print[static TREE_FINGERPRINT_SIZE], struct text_error *why);

#endif
