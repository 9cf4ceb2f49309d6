/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a command prints: all of it is taken, so that it can go on, and only
 * the beginning is kept.
 */
#ifndef CS_LISTS_SAID_H
#define CS_LISTS_SAID_H

#include <stdbool.h>
#include <stddef.h>

#include "base/words.h"

#define SAID_MAX 300

struct said {
	char text[SAID_MAX];
	size_t used;
};

/* From a non-blocking pipe, a bounded part at a time; false: it is over. */
bool said_take(struct said *, int fd);
/* Its first line, for people: false when there is none, or an empty one. */
bool said_line(const struct said *, char ret[MESSAGE_SIZE]);

#endif
