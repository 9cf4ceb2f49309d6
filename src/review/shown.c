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

static void
add(struct buf *b, const char *text, bool word)
{
	size_t left = strlen(text), unit;

	for (; left > 0; text += unit, left -= unit) {
		uint32_t c = 0;

		unit = utf8_unit(text, left, &c);
		if (unit > 0 && utf8_is_printable(c) && !(word && c == ' ')) {
			buf_add(b, text, unit);
			continue;
		}
		unit = unit > 0 ? unit : 1;
		add_bytes(b, text, unit);
	}
}

void
shown_add(struct buf *b, const char *text)
{
	add(b, text, false);
}

void
shown_add_word(struct buf *b, const char *text)
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
