/* SPDX-License-Identifier: Apache-2.0 */
#include "session/farewell.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

#define FLUSH_ROUNDS 8
#define PATIENCE_US 300000

/*
 * What was written before goes out first, and libssh learns that it may
 * write: a disconnect closes its socket whether the message left or not.
 */
static void
flush(ssh_event event, ssh_session ssh)
{
	for (int i = 0; i < FLUSH_ROUNDS; i++) {
		int wait_ms =
		    (ssh_get_status(ssh) & SSH_WRITE_PENDING) ? 20 : 0;

		if (ssh_event_dopoll(event, wait_ms) != SSH_OK)
			return;
	}
}

/*
 * Reads what the peer still sends until it has seen the end: closing with
 * unread input would reset the connection and take our last word with it.
 */
static void
drain(int fd)
{
	uint64_t until = clock_mono_us() + PATIENCE_US;
	struct pollfd want = { .fd = fd, .events = POLLIN };
	char unread[16384];
	uint64_t now;

	while ((now = clock_mono_us()) < until) {
		if (poll(&want, 1, (int)((until - now) / 1000) + 1) != 1)
			return;
		if (recv(fd, unread, sizeof(unread), 0) <= 0)
			return;
	}
}

void
farewell(ssh_event event, ssh_session ssh, int fd, const char *text)
{
	flush(event, ssh);
	ssh_session_set_disconnect_message(ssh, text);
	ssh_disconnect(ssh);
	shutdown(fd, SHUT_WR);
	drain(fd);
	close(fd);
}
