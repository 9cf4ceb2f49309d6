/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records that are worth a line of their own: the first NOTES_MAX of a kind
 * are kept, the others are counted.
 */
#ifndef CS_REVIEW_NOTES_H
#define CS_REVIEW_NOTES_H

#include "audit/fields.h"

#define NOTES_MAX 1000

struct saying {
	uint64_t time_us, seq;
	char *event, *text;
};

struct notes {
	struct saying *list;
	size_t count, room;
	uint64_t total; /* with those that were not kept */
};

void notes_release(struct notes *);
/* The record's text and its fields, but for those that are of no use here. */
void notes_add(struct notes *, const struct fields *);

#endif
