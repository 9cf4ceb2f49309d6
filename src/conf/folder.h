/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which files of a drop-in folder count, in byte order.
 */
#ifndef CS_CONF_FOLDER_H
#define CS_CONF_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

struct folder {
	char **name;
	size_t count;
};

/* Hears of a name that may not be there; error.file is left alone. */
typedef void folder_bad_fn(
    void *arg, const char *name, const struct text_error *);

/*
 * The names in dir, a folder that only root or we can write to; one that does
 * not exist is empty.  conf_only: names must end in ".conf".  0, or -1 with
 * reterr->what.
 */
int folder_list(const char *dir, bool conf_only, struct folder *ret,
    folder_bad_fn *, void *arg, struct text_error *reterr);
/*
 * The same from an open folder, of which nothing was checked and which is
 * closed; with more than max names it is an error.
 */
int folder_read(int fd, size_t max, bool conf_only, struct folder *ret,
    folder_bad_fn *, void *arg, struct text_error *reterr);
void folder_release(struct folder *);

/* Is this folder safe to take files from?  0, or -1 with reterr->what. */
int folder_check(int fd, struct text_error *reterr);

#endif
