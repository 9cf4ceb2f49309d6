/* SPDX-License-Identifier: Apache-2.0 */
#include "format/der.h"

#include <string.h>
#include <time.h>

#define TAG_NUMBER 0x1f
#define LONG_FORM 0x80
#define SET_MAX 16
#define OID_CONTENT 64
#define UTC_FIRST (-631152000) /* 1950-01-01 */
#define UTC_END 2524608000 /* 2050-01-01 */
/* Before and after them gmtime_r gives years that no DER time has. */
#define TIME_FIRST (-62167219200) /* 0000-01-01 */
#define TIME_END 253402300800 /* 10000-01-01 */

static void
put_byte(struct buf *b, unsigned byte)
{
	uint8_t one = (uint8_t)byte;

	buf_add(b, &one, 1);
}

/* How many bytes follow the first one of a length. */
static size_t
long_bytes(size_t len)
{
	size_t n = 0;

	if (len < LONG_FORM)
		return 0;
	for (; len > 0; len >>= 8)
		n++;
	return n;
}

static size_t
encode_length(size_t len, uint8_t ret[1 + sizeof(size_t)])
{
	size_t n = long_bytes(len);

	if (n == 0) {
		ret[0] = (uint8_t)len;
		return 1;
	}
	ret[0] = (uint8_t)(LONG_FORM | n);
	for (size_t i = n; i > 0; i--, len >>= 8)
		ret[i] = (uint8_t)len;
	return 1 + n;
}

static void
put_head(struct buf *b, unsigned tag, size_t len)
{
	uint8_t head[2 + sizeof(size_t)];

	if (tag > UINT8_MAX || (tag & TAG_NUMBER) == TAG_NUMBER)
		b->bad = true;
	head[0] = (uint8_t)tag;
	buf_add(b, head, 1 + encode_length(len, head + 1));
}

size_t
der_begin(struct buf *b, unsigned tag)
{
	put_head(b, tag, 0);
	return buf_len(b);
}

void
der_end(struct buf *b, size_t begun)
{
	uint8_t length[1 + sizeof(size_t)], *content;
	size_t len, bytes;

	if (b->bad || begun < 2 || begun > buf_len(b)) {
		b->bad = true;
		return;
	}
	len = buf_len(b) - begun;
	bytes = encode_length(len, length);
	if (bytes > 1) {
		if (buf_reserve(b, bytes - 1) == NULL)
			return;
		buf_commit(b, bytes - 1);
	}
	/* Only now: reserving may have moved it. */
	content = (uint8_t *)b->data + b->start + begun;
	memmove(content + bytes - 1, content, len);
	memcpy(content - 1, length, bytes);
}

struct value {
	const uint8_t *at;
	size_t len;
};

/* As octet strings, and a shorter one that begins a longer one first. */
static bool
is_before(const struct value *a, const struct value *b)
{
	size_t both = a->len < b->len ? a->len : b->len;
	int order = memcmp(a->at, b->at, both);

	return order != 0 ? order < 0 : a->len < b->len;
}

/* A handful: each is put where it belongs.  The count, or -1. */
static int
sort_values(struct reader *r, struct value values[SET_MAX])
{
	struct value next;
	int count = 0, i;

	for (; r->left > 0; count++) {
		next.at = der_get_whole(r, &next.len);
		if (r->bad || count == SET_MAX)
			return -1;
		for (i = count; i > 0 && is_before(&next, &values[i - 1]); i--)
			values[i] = values[i - 1];
		values[i] = next;
	}
	return count;
}

void
der_end_set_of(struct buf *b, size_t begun)
{
	struct value values[SET_MAX];
	struct reader r;
	struct buf sorted;
	int count;

	if (b->bad || begun < 2 || begun > buf_len(b)) {
		b->bad = true;
		return;
	}
	reader_init(&r, buf_at(b) + begun, buf_len(b) - begun);
	buf_init(&sorted, r.left);
	count = sort_values(&r, values);
	for (int i = 0; i < count; i++)
		buf_add(&sorted, values[i].at, values[i].len);
	if (count == -1 || sorted.bad)
		b->bad = true;
	else if (count > 0)
		memcpy(b->data + b->start + begun, buf_at(&sorted),
		    buf_len(&sorted));
	buf_release(&sorted);
	der_end(b, begun);
}

void
der_put(struct buf *b, unsigned tag, const void *content, size_t len)
{
	put_head(b, tag, len);
	buf_add(b, content, len);
}

void
der_null(struct buf *b)
{
	put_head(b, DER_NULL, 0);
}

void
der_unsigned(struct buf *b, const uint8_t *number, size_t len)
{
	while (len > 0 && *number == 0) {
		number++;
		len--;
	}
	/* Zero needs a byte, and a high first bit would make it negative. */
	if (len == 0 || (*number & 0x80) != 0) {
		put_head(b, DER_INTEGER, len + 1);
		put_byte(b, 0);
	} else {
		put_head(b, DER_INTEGER, len);
	}
	buf_add(b, number, len);
}

void
der_integer(struct buf *b, uint64_t number)
{
	uint8_t bytes[sizeof(number)];
	struct writer w;

	writer_init(&w, bytes, sizeof(bytes));
	put_u64(&w, number);
	der_unsigned(b, bytes, sizeof(bytes));
}

/* Seven bits a byte, the last without the high one. */
static void
put_arc(struct writer *w, uint64_t arc)
{
	int shift = 0;

	while (arc >> shift > 0x7f)
		shift += 7;
	for (; shift > 0; shift -= 7)
		put_u8(w, (uint8_t)(0x80 | (arc >> shift & 0x7f)));
	put_u8(w, (uint8_t)(arc & 0x7f));
}

/* Digits without a leading zero, below 2^32; the text after them, or NULL. */
static const char *
read_arc(const char *text, uint64_t *ret)
{
	uint64_t arc = 0;

	if (*text < '0' || *text > '9' ||
	    (*text == '0' && text[1] >= '0' && text[1] <= '9'))
		return NULL;
	for (; *text >= '0' && *text <= '9'; text++) {
		arc = 10 * arc + (uint64_t)(*text - '0');
		if (arc > UINT32_MAX)
			return NULL;
	}
	*ret = arc;
	return text;
}

void
der_oid(struct buf *b, const char *dots)
{
	uint8_t content[OID_CONTENT];
	const char *at;
	uint64_t first, arc;
	struct writer w;

	writer_init(&w, content, sizeof(content));
	at = read_arc(dots, &first);
	if (at == NULL || first > 2 || *at != '.' ||
	    (at = read_arc(at + 1, &arc)) == NULL || (first < 2 && arc > 39)) {
		b->bad = true;
		return;
	}
	put_arc(&w, 40 * first + arc);
	while (*at != '\0') {
		if (*at != '.' || (at = read_arc(at + 1, &arc)) == NULL) {
			b->bad = true;
			return;
		}
		put_arc(&w, arc);
	}
	if (!writer_ok(&w))
		b->bad = true;
	der_put(b, DER_OID, content, w.used);
}

/* Two digits. */
static char *
put_two(char *at, int number)
{
	*at++ = (char)('0' + number / 10 % 10);
	*at++ = (char)('0' + number % 10);
	return at;
}

static void
put_time(struct buf *b, unsigned tag, int64_t seconds)
{
	time_t when = (time_t)seconds;
	char text[16], *at = text;
	struct tm tm;
	int year;

	if (seconds < TIME_FIRST || seconds >= TIME_END ||
	    gmtime_r(&when, &tm) == NULL) {
		b->bad = true;
		return;
	}
	year = tm.tm_year + 1900;
	if (tag != DER_UTC_TIME)
		at = put_two(at, year / 100);
	at = put_two(at, year);
	at = put_two(at, tm.tm_mon + 1);
	at = put_two(at, tm.tm_mday);
	at = put_two(at, tm.tm_hour);
	at = put_two(at, tm.tm_min);
	at = put_two(at, tm.tm_sec);
	*at++ = 'Z';
	der_put(b, tag, text, (size_t)(at - text));
}

void
der_generalized_time(struct buf *b, int64_t seconds)
{
	put_time(b, DER_GENERALIZED_TIME, seconds);
}

void
der_time(struct buf *b, int64_t seconds)
{
	bool utc = seconds >= UTC_FIRST && seconds < UTC_END;

	put_time(b, utc ? DER_UTC_TIME : DER_GENERALIZED_TIME, seconds);
}
