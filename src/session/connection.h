/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One connection from its first byte to its last: key exchange, login, and
 * any number of channels, over one libssh session and one broker channel.
 */
#ifndef CS_SESSION_CONNECTION_H
#define CS_SESSION_CONNECTION_H

#include <libssh/server.h>

#include "session/exchange.h"
#include "session/login.h"
#include "wire/control.h"

/* The most channels at once that a listener may ask for. */
#define CONNECTION_CHANNELS 256

struct connection {
	struct common common;
	struct session_start start;
	struct login login;
	struct ssh_server_callbacks_struct callbacks;
	ssh_event event;
	int fd; /* the peer's, a second time; see farewell */
	bool broker_ready; /* something may be read from the broker */
	bool wants_room; /* we wait for room to write to it */
	struct exchange *exchanges[CONNECTION_CHANNELS];
	size_t count;
	size_t turn; /* whose turn it is to be first */
	uint64_t traffic_us;
	uint64_t leave_us; /* the broker ended it: when we go ... */
	bool patient; /* ... unless the client still takes its answers */
	bool served; /* a first command came */
	bool over;
	char farewell[MESSAGE_SIZE];
};

/*
 * c is all zero: not cleared here, because it holds large buffers that most
 * connections hardly touch.
 *
 * Serves the peer until the connection's end.  fd is a second descriptor of
 * the one that the session was made with.  From here on nothing is used that
 * the jail does not allow.  0, or -1 when something but the peer ended it.
 */
int connection_serve(struct connection *, ssh_session, int fd, int broker,
    const struct session_start *);
/* Ends it with a sentence for the peer. */
void connection_end(struct connection *, const char *text);
/*
 * The same once the commands under way got their end, or after a second;
 * patient: after five of silence, as long as the listener lets us.
 */
void connection_leave(struct connection *, const char *text, bool patient);
/* The exchange with this number, or NULL. */
struct exchange *connection_find(struct connection *, uint32_t number);

#endif
