/* SPDX-License-Identifier: Apache-2.0 */
#include "lists/parse.h"

#include <string.h>

#include "base/text.h"

#define FORMS                                                                  \
	"it is none of HEX, \"HEX  name\", \"HEX *name\" and \"SHA256 (name) " \
	"= HEX\""

static const struct {
	const char *word;
	enum hash hash;
} tags[] = {
	{ "SHA256 (", HASH_SHA256 },
	{ "SHA384 (", HASH_SHA384 },
	{ "SHA512 (", HASH_SHA512 },
	{ "SHA3-256 (", HASH_SHA3_256 },
	{ "SHA3-384 (", HASH_SHA3_384 },
	{ "SHA3-512 (", HASH_SHA3_512 },
	{ "BLAKE2b (", HASH_BLAKE2B },
};

/* Of a digit, its value and one; a table, for lists of a million lines. */
static const uint8_t digits[256] = {
	['0'] = 1,
	['1'] = 2,
	['2'] = 3,
	['3'] = 4,
	['4'] = 5,
	['5'] = 6,
	['6'] = 7,
	['7'] = 8,
	['8'] = 9,
	['9'] = 10,
	['a'] = 11,
	['b'] = 12,
	['c'] = 13,
	['d'] = 14,
	['e'] = 15,
	['f'] = 16,
	['A'] = 11,
	['B'] = 12,
	['C'] = 13,
	['D'] = 14,
	['E'] = 15,
	['F'] = 16,
};

static uint8_t
digit(char c)
{
	return digits[(unsigned char)c];
}

static bool
is_blank(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!char_is_blank(text[i]))
			return false;
	return true;
}

static enum list_line
bad(const char **ret_what, const char *what)
{
	*ret_what = what;
	return LIST_LINE_BAD;
}

/* What a line says, before it is believed. */
struct parts {
	const char *hex;
	size_t hex_len;
	enum hash hash; /* HASH_NONE: not said */
};

/* HEX, HEX  name, HEX *name */
static bool
take_plain(const char *text, size_t len, struct parts *ret)
{
	size_t n = 0;

	while (n < len && digit(text[n]) != 0)
		n++;
	*ret = (struct parts){ text, n, HASH_NONE };
	if (n == 0 || n == len)
		return n > 0;
	return len - n > 2 && text[n] == ' ' &&
	    (text[n + 1] == ' ' || text[n + 1] == '*');
}

/* SHA256 (name) = HEX: from both ends, because a name may hold anything. */
static bool
take_tagged(const char *text, size_t len, struct parts *ret)
{
	static const char close[] = ") = ";
	size_t tail = len, head = 0, i = 0;

	for (; i < sizeof(tags) / sizeof(tags[0]); i++) {
		head = strlen(tags[i].word);
		if (len > head && memcmp(text, tags[i].word, head) == 0)
			break;
	}
	if (i == sizeof(tags) / sizeof(tags[0]))
		return false;
	while (tail > head && digit(text[tail - 1]) != 0)
		tail--;
	*ret = (struct parts){ text + tail, len - tail, tags[i].hash };
	/* A name of one byte at least. */
	return tail > head + strlen(close) &&
	    memcmp(text + tail - strlen(close), close, strlen(close)) == 0;
}

enum list_line
list_line_parse(const char *text, size_t len, uint8_t ret[DIGEST_MAX],
    size_t *ret_len, const char **ret_what)
{
	struct parts parts;
	size_t size;

	if (len > 0 && text[len - 1] == '\r')
		len--;
	if (len > 0 && memchr(text, '\0', len) != NULL)
		return bad(ret_what, "it holds a NUL");
	if (is_blank(text, len) || text[0] == '#')
		return LIST_LINE_PASS;
	/* GNU's mark of an escaped name. */
	if (text[0] == '\\') {
		text++;
		len--;
	}
	if (!take_plain(text, len, &parts) && !take_tagged(text, len, &parts))
		return bad(ret_what, FORMS);
	size = parts.hex_len / 2;
	if (parts.hex_len % 2 != 0 || hash_by_size(size) == HASH_NONE)
		return bad(ret_what,
		    "a digest has 64, 96 or 128 digits (sha256, sha384, "
		    "sha512)");
	if (parts.hash != HASH_NONE && hash_size(parts.hash) != size)
		return bad(ret_what, "the digest is not as long as its hash");
	/* All of them are digits, or they would not be there. */
	for (size_t i = 0; i < size; i++)
		ret[i] = (uint8_t)((digit(parts.hex[2 * i]) - 1) << 4 |
		    (digit(parts.hex[2 * i + 1]) - 1));
	*ret_len = size;
	return LIST_LINE_DIGEST;
}
