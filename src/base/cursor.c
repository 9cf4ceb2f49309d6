/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cursor.h"

#include <endian.h>
#include <string.h>

void
reader_init(struct reader *r, const void *data, size_t len)
{
	r->at = data;
	r->left = len;
	r->bad = false;
}

bool
reader_done(const struct reader *r)
{
	return !r->bad && r->left == 0;
}

void
reader_fail(struct reader *r)
{
	r->bad = true;
	r->left = 0;
}

const uint8_t *
get_raw(struct reader *r, size_t len)
{
	const uint8_t *at = r->at;

	if (r->bad || r->left < len) {
		reader_fail(r);
		return NULL;
	}
	r->at += len;
	r->left -= len;
	return at;
}

uint8_t
get_u8(struct reader *r)
{
	const uint8_t *at = get_raw(r, 1);

	return at != NULL ? *at : 0;
}

uint16_t
get_u16(struct reader *r)
{
	const uint8_t *at = get_raw(r, sizeof(uint16_t));
	uint16_t value = 0;

	if (at != NULL)
		memcpy(&value, at, sizeof(value));
	return be16toh(value);
}

uint32_t
get_u32(struct reader *r)
{
	const uint8_t *at = get_raw(r, sizeof(uint32_t));
	uint32_t value = 0;

	if (at != NULL)
		memcpy(&value, at, sizeof(value));
	return be32toh(value);
}

uint64_t
get_u64(struct reader *r)
{
	const uint8_t *at = get_raw(r, sizeof(uint64_t));
	uint64_t value = 0;

	if (at != NULL)
		memcpy(&value, at, sizeof(value));
	return be64toh(value);
}

uint8_t
get_enum(struct reader *r, uint8_t max)
{
	uint8_t value = get_u8(r);

	if (value <= max)
		return value;
	reader_fail(r);
	return 0;
}

bool
get_bool(struct reader *r)
{
	return get_enum(r, 1) == 1;
}

void
get_str(struct reader *r, char *ret, size_t size)
{
	size_t len = get_u16(r);
	const uint8_t *at = get_raw(r, len);

	ret[0] = '\0';
	if (at == NULL)
		return;
	if (len >= size || memchr(at, '\0', len) != NULL) {
		reader_fail(r);
		return;
	}
	memcpy(ret, at, len);
	ret[len] = '\0';
}

const uint8_t *
get_view(struct reader *r, size_t max, size_t *ret_len)
{
	size_t len = get_u32(r);
	const uint8_t *at;

	*ret_len = 0;
	if (len > max)
		reader_fail(r);
	if ((at = get_raw(r, len)) != NULL)
		*ret_len = len;
	return at;
}

void
get_bytes(struct reader *r, void *ret, size_t size, size_t *ret_len)
{
	const uint8_t *at = get_view(r, size, ret_len);

	if (at != NULL && *ret_len > 0)
		memcpy(ret, at, *ret_len);
}

void
writer_init(struct writer *w, void *space, size_t size)
{
	w->start = space;
	w->used = 0;
	w->size = size;
	w->bad = false;
}

bool
writer_ok(const struct writer *w)
{
	return !w->bad;
}

void
writer_fail(struct writer *w)
{
	w->bad = true;
}

static void
append(struct writer *w, const void *data, size_t len)
{
	if (w->bad || w->size - w->used < len) {
		w->bad = true;
		return;
	}
	if (len > 0)
		memcpy(w->start + w->used, data, len);
	w->used += len;
}

void
put_u8(struct writer *w, uint8_t value)
{
	append(w, &value, sizeof(value));
}

void
put_u16(struct writer *w, uint16_t value)
{
	uint16_t raw = htobe16(value);

	append(w, &raw, sizeof(raw));
}

void
put_u32(struct writer *w, uint32_t value)
{
	uint32_t raw = htobe32(value);

	append(w, &raw, sizeof(raw));
}

void
put_u64(struct writer *w, uint64_t value)
{
	uint64_t raw = htobe64(value);

	append(w, &raw, sizeof(raw));
}

void
put_bool(struct writer *w, bool value)
{
	put_u8(w, value ? 1 : 0);
}

void
put_str(struct writer *w, const char *text)
{
	size_t len = strlen(text);

	if (len > UINT16_MAX) {
		w->bad = true;
		return;
	}
	put_u16(w, (uint16_t)len);
	append(w, text, len);
}

void
put_bytes(struct writer *w, const void *data, size_t len)
{
	if (len > UINT32_MAX) {
		w->bad = true;
		return;
	}
	put_u32(w, (uint32_t)len);
	append(w, data, len);
}
