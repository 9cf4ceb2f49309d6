/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of one size that grow, and an index that finds a row by its key.
 *
 * An index keeps row numbers only; the caller says what a row's key is.  Rows
 * stay where they are while others are added, so they may be pointed to.
 */
#ifndef CS_POLICY_TABLE_H
#define CS_POLICY_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct rows {
	void **chunks; /* each of as many rows */
	size_t chunk_count, chunk_room;
	size_t count;
	size_t size; /* of one row */
};

void rows_init(struct rows *, size_t size);
void rows_release(struct rows *);
/* A new zeroed row at the end; NULL: no memory. */
void *rows_add(struct rows *);
/* NULL for a number that does not exist. */
void *rows_at(const struct rows *, size_t number);
/* Only the first count stay; the others must be in no index any more. */
void rows_cut(struct rows *, size_t count);

/* Hands out the key of a row. */
typedef const void *index_key_fn(
    const struct rows *, size_t number, size_t *ret_len);

struct index {
	uint32_t *slots; /* row number + 1; 0: free */
	size_t size; /* a power of two */
	size_t used;
	const struct rows *rows;
	index_key_fn *key;
};

#define INDEX_NONE SIZE_MAX

void index_init(struct index *, const struct rows *, index_key_fn *);
void index_release(struct index *);
/* The row with this key, or INDEX_NONE. */
size_t index_find(const struct index *, const void *key, size_t len);
/* Takes in a row whose key is not there yet: 0, or -1: no memory. */
int index_add(struct index *, size_t number);
/* Takes out a row, if it is in, that still has its key. */
void index_drop(struct index *, size_t number);

#endif
