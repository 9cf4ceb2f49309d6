/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tree with an audit key, and a token that really signs with it.
 */
#ifndef CS_TESTS_BROKER_SUPPORT_AUDIT_H
#define CS_TESTS_BROKER_SUPPORT_AUDIT_H

#include "audit/proof.h"
#include "support_ends.h"

/* Adds [key log] with use = audit, one worker, and these words to [audit]. */
void audit_make(struct ends *, const char *words);
/* The worker starts, with the facts of all three keys. */
void audit_worker(struct ends *, int *ret);
/* The same, when the first of the keys is all that is left to tell. */
void audit_facts(struct ends *, int worker, enum key_type);

/* A job of the audit key. */
struct audit_job {
	uint64_t job;
	char text[CHECKPOINT_TEXT]; /* what is to be signed */
};
void audit_job(struct ends *, int worker, struct audit_job *ret);
void audit_sign(struct ends *, int worker, const struct audit_job *);
/* Does whatever the worker is asked to, until the session is told something. */
void audit_serve(struct ends *, int worker, int session);
/* The same until there are so many CHECKPOINT records. */
void audit_serve_checkpoints(struct ends *, int worker, unsigned count);

/* The public key under which notes verify. */
void audit_key_of(const char *origin, struct note_key *ret);
/* STATE-DIR/checkpoint, which is signed; its size. */
uint64_t audit_newest(const struct ends *, struct checkpoint *ret);
/* Until it is there: then the broker shows it, too. */
uint64_t audit_await_newest(const struct ends *, struct checkpoint *ret);
unsigned audit_count(const struct ends *);

#endif
