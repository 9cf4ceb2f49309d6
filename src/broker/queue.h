/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines that wait for a token.  Each client key may have so many of them, over
 * all its connections and channels ([limits] queue); and for each token and
 * class it is known how many there are and how long they will take, so that
 * who is told to try again is told when.
 */
#ifndef CS_BROKER_QUEUE_H
#define CS_BROKER_QUEUE_H

#include "base/buf.h"
#include "base/words.h"

struct request;
struct service;
struct session;
struct slot;

/* One class at one token: what may go to a worker, and what that takes. */
struct queue {
	size_t lines;
	uint64_t us;
};

/* Has its client key as many lines as may wait? */
bool queue_is_full(const struct session *);

/* A line came; */
void queue_enter(struct slot *);
/* it may go to a worker, with the slot's key; */
void queue_ready(struct slot *);
/* it does, is decided anew, or waits no more.  Twice is no harm. */
void queue_unready(struct slot *);
void queue_leave(struct slot *);

/* "busy, try again in 3 s", by what waits for the request's token. */
void queue_busy(const struct request *, char ret[static MESSAGE_SIZE]);

/* For status: each token's classes, and the clients with the most lines. */
void queue_text(const struct service *, struct buf *);
void queue_json(const struct service *, struct buf *);

#endif
