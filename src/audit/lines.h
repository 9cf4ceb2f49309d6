/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lines of a file of any length, in bounded memory.
 */
#ifndef CS_AUDIT_LINES_H
#define CS_AUDIT_LINES_H

#include <stdbool.h>
#include <stddef.h>

enum lines_status {
	LINES_OK,
	LINES_END,
	LINES_TORN, /* the last line has no LF; it is given all the same */
	LINES_LONG, /* longer than LINES_SIZE */
	LINES_ERROR, /* errno */
};

#define LINES_SIZE (256u << 10)

struct lines {
	int fd;
	char *data;
	size_t start, end;
	unsigned number; /* of the line given last */
	bool looked_again;
};

/* The descriptor stays the caller's: 0, or -1 for no memory. */
int lines_init(struct lines *, int fd);
void lines_release(struct lines *);

/* A line without its LF; valid until the next call. */
enum lines_status lines_next(struct lines *, const char **ret, size_t *ret_len);

#endif
