/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A signature that the service wants for itself, such as a checkpoint's: it
 * belongs to no session, goes before clients' lines, one at a time for each
 * worker, and is tried again when a worker is lost over it.
 */
#ifndef CS_BROKER_CHORE_H
#define CS_BROKER_CHORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/reason.h"
#include "base/words.h"

struct key;
struct service;
struct token;
struct worker;

/* Embedded by its owner; it must stay until done or failed was called. */
struct chore {
	/* What to do; the input stays the owner's and untouched. */
	struct key *key;
	enum mech mech;
	enum hash hash;
	const uint8_t *input;
	size_t len;
	/* False: that is no signature, and the worker is not believed again. */
	bool (*done)(struct chore *, const uint8_t *signature, size_t len);
	void (*failed)(struct chore *, enum reason, const char *text);
	uint32_t us; /* in the token; set when done is called */

	/* Its own. */
	struct chore *next; /* of those that wait at the token */
	struct service *service;
	uint64_t job;
	unsigned tries;
};

/*
 * One of the two functions is called later, never from in here.  Workers get
 * it at the end of the round of the loop.
 */
void chore_begin(struct chore *, struct service *);
/* A worker failed over it. */
void chore_retry(struct chore *, enum reason, const char *text);
/* A worker's signature; false: it is none, which counts as a failure. */
bool chore_signed(struct chore *, const uint8_t *signature, size_t len);
/* Gives those that wait to workers, and ends those that wait for nothing. */
void chores_give(struct token *);

#endif
