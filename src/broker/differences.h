/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is different between the tree that ran before a start and the one that
 * runs now: STATE-DIR/configuration, which lists the former, and its writing.
 */
#ifndef CS_BROKER_DIFFERENCES_H
#define CS_BROKER_DIFFERENCES_H

#include "broker/listing.h"
#include "broker/recall.h"

struct difference {
	enum change_kind kind;
	const struct recalled *before; /* NULL: gained */
	const struct listed *now; /* NULL: lost */
};

struct differences {
	struct difference *list;
	size_t count;
	bool known; /* there was a listing; otherwise there is none here */
	/* What they point into. */
	char *text;
	struct recall before;
	struct listing now;
};

/*
 * Between the listing in the folder and the tree, which must stay as long as
 * the result.  What cannot be read is logged, and nothing is known then.
 */
void differences_find(
    const char *dir, const struct tree *, struct differences *ret);
void differences_release(struct differences *);

/*
 * Writes the listing of a tree to its state-dir: 0, or -1 (which is logged).
 * Takes its time.
 */
int configuration_save(const struct tree *);

#endif
