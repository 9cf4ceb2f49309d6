/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The processes that the listener starts, and how they end.
 */
#ifndef CS_LISTENER_CHILDREN_H
#define CS_LISTENER_CHILDREN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum child {
	CHILD_KEEPER,
	CHILD_BROKER,
	CHILD_PARENT,
	CHILD_LISTS,
	CHILD_COUNT,
};

struct children {
	pid_t pid[CHILD_COUNT]; /* 0: not started, or gone */
};

const char *child_program(enum child);
bool children_gone(const struct children *);
/* One that ended: true with which and its status, as from waitpid. */
bool children_reap(struct children *, enum child *ret, int *ret_status);
/* "ended with status 1", "was killed by signal 9 (Killed)". */
void child_status_text(int status, char *ret, size_t size);

#endif
