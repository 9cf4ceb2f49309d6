/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The last word to a peer that is being sent away.
 */
#ifndef CS_SESSION_FAREWELL_H
#define CS_SESSION_FAREWELL_H

#include <libssh/libssh.h>

/*
 * Sends an SSH disconnect with this text and gives the peer a moment to read
 * it.  fd is a second descriptor of the session's connection, which this
 * closes like the session itself.
 */
void farewell(ssh_event, ssh_session, int fd, const char *text);

#endif
