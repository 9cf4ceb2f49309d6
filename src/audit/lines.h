/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lines of a file of any length, in bounded memory.  A file that begins
 * as gzip does is inflated, all its members one after another.
 */
#ifndef CS_AUDIT_LINES_H
#define CS_AUDIT_LINES_H

#include <stdbool.h>
#include <stddef.h>

enum lines_status {
	LINES_OK,
	LINES_END,
	LINES_TORN, /* the last line has no LF; it is given all the same */
	LINES_LONG, /* longer than LINES_SIZE: its beginning, the rest is not */
	LINES_ERROR, /* why */
};

#define LINES_SIZE (256u << 10)

struct lines_gzip;

struct lines {
	int fd;
	char *data;
	size_t start, end;
	unsigned number; /* of the line given last */
	const char *why; /* a text that stays, for LINES_ERROR */
	struct lines_gzip *gzip; /* NULL: plain */
	bool begun, looked_again, skipping;
};

/* The descriptor stays the caller's: 0, or -1 for no memory. */
int lines_init(struct lines *, int fd);
void lines_release(struct lines *);

/* A line without its LF; valid until the next call. */
enum lines_status lines_next(struct lines *, const char **ret, size_t *ret_len);
/* Gives the line of len bytes that came last, with LINES_OK, once more. */
void lines_again(struct lines *, size_t len);

#endif
