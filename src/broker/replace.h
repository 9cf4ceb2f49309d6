/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file that is there as a whole or not at all.
 */
#ifndef CS_BROKER_REPLACE_H
#define CS_BROKER_REPLACE_H

#include <stddef.h>
#include <sys/types.h>

/*
 * Puts data in the place of path, by way of PATH.new and once it is on disk:
 * 0, or -1 with errno.  It may take its time.
 */
int replace_file(const char *path, mode_t, const void *data, size_t len);

#endif
