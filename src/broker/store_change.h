/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A change of the store as bytes, from the loop to the thread: which one (u8),
 * how many values (u8), and for each its type (u8) and itself.  It never
 * leaves the process.
 */
#ifndef CS_BROKER_STORE_CHANGE_H
#define CS_BROKER_STORE_CHANGE_H

#include "base/buf.h"
#include "base/cursor.h"

/* Each is one statement (store_work.c). */
enum store_change {
	PUT_BUDGET,
	DROP_BUDGET,
	PUT_SUSPENSION,
	DROP_SUSPENSION,
	PUT_REPEAT,
	DROP_REPEAT,
	STORE_CHANGES,
};

enum store_type {
	STORE_INTEGER, /* u64 */
	STORE_STRING, /* u32 length, bytes */
	STORE_BLOB, /* u32 length, bytes */
	STORE_TYPES,
};

struct store_value {
	enum store_type type;
	int64_t number;
	const void *bytes; /* or NULL: len is 0 */
	size_t len;
};

struct store_value store_integer(int64_t);
struct store_value store_string(const char *);
struct store_value store_blob(const void *, size_t len);

/* Bytes that it takes in a queue. */
size_t store_change_size(const struct store_value *values, unsigned count);
/* At the end of queue, or not at all: 0, or -1 (it does not fit). */
int store_change_add(struct buf *queue, enum store_change,
    const struct store_value *values, unsigned count);

#define STORE_VALUES_MAX 8
/* The next of the changes: how many values it has, or -1. */
int store_change_get(struct reader *, enum store_change *ret,
    struct store_value ret_values[STORE_VALUES_MAX]);

#endif
