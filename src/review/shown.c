/* SPDX-License-Identifier: Apache-2.0 */
#include "review/shown.h"

#include <string.h>

#include "base/text.h"
#include "base/utf8.h"

static void
add_bytes(struct buf *b, const char *at, size_t len)
{
	char text[4 * 4 + 1];

	for (size_t i = 0; i < len; i++) {
		text[4 * i] = '\\';
		text[4 * i + 1] = 'x';
		hex_encode(at + i, 1, text + 4 * i + 2);
	}
	buf_add(b, text, 4 * len);
}

/* Looks like a blank and is none. */
static bool
is_wide_blank(uint32_t c)
{
	return c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200b) ||
	    c == 0x202f || c == 0x205f || c == 0x3000;
}

/* Two blanks are what is between columns; one between letters is not. */
static bool
is_gap(const char *text, size_t at, uint32_t c)
{
	if (c != ' ')
		return is_wide_blank(c);
	return at == 0 || text[at - 1] == ' ' || text[at + 1] == ' ' ||
	    text[at + 1] == '\0';
}

static void
add(struct buf *b, const char *text, bool word)
{
	size_t len = strlen(text), unit;

	for (size_t at = 0; at < len; at += unit) {
		uint32_t c = 0;

		unit = utf8_unit(text + at, len - at, &c);
		if (unit > 0 && utf8_is_printable(c) &&
		    !(word && is_gap(text, at, c))) {
			buf_add(b, text + at, unit);
			continue;
		}
		unit = unit > 0 ? unit : 1;
		add_bytes(b, text + at, unit);
	}
}

void
shown_add(struct buf *b, const char *text)
{
	add(b, text, false);
}

void
shown_add_cell(struct buf *b, const char *text)
{
	if (*text == '\0')
		buf_adds(b, "-");
	else
		add(b, text, true);
}

size_t
shown_width(const char *text)
{
	size_t width = 0;

	for (; *text != '\0'; text++)
		width += ((unsigned char)*text & 0xc0) != 0x80;
	return width;
}
