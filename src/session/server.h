/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libssh as a server: what every session offers to its peer.
 *
 * Prepared once in the parent; the children inherit it.
 */
#ifndef CS_SESSION_SERVER_H
#define CS_SESSION_SERVER_H

#include <libssh/libssh.h>
#include <libssh/server.h>

#include "wire/control.h"

/* Takes the key.  NULL: libssh refused something, what says what. */
ssh_bind server_prepare(ssh_key host_key, char what[static 128]);
/*
 * A session over a connected, non-blocking descriptor, which it owns then.
 * Nothing was read yet.  NULL: what says why.
 */
ssh_session server_accept(
    ssh_bind, int fd, const struct session_start *, char what[static 128]);

#endif
