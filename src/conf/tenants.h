/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tenants' own files, after the tree's.
 *
 * Each tenant is taken whole or not at all.  The files of one that has an
 * error are told and left; what was in force before (conf/snapshot.h) is
 * taken instead, and nothing where there is no such thing or where it does
 * not fit any more.  Nothing that one tenant does costs another anything.
 */
#ifndef CS_CONF_TENANTS_H
#define CS_CONF_TENANTS_H

#include "conf/load.h"
#include "conf/snapshot.h"

struct tenants_source {
	/* The tree's folder; -1: no file is read, only `last' counts. */
	int root;
	/* What was in force, or NULL; and as a tree, or NULL. */
	const struct snapshot *last;
	const struct tree *before;
	conf_file_fn *check; /* or NULL */
	conf_seen_fn *seen; /* or NULL */
	void *seen_arg;
	text_error_fn *told;
	void *told_arg;
};

/*
 * Adds what the tenants of a finished tree have; which of them are bad stands
 * in the tree (struct tenant).  0, or -1: no memory.
 */
int tenants_load(struct tree *, const struct tenants_source *);

#endif
