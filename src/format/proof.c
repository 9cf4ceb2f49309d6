/* SPDX-License-Identifier: Apache-2.0 */
#include "format/proof.h"

#include <limits.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "format/ecdsa.h"

/* SEQUENCE of two integers as long as P-521's order. */
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

int
proof_digest(enum hash hash, const void *text, size_t len, uint8_t *ret)
{
	EVP_MD *md;
	int ok;

	if (md_name(hash) == NULL ||
	    (md = EVP_MD_fetch(NULL, md_name(hash), NULL)) == NULL)
		return -1;
	ok = EVP_Digest(text, len, ret, NULL, md, NULL);
	EVP_MD_free(md);
	return ok == 1 ? 0 : -1;
}

/* padding: 0 is ECDSA's. */
static int
set_padding(EVP_PKEY_CTX *ctx, int padding, enum hash hash)
{
	EVP_MD *md;
	int ok;

	if (padding == 0)
		return 1;
	if ((md = EVP_MD_fetch(NULL, md_name(hash), NULL)) == NULL)
		return 0;
	ok = EVP_PKEY_CTX_set_rsa_padding(ctx, padding) == 1 &&
	    (padding != RSA_PKCS1_PSS_PADDING ||
		EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) ==
		    1) &&
	    EVP_PKEY_CTX_set_signature_md(ctx, md) == 1;
	EVP_MD_free(md);
	return ok;
}

static int
check(const struct format_proof *p, int padding, const uint8_t *signature,
    size_t len)
{
	const uint8_t *at = p->spki;
	EVP_PKEY *key = NULL;
	EVP_PKEY_CTX *ctx = NULL;
	int rv = -1;

	if (md_name(p->hash) == NULL || p->digest_len != hash_size(p->hash) ||
	    p->spki_len > LONG_MAX)
		return -1;
	key = d2i_PUBKEY(NULL, &at, (long)p->spki_len);
	if (key == NULL || at != p->spki + p->spki_len)
		goto out;
	ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	if (ctx == NULL || EVP_PKEY_verify_init(ctx) != 1 ||
	    !set_padding(ctx, padding, p->hash))
		goto out;
	if (EVP_PKEY_verify(ctx, signature, len, p->digest, p->digest_len) == 1)
		rv = 0;
out:
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(key);
	return rv;
}

int
rsa_verify(const struct format_proof *p)
{
	if (p->type != KEY_RSA)
		return -1;
	return check(p, RSA_PKCS1_PADDING, p->answer, p->answer_len);
}

int
pss_verify(const struct format_proof *p)
{
	if (p->type != KEY_RSA)
		return -1;
	return check(p, RSA_PKCS1_PSS_PADDING, p->answer, p->answer_len);
}

int
ecdsa_der_verify(const struct format_proof *p)
{
	if (ecdsa_order_size(p->type) == 0)
		return -1;
	return check(p, 0, p->answer, p->answer_len);
}

int
ecdsa_raw_verify(const struct format_proof *p)
{
	uint8_t der[DER_MAX];
	size_t len;

	if (ecdsa_der(p->type, p->answer, p->answer_len, der, sizeof(der),
		&len) == -1)
		return -1;
	return check(p, 0, der, len);
}
