/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What policy says of a request as a whole.
 */
#ifndef CS_BROKER_ASK_H
#define CS_BROKER_ASK_H

#include "broker/request.h"

/* Ends it: usage is between us and the client; the rest goes on record. */
void ask_refused(struct request *, const struct verdict *);
/* May the client be here, and use the verb?  -1: the request is over. */
int ask_policy(struct request *);
/* The key (and the format) that the command means.  -1: it is over. */
int ask_grant(struct request *, struct grant *ret);
/* What its records will say beside the verdict; key: NULL, not known yet. */
void ask_words(struct request *, const struct signing_key *key);

#endif
