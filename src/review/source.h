/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which files input.c reads, and in which order.
 */
#ifndef CS_REVIEW_SOURCE_H
#define CS_REVIEW_SOURCE_H

#include <sys/types.h>

#include "audit/lines.h"
#include "review/input.h"

struct source {
	char *path;
	uint64_t first; /* seq of the first record; 0: none could be read */
	uint64_t named; /* the same by the name of a piece; 0: no piece */
	size_t place; /* in the caller's list */
	dev_t device; /* of a regular file */
	ino_t inode;
	int fd; /* -1: not open */
	struct lines lines; /* while fd is open */
};

struct sources {
	struct source *list;
	size_t count;
};

/* The named files, by the first record of each: 0, or -1 with reterr. */
int sources_named(
    int count, char **files, struct sources *ret, struct text_error *reterr);
/* The pieces of a log, or the lone file: 0, or -1 with reterr. */
int sources_of_log(
    const char *log, struct sources *ret, struct text_error *reterr);
void sources_release(struct sources *);

/* Unless it is open: 0, or -1 with reterr. */
int source_open(struct source *, struct text_error *reterr);
void source_close(struct source *);

/* Opens, finds first, and closes what can be opened again: 0, or -1. */
int source_look(struct source *, struct text_error *reterr);
/* Sorts by first, and drops what is there twice. */
void sources_order(struct sources *);

#endif
