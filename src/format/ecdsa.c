/* SPDX-License-Identifier: Apache-2.0 */
#include "format/ecdsa.h"

#include <openssl/ecdsa.h>
#include <string.h>

#include "base/cursor.h"

#define ORDER_MAX 66
#define DER_SEQUENCE 0x30
#define DER_INTEGER 0x02

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

/* Of what follows tag and length; more than 255 bytes do not occur. */
static void
put_head(struct writer *w, uint8_t tag, size_t len)
{
	put_u8(w, tag);
	if (len >= 0x80)
		put_u8(w, 0x81);
	put_u8(w, (uint8_t)len);
}

static void
put_integer(struct writer *w, const struct integer *n)
{
	put_head(w, DER_INTEGER, n->pad + n->len);
	if (n->pad != 0)
		put_u8(w, 0);
	for (size_t i = 0; i < n->len; i++)
		put_u8(w, n->at[i]);
}

int
ecdsa_der(enum key_type type, const uint8_t *signature, size_t len,
    uint8_t *ret, size_t size, size_t *ret_len)
{
	size_t half = curves[type].size;
	struct integer r, s;
	struct writer w;

	if (ecdsa_check(type, signature, len) == -1)
		return -1;
	r = integer_of(signature, half);
	s = integer_of(signature + half, half);
	writer_init(&w, ret, size);
	/* No integer reaches 128 bytes: two bytes of head each. */
	put_head(&w, DER_SEQUENCE, 4 + r.pad + r.len + s.pad + s.len);
	put_integer(&w, &r);
	put_integer(&w, &s);
	if (!writer_ok(&w))
		return -1;
	*ret_len = w.used;
	return 0;
}

/* By libcrypto; then only the form that ecdsa_der gives is taken. */
int
ecdsa_from_der(enum key_type type, const uint8_t *der, size_t len, uint8_t *ret,
    size_t size, size_t *ret_len)
{
	size_t half = curves[type].size, back_len;
	uint8_t raw[2 * ORDER_MAX], back[2 * ORDER_MAX + 16];
	const uint8_t *at = der;
	ECDSA_SIG *sig = NULL;
	int rv = -1;

	if (half == 0 || len > sizeof(back) || 2 * half > size ||
	    (sig = d2i_ECDSA_SIG(NULL, &at, (long)len)) == NULL)
		goto out;
	if (BN_bn2binpad(ECDSA_SIG_get0_r(sig), raw, (int)half) == -1 ||
	    BN_bn2binpad(ECDSA_SIG_get0_s(sig), raw + half, (int)half) == -1)
		goto out;
	if (ecdsa_der(type, raw, 2 * half, back, sizeof(back), &back_len) ==
		-1 ||
	    back_len != len || memcmp(back, der, len) != 0)
		goto out;
	memcpy(ret, raw, 2 * half);
	*ret_len = 2 * half;
	rv = 0;
out:
	ECDSA_SIG_free(sig);
	return rv;
}
