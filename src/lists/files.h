/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that were read, kept as long as they are the same; those that were not
 * asked for longest make room.
 */
#ifndef CS_LISTS_FILES_H
#define CS_LISTS_FILES_H

#include "base/text.h"
#include "lists/set.h"

/* Files, and bytes of memory; the last one read is kept in any case. */
#define FILES_MAX 64
#define FILES_BYTES ((size_t)256 << 20)

struct files;

/* NULL: no memory. */
struct files *files_new(void);
/* Accepts NULL. */
void files_free(struct files *);

/*
 * What is in the file now: valid until the next call, or NULL with reterr
 * (line 0: the whole file).
 */
const struct set *files_get(
    struct files *, const char *path, struct text_error *reterr);
/* How often a file was read. */
uint64_t files_read(const struct files *);

#endif
