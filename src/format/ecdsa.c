/* SPDX-License-Identifier: Apache-2.0 */
#include "format/ecdsa.h"

#include <string.h>

#include "format/der.h"

#define ORDER_MAX 66

/* FIPS 186-4, D.1.2.  A test holds these to libcrypto's. */
static const uint8_t order_p256[] = { 0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00,
	0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa,
	0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25,
	0x51 };
static const uint8_t order_p384[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xc7, 0x63, 0x4d, 0x81, 0xf4, 0x37, 0x2d,
	0xdf, 0x58, 0x1a, 0x0d, 0xb2, 0x48, 0xb0, 0xa7, 0x7a, 0xec, 0xec, 0x19,
	0x6a, 0xcc, 0xc5, 0x29, 0x73 };
static const uint8_t order_p521[] = { 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xfa, 0x51, 0x86, 0x87, 0x83, 0xbf, 0x2f, 0x96, 0x6b, 0x7f,
	0xcc, 0x01, 0x48, 0xf7, 0x09, 0xa5, 0xd0, 0x3b, 0xb5, 0xc9, 0xb8, 0x89,
	0x9c, 0x47, 0xae, 0xbb, 0x6f, 0xb7, 0x1e, 0x91, 0x38, 0x64, 0x09 };

static const struct {
	const uint8_t *order;
	size_t size;
} curves[KEY_TYPE_COUNT] = {
	[KEY_P256] = { order_p256, sizeof(order_p256) },
	[KEY_P384] = { order_p384, sizeof(order_p384) },
	[KEY_P521] = { order_p521, sizeof(order_p521) },
};

size_t
ecdsa_order_size(enum key_type type)
{
	return curves[type].size;
}

/* From 1 to the order less one? */
static int
check_half(enum key_type type, const uint8_t *number)
{
	static const uint8_t zero[ORDER_MAX];
	size_t size = curves[type].size;

	if (memcmp(number, zero, size) == 0)
		return -1;
	return memcmp(number, curves[type].order, size) < 0 ? 0 : -1;
}

int
ecdsa_check(enum key_type type, const uint8_t *signature, size_t len)
{
	size_t size = curves[type].size;

	if (size == 0 || len != 2 * size)
		return -1;
	if (check_half(type, signature) == -1)
		return -1;
	return check_half(type, signature + size);
}

/* The shortest form of a positive number that is not 0. */
struct integer {
	const uint8_t *at;
	size_t len;
	size_t pad; /* a zero byte in front, or the number would be negative */
};

static struct integer
integer_of(const uint8_t *number, size_t size)
{
	struct integer n = { number, size, 0 };

	while (*n.at == 0) {
		n.at++;
		n.len--;
	}
	n.pad = *n.at >> 7;
	return n;
}

/* No integer reaches 128 bytes: its head has two.  What is behind it. */
static uint8_t *
put_integer(uint8_t *at, const struct integer *n)
{
	*at++ = DER_INTEGER;
	*at++ = (uint8_t)(n->pad + n->len);
	if (n->pad != 0)
		*at++ = 0;
	memcpy(at, n->at, n->len);
	return at + n->len;
}

int
ecdsa_der(enum key_type type, const uint8_t *signature, size_t len,
    uint8_t *ret, size_t size, size_t *ret_len)
{
	size_t half = curves[type].size, content, head;
	struct integer r, s;
	uint8_t *at = ret;

	if (ecdsa_check(type, signature, len) == -1)
		return -1;
	r = integer_of(signature, half);
	s = integer_of(signature + half, half);
	content = 4 + r.pad + r.len + s.pad + s.len;
	head = content < 0x80 ? 2 : 3;
	if (size < head + content)
		return -1;
	*at++ = DER_SEQUENCE;
	if (head == 3)
		*at++ = 0x81;
	*at++ = (uint8_t)content;
	put_integer(put_integer(at, &r), &s);
	*ret_len = head + content;
	return 0;
}

/* A number that is not negative, in its only form, as `half' bytes. */
static int
get_number(struct reader *r, size_t half, uint8_t *ret)
{
	struct reader n = der_get(r, DER_INTEGER);

	if (n.left == 0 || (n.at[0] & 0x80) != 0)
		return -1;
	if (n.at[0] == 0 && n.left > 1) {
		if ((n.at[1] & 0x80) == 0)
			return -1;
		n.at++;
		n.left--;
	}
	if (n.left > half)
		return -1;
	memset(ret, 0, half - n.left);
	memcpy(ret + half - n.left, n.at, n.left);
	return 0;
}

/* Shares nothing with ecdsa_der but the check of the two numbers. */
int
ecdsa_from_der(enum key_type type, const uint8_t *der, size_t len, uint8_t *ret,
    size_t size, size_t *ret_len)
{
	size_t half = curves[type].size;
	uint8_t signature[2 * ORDER_MAX];
	struct reader all, both;

	if (half == 0 || 2 * half > size)
		return -1;
	reader_init(&all, der, len);
	both = der_get(&all, DER_SEQUENCE);
	if (get_number(&both, half, signature) == -1 ||
	    get_number(&both, half, signature + half) == -1 ||
	    !reader_done(&both) || !reader_done(&all) ||
	    ecdsa_check(type, signature, 2 * half) == -1)
		return -1;
	memcpy(ret, signature, 2 * half);
	*ret_len = 2 * half;
	return 0;
}
