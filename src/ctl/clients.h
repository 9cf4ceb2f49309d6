/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tree in -C, and the client keys in it that an admin asks for.
 */
#ifndef CS_CTL_CLIENTS_H
#define CS_CTL_CLIENTS_H

#include "ctl/client_arg.h"
#include "policy/tree.h"

/* As the broker would load it; NULL, and every error is on stderr. */
struct tree *tree_here(const char *dir);

/* NULL: the tree does not have it. */
const struct client_key *client_by_print(
    const struct tree *, const char *print);

void client_print(const struct client_key *, char ret[static FINGERPRINT_SIZE]);

#endif
