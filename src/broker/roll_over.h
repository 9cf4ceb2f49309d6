/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The moment at which a key's next generation starts: requests under way go
 * on with it, as after a reload.  What a worker has by then stays with the
 * generation that was in force.  A clock that is set, back too, is followed.
 */
#ifndef CS_BROKER_ROLL_OVER_H
#define CS_BROKER_ROLL_OVER_H

struct roll_over;
struct service;

/* NULL: no memory.  The service may be without its tree until the first
 * round. */
struct roll_over *roll_over_new(struct service *);
void roll_over_free(struct roll_over *);

/* After each round of the loop. */
void roll_over_tend(struct roll_over *);
/* The tree is another one. */
void roll_over_reset(struct roll_over *);

#endif
