/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Going to the background: the process that the admin started stays until the
 * service is ready, and ends with 0 or with what the service ended with.
 */
#ifndef CS_LISTENER_BACKGROUND_H
#define CS_LISTENER_BACKGROUND_H

struct background {
	int word; /* to the first process */
	int null;
};

/* Returns in the child only: 0, or -1 with errno when there is no child. */
int background_enter(struct background *ret);

/* Lets the first process go, and the terminal with it. */
void background_ready(struct background *);

#endif
