/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starting another domain's program: as its user, with its descriptors at
 * fixed numbers, and with nothing else of ours.
 *
 * The program is opened while we may still reach it and executed by that
 * descriptor, because its folder may be closed to the user it runs as.
 */
#ifndef CS_LISTENER_SPAWN_H
#define CS_LISTENER_SPAWN_H

#include <stddef.h>
#include <sys/types.h>

/* Where the child finds what it was given; 0 and 1 are /dev/null. */
#define SPAWN_FIRST_FD 3
#define SPAWN_FDS 3

struct spawn {
	int program; /* from spawn_open() */
	const char *user; /* NULL: stay who we are */
	char *const *argv; /* NULL-terminated */
	int fds[SPAWN_FDS]; /* become 3, 4, 5; -1: none; stay ours */
	int err; /* becomes 2 */
};

/*
 * Opens a program by its bare name: from the folder of the running program
 * when it is there (a build folder), otherwise from CS_LIBEXECDIR; never from
 * PATH.  A descriptor, or -1 with errno.
 */
int spawn_open(const char *name);

/*
 * The child ignores the signals that are for countersignd alone and has a
 * process group of its own; no program it executes gains a privilege.  0, or -1
 * with errno.  A child that cannot become its user or cannot be executed ends
 * with 71 and says so on its err.
 */
int spawn_start(const struct spawn *, pid_t *ret);

#endif
