/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the listener holds: one struct, made by start.c, that its handlers
 * share.
 */
#ifndef CS_LISTENER_LISTENER_H
#define CS_LISTENER_LISTENER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/loop.h"
#include "listener/children.h"
#include "listener/ground.h"
#include "listener/listen.h"
#include "listener/throttle.h"
#include "wire/control.h"

enum phase {
	PHASE_START,
	PHASE_SERVE,
	PHASE_DRAIN, /* no new connections; accepted requests finish */
	PHASE_END, /* only waiting for the children to be gone */
};

/* A connection on its way to the broker and to the sessions: one at most. */
struct handover {
	bool held;
	bool told; /* the broker has its message */
	int fd;
	int ends[2]; /* the session's channel: the broker's, the session's */
	struct session_new peer;
};

struct listener {
	const struct server_conf *conf;
	struct users users;
	struct listen_set sockets;
	struct loop_source *accepting[LISTEN_MAX];
	struct children children;
	int broker, parent; /* control channels; -1: closed */
	struct loop_source *broker_source, *parent_source;
	int signals; /* a signalfd */
	struct loop_source *signal_source;
	int notify;
	struct loop *loop;
	struct loop_timer *pause, *deadline;
	struct throttle *throttle;
	struct handover handover;
	uint64_t connections; /* numbers given out */
	uint64_t complain_us; /* no word on refused connections before */
	uint64_t unsaid; /* refused since the last word */
	bool want_reload, want_drain; /* not sent yet: no room */
	enum phase phase;
	int status; /* to exit with */
};

#endif
