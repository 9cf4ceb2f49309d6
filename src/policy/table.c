/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/table.h"

#include <stdlib.h>
#include <string.h>

void
rows_init(struct rows *rows, size_t size)
{
	*rows = (struct rows){ .size = size };
}

void
rows_release(struct rows *rows)
{
	free(rows->data);
	rows_init(rows, rows->size);
}

void *
rows_add(struct rows *rows)
{
	size_t room = rows->room;
	void *data;

	if (rows->count == room) {
		/* By half: the last growth is the memory that is wasted. */
		room = room == 0 ? 8 : room + room / 2;
		data = reallocarray(rows->data, room, rows->size);
		if (data == NULL)
			return NULL;
		rows->data = data;
		rows->room = room;
	}
	data = (char *)rows->data + rows->count * rows->size;
	memset(data, 0, rows->size);
	rows->count++;
	return data;
}

void *
rows_at(const struct rows *rows, size_t number)
{
	if (number >= rows->count)
		return NULL;
	return (char *)rows->data + number * rows->size;
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

/* FNV-1a, and its high half folded in: the mask takes the low bits. */
static size_t
hash_of(const void *key, size_t len)
{
	const uint8_t *at = key;
	uint64_t hash = 0xcbf29ce484222325u;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ at[i]) * 0x100000001b3u;
	return (size_t)(hash ^ hash >> 32);
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
