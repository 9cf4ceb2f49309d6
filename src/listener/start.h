/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The order of start-up.  Whatever needs privilege happens before
 * start_confine(); nothing from the network is looked at before it.
 */
#ifndef CS_LISTENER_START_H
#define CS_LISTENER_START_H

#include "listener/listener.h"
#include "listener/options.h"

/*
 * -t: what the broker says to the whole tree, then what we say to the ground.
 * Returns the exit status.
 */
int start_test(const struct options *);

/*
 * Configuration, sockets, users, folders, programs, processes; returns when
 * all of them are ready.  0, or -1 after telling why; *ret then holds what
 * was begun.
 */
int start_processes(const struct options *, struct listener *ret);

/* The net user, the jail. */
int start_confine(struct listener *);

/* One line an address on stderr, and the service manager's word. */
void start_announce(const struct listener *, bool to_syslog);

/* Start-up failed: lets go of the processes that were started, and waits. */
void start_abandon(struct listener *);

#endif
