/* SPDX-License-Identifier: Apache-2.0 */
#include "format/scan.h"

#include <string.h>

#include "base/text.h"

#define NUMBER_MAX 20 /* digits of 2^64 - 1 */
#define URL_MAX 4096 /* base64 that is turned into the other one */

static void
skip(struct reader *r, size_t len)
{
	r->at += len;
	r->left -= len;
}

void
scan_text(struct reader *r, const char *text)
{
	size_t len = strlen(text);

	if (r->bad || r->left < len || memcmp(r->at, text, len) != 0)
		reader_fail(r);
	else
		skip(r, len);
}

const char *
scan_to(struct reader *r, char end, size_t max, size_t *ret_len)
{
	const char *at = (const char *)r->at, *found = NULL;

	*ret_len = 0;
	if (!r->bad && r->left > 0)
		found = memchr(at, end, r->left <= max ? r->left : max + 1);
	if (found == NULL) {
		reader_fail(r);
		return "";
	}
	*ret_len = (size_t)(found - at);
	skip(r, *ret_len + 1);
	return at;
}

const char *
scan_rest(struct reader *r, size_t max, size_t *ret_len)
{
	const char *at = (const char *)r->at;

	*ret_len = 0;
	if (r->bad || r->left > max) {
		reader_fail(r);
		return "";
	}
	*ret_len = r->left;
	skip(r, r->left);
	return at;
}

uint64_t
scan_number(struct reader *r, char end, uint64_t max)
{
	char digits[NUMBER_MAX + 1] = "";
	uint64_t number = 0;
	size_t len;
	const char *at = scan_to(r, end, NUMBER_MAX, &len);

	memcpy(digits, at, len);
	if (text_number(digits, max, &number) == -1 ||
	    (digits[0] == '0' && len > 1)) {
		reader_fail(r);
		return 0;
	}
	return number;
}

static bool
is_lower_hex(const char *at, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!char_is_digit(at[i]) && (at[i] < 'a' || at[i] > 'f'))
			return false;
	return true;
}

void
scan_hex(struct reader *r, char end, uint8_t *ret, size_t len)
{
	size_t digits;
	const char *at = scan_to(r, end, 2 * len, &digits);

	if (digits != 2 * len || !is_lower_hex(at, digits) ||
	    hex_decode(at, digits, ret) == -1)
		reader_fail(r);
}

void
scan_base64(
    struct reader *r, char end, uint8_t *ret, size_t size, size_t *ret_len)
{
	size_t digits;
	const char *at = scan_to(r, end, BASE64_SIZE(size), &digits);

	*ret_len = 0;
	if (r->bad || base64_decode(at, digits, ret, size, ret_len) == -1) {
		*ret_len = 0;
		reader_fail(r);
	}
}

/* The same digits in base64's own alphabet, and padded: 0, or -1. */
static int
from_url(const char *at, size_t len, char ret[URL_MAX + 4], size_t *ret_len)
{
	if (len > URL_MAX)
		return -1;
	for (size_t i = 0; i < len; i++) {
		if (at[i] == '+' || at[i] == '/' || at[i] == '=')
			return -1;
		ret[i] = at[i] == '-' ? '+' : at[i] == '_' ? '/' : at[i];
	}
	while (len % 4 != 0)
		ret[len++] = '=';
	*ret_len = len;
	return 0;
}

void
scan_base64url(
    struct reader *r, char end, uint8_t *ret, size_t size, size_t *ret_len)
{
	char text[URL_MAX + 4];
	size_t digits, len = 0;
	const char *at = end == '\0' ? scan_rest(r, URL_MAX, &digits) :
				       scan_to(r, end, URL_MAX, &digits);

	*ret_len = 0;
	if (r->bad || from_url(at, digits, text, &len) == -1 ||
	    base64_decode(text, len, ret, size, ret_len) == -1) {
		*ret_len = 0;
		reader_fail(r);
	}
}
