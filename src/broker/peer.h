/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The other end of a channel in the loop: what it may say in which state, and
 * what waits to be said to it.
 *
 * A peer that stops reading must not stop the others: what its socket does
 * not take is queued up to a bound, and one that passes the bound is dropped.
 */
#ifndef CS_BROKER_PEER_H
#define CS_BROKER_PEER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cursor.h"
#include "base/loop.h"
#include "wire/type.h"

/*
 * Handles one message whose type is read already.  NULL, or the rule that it
 * breaks, which costs the peer its channel.
 */
typedef const char *handler_fn(void *owner, struct reader *);

/* One row of what a peer may say; a table ends with WIRE_NONE. */
struct surface {
	enum wire_type type;
	unsigned states;
	handler_fn *handle;
};

struct peer_kind {
	const char *name;
	const struct surface *surface;
	bool descriptors; /* a message may bring one */
	size_t queue_max; /* bytes */
	/*
	 * The channel is over and closed already; why is NULL when the peer
	 * ended it.  The owner calls peer_free.
	 */
	void (*gone)(void *owner, const char *why);
	/* Everything queued was taken; may be NULL. */
	void (*drained)(void *owner);
};

struct peer;

/* Takes fd over, on failure too.  The first state is 1. NULL: no memory. */
struct peer *peer_new(
    struct loop *, int fd, const struct peer_kind *, void *owner);
/* Closes the channel; the owner hears nothing more.  Accepts NULL. */
void peer_free(struct peer *);

void peer_state(struct peer *, unsigned state);
/* The descriptor that came with the message at hand, now the caller's, or -1.
 */
int peer_take_fd(struct peer *);
/*
 * Sends or queues a whole message.  A failure is told later by gone, never
 * from in here.
 */
void peer_send(struct peer *, const struct writer *);
/* Messages are waiting for room in the socket. */
bool peer_is_full(const struct peer *);
/* Sends what is queued, waiting for room at most so long; for the end. */
void peer_linger(struct peer *, int timeout_ms);

/*
 * Handles what it said before it ended, when another peer tells us of its
 * end first.  Owner and peer may be gone afterwards.
 */
void peer_drain(struct peer *);

/* What the loop does with each message; false when that ended the peer. */
bool peer_handle(struct peer *, struct reader *);

#endif
