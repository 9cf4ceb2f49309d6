/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the processes of this domain may still do.
 *
 * They are deny-lists: nobody knows what an admin's command calls, and it
 * inherits the server's.  The file system is readable and nothing in it
 * writable but /dev/null, where the kernel has Landlock.
 */
#ifndef CS_LISTS_JAIL_H
#define CS_LISTS_JAIL_H

#include <stdbool.h>

/* For keeper and server: 0, or -1 with a message in what[128]. */
int jail_lists(char what[128]);

/*
 * For a command, in two halves: the server prepares once, each command's
 * process enters.  A command can do less than the server: it cannot signal
 * other processes, leave its process group or, unless it may use the network,
 * open any socket but AF_UNIX.
 */
int jail_command_prepare(char what[128]);
int jail_command_enter(bool network, char what[128]);

#endif
