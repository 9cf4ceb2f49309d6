/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which process is which worker.  A pid stays ours until it was waited for,
 * so what is in here can be killed without hitting a stranger.
 */
#ifndef CS_TOKEN_CHILDREN_H
#define CS_TOKEN_CHILDREN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define CHILDREN_MAX 256

struct children {
	struct child {
		uint32_t worker;
		pid_t pid;
	} list[CHILDREN_MAX];
	size_t count;
};

/* False: full, or the number is taken. */
bool children_add(struct children *, uint32_t worker, pid_t);
bool children_has_room(const struct children *, uint32_t worker);
/* 0: no such worker (any more). */
pid_t children_pid(const struct children *, uint32_t worker);
/* Forgets the process: true and its number, or false for a stranger. */
bool children_remove(struct children *, pid_t, uint32_t *ret);

#endif
