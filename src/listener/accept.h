/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a connection to a session: accept, count, and hand over.  The broker is
 * told who the peer is before the session can say anything.
 */
#ifndef CS_LISTENER_ACCEPT_H
#define CS_LISTENER_ACCEPT_H

#include "listener/listener.h"

/* 0, or -1 with errno. */
int accept_open(struct listener *);
/* No connection is accepted any more; one that is held is dropped. */
void accept_close(struct listener *);
/* A control channel has room again. */
void accept_resume(struct listener *);

#endif
