/* SPDX-License-Identifier: Apache-2.0 */
#include "format/openpgp_key.h"

#include <limits.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/cursor.h"
#include "format/openpgp_packet.h"

#define VERSION 4
#define NUMBER_MAX 2048 /* 16384 bits */
#define POINT_MAX (1 + 2 * 66)

/* RFC 6637, 11, and RFC 9580, 9.2. */
static const struct curve {
	enum key_type type;
	uint16_t bits;
	const char *group; /* libcrypto's */
	size_t point; /* bytes */
	uint8_t oid_len;
	uint8_t oid[9];
} curves[] = {
	{ KEY_P256, 256, "prime256v1", 65, 8,
	    { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 } },
	{ KEY_P384, 384, "secp384r1", 97, 5, { 0x2b, 0x81, 0x04, 0x00, 0x22 } },
	{ KEY_P521, 521, "secp521r1", 133, 5,
	    { 0x2b, 0x81, 0x04, 0x00, 0x23 } },
	{ KEY_ED25519, 255, NULL, 33, 9,
	    { 0x2b, 0x06, 0x01, 0x04, 0x01, 0xda, 0x47, 0x0f, 0x01 } },
};

#define CURVES (sizeof(curves) / sizeof(curves[0]))

static void
add_byte(struct buf *to, unsigned byte)
{
	uint8_t b = (uint8_t)byte;

	buf_add(to, &b, 1);
}

static int
add_param(struct buf *to, EVP_PKEY *pkey, const char *param)
{
	uint8_t bytes[NUMBER_MAX];
	BIGNUM *number = NULL;
	int len = -1;

	if (EVP_PKEY_get_bn_param(pkey, param, &number) == 1 &&
	    BN_num_bytes(number) <= NUMBER_MAX)
		len = BN_bn2bin(number, bytes);
	BN_free(number);
	if (len <= 0)
		return -1;
	mpi_add(to, bytes, (size_t)len);
	return 0;
}

static int
add_rsa(struct buf *to, EVP_PKEY *pkey, struct openpgp_key *ret)
{
	ret->type = KEY_RSA;
	ret->algorithm = OPENPGP_RSA;
	ret->bits = (uint16_t)EVP_PKEY_get_bits(pkey);
	add_byte(to, OPENPGP_RSA);
	if (add_param(to, pkey, OSSL_PKEY_PARAM_RSA_N) == -1)
		return -1;
	return add_param(to, pkey, OSSL_PKEY_PARAM_RSA_E);
}

static const struct curve *
curve_of(EVP_PKEY *pkey)
{
	bool eddsa = EVP_PKEY_get_base_id(pkey) == EVP_PKEY_ED25519;
	char group[64];

	if (!eddsa &&
	    EVP_PKEY_get_group_name(pkey, group, sizeof(group), NULL) != 1)
		return NULL;
	for (size_t i = 0; i < CURVES; i++)
		if (eddsa ? curves[i].group == NULL :
			    curves[i].group != NULL &&
			    strcmp(curves[i].group, group) == 0)
			return &curves[i];
	return NULL;
}

static int
point_of(EVP_PKEY *pkey, const struct curve *curve, uint8_t ret[POINT_MAX])
{
	size_t half = curve->point / 2, len = curve->point - 1;
	BIGNUM *x = NULL, *y = NULL;
	int rv = -1;

	if (curve->type == KEY_ED25519) {
		ret[0] = 0x40; /* what follows is the key as it is */
		return EVP_PKEY_get_raw_public_key(pkey, ret + 1, &len) == 1 ?
		    0 :
		    -1;
	}
	ret[0] = 0x04;
	if (EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_EC_PUB_X, &x) == 1 &&
	    EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_EC_PUB_Y, &y) == 1 &&
	    BN_bn2binpad(x, ret + 1, (int)half) == (int)half &&
	    BN_bn2binpad(y, ret + 1 + half, (int)half) == (int)half)
		rv = 0;
	BN_free(x);
	BN_free(y);
	return rv;
}

static int
add_curve(struct buf *to, EVP_PKEY *pkey, struct openpgp_key *ret)
{
	const struct curve *curve = curve_of(pkey);
	uint8_t point[POINT_MAX];

	if (curve == NULL || point_of(pkey, curve, point) == -1)
		return -1;
	ret->type = curve->type;
	ret->bits = curve->bits;
	ret->algorithm =
	    curve->type == KEY_ED25519 ? OPENPGP_EDDSA : OPENPGP_ECDSA;
	add_byte(to, ret->algorithm);
	add_byte(to, curve->oid_len);
	buf_add(to, curve->oid, curve->oid_len);
	mpi_add(to, point, curve->point);
	return 0;
}

void
openpgp_key_about(
    struct buf *to, const struct buf *body, const void *id, size_t id_len)
{
	size_t len = buf_len(body);

	add_byte(to, 0x99);
	add_byte(to, (unsigned)(len >> 8));
	add_byte(to, (unsigned)len);
	buf_add(to, buf_at(body), len);
	if (id == NULL)
		return;
	add_byte(to, 0xb4);
	for (int shift = 24; shift >= 0; shift -= 8)
		add_byte(to, (unsigned)(id_len >> shift));
	buf_add(to, id, id_len);
}

/* RFC 4880, 12.2. */
static int
fill_fingerprint(const struct buf *body, struct openpgp_key *ret)
{
	struct buf about;
	int ok = 0;

	buf_init(&about, 4 + UINT16_MAX);
	openpgp_key_about(&about, body, NULL, 0);
	if (!about.bad)
		ok = EVP_Digest(buf_at(&about), buf_len(&about),
		    ret->fingerprint, NULL, EVP_sha1(), NULL);
	buf_release(&about);
	return ok == 1 ? 0 : -1;
}

static int
make(
    EVP_PKEY *pkey, uint32_t created, struct buf *body, struct openpgp_key *ret)
{
	int id = EVP_PKEY_get_base_id(pkey), rv = -1;

	*ret = (struct openpgp_key){ .created = created };
	add_byte(body, VERSION);
	for (int shift = 24; shift >= 0; shift -= 8)
		add_byte(body, created >> shift);
	if (id == EVP_PKEY_RSA)
		rv = add_rsa(body, pkey, ret);
	else if (id == EVP_PKEY_EC || id == EVP_PKEY_ED25519)
		rv = add_curve(body, pkey, ret);
	if (rv == -1 || body->bad)
		return -1;
	return fill_fingerprint(body, ret);
}

int
openpgp_key_make(const uint8_t *spki, size_t spki_len, uint32_t created,
    struct buf *ret_body, struct openpgp_key *ret)
{
	const uint8_t *at = spki;
	EVP_PKEY *pkey = NULL;
	int rv = -1;

	if (spki_len <= LONG_MAX)
		pkey = d2i_PUBKEY(NULL, &at, (long)spki_len);
	if (pkey != NULL && at == spki + spki_len)
		rv = make(pkey, created, ret_body, ret);
	EVP_PKEY_free(pkey);
	return rv;
}
