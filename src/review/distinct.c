/* SPDX-License-Identifier: Apache-2.0 */
#include "review/distinct.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "audit/hash.h"

#define FIRST_SIZE 1024 /* a power of two */
#define PAIRS_MAX (3 * DISTINCT_MAX)

int
distinct_init(struct distinct *d)
{
	memset(d, 0, sizeof(*d));
	d->max = DISTINCT_MAX;
	pairs_init(&d->pairs, PAIRS_MAX, false);
	/* Who chooses digests must not choose their places here. */
	return getrandom(d->salt, sizeof(d->salt), 0) == sizeof(d->salt) ? 0 :
									   -1;
}

void
distinct_release(struct distinct *d)
{
	free(d->keys);
	free(d->slot);
	d->keys = NULL;
	d->slot = NULL;
	d->count = d->size = 0;
	pairs_release(&d->pairs);
}

static int
key_of(const struct distinct *d, const char *hash, const char *digest,
    uint8_t ret[DISTINCT_KEY])
{
	size_t hash_len = strnlen(hash, 64), len = strnlen(digest, 400);
	uint8_t full[SHA256_LEN];
	char text[512], *at = text;

	at = mempcpy(at, d->salt, sizeof(d->salt));
	at = mempcpy(at, hash, hash_len);
	*at++ = ':';
	at = mempcpy(at, digest, len);
	if (hash_sha256(text, (size_t)(at - text), full) == -1)
		return -1;
	memcpy(ret, full, DISTINCT_KEY);
	return 0;
}

static size_t
place_of(const struct distinct *d, const uint8_t key[DISTINCT_KEY])
{
	uint64_t start;
	size_t at;

	memcpy(&start, key, sizeof(start));
	at = (size_t)start & (d->size - 1);
	while (d->slot[at] != DISTINCT_NONE &&
	    memcmp(d->keys[d->slot[at]], key, DISTINCT_KEY) != 0)
		at = (at + 1) & (d->size - 1);
	return at;
}

/* Keeps at least half of the places free. */
static bool
make_room(struct distinct *d)
{
	size_t size = d->size == 0 ? FIRST_SIZE : 2 * d->size;
	void *keys;
	uint32_t *slot;

	if (d->count < d->size / 2)
		return true;
	if ((keys = reallocarray(d->keys, size / 2, DISTINCT_KEY)) == NULL)
		return false;
	d->keys = keys;
	if ((slot = malloc(size * sizeof(*slot))) == NULL)
		return false;
	memset(slot, 0xff, size * sizeof(*slot));
	free(d->slot);
	d->slot = slot;
	d->size = size;
	for (size_t i = 0; i < d->count; i++)
		d->slot[place_of(d, d->keys[i])] = (uint32_t)i;
	return true;
}

uint32_t
distinct_index(struct distinct *d, const char *hash, const char *digest)
{
	uint8_t key[DISTINCT_KEY];
	size_t at;

	if (key_of(d, hash, digest, key) == -1 || !make_room(d)) {
		d->full = true;
		return DISTINCT_NONE;
	}
	at = place_of(d, key);
	if (d->slot[at] != DISTINCT_NONE)
		return d->slot[at];
	if (d->count == d->max) {
		d->full = true;
		return DISTINCT_NONE;
	}
	memcpy(d->keys[d->count], key, DISTINCT_KEY);
	d->slot[at] = (uint32_t)d->count++;
	return d->slot[at];
}

bool
distinct_first(struct distinct *d, uint32_t row, uint32_t index)
{
	return index != DISTINCT_NONE && pairs_add(&d->pairs, row, index);
}

bool
distinct_exact(const struct distinct *d)
{
	return !d->full && !d->pairs.full;
}
