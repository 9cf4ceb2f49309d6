/* SPDX-License-Identifier: Apache-2.0 */
#include "token/keyring.h"

static size_t
position(const struct keyring *ring, uint32_t number)
{
	size_t i = 0;

	while (i < ring->count && ring->keys[i]->add.key != number)
		i++;
	return i;
}

bool
keyring_add(struct keyring *ring, struct key *key)
{
	if (ring->count == KEYRING_MAX ||
	    position(ring, key->add.key) != ring->count)
		return false;
	ring->keys[ring->count++] = key;
	return true;
}

struct key *
keyring_find(const struct keyring *ring, uint32_t number)
{
	size_t i = position(ring, number);

	return i == ring->count ? NULL : ring->keys[i];
}

struct key *
keyring_take(struct keyring *ring, uint32_t number)
{
	size_t i = position(ring, number);
	struct key *key;

	if (i == ring->count)
		return NULL;
	key = ring->keys[i];
	ring->keys[i] = ring->keys[--ring->count];
	return key;
}
