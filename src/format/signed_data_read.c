/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signed_data_open, declared in format/signed_data.h.
 *
 * The frame is compared with what it must say; the signer's part is read by
 * libcrypto, and must be encoded as libcrypto would.  libcrypto would take
 * 300 us for a chain of two, so those are compared as bytes.
 */
#include <limits.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>
#include <string.h>

#include "format/algorithm.h"
#include "format/der.h"
#include "format/digest.h"
#include "format/ecdsa.h"
#include "format/proof.h"
#include "format/signed_data.h"

#define OID_SIGNED_DATA "1.2.840.113549.1.7.2"
#define SMALL 1024

/* The next value is exactly that. */
static void
expect(struct reader *r, const struct buf *want)
{
	size_t len;
	const uint8_t *at = der_get_whole(r, &len);

	if (r->bad || want->bad || len != buf_len(want) ||
	    memcmp(at, buf_at(want), len) != 0)
		reader_fail(r);
}

static void
expect_oid(struct reader *r, const char *oid)
{
	struct buf want;

	buf_init(&want, SMALL);
	der_oid(&want, oid);
	expect(r, &want);
	buf_release(&want);
}

static void
expect_bytes(struct reader *r, const uint8_t *want, size_t len)
{
	if (r->bad || r->left != len || memcmp(r->at, want, len) != 0) {
		reader_fail(r);
		return;
	}
	r->at += len;
	r->left = 0;
}

static void
end(struct reader *outer, const struct reader *inner)
{
	if (!reader_done(inner))
		reader_fail(outer);
}

static void
read_head(struct reader *data, const struct signed_data *s)
{
	struct reader set;
	struct buf want;

	buf_init(&want, SMALL);
	der_integer(&want, s->version);
	expect(data, &want);
	buf_consume(&want, buf_len(&want));
	algorithm_put_hash(&want, s->hash);
	set = der_get(data, DER_SET);
	expect(&set, &want);
	end(data, &set);
	buf_release(&want);
}

static void
read_content(struct reader *data, const struct signed_data *s)
{
	struct reader info = der_get(data, DER_SEQUENCE), content;

	expect_oid(&info, s->content_type);
	if (s->content != NULL) {
		content = der_get(&info, DER_CONSTRUCTED);
		expect_bytes(&content, s->content, s->content_len);
		end(&info, &content);
	}
	end(data, &info);
}

static void
read_certificates(struct reader *data, const struct signed_data *s)
{
	const struct certificate *c = s->key->certificate;
	struct reader set;

	if (!s->certificates)
		return;
	set = der_get(data, DER_CONSTRUCTED);
	expect_bytes(&set, c->set.at, c->set.len);
	end(data, &set);
}

/* The one SignerInfo, or NULL: the frame is not what it must be. */
static const uint8_t *
read_frame(const struct signed_data *s, const uint8_t *answer, size_t len,
    size_t *ret_len)
{
	struct reader all, info, explicit, data, set;
	const uint8_t *signer;

	reader_init(&all, answer, len);
	info = der_get(&all, DER_SEQUENCE);
	expect_oid(&info, OID_SIGNED_DATA);
	explicit = der_get(&info, DER_CONSTRUCTED);
	data = der_get(&explicit, DER_SEQUENCE);
	read_head(&data, s);
	read_content(&data, s);
	read_certificates(&data, s);
	set = der_get(&data, DER_SET);
	signer = der_get_whole(&set, ret_len);
	end(&data, &set);
	end(&explicit, &data);
	end(&info, &explicit);
	end(&all, &info);
	return reader_done(&all) ? signer : NULL;
}

static bool
is_oid(const ASN1_OBJECT *oid, const char *dots)
{
	char text[128];

	return dots != NULL &&
	    OBJ_obj2txt(text, sizeof(text), oid, 1) < (int)sizeof(text) &&
	    strcmp(text, dots) == 0;
}

static bool
is_algorithm(const X509_ALGOR *algorithm, const char *dots, int parameter)
{
	const ASN1_OBJECT *oid;
	int type;

	X509_ALGOR_get0(&oid, &type, NULL, algorithm);
	return type == parameter && is_oid(oid, dots);
}

/* Is it the key's own certificate's issuer and number? */
static bool
is_signer(const PKCS7_SIGNER_INFO *info, const struct certificate *c)
{
	uint8_t *der = NULL;
	int len = i2d_PKCS7_ISSUER_AND_SERIAL(info->issuer_and_serial, &der);
	bool same = len > 0 && (size_t)len == c->signer.len &&
	    memcmp(der, c->signer.at, c->signer.len) == 0;

	OPENSSL_free(der);
	return same;
}

static bool
is_plain(const PKCS7_SIGNER_INFO *info, const struct signed_data *s)
{
	enum key_type type = s->key->type;

	return ASN1_INTEGER_get(info->version) == 1 &&
	    is_signer(info, s->key->certificate) &&
	    is_algorithm(
		info->digest_alg, algorithm_hash(s->hash), V_ASN1_UNDEF) &&
	    is_algorithm(info->digest_enc_alg,
		algorithm_signature(type, s->hash),
		type == KEY_RSA ? V_ASN1_NULL : V_ASN1_UNDEF) &&
	    (info->auth_attr != NULL) == s->attributed &&
	    info->unauth_attr == NULL;
}

/* Do they say the content's type and digest? */
static bool
has_attributes(PKCS7_SIGNER_INFO *info, const struct signed_data *s)
{
	const ASN1_OCTET_STRING *digest =
	    PKCS7_digest_from_attributes(info->auth_attr);
	const ASN1_TYPE *type =
	    PKCS7_get_signed_attribute(info, NID_pkcs9_contentType);

	return digest != NULL &&
	    (size_t)ASN1_STRING_length(digest) == s->digest_len &&
	    memcmp(ASN1_STRING_get0_data(digest), s->digest, s->digest_len) ==
	    0 &&
	    type != NULL && type->type == V_ASN1_OBJECT &&
	    is_oid(type->value.object, s->content_type);
}

/* The attributes as libcrypto encodes what it read, hashed. */
static int
add_input(PKCS7_SIGNER_INFO *info, const struct signed_data *s, struct buf *ret)
{
	struct buf attributes;
	uint8_t *der = NULL;
	int len, rv = -1;

	if (!s->attributed)
		return signed_data_input(s, NULL, ret);
	if (!has_attributes(info, s))
		return -1;
	len = ASN1_item_i2d((ASN1_VALUE *)info->auth_attr, &der,
	    ASN1_ITEM_rptr(PKCS7_ATTR_SIGN));
	if (len <= 0)
		return -1;
	buf_init(&attributes, (size_t)len);
	buf_add(&attributes, der, (size_t)len);
	rv = signed_data_input(s, &attributes, ret);
	buf_release(&attributes);
	OPENSSL_free(der);
	return rv;
}

static int
add_signature(const PKCS7_SIGNER_INFO *info, const struct signed_data *s,
    struct opened *ret)
{
	const uint8_t *at = ASN1_STRING_get0_data(info->enc_digest);
	size_t len = (size_t)ASN1_STRING_length(info->enc_digest);

	if (s->key->type == KEY_RSA)
		return opened_signature(ret, at, len);
	return ecdsa_from_der(s->key->type, at, len, ret->signature,
	    sizeof(ret->signature), &ret->signature_len);
}

/* Would libcrypto write the same? */
static bool
is_der(const PKCS7_SIGNER_INFO *info, const uint8_t *der, size_t len)
{
	uint8_t *again = NULL;
	int again_len = i2d_PKCS7_SIGNER_INFO(info, &again);
	bool same = again_len > 0 && (size_t)again_len == len &&
	    memcmp(again, der, len) == 0;

	OPENSSL_free(again);
	return same;
}

int
signed_data_open(const struct signed_data *s, const uint8_t *answer, size_t len,
    struct opened *ret)
{
	PKCS7_SIGNER_INFO *info = NULL;
	const uint8_t *der, *at;
	size_t der_len;
	int rv = -1;

	if (s->key->certificate == NULL ||
	    (der = read_frame(s, answer, len, &der_len)) == NULL ||
	    der_len > LONG_MAX)
		return -1;
	at = der;
	info = d2i_PKCS7_SIGNER_INFO(NULL, &at, (long)der_len);
	if (info != NULL && at == der + der_len && is_der(info, der, der_len) &&
	    is_plain(info, s) && add_input(info, s, &ret->input) == 0)
		rv = add_signature(info, s, ret);
	PKCS7_SIGNER_INFO_free(info);
	if (rv == -1)
		ERR_clear_error();
	return rv;
}
