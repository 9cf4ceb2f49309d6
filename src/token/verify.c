/* SPDX-License-Identifier: Apache-2.0 */
#include "token/verify.h"

#include <openssl/ecdsa.h>
#include <openssl/rsa.h>
#include <stdlib.h>

struct verifier {
	EVP_PKEY *pkey;
	enum key_type type;
	EVP_MD_CTX *message; /* EdDSA */
	EVP_PKEY_CTX *contexts[MECH_COUNT][HASH_COUNT];
};

/* r || s in DER: two integers of at most 67 bytes and their heads. */
#define DER_MAX 160

static const char *
md_name(enum hash hash)
{
	static const char *const names[HASH_COUNT] = {
		[HASH_SHA256] = "SHA2-256",
		[HASH_SHA384] = "SHA2-384",
		[HASH_SHA512] = "SHA2-512",
		[HASH_SHA3_256] = "SHA3-256",
		[HASH_SHA3_384] = "SHA3-384",
		[HASH_SHA3_512] = "SHA3-512",
	};

	return names[hash];
}

struct verifier *
verifier_new(EVP_PKEY *pkey, enum key_type type)
{
	struct verifier *v = calloc(1, sizeof(*v));

	if (v == NULL)
		return NULL;
	v->type = type;
	v->message = EVP_MD_CTX_new();
	if (v->message == NULL || EVP_PKEY_up_ref(pkey) != 1) {
		verifier_free(v);
		return NULL;
	}
	v->pkey = pkey;
	return v;
}

void
verifier_free(struct verifier *v)
{
	if (v == NULL)
		return;
	for (size_t m = 0; m < MECH_COUNT; m++)
		for (size_t h = 0; h < HASH_COUNT; h++)
			EVP_PKEY_CTX_free(v->contexts[m][h]);
	EVP_MD_CTX_free(v->message);
	EVP_PKEY_free(v->pkey);
	free(v);
}

static bool
set_rsa(EVP_PKEY_CTX *ctx, enum mech mech, enum hash hash)
{
	EVP_MD *md = EVP_MD_fetch(NULL, md_name(hash), NULL);
	bool ok = false;

	if (md == NULL)
		return false;
	if (mech == MECH_RSA_PKCS1)
		ok = EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1;
	else
		ok = EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) ==
			1 &&
		    EVP_PKEY_CTX_set_rsa_pss_saltlen(
			ctx, RSA_PSS_SALTLEN_DIGEST) == 1;
	ok = ok && EVP_PKEY_CTX_set_signature_md(ctx, md) == 1;
	EVP_MD_free(md);
	return ok;
}

static EVP_PKEY_CTX *
context(struct verifier *v, enum mech mech, enum hash hash)
{
	EVP_PKEY_CTX *ctx = v->contexts[mech][hash];

	if (ctx != NULL)
		return ctx;
	ctx = EVP_PKEY_CTX_new_from_pkey(NULL, v->pkey, NULL);
	if (ctx == NULL || EVP_PKEY_verify_init(ctx) != 1 ||
	    (mech != MECH_ECDSA && !set_rsa(ctx, mech, hash))) {
		EVP_PKEY_CTX_free(ctx);
		return NULL;
	}
	v->contexts[mech][hash] = ctx;
	return ctx;
}

/* The length, or 0. */
static size_t
der_from_raw(const uint8_t *raw, size_t len, uint8_t ret[static DER_MAX])
{
	ECDSA_SIG *sig = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(raw, (int)(len / 2), NULL);
	BIGNUM *s = BN_bin2bn(raw + len / 2, (int)(len / 2), NULL);
	uint8_t *at = ret;
	int der = 0;

	if (sig == NULL || r == NULL || s == NULL ||
	    ECDSA_SIG_set0(sig, r, s) != 1) {
		BN_free(r);
		BN_free(s);
		goto out;
	}
	if (i2d_ECDSA_SIG(sig, NULL) <= DER_MAX)
		der = i2d_ECDSA_SIG(sig, &at);
out:
	ECDSA_SIG_free(sig);
	return der > 0 ? (size_t)der : 0;
}

static bool
accepts_eddsa(struct verifier *v, const uint8_t *input, size_t len,
    const uint8_t *signature, size_t signature_len)
{
	if (EVP_MD_CTX_reset(v->message) != 1 ||
	    EVP_DigestVerifyInit(v->message, NULL, NULL, NULL, v->pkey) != 1)
		return false;
	return EVP_DigestVerify(
		   v->message, signature, signature_len, input, len) == 1;
}

bool
verifier_accepts(struct verifier *v, enum mech mech, enum hash hash,
    const uint8_t *input, size_t len, const uint8_t *signature,
    size_t signature_len)
{
	uint8_t der[DER_MAX];
	EVP_PKEY_CTX *ctx;

	if (mech == MECH_EDDSA)
		return v->type == KEY_ED25519 &&
		    accepts_eddsa(v, input, len, signature, signature_len);
	if ((ctx = context(v, mech, hash)) == NULL)
		return false;
	if (mech == MECH_ECDSA) {
		if (signature_len % 2 != 0 || signature_len > 132)
			return false;
		signature_len = der_from_raw(signature, signature_len, der);
		signature = der;
	}
	return EVP_PKEY_verify(ctx, signature, signature_len, input, len) == 1;
}
