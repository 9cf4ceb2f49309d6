/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The texts of one tenant's files, which are read before any of them counts.
 */
#ifndef CS_CONF_BUNDLE_H
#define CS_CONF_BUNDLE_H

#include <stddef.h>

struct bundle_file {
	char *name; /* below the tree's folder */
	char *text; /* a NUL follows */
	size_t len;
};

struct bundle {
	struct bundle_file *list;
	size_t count;
};

/* Takes over the text, whatever comes of it: 0, or -1: no memory. */
int bundle_add(struct bundle *, const char *name, char *text, size_t len);
const struct bundle_file *bundle_find(const struct bundle *, const char *name);
void bundle_release(struct bundle *);

#endif
