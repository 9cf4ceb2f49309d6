/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which client key of a tree has a fingerprint.  The loader's thread makes it
 * beside the tree, so that the loop need not hash all client keys for one
 * that somebody names.
 */
#ifndef CS_BROKER_PRINTS_H
#define CS_BROKER_PRINTS_H

#include "policy/tree.h"

struct prints;

/* NULL: no memory. */
struct prints *prints_new(const struct tree *);
/* Accepts NULL. */
void prints_free(struct prints *);
/* tree is the one it was made of.  NULL: none of its client keys. */
const struct client_key *prints_find(
    const struct prints *, const struct tree *, const char *print);

#endif
