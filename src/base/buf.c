/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

#define FIRST_SIZE 256

void
buf_init(struct buf *b, size_t max)
{
	memset(b, 0, sizeof(*b));
	b->max = max;
}

void
buf_release(struct buf *b)
{
	if (b == NULL)
		return;
	free(b->data);
	buf_init(b, b->max);
}

const char *
buf_at(const struct buf *b)
{
	return b->data != NULL ? b->data + b->start : "";
}

size_t
buf_len(const struct buf *b)
{
	return b->end - b->start;
}

/* Moves what is left to the front. */
static void
pack(struct buf *b)
{
	memmove(b->data, b->data + b->start, buf_len(b));
	b->end -= b->start;
	b->start = 0;
}

static bool
grow(struct buf *b, size_t need)
{
	size_t size = b->size != 0 ? b->size : FIRST_SIZE;
	char *data;

	while (size < need && size <= SIZE_MAX / 2)
		size *= 2;
	if (size < need || (data = realloc(b->data, size)) == NULL)
		return false;
	b->data = data;
	b->size = size;
	return true;
}

/* Space for len bytes at the end, whatever the ceiling says. */
static char *
room(struct buf *b, size_t len)
{
	/* Packing must free more than it moves, or it would never be done. */
	if (len > b->size - b->end && b->start >= buf_len(b) && b->start > 0)
		pack(b);
	if ((b->data == NULL || len > b->size - b->end) &&
	    (len > SIZE_MAX - b->end || !grow(b, b->end + len))) {
		b->bad = true;
		return NULL;
	}
	return b->data + b->end;
}

char *
buf_reserve(struct buf *b, size_t len)
{
	if (b->bad || len > b->max || buf_len(b) > b->max - len) {
		b->bad = true;
		return NULL;
	}
	return room(b, len);
}

void
buf_commit(struct buf *b, size_t len)
{
	b->end += len;
}

void
buf_consume(struct buf *b, size_t len)
{
	b->start += len;
	if (b->start == b->end)
		b->start = b->end = 0;
}

void
buf_add(struct buf *b, const void *data, size_t len)
{
	char *at;

	if (len == 0 || (at = buf_reserve(b, len)) == NULL)
		return;
	memcpy(at, data, len);
	buf_commit(b, len);
}

void
buf_adds(struct buf *b, const char *text)
{
	buf_add(b, text, strlen(text));
}

void
buf_addf(struct buf *b, const char *fmt, ...)
{
	size_t left = b->bad || b->data == NULL ? 0 : b->size - b->end;
	va_list args, again;
	int len;
	char *at;

	va_start(args, fmt);
	va_copy(again, args);
	/* Mostly there is space for it behind the end. */
	len = vsnprintf(left > 0 ? b->data + b->end : NULL, left, fmt, args);
	if (len < 0)
		b->bad = true;
	else if ((size_t)len < left && buf_reserve(b, (size_t)len) != NULL)
		buf_commit(b, (size_t)len);
	else if (buf_reserve(b, (size_t)len) != NULL &&
	    (at = room(b, (size_t)len + 1)) != NULL) {
		/* The NUL does not count. */
		vsnprintf(at, (size_t)len + 1, fmt, again);
		buf_commit(b, (size_t)len);
	}
	va_end(again);
	va_end(args);
}

/* The character c, which is len bytes at at; len 0: not UTF-8. */
static void
add_json_unit(struct buf *b, const char *at, size_t len, uint32_t c)
{
	if (len == 0)
		buf_adds(b, "\xef\xbf\xbd");
	else if (c == '"')
		buf_add(b, "\\\"", 2);
	else if (c == '\\')
		buf_add(b, "\\\\", 2);
	else if (c <= 0xffff && !utf8_is_printable(c))
		buf_addf(b, "\\u%04x", c);
	else
		buf_add(b, at, len);
}

/* How many of the first bytes stand for themselves: nearly always all. */
static size_t
json_plain(const char *at, size_t len)
{
	size_t count = 0;

	while (count < len && at[count] >= 0x20 && at[count] < 0x7f &&
	    at[count] != '"' && at[count] != '\\')
		count++;
	return count;
}

void
buf_add_json(struct buf *b, const void *data, size_t len)
{
	const char *at = data;

	buf_add(b, "\"", 1);
	for (size_t step; len > 0; at += step, len -= step) {
		uint32_t c = 0;
		size_t unit;

		if ((step = json_plain(at, len)) > 0) {
			buf_add(b, at, step);
			continue;
		}
		unit = utf8_unit(at, len, &c);
		add_json_unit(b, at, unit, c);
		step = unit != 0 ? unit : 1;
	}
	buf_add(b, "\"", 1);
}
