/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers the broker's queries: digests that are in a file, and digests that
 * a command allows.
 */
#ifndef CS_LISTS_SERVER_H
#define CS_LISTS_SERVER_H

#include <stdbool.h>

/*
 * Serves the broker's channel and returns the exit status: 0 when the broker
 * closed its end.  alone: our user is nobody else's.
 * The channel blocks: answers are few and must not get lost.
 */
int server_run(int broker, bool alone);

#endif
