/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The memory of digests: within repeat-window the same profile, signing key,
 * format, hash and digest are answered with the same signature, so that a
 * retry costs no signature and no budget.  What is answered so is on record as
 * SIGN, with repeat.
 *
 * Policy comes first: a line is looked up when all else allows it.  While the
 * first of the same is on its way, later ones wait for it.
 *
 * So many, and so much, are remembered; the oldest go first.  The store has
 * them for the next start, but nothing waits for that.
 */
#ifndef CS_BROKER_REPEAT_H
#define CS_BROKER_REPEAT_H

#include "broker/map.h"
#include "broker/store.h"

#define REPEATS_MAX 65536
#define REPEATS_BYTES ((size_t)32 << 20)

struct pool;
struct request;
struct service;
struct slot;

/* A request that waits, or is to go on; embedded in it. */
struct repeat_wait {
	struct repeat_wait *next, **at; /* at NULL: neither */
};

struct repeat {
	struct map_node node;
	struct repeat *older, *newer; /* of those with an answer */
	uint8_t key[STORE_KEY];
	struct slot *leader; /* is on its way; NULL: there is an answer */
	bool hidden; /* nobody can wait for it: not in the map yet */
	uint32_t window;
	struct repeat_wait *waiting; /* for it */
	uint64_t seq; /* of the first one's record */
	int64_t made, expires; /* seconds since 1970 */
	size_t len;
	uint8_t *answer;
};

struct repeats {
	struct map map;
	struct pool *pool;
	struct store *store; /* or NULL */
	struct repeat *oldest, *newest;
	size_t count, bytes; /* of those with an answer */
	struct repeat_wait *woken;
};

void repeats_init(struct repeats *, struct pool *);
/* What slots lead goes with the pool. */
void repeats_release(struct repeats *);
/* What the store has and is not over.  0, or -1 with reterr. */
int repeats_load(
    struct repeats *, struct store *, int64_t now, struct text_error *reterr);

enum repeated {
	REPEAT_NONE, /* to be signed */
	REPEAT_WAITS, /* for the first of the same; lines_pump comes then */
	REPEAT_KNOWN, /* costs nothing; of sign, the slot has the answer */
};
/* A line that policy allows. */
enum repeated repeat_line(struct request *, struct slot *);
/*
 * It will be signed: later ones wait for it, but not for a line of an atomic
 * request, which waits for others of its own.
 */
void repeat_lead(struct request *, struct slot *);
/* It will not be, or not now: the next one may. */
void repeat_leave(struct slot *);
/* Those of an atomic request, when all of it is decided. */
void repeat_deliver(struct request *);
/* It was, and is on record as slot->seq. */
void repeat_learn(struct slot *);
/* The request waits for nothing any more. */
void repeat_forget(struct request *);

/* Requests that go on: after a round, before work goes out. */
void repeats_round(struct service *);

#endif
