/* SPDX-License-Identifier: Apache-2.0 */
/*
 * digests-from: from a request's lines to questions, and back.
 *
 * Lines are asked for as soon as they are there, in batches, before it is
 * their turn to be decided; an answer holds for its line and no longer.
 */
#ifndef CS_BROKER_LISTS_ASK_H
#define CS_BROKER_LISTS_ASK_H

#include "broker/allow.h"
#include "wire/lists.h"

/* Of a slot. */
enum listing {
	LISTING_UNKNOWN,
	LISTING_ASKED,
	LISTING_YES,
	LISTING_NO, /* slot_text and the slot's reason say why */
};

#define LISTS_AWAY                                                        \
	"the process that reads lists of digests is not there; tell the " \
	"admin, and try again"

struct request;
struct slot;

/* ALLOWED, ALLOWED_NOT or ALLOWED_LATER, for the line that is up. */
enum allowed lists_allow(struct request *, struct slot *, struct verdict *ret);
/* Asks for what was not asked for yet, as far as there is room. */
void lists_ask_ahead(struct request *);
/* Whatever was asked or answered does not count any more. */
void lists_forget(struct request *);

/* The answer to a question of this request, which it may go on with. */
void lists_ask_answered(
    struct request *, const struct lists_answer *, const uint64_t *number);

#endif
