/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starting a command: no shell, nothing of ours but two pipes for what it
 * says, a session of its own, bounds, and its jail.
 */
#ifndef CS_LISTS_RUN_H
#define CS_LISTS_RUN_H

#include <stdbool.h>
#include <sys/types.h>

#include "wire/lists.h"

/* Memory, and processes of its user where that is its user alone. */
#define RUN_MEMORY (1UL << 30)
#define RUN_PROCESSES 256

struct run {
	pid_t pid; /* and its process group */
	int out, err; /* non-blocking */
	int trouble; /* has a struct run_trouble when it was not executed */
};

struct run_trouble {
	int error; /* errno; 0: what says it all */
	char what[128];
};

/*
 * alone: nobody else has our user.  0, or -1 with a text that says why not:
 * the file must be regular, root's or ours, and not writable by others.
 */
int run_start(const struct lists_query *, bool alone, struct run *ret,
    char ret_text[MESSAGE_SIZE]);
/* True when the process ended before it became the command. */
bool run_failed(const struct run *, char ret_text[MESSAGE_SIZE]);
/* Ends all of its group. */
void run_kill(const struct run *);
/* Closes what is open. */
void run_release(struct run *);

#endif
