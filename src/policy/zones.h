/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The time zones that a tree's hours name, each once.
 *
 * After the files of the tree, or of a tenant, were added, and before
 * tree_finish, the caller reads the file of each zone that still wants one and
 * hands it in, or says what is wrong.
 */
#ifndef CS_POLICY_ZONES_H
#define CS_POLICY_ZONES_H

#include "policy/hours.h"
#include "policy/private.h"

size_t tree_zones(const struct tree *);
/* A name such as Europe/Berlin; NULL: this one wants no file (any more). */
const char *tree_zone_wanted(const struct tree *, size_t index);
/* The file's bytes.  What is wrong with them is told by tree_finish. */
void tree_zone(struct tree *, size_t index, const void *data, size_t len);
void tree_zone_lacks(struct tree *, size_t index, const char *why);

/* Tells each section whose zone there is not. */
void finish_hours(struct intake *);

#endif
