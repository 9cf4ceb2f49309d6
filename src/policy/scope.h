/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names as a file writes them, and as the tree knows them: those of a
 * tenant's files are put behind the tenant's own.
 */
#ifndef CS_POLICY_SCOPE_H
#define CS_POLICY_SCOPE_H

#include "policy/value.h"

/* name in the tenant (NULL: the tree itself): 0, or -1: too long. */
int scope_name(
    const struct tenant *, const char *name, char ret[static NAME_SIZE]);

/* The tree's copy of the scoped name, or NULL with reterr. */
const char *place_name(
    const struct place *, const char *name, struct text_error *reterr);

/* struct names of names in the file's own tenant */
value_fn value_own_names;
value_fn value_own_name; /* const char *; only one */

/* May the tenant have one more?  0, or -1 with reterr->what. */
int place_room(const struct place *, const struct rows *, size_t before,
    size_t max, struct text_error *reterr);

#endif
