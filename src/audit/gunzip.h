/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inflating a gzip file piece by piece, for lines.c.
 */
#ifndef CS_AUDIT_GUNZIP_H
#define CS_AUDIT_GUNZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct lines_gzip;

bool gunzip_is_gzip(const char *begin, size_t len);
/* Starts with bytes of the file that were read already; NULL: no memory. */
struct lines_gzip *gunzip_new(int fd, const char *begin, size_t len);
void gunzip_free(struct lines_gzip *);

/* As read(2), but the text of what is wrong in *ret_why with -1. */
ssize_t gunzip_read(
    struct lines_gzip *, char *ret, size_t size, const char **ret_why);

#endif
