/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A folder of its own for each test, and what was told about it.
 */
#ifndef CS_TESTS_CONF_SUPPORT_FOLDER_H
#define CS_TESTS_CONF_SUPPORT_FOLDER_H

#include <sys/types.h>

#include "conf/load.h"

struct told {
	unsigned count;
	char text[4096]; /* "file:line: text" lines */
};

void told_add(void *told, const struct text_error *);

/* cmocka's setup and teardown: folder is made, and removed with all in it. */
extern char folder[64];
int folder_make(void **state);
int folder_drop(void **state);

/* Writes folder/name, making the folder above it; mode as given. */
void folder_put(const char *name, const char *text, mode_t);
/* Copies a file of the source tree (see source_top) to folder/name. */
void folder_copy(const char *source, const char *name);
void folder_mode(const char *name, mode_t);

/* Loads folder with a raw and a wrapped format. */
struct tree *folder_load(struct told *);

#endif
