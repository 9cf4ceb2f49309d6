/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One signature for all lines of a request (SHAPE_SHARED, SHAPE_LIST): its
 * first line goes to a worker for all, the others are SLOT_GATHERED meanwhile.
 * Each line is charged and recorded as if it had been signed by itself.
 */
#ifndef CS_BROKER_GATHER_H
#define CS_BROKER_GATHER_H

#include "broker/request.h"

/* Is one signature for all of its lines? */
bool gathers(const struct request *);
/*
 * What cannot be with such a format: a usage error, or NULL.  The request is
 * atomic from here on.
 */
const char *gather_command(struct request *);
/* All lines are there: can they be signed together?  OK, or why not. */
enum reason gather_fits(struct request *, char text[MESSAGE_SIZE]);
/* A worker gets the lead; it takes the others with it. */
void gather_take(struct request *, struct slot *lead);
/*
 * The token's signature: answers for all, which are charged and recorded
 * then.  OK, TOKEN_WRONG (the lead may be tried again), BUSY.
 */
enum reason gather_signed(
    struct slot *lead, const uint8_t *signature, size_t len);
/* There is no signature: nothing becomes of the others. */
void gather_drop(struct request *);

#endif
