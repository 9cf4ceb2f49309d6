/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signed_data_open, declared in format/signed_data.h.
 *
 * A strict reader accounts for every byte: it is what it must be, or belongs to
 * what is handed back, the attributes that were signed and the signature.  What
 * the attributes mean is asked of libcrypto.  It has read the certificates when
 * they were loaded; here it would take 300 us for two, so that they and the
 * signer's name are compared with those.
 */
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
#define SPACE_MAX 8192 /* authenticode's attributes have names of programs */

/* An answer, as far as it was read. */
struct reading {
	const struct signed_data *s;
	struct buf space; /* where values that must come are written */
	struct reader attributes; /* their SET's content */
	struct reader signature;
};

static void
space_clear(struct reading *a)
{
	buf_consume(&a->space, buf_len(&a->space));
}

/* The next value is exactly what is in the space, which is empty after it. */
static void
expect_space(struct reading *a, struct reader *r)
{
	size_t len;
	const uint8_t *at = der_get_whole(r, &len);

	if (r->bad || a->space.bad || len != buf_len(&a->space) ||
	    memcmp(at, buf_at(&a->space), len) != 0)
		reader_fail(r);
	space_clear(a);
}

static void
expect_oid(struct reading *a, struct reader *r, const char *oid)
{
	der_oid(&a->space, oid);
	expect_space(a, r);
}

static void
expect_integer(struct reading *a, struct reader *r, unsigned number)
{
	der_integer(&a->space, number);
	expect_space(a, r);
}

static void
expect_hash(struct reading *a, struct reader *r)
{
	algorithm_put_hash(&a->space, a->s->hash);
	expect_space(a, r);
}

/* All that is left is exactly that. */
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
read_content(struct reading *a, struct reader *data)
{
	const struct signed_data *s = a->s;
	struct reader info = der_get(data, DER_SEQUENCE), content;

	expect_oid(a, &info, s->content_type);
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

static void
read_signer(struct reading *a, struct reader *data)
{
	const struct certificate *c = a->s->key->certificate;
	struct reader set = der_get(data, DER_SET);
	struct reader signer = der_get(&set, DER_SEQUENCE);

	expect_integer(a, &signer, 1);
	buf_add(&a->space, c->signer.at, c->signer.len);
	expect_space(a, &signer);
	expect_hash(a, &signer);
	if (a->s->attributed)
		a->attributes = der_get(&signer, DER_CONSTRUCTED);
	algorithm_put_signature(&a->space, a->s->key->type, a->s->hash);
	expect_space(a, &signer);
	a->signature = der_get(&signer, DER_OCTET_STRING);
	end(&set, &signer);
	end(data, &set);
}

static bool
read_all(struct reading *a, const uint8_t *answer, size_t len)
{
	struct reader all, info, explicit, data, set;

	reader_init(&all, answer, len);
	info = der_get(&all, DER_SEQUENCE);
	expect_oid(a, &info, OID_SIGNED_DATA);
	explicit = der_get(&info, DER_CONSTRUCTED);
	data = der_get(&explicit, DER_SEQUENCE);
	expect_integer(a, &data, a->s->version);
	set = der_get(&data, DER_SET);
	expect_hash(a, &set);
	end(&data, &set);
	read_content(a, &data);
	read_certificates(&data, a->s);
	read_signer(a, &data);
	end(&explicit, &data);
	end(&info, &explicit);
	end(&all, &info);
	return reader_done(&all);
}

static bool
is_string(const ASN1_OCTET_STRING *string, const uint8_t *want, size_t len)
{
	return (size_t)ASN1_STRING_length(string) == len &&
	    memcmp(ASN1_STRING_get0_data(string), want, len) == 0;
}

static bool
is_content_type(struct reading *a, const STACK_OF(X509_ATTRIBUTE) * attributes)
{
	int at = X509at_get_attr_by_NID(attributes, NID_pkcs9_contentType, -1);
	const ASN1_TYPE *type =
	    X509_ATTRIBUTE_get0_type(X509at_get_attr(attributes, at), 0);
	struct reader r, oid;

	space_clear(a);
	der_oid(&a->space, a->s->content_type);
	reader_init(&r, buf_at(&a->space), buf_len(&a->space));
	oid = der_get(&r, DER_OID);
	return !a->space.bad && !oid.bad && type != NULL &&
	    type->type == V_ASN1_OBJECT &&
	    OBJ_length(type->value.object) == oid.left &&
	    memcmp(OBJ_get0_data(type->value.object), oid.at, oid.left) == 0;
}

/* Do the attributes say to libcrypto the content's type and digest? */
static bool
has_meaning(struct reading *a)
{
	const uint8_t *set = (const uint8_t *)buf_at(&a->space), *at = set;
	long len = (long)buf_len(&a->space);
	const ASN1_OCTET_STRING *digest;
	STACK_OF(X509_ATTRIBUTE) * attributes;
	bool is = false;

	attributes = (STACK_OF(X509_ATTRIBUTE) *)ASN1_item_d2i(
	    NULL, &at, len, ASN1_ITEM_rptr(PKCS7_ATTR_SIGN));
	if (attributes != NULL && at == set + len) {
		digest = PKCS7_digest_from_attributes(attributes);
		is = digest != NULL &&
		    is_string(digest, a->s->digest, a->s->digest_len) &&
		    is_content_type(a, attributes);
	}
	sk_X509_ATTRIBUTE_pop_free(attributes, X509_ATTRIBUTE_free);
	if (!is)
		ERR_clear_error();
	return is;
}

/* What was signed: the digest, or the attributes as a SET, hashed. */
static int
add_input(struct reading *a, struct buf *ret)
{
	if (!a->s->attributed)
		return signed_data_input(a->s, NULL, ret);
	der_put(&a->space, DER_SET, a->attributes.at, a->attributes.left);
	if (signed_data_input(a->s, &a->space, ret) == -1)
		return -1;
	return has_meaning(a) ? 0 : -1;
}

static int
add_signature(const struct reading *a, struct opened *ret)
{
	enum key_type type = a->s->key->type;

	if (type == KEY_RSA)
		return opened_signature(
		    ret, a->signature.at, a->signature.left);
	return ecdsa_from_der(type, a->signature.at, a->signature.left,
	    ret->signature, sizeof(ret->signature), &ret->signature_len);
}

int
signed_data_open(const struct signed_data *s, const uint8_t *answer, size_t len,
    struct opened *ret)
{
	struct reading a = { .s = s };
	int rv = -1;

	if (s->key->certificate == NULL)
		return -1;
	buf_init(&a.space, SPACE_MAX);
	if (read_all(&a, answer, len) && add_input(&a, &ret->input) == 0)
		rv = add_signature(&a, ret);
	buf_release(&a.space);
	return rv;
}
