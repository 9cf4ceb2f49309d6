/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lines of one channel that have no answer yet, in order: those the
 * broker has, and bad ones among them that wait for their turn.
 *
 * They lie packed in one buffer, so that a line costs no allocation.
 */
#ifndef CS_SESSION_PENDING_H
#define CS_SESSION_PENDING_H

#include "base/buf.h"
#include "wire/request.h"

struct pending {
	struct buf bytes;
	uint32_t asked; /* lines the broker owes an answer for */
};

/* A line taken out again; the texts are views, valid until the next add. */
struct pending_line {
	uint32_t number;
	enum hash hash;
	const uint8_t *digest;
	size_t digest_len; /* 0: it could not be read */
	const char *name;
	size_t name_len; /* 0: none */
	const char *what; /* what is wrong with it */
	size_t what_len; /* 0: nothing, the broker has it */
};

void pending_init(struct pending *);
void pending_release(struct pending *);
/* what is NULL for a line that the broker gets.  False: no memory. */
bool pending_add(
    struct pending *, uint32_t number, const struct line *, const char *what);
/* The oldest line, taken out.  False: there is none. */
bool pending_take(struct pending *, struct pending_line *ret);
/* The oldest line, taken out if it is a bad one. */
bool pending_take_bad(struct pending *, struct pending_line *ret);
bool pending_is_empty(const struct pending *);

#endif
