/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Telling the service manager, as sd_notify(3) does: datagrams to the socket
 * that NOTIFY_SOCKET names.
 */
#ifndef CS_LISTENER_NOTIFY_H
#define CS_LISTENER_NOTIFY_H

/*
 * A connected socket, to be opened while files can still be reached, or -1
 * when nobody asked (errno 0) or the address is unusable.  The variable is
 * removed, so that no other process speaks for us.
 */
int notify_open(void);

/* "READY=1" and the like.  Accepts -1. */
void notify_send(int fd, const char *text);

#endif
