/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A channel that is an ssh-agent: its messages one after the other, each
 * signature by a request of its own at the broker.
 */
#ifndef CS_SESSION_AGENCY_H
#define CS_SESSION_AGENCY_H

#include "session/exchange.h"

/* The broker took the verb: 0, or -1: no memory. */
int agency_new(struct exchange *);
void agency_free(struct agency *);
/* Reads and sends what can be. */
void agency_work(struct exchange *);
/* Is the broker to say something? */
bool agency_waits(const struct agency *);

/* What the broker says: false, when it broke a rule. */
bool agency_accept(struct exchange *, const struct accept_reply *);
bool agency_text(struct exchange *, const struct text_reply *);
bool agency_answer(struct exchange *, const struct answer *);
bool agency_done(struct exchange *, const struct done_reply *);

#endif
