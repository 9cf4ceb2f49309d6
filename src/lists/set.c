/* SPDX-License-Identifier: Apache-2.0 */
#include "lists/set.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Digests of one length, in a row. */
struct shelf {
	size_t len;
	uint8_t *bytes;
	size_t count, size;
	bool sealed;
};

#define SHELVES 3

struct set {
	struct shelf shelf[SHELVES];
};

struct set *
set_new(void)
{
	struct set *set = calloc(1, sizeof(*set));

	if (set == NULL)
		return NULL;
	set->shelf[0].len = 32;
	set->shelf[1].len = 48;
	set->shelf[2].len = 64;
	return set;
}

void
set_free(struct set *set)
{
	if (set == NULL)
		return;
	for (size_t i = 0; i < SHELVES; i++)
		free(set->shelf[i].bytes);
	free(set);
}

static int
grow(struct shelf *shelf)
{
	size_t size = shelf->size == 0 ? 64 : shelf->size * 2;
	uint8_t *bytes = reallocarray(shelf->bytes, size, shelf->len);

	if (bytes == NULL)
		return -1;
	shelf->bytes = bytes;
	shelf->size = size;
	return 0;
}

int
set_add(struct set *set, const void *digest, size_t len)
{
	size_t i = 0;
	struct shelf *shelf;

	while (i < SHELVES && set->shelf[i].len != len)
		i++;
	if (i == SHELVES) {
		errno = EINVAL;
		return -1;
	}
	if (set_count(set) == SET_MAX) {
		errno = ENOSPC;
		return -1;
	}
	shelf = &set->shelf[i];
	if (shelf->count == shelf->size && grow(shelf) == -1)
		return -1;
	memcpy(shelf->bytes + shelf->count++ * len, digest, len);
	shelf->sealed = false;
	return 0;
}

static int
compare_32(const void *a, const void *b)
{
	return memcmp(a, b, 32);
}

static int
compare_48(const void *a, const void *b)
{
	return memcmp(a, b, 48);
}

static int
compare_64(const void *a, const void *b)
{
	return memcmp(a, b, 64);
}

static int (*const compare[SHELVES])(
    const void *, const void *) = { compare_32, compare_48, compare_64 };

/* By its first two bytes. */
static unsigned
bucket(const uint8_t *digest)
{
	return (unsigned)digest[0] << 8 | digest[1];
}

#define BUCKETS 65536u

/*
 * Into buckets and then each of them: for digests, which are spread evenly, far
 * faster than qsort alone, and no worse for what is made to be uneven.
 */
static int
sort_in_buckets(struct shelf *shelf, int (*by)(const void *, const void *))
{
	size_t *start = calloc(BUCKETS + 1, sizeof(*start));
	uint8_t *to = reallocarray(NULL, shelf->count, shelf->len);
	const uint8_t *at = shelf->bytes;

	if (start == NULL || to == NULL) {
		free(start);
		free(to);
		return -1;
	}
	for (size_t i = 0; i < shelf->count; i++)
		start[bucket(at + i * shelf->len) + 1]++;
	for (size_t b = 0; b < BUCKETS; b++)
		start[b + 1] += start[b];
	/* Afterwards start[b] is where bucket b ends. */
	for (size_t i = 0; i < shelf->count; i++, at += shelf->len)
		memcpy(to + start[bucket(at)]++ * shelf->len, at, shelf->len);
	for (size_t b = 0, from = 0; b < BUCKETS; from = start[b++])
		if (start[b] - from > 1)
			qsort(to + from * shelf->len, start[b] - from,
			    shelf->len, by);
	free(start);
	free(shelf->bytes);
	shelf->bytes = to;
	shelf->size = shelf->count;
	return 0;
}

/* So many that buckets are worth their memory. */
#define MANY 10000

void
set_seal(struct set *set)
{
	for (size_t i = 0; i < SHELVES; i++) {
		struct shelf *shelf = &set->shelf[i];

		if (shelf->count > 0 &&
		    (shelf->count < MANY ||
			sort_in_buckets(shelf, compare[i]) == -1))
			qsort(
			    shelf->bytes, shelf->count, shelf->len, compare[i]);
		shelf->sealed = true;
	}
}

bool
set_has(const struct set *set, const void *digest, size_t len)
{
	for (size_t i = 0; i < SHELVES; i++) {
		const struct shelf *shelf = &set->shelf[i];

		if (shelf->len == len && shelf->sealed && shelf->count > 0)
			return bsearch(digest, shelf->bytes, shelf->count, len,
				   compare[i]) != NULL;
	}
	return false;
}

size_t
set_count(const struct set *set)
{
	size_t count = 0;

	for (size_t i = 0; i < SHELVES; i++)
		count += set->shelf[i].count;
	return count;
}

size_t
set_bytes(const struct set *set)
{
	size_t bytes = sizeof(*set);

	for (size_t i = 0; i < SHELVES; i++)
		bytes += set->shelf[i].size * set->shelf[i].len;
	return bytes;
}
