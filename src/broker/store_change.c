/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/store_change.h"

#include <string.h>

/* What a value takes beside its bytes. */
#define VALUE_HEAD 9

struct store_value
store_integer(int64_t number)
{
	return (struct store_value){ .type = STORE_INTEGER, .number = number };
}

struct store_value
store_string(const char *text)
{
	return (struct store_value){
		.type = STORE_STRING, .bytes = text, .len = strlen(text)
	};
}

struct store_value
store_blob(const void *bytes, size_t len)
{
	return (struct store_value){
		.type = STORE_BLOB, .bytes = bytes, .len = len
	};
}

static void
put_value(struct writer *w, const struct store_value *value)
{
	put_u8(w, (uint8_t)value->type);
	if (value->type == STORE_INTEGER)
		put_u64(w, (uint64_t)value->number);
	else
		put_bytes(w, value->bytes, value->len);
}

size_t
store_change_size(const struct store_value *values, unsigned count)
{
	size_t size = 2;

	for (unsigned i = 0; i < count; i++)
		size += VALUE_HEAD + values[i].len;
	return size;
}

int
store_change_add(struct buf *queue, enum store_change change,
    const struct store_value *values, unsigned count)
{
	size_t size = store_change_size(values, count);
	struct writer w;
	char *room;

	/* A buf that failed once would take nothing more. */
	if (buf_len(queue) + size > queue->max ||
	    (room = buf_reserve(queue, size)) == NULL) {
		queue->bad = false;
		return -1;
	}
	writer_init(&w, room, size);
	put_u8(&w, (uint8_t)change);
	put_u8(&w, (uint8_t)count);
	for (unsigned i = 0; i < count; i++)
		put_value(&w, &values[i]);
	if (!writer_ok(&w))
		return -1;
	buf_commit(queue, w.used);
	return 0;
}

static void
get_value(struct reader *r, struct store_value *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->type = get_enum(r, STORE_TYPES - 1);
	if (ret->type == STORE_INTEGER)
		ret->number = (int64_t)get_u64(r);
	else
		ret->bytes = get_view(r, SIZE_MAX, &ret->len);
}

int
store_change_get(struct reader *r, enum store_change *ret,
    struct store_value ret_values[STORE_VALUES_MAX])
{
	unsigned count;

	*ret = get_enum(r, STORE_CHANGES - 1);
	count = get_enum(r, STORE_VALUES_MAX);
	for (unsigned i = 0; i < count; i++)
		get_value(r, &ret_values[i]);
	return r->bad ? -1 : (int)count;
}
