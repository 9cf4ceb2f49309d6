/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that are trusted only when their owner and mode say so.
 */
#ifndef CS_BASE_FILE_H
#define CS_BASE_FILE_H

#include <stddef.h>
#include <sys/types.h>

#include "base/text.h"

enum file_trust {
	FILE_CONFIG, /* root's or ours, not writable by group or others */
	FILE_SECRET, /* as CONFIG, and no access at all for group and others */
};

/*
 * Reads a regular file of at most max bytes whole; the text is the caller's
 * (free), terminated by a NUL that len does not count.  0, or -1 with the
 * reason in reterr (file set to path, line 0).  Symbolic links are followed
 * for FILE_CONFIG and refused for FILE_SECRET.
 */
int file_load(const char *path, enum file_trust, size_t max, char **ret,
    size_t *ret_len, struct text_error *reterr);

/* The same checks on an open descriptor: 0, or -1 with reterr. */
int file_check(
    int fd, const char *path, enum file_trust, struct text_error *reterr);

/*
 * The rest of a regular file that is at most max bytes long; the text as
 * file_load's.  0, or -1 with errno: EFBIG, or EBUSY when it grew or shrank.
 */
int file_read(int fd, size_t max, char **ret, size_t *ret_len);

/* path itself when absolute, or joined to the folder of file; -1: too long. */
int file_beside(const char *file, const char *path, char *ret, size_t size);

/*
 * Makes the last component of path with this mode; one that exists, and is a
 * folder, keeps its own.  As root, either way it becomes uid's and gid's.
 * 0, or -1 with errno.
 */
int file_make_dir(const char *path, mode_t, uid_t, gid_t);

#endif
