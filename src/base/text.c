/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

#define NAME_MAX_LEN 63

bool
char_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool
char_is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool
char_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

bool
char_is_print(char c)
{
	return c >= 0x20 && c <= 0x7e;
}

int
text_number(const char *text, uint64_t max, uint64_t *ret)
{
	uint64_t value = 0;

	if (*text == '\0')
		return -1;
	for (; *text != '\0'; text++) {
		uint64_t digit;

		if (!char_is_digit(*text))
			return -1;
		digit = (uint64_t)(*text - '0');
		if (value > (max - digit) / 10 || digit > max)
			return -1;
		value = value * 10 + digit;
	}
	*ret = value;
	return 0;
}

/* Seconds in one unit, 0 for a letter that is none. */
static uint32_t
unit_seconds(char unit)
{
	switch (unit) {
	case 's':
		return 1;
	case 'm':
		return 60;
	case 'h':
		return 3600;
	case 'd':
		return 86400;
	default:
		return 0;
	}
}

int
text_duration(const char *text, uint32_t max, uint32_t *ret_s)
{
	char number[16];
	size_t len = strlen(text);
	uint32_t unit = 1;
	uint64_t value;

	if (len == 0 || len >= sizeof(number))
		return -1;
	memcpy(number, text, len + 1);
	if (!char_is_digit(number[len - 1])) {
		if ((unit = unit_seconds(number[len - 1])) == 0)
			return -1;
		number[len - 1] = '\0';
	}
	if (text_number(number, max / unit, &value) == -1)
		return -1;
	*ret_s = (uint32_t)value * unit;
	return 0;
}

int
text_size(const char *text, uint64_t max, uint64_t *ret)
{
	static const char units[] = "KMG";
	size_t len = strlen(text);
	char number[24];
	unsigned shift = 0;
	uint64_t value;

	if (len == 0 || len >= sizeof(number))
		return -1;
	memcpy(number, text, len + 1);
	if (char_is_alpha(text[len - 1])) {
		const char *unit = strchr(units, text[len - 1] & ~0x20);

		if (unit == NULL)
			return -1;
		shift = 10 * (unsigned)(unit - units + 1);
		number[len - 1] = '\0';
	}
	if (text_number(number, max >> shift, &value) == -1)
		return -1;
	*ret = value << shift;
	return 0;
}

bool
text_is_name(const char *text)
{
	size_t len = 0;

	if (!char_is_digit(*text) && !char_is_alpha(*text))
		return false;
	for (; *text != '\0'; text++, len++)
		if (!char_is_digit(*text) && !char_is_alpha(*text) &&
		    *text != '.' && *text != '_' && *text != '-')
			return false;
	return len <= NAME_MAX_LEN;
}

bool
text_is_scoped_name(const char *text)
{
	char part[NAME_MAX_LEN + 1];
	size_t len;

	if (strlen(text) > NAME_MAX_LEN)
		return false;
	for (;; text += len + 1) {
		len = strcspn(text, "/");
		memcpy(part, text, len);
		part[len] = '\0';
		if (!text_is_name(part))
			return false;
		if (text[len] == '\0')
			return true;
	}
}

bool
text_is_utf8(const void *data, size_t len)
{
	const char *at = data;

	while (len > 0) {
		size_t unit = utf8_unit(at, len, NULL);

		if (unit == 0 || *at == '\0')
			return false;
		at += unit;
		len -= unit;
	}
	return true;
}

static size_t
escape_unit(const char *at, size_t len, char out[5], size_t *ret_step)
{
	uint32_t c;
	size_t unit = utf8_unit(at, len, &c);

	if (unit != 0 && c != '\\' && utf8_is_printable(c)) {
		memcpy(out, at, unit);
		*ret_step = unit;
		return unit;
	}
	out[0] = '\\';
	out[1] = 'x';
	hex_encode(at, 1, out + 2);
	*ret_step = 1;
	return 4;
}

size_t
text_escape(const void *data, size_t len, char *ret, size_t size)
{
	const char *at = data;
	size_t used = 0, step;
	char out[5];

	if (size == 0)
		return 0;
	while (len > 0) {
		size_t add = escape_unit(at, len, out, &step);

		if (used + add >= size)
			break;
		memcpy(ret + used, out, add);
		used += add;
		at += step;
		len -= step;
	}
	ret[used] = '\0';
	return used;
}

void
text_plain(char *text)
{
	size_t len = strlen(text);

	while (len > 0) {
		uint32_t c = 0;
		size_t unit = utf8_unit(text, len, &c);

		if (unit == 0 || !utf8_is_printable(c)) {
			unit = unit == 0 ? 1 : unit;
			memset(text, '?', unit);
		}
		text += unit;
		len -= unit;
	}
}

bool
text_copy(char *ret, size_t size, const char *src)
{
	size_t len = strlen(src);

	if (len >= size) {
		if (size > 0)
			ret[0] = '\0';
		return false;
	}
	memcpy(ret, src, len + 1);
	return true;
}

int
text_fail(struct text_error *reterr, unsigned line, const char *fmt, ...)
{
	va_list args;

	reterr->line = line;
	va_start(args, fmt);
	vsnprintf(reterr->what, sizeof(reterr->what), fmt, args);
	va_end(args);
	return -1;
}
