/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keys of one worker, by the broker's numbers.
 */
#ifndef CS_TOKEN_KEYRING_H
#define CS_TOKEN_KEYRING_H

#include "token/key.h"

#define KEYRING_MAX 1024

struct keyring {
	struct key *keys[KEYRING_MAX];
	size_t count;
};

/* Takes the key.  False: full, or the number is taken. */
bool keyring_add(struct keyring *, struct key *);
struct key *keyring_find(const struct keyring *, uint32_t number);
/* Takes the key out for the caller to free; NULL: it is not there. */
struct key *keyring_take(struct keyring *, uint32_t number);

#endif
