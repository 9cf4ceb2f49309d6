/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that only we write: opened, checked, locked, read at a place.
 */
#ifndef CS_BROKER_OWNED_H
#define CS_BROKER_OWNED_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/text.h"

/*
 * A regular file of ours that neither group nor others may write: a
 * descriptor, or -1 with reterr and errno.  No symbolic link, never blocks.
 */
int owned_open(
    const char *path, int flags, mode_t mode, struct text_error *reterr);
/* Waits two seconds at most: 0, or -1 with reterr: another process has it. */
int owned_lock(int fd, struct text_error *reterr);
/* Exactly len bytes: 0, or -1 (with errno 0 at the end of the file). */
int owned_read(int fd, void *ret, size_t len, off_t at);
/* Does the path lead to what is open? */
bool owned_is_named(int fd, const char *path);
/* The entries of the folder that path is in: 0, or -1 with errno. */
int owned_sync_folder(const char *path);

#endif
