/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From finished lines to the session: in order, gathered, and no further than
 * the session reads.
 */
#ifndef CS_BROKER_ANSWERS_H
#define CS_BROKER_ANSWERS_H

struct request;

/* Sends what is ready at the head, and DONE after the last answer. */
void answers_send(struct request *);

#endif
