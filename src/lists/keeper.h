/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parent of the server: starts it, gives the broker its channel, and
 * starts another when it ends.  It looks at no list and runs no command, so
 * that whatever a list or a command does to the server, there is another.
 *
 * Starts with its channel to the broker as descriptor 3.
 */
#ifndef CS_LISTS_KEEPER_H
#define CS_LISTS_KEEPER_H

#define KEEPER_BROKER 3

/* The exit status: 0 when the broker closed its end. */
int keeper_run(void);

#endif
