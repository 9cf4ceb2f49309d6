/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"

/* How many bytes a first byte announces, and its own bits; 0: not one. */
static size_t
announced(uint8_t first, uint32_t *ret)
{
	if (first < 0x80) {
		*ret = first;
		return 1;
	}
	if (first >= 0xc2 && first <= 0xdf) {
		*ret = first & 0x1f;
		return 2;
	}
	if (first >= 0xe0 && first <= 0xef) {
		*ret = first & 0x0f;
		return 3;
	}
	if (first >= 0xf0 && first <= 0xf4) {
		*ret = first & 0x07;
		return 4;
	}
	return 0;
}

size_t
utf8_unit(const void *data, size_t len, uint32_t *ret)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const uint8_t *at = data;
	uint32_t c = 0;
	size_t need;

	if (len == 0 || (need = announced(at[0], &c)) == 0 || need > len)
		return 0;
	for (size_t i = 1; i < need; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (at[i] & 0x3f);
	}
	if (c < least[need] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	if (ret != NULL)
		*ret = c;
	return need;
}

/*
 * What shows nothing, or changes how other characters show: controls, line
 * ends, directions, Unicode's Default_Ignorable_Code_Point (variation
 * selectors, joiners, fillers, tags), annotations and noncharacters.
 */
static const struct {
	uint32_t first, last;
} hidden[] = {
	{ 0x0000, 0x001f },
	{ 0x007f, 0x009f },
	{ 0x00ad, 0x00ad },
	{ 0x034f, 0x034f },
	{ 0x061c, 0x061c },
	{ 0x115f, 0x1160 },
	{ 0x17b4, 0x17b5 },
	{ 0x180b, 0x180f },
	{ 0x200b, 0x200f },
	{ 0x2028, 0x202e },
	{ 0x2060, 0x206f },
	{ 0x3164, 0x3164 },
	{ 0xfdd0, 0xfdef },
	{ 0xfe00, 0xfe0f },
	{ 0xfeff, 0xfeff },
	{ 0xffa0, 0xffa0 },
	{ 0xfff0, 0xfffb },
	{ 0xfffe, 0xffff },
	{ 0x1bca0, 0x1bca3 },
	{ 0x1d173, 0x1d17a },
	{ 0xe0000, 0xe0fff },
};

bool
utf8_is_printable(uint32_t c)
{
	/* The last two of every plane. */
	if ((c & 0xfffe) == 0xfffe)
		return false;
	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
		if (c < hidden[i].first)
			return true;
		if (c <= hidden[i].last)
			return false;
	}
	return true;
}

uint32_t
utf8_hidden(const char *text, size_t len)
{
	size_t unit;
	uint32_t c;

	for (size_t at = 0; at < len; at += unit) {
		unit = 1;
		if (text[at] == '\t' || (text[at] >= ' ' && text[at] <= '~'))
			continue;
		if ((unit = utf8_unit(text + at, len - at, &c)) == 0)
			break;
		if (!utf8_is_printable(c))
			return c;
	}
	return 0;
}
