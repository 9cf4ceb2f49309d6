/* SPDX-License-Identifier: Apache-2.0 */
/*
 * token_key_sign, declared in ctl/token_key.h.
 */
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string.h>

#include "ctl/token.h"
#include "ctl/token_key.h"
#include "p11/rv.h"

/* How a type of key signs a message for X.509. */
static const struct method {
	enum key_type type;
	const char *md; /* NULL: the message itself is signed */
	CK_MECHANISM_TYPE mechanism;
	int nid;
} methods[] = {
	{ KEY_RSA, "SHA2-256", CKM_RSA_PKCS, NID_sha256WithRSAEncryption },
	{ KEY_P256, "SHA2-256", CKM_ECDSA, NID_ecdsa_with_SHA256 },
	{ KEY_P384, "SHA2-384", CKM_ECDSA, NID_ecdsa_with_SHA384 },
	{ KEY_P521, "SHA2-512", CKM_ECDSA, NID_ecdsa_with_SHA512 },
	{ KEY_ED25519, NULL, CKM_EDDSA, NID_ED25519 },
};

#define INPUT_MAX 16384

/* PKCS#1 v1.5's DigestInfo for SHA-256, RFC 8017 9.2. */
static const uint8_t digest_info[] = { 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60,
	0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04,
	0x20 };

/* What the mechanism is given: its length, or 0. */
static size_t
input_of(const struct method *m, const uint8_t *message, size_t len,
    uint8_t ret[static INPUT_MAX])
{
	size_t head = m->type == KEY_RSA ? sizeof(digest_info) : 0, digest = 0;

	if (m->md == NULL) {
		if (len > INPUT_MAX)
			return 0;
		memcpy(ret, message, len);
		return len;
	}
	memcpy(ret, digest_info, head);
	if (EVP_Q_digest(
		NULL, m->md, NULL, message, len, ret + head, &digest) != 1)
		return 0;
	return head + digest;
}

/* r || s as DER: 0, or -1. */
static int
ecdsa_der(const uint8_t *raw, size_t len, uint8_t ret[static TOKEN_SIGNATURE],
    size_t *ret_len)
{
	ECDSA_SIG *sig = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(raw, (int)(len / 2), NULL);
	BIGNUM *s = BN_bin2bn(raw + len / 2, (int)(len / 2), NULL);
	uint8_t *at = ret;
	int der = -1;

	if (sig == NULL || r == NULL || s == NULL ||
	    ECDSA_SIG_set0(sig, r, s) != 1) {
		BN_free(r);
		BN_free(s);
	} else if (i2d_ECDSA_SIG(sig, NULL) <= TOKEN_SIGNATURE) {
		der = i2d_ECDSA_SIG(sig, &at);
	}
	ECDSA_SIG_free(sig);
	if (der <= 0)
		return -1;
	*ret_len = (size_t)der;
	return 0;
}

static int
sign_raw(const struct p11_session *s, const struct token_key *key,
    const struct method *m, uint8_t *input, size_t len,
    uint8_t ret[static TOKEN_SIGNATURE])
{
	CK_MECHANISM mechanism = { m->mechanism, NULL, 0 };
	CK_ULONG got = TOKEN_SIGNATURE;
	CK_RV rv;

	rv = s->fn->C_SignInit(s->handle, &mechanism, key->handle);
	if (rv != CKR_OK) {
		token_fail("C_SignInit: %s", rv_name(rv));
		return -1;
	}
	rv = s->fn->C_Sign(s->handle, input, len, ret, &got);
	if (rv != CKR_OK) {
		token_fail("C_Sign: %s", rv_name(rv));
		return -1;
	}
	if (got != pubkey_signature_len(&key->pubkey)) {
		token_fail("the signature has another length than the key's");
		return -1;
	}
	return 0;
}

/* The token's word is not taken for it. */
static bool
verifies(const struct token_key *key, const struct method *m,
    const uint8_t *message, size_t len, const uint8_t *sig, size_t sig_len)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = ctx != NULL &&
	    EVP_DigestVerifyInit_ex(
		ctx, NULL, m->md, NULL, NULL, key->pubkey.pkey, NULL) == 1 &&
	    EVP_DigestVerify(ctx, sig, sig_len, message, len) == 1;

	EVP_MD_CTX_free(ctx);
	return ok;
}

int
token_key_sign(const struct p11_session *s, const struct token_key *key,
    const uint8_t *message, size_t len, uint8_t ret[static TOKEN_SIGNATURE],
    size_t *ret_len, int *ret_nid)
{
	static uint8_t input[INPUT_MAX], raw[TOKEN_SIGNATURE];
	const struct method *m = methods;
	size_t input_len;

	while (m->type != key->pubkey.type)
		m++;
	if ((input_len = input_of(m, message, len, input)) == 0) {
		token_fail("the message cannot be signed");
		return -1;
	}
	if (sign_raw(s, key, m, input, input_len, raw) == -1)
		return -1;
	*ret_len = pubkey_signature_len(&key->pubkey);
	memcpy(ret, raw, *ret_len);
	if (m->mechanism == CKM_ECDSA &&
	    ecdsa_der(raw, *ret_len, ret, ret_len) == -1) {
		token_fail("the signature is none");
		return -1;
	}
	if (!verifies(key, m, message, len, ret, *ret_len)) {
		token_fail("the token's signature does not verify");
		return -1;
	}
	*ret_nid = m->nid;
	return 0;
}
