/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A login between two sessions of this process, over a pair of sockets, so
 * that whatever libssh and libcrypto load, fetch and compute at first use is
 * there before the first fork.  Each child would do it again otherwise: it is
 * most of what a connection costs.
 */
#ifndef CS_SESSION_REHEARSAL_H
#define CS_SESSION_REHEARSAL_H

#include <libssh/server.h>

/* 0, or -1: it failed, which costs speed and nothing else. */
int rehearsal_run(ssh_bind);

#endif
