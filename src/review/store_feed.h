/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lines of a pipe as they come, for store_run.c: one read at a time, so
 * that nobody waits for a line's end.
 */
#ifndef CS_REVIEW_STORE_FEED_H
#define CS_REVIEW_STORE_FEED_H

#include <stdbool.h>

#include "base/buf.h"

struct feed {
	int fd; /* the caller's */
	bool ended;
	bool skipping; /* the rest of a line that was too long */
	struct buf data;
};

void feed_init(struct feed *, int fd);
void feed_release(struct feed *);
/* Reads what is there, and sets ended: 0, or -1 with errno. */
int feed_read(struct feed *);
/*
 * The next whole line without its LF, valid until the next call; at the end
 * also one without an LF, which is no record or a whole one.  One that is too
 * long is given as its beginning, which is no record either.
 */
bool feed_line(struct feed *, const char **ret, size_t *ret_len);

#endif
