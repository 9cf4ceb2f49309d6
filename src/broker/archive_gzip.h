/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file's compressed copy, made and compared in small steps.
 */
#ifndef CS_BROKER_ARCHIVE_GZIP_H
#define CS_BROKER_ARCHIVE_GZIP_H

#include <sys/types.h>

struct gzip;

/* The descriptors stay the caller's, the file is size bytes.  NULL: errno. */
struct gzip *gzip_new(int from, int to, off_t size);
void gzip_free(struct gzip *);

/*
 * Writes a little more of the copy; then it is complete and on disk: 1, 0
 * (complete), or -1 with errno.
 */
int gzip_write(struct gzip *);
/* The same for reading it back: 0 when every byte was the file's. */
int gzip_compare(struct gzip *);

#endif
