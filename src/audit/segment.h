/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pieces of a log on the signer's disk.  For `[audit] file = audit.log':
 *
 *	audit.log.000000000001.gz	a closed piece, compressed
 *	audit.log.000000048213		a closed piece
 *	audit.log.000000096034		the piece that is written ...
 *	audit.log			... and its second name (a hard link)
 *
 * The number is the seq of the piece's first record.  A piece keeps its name
 * from its first record on, so whoever follows it reads all of it once.
 */
#ifndef CS_AUDIT_SEGMENT_H
#define CS_AUDIT_SEGMENT_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SEGMENT_DIGITS 12
#define SEGMENT_GZ ".gz"

struct segment {
	uint64_t first; /* seq */
	bool packed;
};

struct segments {
	struct segment *list; /* by first; a plain piece hides its packed one */
	size_t count;
};

/* "FILE.000000000042" or "FILE.000000000042.gz": 0, or -1: too long. */
int segment_path(
    const char *file, const struct segment *, char ret[static PATH_MAX]);
/* Is that the name of a piece of FILE (both without folders)? */
bool segment_parse(const char *name, const char *file, struct segment *ret);
/* Those there are: 0 (none is fine), or -1 with errno. */
int segments_list(const char *file, struct segments *ret);
void segments_release(struct segments *);

#endif
