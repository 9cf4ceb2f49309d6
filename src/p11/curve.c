/* SPDX-License-Identifier: Apache-2.0 */
#include "p11/pubkey.h"

#include <string.h>

/* Named curves only: explicit parameters could be anybody's curve. */
static const struct curve {
	enum key_type type;
	size_t point; /* uncompressed, or the raw Edwards key */
	size_t len;
	uint8_t params[16];
} curves[] = {
	{ KEY_P256, 65, 10,
	    { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 } },
	{ KEY_P384, 97, 7, { 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22 } },
	{ KEY_P521, 133, 7, { 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23 } },
	/* PKCS#11 3.0 names Edwards curves by text; RFC 8410 by identifier. */
	{ KEY_ED25519, 32, 14,
	    { 0x13, 0x0c, 'e', 'd', 'w', 'a', 'r', 'd', 's', '2', '5', '5', '1',
		'9' } },
	{ KEY_ED25519, 32, 5, { 0x06, 0x03, 0x2b, 0x65, 0x70 } },
};

#define CURVES (sizeof(curves) / sizeof(curves[0]))

enum key_type
curve_by_params(const uint8_t *params, size_t len)
{
	for (size_t i = 0; i < CURVES; i++)
		if (curves[i].len == len &&
		    memcmp(curves[i].params, params, len) == 0)
			return curves[i].type;
	return KEY_NONE;
}

static const struct curve *
curve_by_type(enum key_type type)
{
	for (size_t i = 0; i < CURVES; i++)
		if (curves[i].type == type)
			return &curves[i];
	return NULL;
}

const uint8_t *
curve_params(enum key_type type, size_t *ret_len)
{
	const struct curve *c = curve_by_type(type);

	if (c == NULL)
		return NULL;
	*ret_len = c->len;
	return c->params;
}

const uint8_t *
curve_point(
    enum key_type type, const uint8_t *value, size_t len, size_t *ret_len)
{
	const struct curve *c = curve_by_type(type);
	size_t head;

	if (c == NULL || len < c->point)
		return NULL;
	head = len - c->point;
	if (head == 2 && (value[0] != 0x04 || value[1] != c->point))
		return NULL;
	if (head == 3 &&
	    (value[0] != 0x04 || value[1] != 0x81 || value[2] != c->point))
		return NULL;
	if (head != 0 && head != (c->point < 128 ? 2 : 3))
		return NULL;
	*ret_len = c->point;
	return value + head;
}
