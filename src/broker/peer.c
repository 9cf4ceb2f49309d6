/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/peer.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/channel.h"
#include "base/log.h"

/* Messages of one peer before the others have their turn. */
#define TURN 8

struct waiting {
	struct waiting *next;
	size_t len;
	uint8_t data[];
};

struct peer {
	const struct peer_kind *kind;
	void *owner;
	struct loop_source *source;
	int fd;
	int brought; /* the descriptor of the message at hand, or -1 */
	unsigned state;
	struct waiting *first, **last;
	size_t queued;
	const char *fault; /* found while sending; told by the loop */
	bool busy; /* inside a handler: freeing waits */
	bool dead;
};

static void peer_ready(void *arg, uint32_t events);

struct peer *
peer_new(struct loop *loop, int fd, const struct peer_kind *kind, void *owner)
{
	struct peer *peer = calloc(1, sizeof(*peer));
	int flags = fcntl(fd, F_GETFL);

	if (peer == NULL || flags == -1 ||
	    fcntl(fd, F_SETFL, flags | O_NONBLOCK) == -1)
		goto fail;
	peer->kind = kind;
	peer->owner = owner;
	peer->fd = fd;
	peer->brought = -1;
	peer->state = 1;
	peer->last = &peer->first;
	peer->source = loop_add(loop, fd, EPOLLIN, peer_ready, peer);
	if (peer->source != NULL)
		return peer;
fail:
	close(fd);
	free(peer);
	return NULL;
}

static void
queue_clear(struct peer *peer)
{
	struct waiting *w;

	while ((w = peer->first) != NULL) {
		peer->first = w->next;
		free(w);
	}
	peer->last = &peer->first;
	peer->queued = 0;
}

/* Closes the channel; the struct stays until its owner frees it. */
static void
peer_close(struct peer *peer)
{
	loop_remove(peer->source);
	peer->source = NULL;
	if (peer->fd != -1)
		close(peer->fd);
	peer->fd = -1;
	if (peer->brought != -1)
		close(peer->brought);
	peer->brought = -1;
	queue_clear(peer);
}

void
peer_free(struct peer *peer)
{
	if (peer == NULL)
		return;
	peer_close(peer);
	if (peer->busy)
		peer->dead = true;
	else
		free(peer);
}

void
peer_state(struct peer *peer, unsigned state)
{
	peer->state = state;
}

int
peer_take_fd(struct peer *peer)
{
	int fd = peer->brought;

	peer->brought = -1;
	return fd;
}

bool
peer_is_full(const struct peer *peer)
{
	return peer->first != NULL;
}

static void
enqueue(struct peer *peer, const uint8_t *data, size_t len)
{
	struct waiting *w;

	if (peer->queued + len > peer->kind->queue_max ||
	    (w = malloc(sizeof(*w) + len)) == NULL) {
		/* The loop tells it when it next looks at this channel. */
		peer->fault = "it does not read what it is told";
		queue_clear(peer);
		loop_events(peer->source, EPOLLIN | EPOLLOUT);
		return;
	}
	w->next = NULL;
	w->len = len;
	memcpy(w->data, data, len);
	*peer->last = w;
	peer->last = &w->next;
	peer->queued += len;
	loop_events(peer->source, EPOLLIN | EPOLLOUT);
}

void
peer_send(struct peer *peer, const struct writer *w)
{
	if (peer->fd == -1 || peer->fault != NULL)
		return;
	if (!writer_ok(w))
		log_fatal("a message to %s does not fit", peer->kind->name);
	if (peer->first == NULL) {
		switch (channel_send(peer->fd, w->start, w->used)) {
		case CHANNEL_OK:
		case CHANNEL_CLOSED: /* reading will tell */
			return;
		case CHANNEL_AGAIN:
			break;
		case CHANNEL_BROKEN:
			peer->fault = "sending failed";
			loop_events(peer->source, EPOLLIN | EPOLLOUT);
			return;
		}
	}
	enqueue(peer, w->start, w->used);
}

/* Sends what waits, as far as there is room. */
static void
send_waiting(struct peer *peer)
{
	struct waiting *w;

	while ((w = peer->first) != NULL) {
		enum channel_status s = channel_send(peer->fd, w->data, w->len);

		if (s == CHANNEL_AGAIN)
			return;
		if (s != CHANNEL_OK) {
			queue_clear(peer);
			return;
		}
		peer->first = w->next;
		peer->queued -= w->len;
		free(w);
		if (peer->first == NULL)
			peer->last = &peer->first;
	}
}

void
peer_linger(struct peer *peer, int timeout_ms)
{
	struct pollfd want = { .fd = peer->fd, .events = POLLOUT };

	while (peer->first != NULL && poll(&want, 1, timeout_ms) == 1 &&
	    (want.revents & POLLOUT) != 0)
		send_waiting(peer);
}

/* The end, from inside the loop. */
static void
peer_end(struct peer *peer, const char *why)
{
	peer_close(peer);
	peer->kind->gone(peer->owner, why);
}

/* NULL, or the rule that the message breaks. */
static const char *
obey(struct peer *peer, struct reader *r)
{
	enum wire_type type = wire_get_type(r);
	const struct surface *row = peer->kind->surface;
	bool known = false;

	if (type == WIRE_NONE)
		return "a message of no type";
	for (; row->type != WIRE_NONE; row++) {
		if (row->type != type)
			continue;
		if ((row->states & peer->state) != 0)
			return row->handle(peer->owner, r);
		known = true;
	}
	return known ? "a message out of turn" :
		       "a message that it may not send";
}

bool
peer_handle(struct peer *peer, struct reader *r)
{
	const char *why;

	peer->busy = true;
	why = obey(peer, r);
	if (!peer->dead && why == NULL && peer->brought != -1)
		why = "a descriptor came unasked";
	if (!peer->dead && why != NULL)
		peer_end(peer, why);
	peer->busy = false;
	if (!peer->dead)
		return why == NULL;
	free(peer);
	return false;
}

/* One message: false when there is none, or it was the last. */
static bool
receive_one(struct peer *peer)
{
	/* One for all peers: messages are handled one at a time. */
	static uint8_t space[CHANNEL_MAX];
	enum channel_status status;
	struct reader r;
	size_t count = 0;

	if (peer->kind->descriptors)
		status = channel_recv_fds(
		    peer->fd, space, &r, &peer->brought, 1, &count);
	else
		status = channel_recv(peer->fd, space, &r);
	switch (status) {
	case CHANNEL_OK:
		return peer_handle(peer, &r);
	case CHANNEL_AGAIN:
		return false;
	case CHANNEL_CLOSED:
		peer_end(peer, NULL);
		return false;
	case CHANNEL_BROKEN:
		break;
	}
	peer_end(peer, "its message is no message");
	return false;
}

static bool
has_message(int fd)
{
	char byte;
	struct iovec part = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr header = { .msg_iov = &part, .msg_iovlen = 1 };

	return recvmsg(fd, &header, MSG_PEEK | MSG_DONTWAIT) == 1;
}

void
peer_drain(struct peer *peer)
{
	while (has_message(peer->fd) && receive_one(peer))
		;
}

static void
peer_ready(void *arg, uint32_t events)
{
	struct peer *peer = arg;

	if (peer->fault != NULL) {
		peer_end(peer, peer->fault);
		return;
	}
	if ((events & EPOLLOUT) != 0 && peer->first != NULL) {
		send_waiting(peer);
		if (peer->first == NULL) {
			loop_events(peer->source, EPOLLIN);
			if (peer->kind->drained != NULL)
				peer->kind->drained(peer->owner);
			return;
		}
	}
	if ((events & ~(uint32_t)EPOLLOUT) == 0)
		return;
	for (int i = 0; i < TURN && receive_one(peer); i++)
		;
}
