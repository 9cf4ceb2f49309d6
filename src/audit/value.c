/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/value.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"

/* How the mark of a cut value, backslash and ellipsis, is written. */
#define MARK "\\\\\xe2\x80\xa6"
#define MARK_LEN (sizeof(MARK) - 1)

/* Nearly every value is: names, hex, base64. */
static bool
is_plain(const char *at, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!char_is_print(at[i]) || at[i] == '"' || at[i] == '\\' ||
		    at[i] == ']')
			return false;
	return true;
}

/* How many bytes of escaped text belong together: a character, or \xNN. */
static size_t
unit_len(const char *at)
{
	if (*at == '\\')
		return 4;
	if (((unsigned char)*at & 0xe0) == 0xc0)
		return 2;
	if (((unsigned char)*at & 0xf0) == 0xe0)
		return 3;
	return ((unsigned char)*at & 0xf8) == 0xf0 ? 4 : 1;
}

/* RFC 5424, 6.3.3, on text that text_escape made; the length, or max + 1. */
static size_t
quote(const char *text, size_t len, char *ret, size_t max, size_t *ret_keep)
{
	size_t used = 0;

	*ret_keep = 0;
	for (size_t at = 0, unit; at < len; at += unit) {
		bool quoted = strchr("\"\\]", text[at]) != NULL;

		unit = unit_len(text + at);
		if (used + unit + quoted > max)
			return max + 1;
		if (quoted)
			ret[used++] = '\\';
		memcpy(ret + used, text + at, unit);
		used += unit;
		if (used <= max - MARK_LEN)
			*ret_keep = used;
	}
	return used;
}

size_t
value_write(
    const void *value, size_t len, char ret[RECORD_VALUE_MAX], size_t max)
{
	char text[4 * RECORD_VALUE_MAX + 1];
	bool cut = len > max;
	size_t used, keep;

	/* No byte gets shorter, so what lies beyond could not be written. */
	if (cut)
		len = max;
	if (!cut && is_plain(value, len)) {
		memcpy(ret, value, len);
		return len;
	}
	used = quote(
	    text, text_escape(value, len, text, sizeof(text)), ret, max, &keep);
	if (!cut && used <= max)
		return used;
	memcpy(ret + keep, MARK, MARK_LEN);
	return keep + MARK_LEN;
}
