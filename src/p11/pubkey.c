/* SPDX-License-Identifier: Apache-2.0 */
#include "p11/pubkey.h"

#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>
#include <string.h>

#include "p11/rv.h"

static EVP_PKEY *
pkey_from_params(const char *name, OSSL_PARAM_BLD *build)
{
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, name, NULL);
	EVP_PKEY *pkey = NULL;

	if (params == NULL || ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1)
		goto out;
	if (EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1)
		pkey = NULL;
out:
	EVP_PKEY_CTX_free(ctx);
	OSSL_PARAM_free(params);
	return pkey;
}

static EVP_PKEY *
rsa_pkey(const BIGNUM *n, const BIGNUM *e)
{
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	EVP_PKEY *pkey = NULL;

	if (build != NULL &&
	    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n) == 1 &&
	    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e) == 1)
		pkey = pkey_from_params("RSA", build);
	OSSL_PARAM_BLD_free(build);
	return pkey;
}

static EVP_PKEY *
ec_pkey(enum key_type type, const uint8_t *point, size_t len)
{
	const char *group = type == KEY_P256 ? "P-256" :
	    type == KEY_P384		     ? "P-384" :
					       "P-521";
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	EVP_PKEY *pkey = NULL;

	if (build != NULL &&
	    OSSL_PARAM_BLD_push_utf8_string(
		build, OSSL_PKEY_PARAM_GROUP_NAME, group, 0) == 1 &&
	    OSSL_PARAM_BLD_push_octet_string(
		build, OSSL_PKEY_PARAM_PUB_KEY, point, len) == 1)
		pkey = pkey_from_params("EC", build);
	OSSL_PARAM_BLD_free(build);
	return pkey;
}

static BIGNUM *
number_load(const struct p11_session *s, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE_TYPE type)
{
	uint8_t bytes[PUBKEY_RSA_MAX / 8 + 1];
	size_t len;

	if (object_bytes(s, object, type, bytes, sizeof(bytes), &len) != CKR_OK)
		return NULL;
	return BN_bin2bn(bytes, (int)len, NULL);
}

static int
rsa_load(const struct p11_session *s, CK_OBJECT_HANDLE object,
    struct pubkey *ret, struct text_error *reterr)
{
	BIGNUM *n = number_load(s, object, CKA_MODULUS);
	BIGNUM *e = number_load(s, object, CKA_PUBLIC_EXPONENT);
	EVP_PKEY *pkey = NULL;
	int bits, rv = -1;

	if (n == NULL || e == NULL) {
		text_fail(reterr, 0,
		    "the token shows no modulus and public exponent");
		goto out;
	}
	bits = BN_num_bits(n);
	if (bits < PUBKEY_RSA_MIN || bits > PUBKEY_RSA_MAX || !BN_is_odd(n)) {
		text_fail(reterr, 0, "an RSA modulus of %d bits", bits);
		goto out;
	}
	/* With 1 as its exponent a signature would be the digest itself. */
	if (!BN_is_odd(e) || BN_is_one(e) || BN_num_bits(e) > 64) {
		text_fail(reterr, 0, "a bad RSA public exponent");
		goto out;
	}
	if ((pkey = rsa_pkey(n, e)) == NULL) {
		text_fail(reterr, 0, "libcrypto refuses the RSA key");
		goto out;
	}
	*ret = (struct pubkey){ KEY_RSA, (uint16_t)bits, pkey };
	rv = 0;
out:
	BN_free(n);
	BN_free(e);
	return rv;
}

static uint16_t
curve_bits(enum key_type type)
{
	return type == KEY_P256 ? 256 :
	    type == KEY_P384	? 384 :
	    type == KEY_P521	? 521 :
				  255;
}

static int
curve_load(const struct p11_session *s, CK_OBJECT_HANDLE object,
    struct pubkey *ret, struct text_error *reterr)
{
	uint8_t params[256], value[256];
	const uint8_t *point;
	enum key_type type;
	EVP_PKEY *pkey;
	size_t len;

	if (object_bytes(s, object, CKA_EC_PARAMS, params, sizeof(params),
		&len) != CKR_OK ||
	    (type = curve_by_params(params, len)) == KEY_NONE)
		return text_fail(reterr, 0,
		    "the curve is not P-256, P-384, P-521 or Ed25519");
	if (object_bytes(s, object, CKA_EC_POINT, value, sizeof(value), &len) !=
	    CKR_OK)
		return text_fail(reterr, 0, "the token shows no public point");
	if ((point = curve_point(type, value, len, &len)) == NULL)
		return text_fail(reterr, 0,
		    "the public point is not as long as the curve says");
	pkey = type == KEY_ED25519 ?
	    EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, point, len) :
	    ec_pkey(type, point, len);
	if (pkey == NULL)
		return text_fail(
		    reterr, 0, "the public point is not on the curve");
	*ret = (struct pubkey){ type, curve_bits(type), pkey };
	return 0;
}

int
pubkey_load(const struct p11_session *s, CK_OBJECT_HANDLE object,
    struct pubkey *ret, struct text_error *reterr)
{
	CK_ULONG type;
	CK_RV rv;

	if ((rv = object_number(s, object, CKA_KEY_TYPE, &type)) != CKR_OK)
		return text_fail(reterr, 0, "CKA_KEY_TYPE: %s", rv_name(rv));
	if (type == CKK_RSA)
		return rsa_load(s, object, ret, reterr);
	if (type == CKK_EC || type == CKK_EC_EDWARDS)
		return curve_load(s, object, ret, reterr);
	return text_fail(
	    reterr, 0, "key type 0x%lx is not RSA, EC or Edwards", type);
}

void
pubkey_release(struct pubkey *p)
{
	EVP_PKEY_free(p->pkey);
	*p = (struct pubkey){ 0 };
}

size_t
pubkey_signature_len(const struct pubkey *p)
{
	if (p->type == KEY_ED25519)
		return 64;
	if (p->type == KEY_RSA)
		return ((size_t)p->bits + 7) / 8;
	return ((size_t)p->bits + 7) / 8 * 2;
}

int
pubkey_spki(const struct pubkey *p, uint8_t *ret, size_t size, size_t *ret_len)
{
	uint8_t *at = ret;
	int len = i2d_PUBKEY(p->pkey, NULL);

	if (len <= 0 || (size_t)len > size)
		return -1;
	if (i2d_PUBKEY(p->pkey, &at) != len)
		return -1;
	*ret_len = (size_t)len;
	return 0;
}
