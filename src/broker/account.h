/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client key that has connections: what all of them share, whichever of
 * them a request came on.
 */
#ifndef CS_BROKER_ACCOUNT_H
#define CS_BROKER_ACCOUNT_H

#include "broker/map.h"

struct account {
	struct map_node node;
	unsigned sessions;
	unsigned running; /* sign requests */
	char fingerprint[]; /* with its NUL */
};

struct accounts {
	struct map map;
};

void accounts_init(struct accounts *);
/* When no session has one any more. */
void accounts_release(struct accounts *);

/* For one more session: NULL, no memory. */
struct account *account_get(struct accounts *, const char *fingerprint);
/* A session less.  Accepts NULL. */
void account_put(struct accounts *, struct account *);

#endif
