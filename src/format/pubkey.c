/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pubkey_pem and pubkey_ssh, declared in format/format.h, and ssh_put_key.
 */
#include <limits.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/cursor.h"
#include "format/format.h"
#include "format/ssh.h"

#define BLOB_MAX 4096
#define NUMBER_MAX 2049 /* 16384 bits and a zero in front */

/* The key, when the bytes are one SPKI and nothing else; EVP_PKEY_free. */
static EVP_PKEY *
spki_parse(const uint8_t *spki, size_t len)
{
	const uint8_t *at = spki;
	EVP_PKEY *key;

	if (len > LONG_MAX)
		return NULL;
	key = d2i_PUBKEY(NULL, &at, (long)len);
	if (key != NULL && at != spki + len) {
		EVP_PKEY_free(key);
		return NULL;
	}
	return key;
}

int
pubkey_pem(const uint8_t *spki, size_t len, char *ret, size_t size)
{
	EVP_PKEY *key = spki_parse(spki, len);
	BIO *bio = BIO_new(BIO_s_mem());
	char *pem;
	long pem_len;
	int rv = -1;

	if (key == NULL || bio == NULL)
		goto out;
	if (PEM_write_bio(bio, PEM_STRING_PUBLIC, "", spki, (long)len) <= 0)
		goto out;
	pem_len = BIO_get_mem_data(bio, &pem);
	if (pem_len <= 0 || (size_t)pem_len >= size)
		goto out;
	memcpy(ret, pem, (size_t)pem_len);
	ret[pem_len] = '\0';
	rv = 0;
out:
	BIO_free(bio);
	EVP_PKEY_free(key);
	return rv;
}

/* SSH's mpint: big-endian, a zero in front where the top bit is set. */
static int
put_mpint(struct writer *w, EVP_PKEY *key, const char *param)
{
	uint8_t number[NUMBER_MAX];
	BIGNUM *n = NULL;
	int len, pad, rv = -1;

	if (EVP_PKEY_get_bn_param(key, param, &n) != 1)
		goto out;
	len = BN_num_bytes(n);
	pad = BN_num_bits(n) % 8 == 0;
	if (len + pad > NUMBER_MAX)
		goto out;
	BN_bn2binpad(n, number, len + pad);
	put_bytes(w, number, (size_t)(len + pad));
	rv = 0;
out:
	BN_free(n);
	return rv;
}

static int
put_rsa(struct writer *w, EVP_PKEY *key)
{
	put_bytes(w, "ssh-rsa", strlen("ssh-rsa"));
	if (put_mpint(w, key, OSSL_PKEY_PARAM_RSA_E) == -1)
		return -1;
	return put_mpint(w, key, OSSL_PKEY_PARAM_RSA_N);
}

/* One coordinate, as long as the field. */
static int
coordinate(EVP_PKEY *key, const char *param, uint8_t *ret, size_t size)
{
	BIGNUM *n = NULL;
	int rv = -1;

	if (EVP_PKEY_get_bn_param(key, param, &n) == 1 &&
	    BN_bn2binpad(n, ret, (int)size) == (int)size)
		rv = 0;
	BN_free(n);
	return rv;
}

static int
put_ecdsa(struct writer *w, EVP_PKEY *key)
{
	static const struct {
		const char *group, *algorithm, *curve;
		size_t size;
	} curves[] = {
		{ "prime256v1", "ecdsa-sha2-nistp256", "nistp256", 32 },
		{ "secp384r1", "ecdsa-sha2-nistp384", "nistp384", 48 },
		{ "secp521r1", "ecdsa-sha2-nistp521", "nistp521", 66 },
	};
	uint8_t point[1 + 2 * 66] = { 4 }; /* uncompressed */
	char group[64];
	size_t i;

	if (EVP_PKEY_get_group_name(key, group, sizeof(group), NULL) != 1)
		return -1;
	for (i = 0; strcmp(curves[i].group, group) != 0; i++)
		if (i + 1 == sizeof(curves) / sizeof(curves[0]))
			return -1;
	if (coordinate(key, OSSL_PKEY_PARAM_EC_PUB_X, point + 1,
		curves[i].size) == -1 ||
	    coordinate(key, OSSL_PKEY_PARAM_EC_PUB_Y,
		point + 1 + curves[i].size, curves[i].size) == -1)
		return -1;
	put_bytes(w, curves[i].algorithm, strlen(curves[i].algorithm));
	put_bytes(w, curves[i].curve, strlen(curves[i].curve));
	put_bytes(w, point, 1 + 2 * curves[i].size);
	return 0;
}

static int
put_ed25519(struct writer *w, EVP_PKEY *key)
{
	uint8_t raw[32];
	size_t len = sizeof(raw);

	if (EVP_PKEY_get_raw_public_key(key, raw, &len) != 1)
		return -1;
	put_bytes(w, "ssh-ed25519", strlen("ssh-ed25519"));
	put_bytes(w, raw, len);
	return 0;
}

/* RFC 4253, 6.6; RFC 5656, 3.1; RFC 8709, 4. */
static int
put_key(struct writer *w, EVP_PKEY *key)
{
	switch (EVP_PKEY_get_base_id(key)) {
	case EVP_PKEY_RSA:
		return put_rsa(w, key);
	case EVP_PKEY_EC:
		return put_ecdsa(w, key);
	case EVP_PKEY_ED25519:
		return put_ed25519(w, key);
	default:
		return -1;
	}
}

int
ssh_put_key(struct writer *w, const uint8_t *spki, size_t len)
{
	EVP_PKEY *key = spki_parse(spki, len);
	int rv = -1;

	if (key != NULL && put_key(w, key) == 0 && writer_ok(w))
		rv = 0;
	EVP_PKEY_free(key);
	return rv;
}

int
pubkey_ssh(const uint8_t *spki, size_t len, const char *comment, char *ret,
    size_t size)
{
	char base64[BASE64_SIZE(BLOB_MAX)], type[32];
	uint8_t blob[BLOB_MAX];
	struct reader r;
	struct writer w;
	int need;

	writer_init(&w, blob, sizeof(blob));
	if (ssh_put_key(&w, spki, len) == -1)
		return -1;
	reader_init(&r, blob, w.used);
	snprintf(type, sizeof(type), "%.*s", (int)get_u32(&r), blob + 4);
	base64_encode(blob, w.used, true, base64);
	need = snprintf(ret, size, "%s %s%s%s\n", type, base64,
	    *comment != '\0' ? " " : "", comment);
	return need > 0 && (size_t)need < size ? 0 : -1;
}
