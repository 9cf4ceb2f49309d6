/* SPDX-License-Identifier: Apache-2.0 */
#include "format/openpgp_armor.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define LINE_BYTES 48 /* 64 characters */
#define LINE_MAX_CHARS 76
#define SUM_BYTES 3

/* RFC 4880, 6.1, four bits at a time: what each of them leaves. */
static void
checksum(const uint8_t *bytes, size_t len, uint8_t ret[static SUM_BYTES])
{
	static const uint32_t left[16] = { 0x000000, 0x864cfb, 0x8ad50d,
		0x0c99f6, 0x93e6e1, 0x15aa1a, 0x1933ec, 0x9f7f17, 0xa18139,
		0x27cdc2, 0x2b5434, 0xad18cf, 0x3267d8, 0xb42b23, 0xb8b2d5,
		0x3efe2e };
	uint32_t crc = 0xb704ce;

	for (size_t i = 0; i < len; i++) {
		crc ^= (uint32_t)bytes[i] << 16;
		crc = (crc << 4 ^ left[crc >> 20]) & 0xffffff;
		crc = (crc << 4 ^ left[crc >> 20]) & 0xffffff;
	}
	ret[0] = (uint8_t)(crc >> 16);
	ret[1] = (uint8_t)(crc >> 8);
	ret[2] = (uint8_t)crc;
}

void
armor_add(struct buf *to, const char *kind, const void *bytes, size_t len)
{
	const uint8_t *at = bytes;
	char line[BASE64_SIZE(LINE_BYTES)];
	uint8_t sum[SUM_BYTES];

	buf_addf(to, "-----BEGIN PGP %s-----\n\n", kind);
	for (size_t i = 0; i < len; i += LINE_BYTES) {
		size_t n = len - i < LINE_BYTES ? len - i : LINE_BYTES;

		base64_encode(at + i, n, true, line);
		buf_addf(to, "%s\n", line);
	}
	checksum(at, len, sum);
	base64_encode(sum, sizeof(sum), true, line);
	buf_addf(to, "=%s\n-----END PGP %s-----\n", line, kind);
}

bool
text_line_next(const char **at, const char *end, struct text_line *ret)
{
	const char *lf;

	if (*at == end)
		return false;
	lf = memchr(*at, '\n', (size_t)(end - *at));
	ret->text = *at;
	ret->len = (size_t)((lf != NULL ? lf : end) - *at);
	*at = lf != NULL ? lf + 1 : end;
	return true;
}

/* In armor blanks at a line's end, and a CR, are none of it. */
static bool
next_line(const char **at, const char *end, struct text_line *ret)
{
	if (!text_line_next(at, end, ret))
		return false;
	while (ret->len > 0 &&
	    (char_is_blank(ret->text[ret->len - 1]) ||
		ret->text[ret->len - 1] == '\r'))
		ret->len--;
	return true;
}

static bool
is_edge(const struct text_line *line, const char *which, const char *kind)
{
	const char *const parts[] = { "-----", which, " PGP ", kind, "-----" };
	size_t at = 0;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		size_t len = strlen(parts[i]);

		if (line->len - at < len ||
		    memcmp(line->text + at, parts[i], len) != 0)
			return false;
		at += len;
	}
	return at == line->len;
}

/* Behind the first line, the headers and the empty line. */
static bool
find_body(const char **at, const char *end, const char *kind)
{
	struct text_line line;

	do {
		if (!next_line(at, end, &line))
			return false;
	} while (!is_edge(&line, "BEGIN", kind));
	do {
		if (!next_line(at, end, &line) ||
		    (line.len > 0 && memchr(line.text, ':', line.len) == NULL))
			return false;
	} while (line.len > 0);
	return true;
}

/* The characters of all lines; sum is the one after them, or empty. */
static int
take_lines(const char *at, const char *end, const char *kind, struct buf *ret,
    struct text_line *sum)
{
	struct text_line line;

	sum->len = 0;
	while (next_line(&at, end, &line)) {
		if (is_edge(&line, "END", kind))
			return ret->bad ? -1 : 0;
		if (line.len == 0 || line.len > LINE_MAX_CHARS || sum->len > 0)
			return -1;
		if (line.text[0] == '=')
			*sum = line;
		else
			buf_add(ret, line.text, line.len);
	}
	return -1;
}

static bool
is_sum(const struct text_line *sum, const uint8_t *bytes, size_t len)
{
	uint8_t said[SUM_BYTES], want[SUM_BYTES];
	size_t said_len;

	if (sum->len == 0)
		return true;
	checksum(bytes, len, want);
	return base64_decode(sum->text + 1, sum->len - 1, said, sizeof(said),
		   &said_len) == 0 &&
	    said_len == sizeof(said) && memcmp(said, want, sizeof(said)) == 0;
}

int
armor_read(const char *text, size_t len, const char *kind, struct buf *ret)
{
	const char *at = text, *end = text + len;
	struct buf chars;
	struct text_line sum;
	uint8_t *bytes;
	size_t got;
	int rv = -1;

	buf_init(&chars, len + 1);
	bytes = malloc(len + 1);
	if (bytes != NULL && find_body(&at, end, kind) &&
	    take_lines(at, end, kind, &chars, &sum) == 0 &&
	    base64_decode(buf_at(&chars), buf_len(&chars), bytes, len, &got) ==
		0 &&
	    is_sum(&sum, bytes, got)) {
		buf_add(ret, bytes, got);
		rv = ret->bad ? -1 : 0;
	}
	free(bytes);
	buf_release(&chars);
	return rv;
}
