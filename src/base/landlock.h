/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Landlock by system call: Debian 12's libc has no wrappers and its headers
 * stop at the first two versions of the interface.  For base/jail.c.
 */
#ifndef CS_BASE_LANDLOCK_H
#define CS_BASE_LANDLOCK_H

#include "base/jail.h"

/*
 * Leaves the process nothing of the file system but these folders (or files).
 * A path that does not exist is passed over.  0 (*ret: whether the kernel has
 * it), or -1 with errno.  no_new_privs must be set.
 */
int landlock_enter(const struct jail_path *, size_t count, bool *ret);

#endif
