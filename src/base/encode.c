/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hex and base64 (RFC 4648), declared in base/text.h.
 */
#include "base/text.h"

static const char hex_digits[] = "0123456789abcdef";
static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void
hex_encode(const void *data, size_t len, char *ret)
{
	const uint8_t *at = data;

	for (size_t i = 0; i < len; i++) {
		*ret++ = hex_digits[at[i] >> 4];
		*ret++ = hex_digits[at[i] & 15];
	}
	*ret = '\0';
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int
hex_decode(const char *text, size_t len, uint8_t *ret)
{
	if (len % 2 != 0)
		return -1;
	for (size_t i = 0; i < len; i += 2) {
		int high = hex_value(text[i]), low = hex_value(text[i + 1]);

		if (high < 0 || low < 0)
			return -1;
		*ret++ = (uint8_t)(high << 4 | low);
	}
	return 0;
}

/* Four digits for up to three bytes. */
static void
encode_group(const uint8_t *at, size_t len, char out[4])
{
	uint32_t bits = (uint32_t)at[0] << 16;

	if (len > 1)
		bits |= (uint32_t)at[1] << 8;
	if (len > 2)
		bits |= at[2];
	for (unsigned i = 0; i < 4; i++)
		out[i] = base64_digits[bits >> (18 - 6 * i) & 63];
}

size_t
base64_encode(const void *data, size_t len, bool pad, char *ret)
{
	const uint8_t *at = data;
	char *start = ret;
	char group[4];

	for (; len >= 3; at += 3, len -= 3, ret += 4)
		encode_group(at, 3, ret);
	if (len > 0) {
		encode_group(at, len, group);
		for (size_t i = 0; i < len + 1; i++)
			*ret++ = group[i];
		for (size_t i = len; pad && i < 3; i++)
			*ret++ = '=';
	}
	*ret = '\0';
	return (size_t)(ret - start);
}

static int
base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

/* One group of four; *ret_len is 1 to 3.  Stray bits make it invalid. */
static int
decode_group(const char *at, bool last, uint8_t out[3], size_t *ret_len)
{
	uint32_t bits = 0;
	size_t pad = 0;

	if (last && at[3] == '=')
		pad = at[2] == '=' ? 2 : 1;
	for (size_t i = 0; i < 4 - pad; i++) {
		int value = base64_value(at[i]);

		if (value < 0)
			return -1;
		bits |= (uint32_t)value << (18 - 6 * i);
	}
	out[0] = (uint8_t)(bits >> 16);
	out[1] = (uint8_t)(bits >> 8);
	out[2] = (uint8_t)bits;
	*ret_len = 3 - pad;
	return (pad > 0 && out[3 - pad] != 0) ? -1 : 0;
}

int
base64_decode(
    const char *text, size_t len, uint8_t *ret, size_t size, size_t *ret_len)
{
	size_t used = 0, here;
	uint8_t out[3];

	if (len % 4 != 0)
		return -1;
	for (; len > 0; len -= 4, text += 4) {
		if (decode_group(text, len == 4, out, &here) == -1)
			return -1;
		if (size - used < here)
			return -1;
		for (size_t i = 0; i < here; i++)
			ret[used++] = out[i];
	}
	*ret_len = used;
	return 0;
}
