/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Going to the background: the process that the admin started stays until the
 * service is ready, and ends with 0 or with what the service ended with.
 */
#ifndef CS_LISTENER_BACKGROUND_H
#define CS_LISTENER_BACKGROUND_H

/*
 * Returns in the child only, with a descriptor for background_ready(), or -1
 * with errno when there is no child.
 */
int background_enter(void);

/* Lets the first process go, and the terminal with it.  Accepts -1. */
void background_ready(int fd);

#endif
