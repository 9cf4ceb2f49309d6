/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One worker process: what it was told, what it has to do, and whether it
 * does it in time.
 */
#ifndef CS_BROKER_WORKER_H
#define CS_BROKER_WORKER_H

#include "base/channel.h"
#include "broker/keyring.h"
#include "broker/peer.h"
#include "wire/token.h"

struct chore;
struct slot;
struct token;

/* Jobs in a worker's queue: a batch in its hands, and one on its way. */
#define WORKER_JOBS (2 * WIRE_BATCH)

/* States, as bits for the surface table. */
enum {
	WORKER_LOGIN = 1,
	WORKER_READY = 2,
};

struct worker {
	struct worker *next; /* of its token */
	struct token *token;
	uint32_t number;
	uint32_t pid;
	unsigned state;
	struct peer *peer; /* NULL: not started yet */
	struct loop_timer *watch;
	uint64_t since_us; /* what it does, it does since then */
	struct slot *jobs[WORKER_JOBS]; /* oldest first */
	size_t count;
	struct chore *chore; /* beside these, or NULL */
	uint64_t load_us;
	uint8_t *fit; /* by key number */
	size_t fit_size;
	unsigned facts_due;
	unsigned failures; /* in a row */
	bool starved; /* in this round nobody has work for it */
	struct writer out; /* the JOBS message at hand */
	uint16_t batch;
	uint8_t space[CHANNEL_MAX];
};

/* NULL: no memory. */
struct worker *worker_new(struct token *, uint32_t number);
void worker_free(struct worker *);
/* The process is there: takes fd over.  0, or -1. */
int worker_attach(struct worker *, int fd, uint32_t pid);
void worker_ready(struct worker *);

/* Tells it of keys it should have, or should forget. */
void worker_sync_keys(struct worker *);
void worker_learn(struct worker *, struct key *, bool fit);
/* Does it owe facts of a key?  NO_MORE: the key was dropped meanwhile. */
enum worker_owes {
	OWES_FACTS,
	OWES_NO_MORE,
	OWES_NOTHING
};
enum worker_owes worker_owes(const struct worker *, uint32_t key);
bool worker_fits(const struct worker *, const struct key *);
/* Takes its part out of the keys' counts. */
void worker_forget_keys(struct worker *);

/* Nothing is asked of it that it did not answer. */
bool worker_is_idle(const struct worker *);
bool worker_has_room(const struct worker *);
void worker_add(struct worker *, struct slot *);
void worker_flush(struct worker *);
/* The slot of a job that it has, which it then has no more; or NULL. */
struct slot *worker_take(struct worker *, uint64_t job);

/* May it have a chore with this key now? */
bool worker_takes_chore(const struct worker *, const struct key *);
/* Sends it at once. */
void worker_add_chore(struct worker *, struct chore *);
struct chore *worker_take_chore(struct worker *, uint64_t job);

#endif
