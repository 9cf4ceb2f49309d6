/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/seed.h"

/* Rows that are allocated at once. */
#define CHUNK 64

void
rows_init(struct rows *rows, size_t size)
{
	*rows = (struct rows){ .size = size };
}

void
rows_release(struct rows *rows)
{
	for (size_t i = 0; i < rows->chunk_count; i++)
		free(rows->chunks[i]);
	free(rows->chunks);
	rows_init(rows, rows->size);
}

static int
add_chunk(struct rows *rows)
{
	size_t room = rows->chunk_room;
	void **chunks = rows->chunks;

	if (rows->chunk_count == room) {
		room = room == 0 ? 8 : room * 2;
		chunks = reallocarray(chunks, room, sizeof(*chunks));
		if (chunks == NULL)
			return -1;
		rows->chunks = chunks;
		rows->chunk_room = room;
	}
	chunks[rows->chunk_count] = reallocarray(NULL, CHUNK, rows->size);
	if (chunks[rows->chunk_count] == NULL)
		return -1;
	rows->chunk_count++;
	return 0;
}

void *
rows_add(struct rows *rows)
{
	void *row;

	if (rows->count == rows->chunk_count * CHUNK && add_chunk(rows) == -1)
		return NULL;
	row = rows_at(rows, rows->count++);
	memset(row, 0, rows->size);
	return row;
}

void *
rows_at(const struct rows *rows, size_t number)
{
	if (number >= rows->count)
		return NULL;
	return (char *)rows->chunks[number / CHUNK] +
	    number % CHUNK * rows->size;
}

void
index_init(struct index *index, const struct rows *rows, index_key_fn *key)
{
	*index = (struct index){ .rows = rows, .key = key };
}

void
index_release(struct index *index)
{
	free(index->slots);
	index_init(index, index->rows, index->key);
}

/*
 * FNV-1a, and then all bits into all bits.  Keys are a tenant's to choose: from
 * a beginning that it knew, it could have them all in one place.
 */
static size_t
hash_of(const void *key, size_t len)
{
	const uint8_t *at = key;
	uint64_t hash = seed_get();

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ at[i]) * 0x100000001b3u;
	hash ^= hash >> 33;
	hash *= 0xff51afd7ed558ccdu;
	return (size_t)(hash ^ hash >> 33);
}

size_t
index_find(const struct index *index, const void *key, size_t len)
{
	size_t mask = index->size - 1, other_len;
	const void *other;

	if (index->size == 0)
		return INDEX_NONE;
	for (size_t at = hash_of(key, len) & mask; index->slots[at] != 0;
	     at = (at + 1) & mask) {
		size_t number = index->slots[at] - 1;

		other = index->key(index->rows, number, &other_len);
		if (other_len == len && memcmp(other, key, len) == 0)
			return number;
	}
	return INDEX_NONE;
}

static void
place(struct index *index, size_t number)
{
	size_t mask = index->size - 1, len, at;
	const void *key = index->key(index->rows, number, &len);

	at = hash_of(key, len) & mask;
	while (index->slots[at] != 0)
		at = (at + 1) & mask;
	index->slots[at] = (uint32_t)number + 1;
}

static int
grow(struct index *index)
{
	uint32_t *old = index->slots;
	size_t old_size = index->size;
	size_t size = old_size == 0 ? 16 : old_size * 2;
	uint32_t *slots = calloc(size, sizeof(*slots));

	if (slots == NULL)
		return -1;
	index->slots = slots;
	index->size = size;
	for (size_t i = 0; i < old_size; i++)
		if (old[i] != 0)
			place(index, old[i] - 1);
	free(old);
	return 0;
}

int
index_add(struct index *index, size_t number)
{
	if (number >= UINT32_MAX)
		return -1;
	if ((index->used + 1) * 4 > index->size * 3 && grow(index) == -1)
		return -1;
	place(index, number);
	index->used++;
	return 0;
}

/* The slot of a row, or INDEX_NONE. */
static size_t
slot_of(const struct index *index, size_t number)
{
	size_t mask = index->size - 1, len, at;
	const void *key = index->key(index->rows, number, &len);

	at = hash_of(key, len) & mask;
	while (index->slots[at] != 0 && index->slots[at] != number + 1)
		at = (at + 1) & mask;
	return index->slots[at] != 0 ? at : INDEX_NONE;
}

/* Rows behind the gap are looked for up to the first free slot: they move. */
static void
close_gap(struct index *index, size_t gap)
{
	size_t mask = index->size - 1, len, home;

	for (size_t at = (gap + 1) & mask; index->slots[at] != 0;
	     at = (at + 1) & mask) {
		const void *key =
		    index->key(index->rows, index->slots[at] - 1, &len);

		home = hash_of(key, len) & mask;
		if (((at - home) & mask) < ((at - gap) & mask))
			continue;
		index->slots[gap] = index->slots[at];
		index->slots[at] = 0;
		gap = at;
	}
}

void
index_drop(struct index *index, size_t number)
{
	size_t at = index->size > 0 ? slot_of(index, number) : INDEX_NONE;

	if (at == INDEX_NONE)
		return;
	index->slots[at] = 0;
	index->used--;
	close_gap(index, at);
}

void
rows_cut(struct rows *rows, size_t count)
{
	if (count < rows->count)
		rows->count = count;
}
