/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client key that has connections: what all of them share, whichever of
 * them a request came on.
 */
#ifndef CS_BROKER_ACCOUNT_H
#define CS_BROKER_ACCOUNT_H

#include "broker/map.h"
#include "broker/schedule.h"

struct account {
	struct map_node node;
	unsigned sessions;
	unsigned running; /* sign requests */
	size_t waiting; /* lines that are not with a worker, nor answered */
	struct sched_group *groups; /* for each token one of each class */
	char fingerprint[]; /* with its NUL */
};

struct accounts {
	struct map map;
	size_t tokens;
};

void accounts_init(struct accounts *, size_t tokens);
/* When no session has one any more. */
void accounts_release(struct accounts *);

/* For one more session: NULL, no memory. */
struct account *account_get(struct accounts *, const char *fingerprint);
/* A session less.  Accepts NULL. */
void account_put(struct accounts *, struct account *);
/* Where its requests of a class wait for a token. */
struct sched_group *account_group(
    const struct account *, size_t token, enum priority);

#endif
