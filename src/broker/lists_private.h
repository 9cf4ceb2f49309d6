/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What lists.c and lists_turns.c share.
 */
#ifndef CS_BROKER_LISTS_PRIVATE_H
#define CS_BROKER_LISTS_PRIVATE_H

#include "base/loop.h"
#include "broker/lists.h"
#include "broker/peer.h"

/* A question: lines of one request. */
struct lists_ask {
	struct lists_ask *next;
	struct request *request; /* NULL: it waits no more */
	uint64_t id;
	enum list_kind kind;
	unsigned tries; /* servers that had it */
	uint32_t timeout_ms;
	uint8_t count;
	uint64_t number[WIRE_BATCH]; /* of the lines */
	uint8_t *message;
	size_t len;
};

struct lane {
	unsigned out;
	struct request *first, *last; /* who waits for a turn */
};

struct lists {
	struct service *service;
	struct peer *keeper, *server; /* NULL: none */
	bool settled, away;
	struct loop_timer *timer;
	uint64_t heard_us; /* of the server, or of its end */
	uint64_t last_id;
	struct lists_ask *first, **last;
	struct lane lane[LIST_KINDS];
};

/* Who waits may ask, as far as there is room. */
void lists_give_turns(struct lists *, enum list_kind);

#endif
