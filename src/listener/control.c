/* SPDX-License-Identifier: Apache-2.0 */
#include "listener/control.h"

#include <sys/wait.h>
#include <unistd.h>

#include "base/channel.h"
#include "base/log.h"
#include "listener/accept.h"
#include "listener/drain.h"

typedef bool handler(struct listener *, struct reader *);

static bool
on_logged_in(struct listener *l, struct reader *r)
{
	struct logged_in in;

	if (!logged_in_get(r, &in))
		return false;
	throttle_logged_in(l->throttle, in.connection);
	return true;
}

static bool
on_drained(struct listener *l, struct reader *r)
{
	if (!bare_get(r))
		return false;
	log_debug("the broker has drained");
	drain_end(l);
	return true;
}

static bool
on_session_gone(struct listener *l, struct reader *r)
{
	struct session_gone gone;
	char how[64];

	if (!session_gone_get(r, &gone))
		return false;
	throttle_gone(l->throttle, gone.connection);
	if (WIFSIGNALED((int)gone.status)) {
		child_status_text((int)gone.status, how, sizeof(how));
		log_warn("the session of connection %llu %s",
		    (unsigned long long)gone.connection, how);
	}
	return true;
}

#define BROKER 1
#define PARENT 2

/* All that the other processes can say to us, and when. */
static const struct {
	enum wire_type type;
	unsigned from;
	unsigned phases;
	handler *handle;
} surface[] = {
	{ WIRE_LOGGED_IN, BROKER, 1 << PHASE_SERVE | 1 << PHASE_DRAIN,
	    on_logged_in },
	{ WIRE_DRAINED, BROKER, 1 << PHASE_DRAIN, on_drained },
	{ WIRE_SESSION_GONE, PARENT,
	    1 << PHASE_SERVE | 1 << PHASE_DRAIN | 1 << PHASE_END,
	    on_session_gone },
};

static bool
dispatch(struct listener *l, unsigned from, struct reader *r)
{
	enum wire_type type = wire_get_type(r);

	for (size_t i = 0; i < sizeof(surface) / sizeof(surface[0]); i++) {
		if (surface[i].type == type && surface[i].from == from &&
		    (surface[i].phases & (1u << l->phase)) != 0)
			return surface[i].handle(l, r);
	}
	return false;
}

/* Messages taken before other sources get their turn. */
#define ROUND 64

/* False when the channel is of no more use. */
static bool
take(struct listener *l, int fd, unsigned from)
{
	static uint8_t buf[CHANNEL_MAX];
	struct reader r;

	for (int i = 0; i < ROUND; i++) {
		switch (channel_recv(fd, buf, &r)) {
		case CHANNEL_OK:
			break;
		case CHANNEL_AGAIN:
			return true;
		case CHANNEL_CLOSED:
			return false;
		case CHANNEL_BROKEN:
			log_fatal("a control channel is broken");
		}
		if (!dispatch(l, from, &r))
			log_fatal("%s said what it may not say",
			    from == BROKER ? "the broker" :
					     "the parent of the sessions");
		/* A handler may have closed the channel. */
		if ((from == BROKER ? l->broker : l->parent) == -1)
			return true;
	}
	return true;
}

/* Who hung up ends, and SIGCHLD tells how: here is nothing to say. */
static void
broker_ready(void *arg, uint32_t events)
{
	struct listener *l = arg;

	if ((events & EPOLLOUT) != 0) {
		control_flush(l);
		accept_resume(l);
	}
	if ((events & ~(uint32_t)EPOLLOUT) != 0 &&
	    !take(l, l->broker, BROKER)) {
		loop_remove(l->broker_source);
		l->broker_source = NULL;
		return;
	}
	control_update(l);
}

static void
parent_ready(void *arg, uint32_t events)
{
	struct listener *l = arg;

	if ((events & EPOLLOUT) != 0)
		accept_resume(l);
	if ((events & ~(uint32_t)EPOLLOUT) != 0 &&
	    !take(l, l->parent, PARENT)) {
		loop_remove(l->parent_source);
		l->parent_source = NULL;
		return;
	}
	control_update(l);
}

int
control_open(struct listener *l)
{
	l->broker_source =
	    loop_add(l->loop, l->broker, EPOLLIN, broker_ready, l);
	l->parent_source =
	    loop_add(l->loop, l->parent, EPOLLIN, parent_ready, l);
	return l->broker_source != NULL && l->parent_source != NULL ? 0 : -1;
}

static void
close_one(int *fd, struct loop_source **source)
{
	loop_remove(*source);
	*source = NULL;
	if (*fd != -1)
		close(*fd);
	*fd = -1;
}

void
control_close_parent(struct listener *l)
{
	close_one(&l->parent, &l->parent_source);
}

void
control_close(struct listener *l)
{
	close_one(&l->broker, &l->broker_source);
	close_one(&l->parent, &l->parent_source);
}

void
control_update(struct listener *l)
{
	const struct handover *h = &l->handover;
	bool broker = l->want_reload || l->want_drain || (h->held && !h->told);
	bool parent = h->held && h->told;

	if (l->broker_source != NULL)
		loop_events(l->broker_source,
		    EPOLLIN | (broker ? (uint32_t)EPOLLOUT : 0));
	if (l->parent_source != NULL)
		loop_events(l->parent_source,
		    EPOLLIN | (parent ? (uint32_t)EPOLLOUT : 0));
}

/* True when it went out, or never can. */
static bool
send_bare(const struct listener *l, enum wire_type type)
{
	uint8_t space[8];
	struct writer w;

	writer_init(&w, space, sizeof(space));
	bare_put(&w, type);
	return l->broker == -1 ||
	    channel_send(l->broker, w.start, w.used) != CHANNEL_AGAIN;
}

void
control_flush(struct listener *l)
{
	if (l->want_reload && send_bare(l, WIRE_RELOAD))
		l->want_reload = false;
	if (l->want_drain && send_bare(l, WIRE_DRAIN))
		l->want_drain = false;
	control_update(l);
}
