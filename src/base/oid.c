/* SPDX-License-Identifier: Apache-2.0 */
#include "base/oid.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Sticky: too long, once, is too long for good. */
struct bytes {
	uint8_t *at;
	size_t len;
	bool bad;
};

/* Seven bits a byte, the highest first; all but the last have bit 8. */
static void
add_number(struct bytes *b, uint64_t number)
{
	size_t more = 1;

	for (uint64_t n = number >> 7; n != 0; n >>= 7)
		more++;
	if (b->bad || b->len + more > OID_MAX) {
		b->bad = true;
		return;
	}
	while (more-- > 0) {
		uint8_t low = (number >> 7 * more) & 0x7f;

		b->at[b->len++] = more > 0 ? low | 0x80 : low;
	}
}

/* A decimal without leading zeros; *at is behind it. */
static int
take_number(const char **at, uint64_t *ret)
{
	char digits[21];
	size_t n = 0;

	while (char_is_digit((*at)[n]) && n < sizeof(digits) - 1) {
		digits[n] = (*at)[n];
		n++;
	}
	digits[n] = '\0';
	if (n == 0 || char_is_digit((*at)[n]) || (n > 1 && digits[0] == '0') ||
	    text_number(digits, UINT64_MAX, ret) == -1)
		return -1;
	*at += n;
	return 0;
}

/* The first two numbers share a place. */
static int
take_first(const char **at, uint64_t *ret)
{
	uint64_t one, two;

	if (take_number(at, &one) == -1 || one > 2 || *(*at)++ != '.' ||
	    take_number(at, &two) == -1)
		return -1;
	if ((one < 2 && two >= 40) || two > UINT64_MAX - 80)
		return -1;
	*ret = 40 * one + two;
	return 0;
}

int
oid_encode(const char *text, uint8_t ret[static OID_MAX], size_t *ret_len)
{
	uint8_t space[OID_MAX];
	struct bytes b = { .at = space };
	uint64_t number;

	if (take_first(&text, &number) == -1)
		return -1;
	add_number(&b, number);
	while (*text == '.') {
		text++;
		if (take_number(&text, &number) == -1)
			return -1;
		add_number(&b, number);
	}
	if (*text != '\0' || b.bad)
		return -1;
	memcpy(ret, space, b.len);
	*ret_len = b.len;
	return 0;
}

static int
next_number(const uint8_t *bytes, size_t len, size_t *at, uint64_t *ret)
{
	uint64_t number = 0;

	if (*at < len && bytes[*at] == 0x80)
		return -1;
	while (*at < len && number <= UINT64_MAX >> 7) {
		uint8_t byte = bytes[(*at)++];

		number = number << 7 | (byte & 0x7f);
		if ((byte & 0x80) != 0)
			continue;
		*ret = number;
		return 0;
	}
	return -1;
}

int
oid_text(const uint8_t *bytes, size_t len, char ret[static OID_TEXT])
{
	uint64_t number, first;
	size_t at = 0, used;

	if (len > OID_MAX || next_number(bytes, len, &at, &number) == -1)
		return -1;
	first = number < 80 ? number / 40 : 2;
	used = (size_t)snprintf(
	    ret, OID_TEXT, "%" PRIu64 ".%" PRIu64, first, number - 40 * first);
	while (at < len) {
		if (next_number(bytes, len, &at, &number) == -1)
			return -1;
		used += (size_t)snprintf(
		    ret + used, OID_TEXT - used, ".%" PRIu64, number);
	}
	return 0;
}
