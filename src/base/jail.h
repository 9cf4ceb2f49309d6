/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a process gives up what it does not need: the mechanism.  What each
 * domain keeps is one const table in its own jail.c.
 *
 * Two halves, so that a process that forks many children prepares once:
 * jail_prepare compiles the seccomp filter, jail_enter applies everything to
 * the calling process in a few system calls.  Built with a sanitizer, only
 * no_new_privs and core and file limits apply, because the sanitizer's own
 * calls are on nobody's list.
 */
#ifndef CS_BASE_JAIL_H
#define CS_BASE_JAIL_H

#include <stdbool.h>
#include <stddef.h>

/* A system call, why it is needed, and (optionally) a check of one argument. */
struct jail_call {
	const char *name;
	const char *why;
	/*
	 * When has_arg: argument number arg, masked, must equal value.  On a
	 * deny-list only its lower 32 bits count.
	 */
	bool has_arg;
	unsigned arg;
	unsigned long mask;
	unsigned long value;
};

/*
 * A folder (or file) the process may still use; Landlock, where the kernel has
 * it.  What is not writable may be executed, as far as the calls allow that.
 * One that does not exist is passed over.
 */
struct jail_path {
	const char *path;
	bool writable;
};

struct jail {
	const char *name; /* for messages */
	/* Allow-list ended by a NULL name; a call not on it kills. */
	const struct jail_call *calls;
	/*
	 * Instead of calls: a deny-list, for processes that run foreign
	 * modules; a call on it fails with EPERM.
	 */
	const struct jail_call *denied;
	unsigned long open_files; /* RLIMIT_NOFILE, 0: as it is */
	unsigned long memory; /* RLIMIT_AS in bytes, 0: as it is */
	bool processes; /* may fork; otherwise RLIMIT_NPROC is 0 */
};

struct jail_filter; /* the compiled filter */

/* 0, or -1 with a message in what[128].  *ret is the caller's. */
int jail_prepare(const struct jail *, struct jail_filter **ret, char what[128]);
void jail_filter_free(struct jail_filter *);

/*
 * Enters: no core dumps, not traceable, limits, no_new_privs, Landlock with
 * exactly these paths (npaths may be 0: no files at all), then the filter.
 * Filter and paths hold for the calling thread, so start others later.
 * 0, or -1 with a message.  A kernel without Landlock is not an error:
 * *ret_landlock (may be NULL) says which.
 */
int jail_enter(const struct jail *, const struct jail_filter *,
    const struct jail_path *paths, size_t npaths, bool *ret_landlock,
    char what[128]);

/*
 * The first part alone, for a process that is about to read a secret: no core
 * dumps, not traceable.  0, or -1 with errno.
 */
int jail_private(void);

/*
 * The user, its group and the groups that list it, irrevocably: 0, or -1 with
 * errno.  Never root.
 */
int jail_become(const char *user);

#endif
