/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parent of all sessions: it has loaded libssh and the host key, forks a
 * child for each connection that the listener hands over, and tells it when
 * one is gone.  It never reads a byte from a peer.
 */
#ifndef CS_SESSION_PARENT_H
#define CS_SESSION_PARENT_H

#include <libssh/server.h>

#include "base/jail.h"

/* Runs until the listener is gone.  The exit status. */
int parent_run(int listener, ssh_bind, const struct jail_filter *);

#endif
