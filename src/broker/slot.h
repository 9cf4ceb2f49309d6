/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line's way from the decision to its answer.  The request keeps the order
 * (request.h), a slot what became of one line.
 */
#ifndef CS_BROKER_SLOT_H
#define CS_BROKER_SLOT_H

#include "broker/lines.h"
#include "broker/timing.h"

struct charge;
struct receipt;
struct repeat;
struct terms;

enum slot_state {
	SLOT_NEW, /* not decided */
	SLOT_REFUSED, /* recorded when it is its turn to be answered */
	SLOT_FAILED, /* the same, of one that cannot be signed */
	SLOT_QUEUED, /* for a worker */
	SLOT_SENT, /* a worker has it */
	SLOT_RETRY, /* for a worker, alone */
	SLOT_GATHERED, /* another line's signature is for this one, too */
	SLOT_COMMIT, /* its charge or its record is on its way to the disk */
	SLOT_RECEIPT, /* a checkpoint is to cover its record */
	SLOT_DONE,
};

/* A line.  Taken from the service's pool with its name. */
struct slot {
	struct waiter waiter;
	struct request *request;
	struct slot *next; /* of those to be tried again */
	struct receipt *receipt; /* NULL: none, or not yet */
	struct repeat *repeat; /* that it leads, or NULL */
	uint64_t seq; /* of its record; repeated: of the first one's */
	struct charge *charge; /* NULL: it costs nothing, or was paid for */
	struct key *key; /* what it was decided for; set when queued */
	struct terms *terms; /* it was begun with; NULL: not yet */
	struct queue *queue; /* where it waits for a worker, or NULL */
	bool waits; /* counts as such for its client */
	uint64_t job;
	uint64_t number; /* in its request, from 1 */
	uint64_t asked; /* which question (lists_ask.h) it waits for */
	uint8_t *answer; /* the signature; or, refused: text NUL rule NUL */
	uint32_t answer_len;
	uint32_t answer_size;
	uint32_t cost_us; /* what it counts for in its worker's queue */
	struct timed timed;
	uint8_t listing; /* enum listing */
	bool repeated; /* its answer is one of before */
	int64_t made; /* the signer's clock in the signature; 0: not yet */
	uint8_t random[FORMAT_RANDOM];
	uint8_t state, tries, reason, hash, mech, over, digest_len;
	uint8_t step; /* of its format's; then answer is the one before */
	uint8_t extra_len;
	uint16_t name_len;
	uint8_t digest[DIGEST_MAX];
	char name[]; /* with its NUL; then what came beside the digest */
};

/* Did it stop its request, which waits for those before it? */
static inline bool
slot_is_last(const struct slot *slot)
{
	return slot->state == SLOT_REFUSED || slot->state == SLOT_FAILED;
}

/* What came beside the digest: extra_len bytes. */
static inline const uint8_t *
slot_extra(const struct slot *slot)
{
	return (const uint8_t *)slot->name + slot->name_len + 1;
}

/* NULL: the pool is exhausted. */
struct slot *slot_new(struct request *, const struct line *);
void slot_free(struct slot *);

/* What it was decided for; the slot keeps the key alive. */
void slot_key(struct slot *, struct key *);

/* Bytes for the answer; replaces what was there.  0, or -1: no memory. */
int slot_answer(struct slot *, const void *, size_t len);
/* Outcome and text of a line that is not answered by bytes. */
void slot_say(struct slot *, enum reason, const char *text, const char *rule);
/* It is decided anew: nothing was said of it. */
void slot_unsay(struct slot *);
const char *slot_text(const struct slot *);
const char *slot_rule(const struct slot *);

/* The line was answered by policy: DENY, then SLOT_DONE. */
void slot_deny(struct slot *);
/*
 * Policy allowed it, but it failed: SIGN with outcome failed (but for check),
 * and without keep_going the request goes no further.
 */
void slot_fail(struct slot *, enum reason, const char *text);
/* Its answer is one of before: SIGN, with repeat. */
void slot_repeat(struct slot *);
/* Finished, without a record. */
void slot_done(struct slot *);

/* A checkpoint covers its record, or (reason) none will. */
void slot_covered(struct slot *, enum reason, const char *text);
/* Then its receipt is made, or it fails after all. */
void slot_prove(struct slot *);

/*
 * A worker's answer to a slot that it had: the signature.  WRONG: it cannot be
 * one, and the line is tried again; MORE: the worker is to sign once more.
 */
enum slot_signed {
	SIGNED,
	SIGNED_MORE,
	SIGNED_WRONG,
};
enum slot_signed slot_signed(
    struct slot *, const uint8_t *signature, size_t len);
/* Its answer is there; what it was charged, and its record, are next. */
void slot_granted(struct slot *);
/* or a failure: tried again once (token->retries), then slot_fail. */
void slot_retry(struct slot *, enum reason, const char *text);
/* The same for one that will not be tried any more, */
void slot_give_up(struct slot *, enum reason, const char *text);
/* and for one that nobody waits for. */
void slot_drop(struct slot *);

#endif
