/* SPDX-License-Identifier: Apache-2.0 */
/*
 * countersignd's command line.
 */
#ifndef CS_LISTENER_OPTIONS_H
#define CS_LISTENER_OPTIONS_H

#include <limits.h>
#include <stdbool.h>

struct options {
	char dir[PATH_MAX]; /* -C: the tree's folder, absolute */
	bool foreground; /* -D */
	bool test; /* -t */
	bool debug; /* -d */
};

/* -1 to go on, or the exit status after a word on stderr. */
int options_parse(struct options *ret, int argc, char **argv);

#endif
