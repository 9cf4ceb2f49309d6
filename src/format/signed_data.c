/* SPDX-License-Identifier: Apache-2.0 */
#include "format/signed_data.h"

#include "format/algorithm.h"
#include "format/der.h"
#include "format/digest.h"
#include "format/ecdsa.h"
#include "format/proof.h"

#define OID_SIGNED_DATA "1.2.840.113549.1.7.2"
#define VALUE_MAX 1024

/* Ed25519 has no place here: OpenSSL 3.0 verifies none of it (RFC 8419). */
enum mech
signed_data_mech(enum key_type type, enum hash hash, enum hash *ret_over)
{
	*ret_over = hash;
	if (algorithm_hash(hash) == NULL ||
	    algorithm_signature(type, hash) == NULL)
		return MECH_NONE;
	return type == KEY_RSA ? MECH_RSA_PKCS1 : MECH_ECDSA;
}

void
attribute_put(struct buf *b, const char *type, const struct buf *value)
{
	size_t whole = der_begin(b, DER_SEQUENCE), set;

	der_oid(b, type);
	set = der_begin(b, DER_SET);
	buf_add(b, buf_at(value), buf_len(value));
	der_end(b, set);
	der_end(b, whole);
	b->bad |= value->bad;
}

void
attribute_time(struct buf *b, int64_t seconds)
{
	struct buf value;

	buf_init(&value, VALUE_MAX);
	der_time(&value, seconds);
	attribute_put(b, OID_SIGNING_TIME, &value);
	buf_release(&value);
}

void
signed_data_attributes(const struct signed_data *s, struct buf *b)
{
	struct buf value;

	buf_init(&value, VALUE_MAX);
	der_oid(&value, s->content_type);
	attribute_put(b, OID_CONTENT_TYPE, &value);
	buf_consume(&value, buf_len(&value));
	der_put(&value, DER_OCTET_STRING, s->digest, s->digest_len);
	attribute_put(b, OID_MESSAGE_DIGEST, &value);
	buf_release(&value);
}

int
signed_data_input(
    const struct signed_data *s, const struct buf *attributes, struct buf *ret)
{
	uint8_t digest[DIGEST_MAX];

	if (s->digest_len == 0 || s->digest_len != hash_size(s->hash))
		return -1;
	if (attributes == NULL) {
		buf_add(ret, s->digest, s->digest_len);
		return ret->bad ? -1 : 0;
	}
	if (attributes->bad ||
	    proof_digest(
		s->hash, buf_at(attributes), buf_len(attributes), digest) == -1)
		return -1;
	buf_add(ret, digest, hash_size(s->hash));
	return ret->bad ? -1 : 0;
}

static void
put_content(const struct signed_data *s, struct buf *b)
{
	size_t info = der_begin(b, DER_SEQUENCE), explicit;

	der_oid(b, s->content_type);
	if (s->content != NULL) {
		explicit = der_begin(b, DER_CONSTRUCTED);
		buf_add(b, s->content, s->content_len);
		der_end(b, explicit);
	}
	der_end(b, info);
}

/* As [0] IMPLICIT: the SET's tag becomes another. */
static void
put_attributes(const struct buf *attributes, struct buf *b)
{
	struct reader r, content;

	reader_init(&r, buf_at(attributes), buf_len(attributes));
	content = der_get(&r, DER_SET);
	der_put(b, DER_CONSTRUCTED, content.at, content.left);
	b->bad |= attributes->bad || !reader_done(&r);
}

/* As X.509 has it: RSA's as it is, ECDSA's as DER.  0, or -1. */
static int
put_signature(const struct signed_data *s, const uint8_t *signature, size_t len,
    struct buf *b)
{
	uint8_t der[160];
	size_t der_len;
	struct buf plain;
	int rv;

	if (s->key->type != KEY_RSA) {
		if (ecdsa_der(s->key->type, signature, len, der, sizeof(der),
			&der_len) == -1)
			return -1;
		der_put(b, DER_OCTET_STRING, der, der_len);
		return 0;
	}
	buf_init(&plain, len);
	rv = rsa_finish(
	    &(struct making){ .key = s->key }, signature, len, &plain);
	if (rv == 0)
		der_put(b, DER_OCTET_STRING, signature, len);
	buf_release(&plain);
	return rv;
}

static int
put_signer(const struct signed_data *s, const struct buf *attributes,
    const uint8_t *signature, size_t len, struct buf *b)
{
	const struct certificate *c = s->key->certificate;
	size_t set = der_begin(b, DER_SET);
	size_t signer = der_begin(b, DER_SEQUENCE);
	int rv;

	der_integer(b, 1);
	buf_add(b, c->signer.at, c->signer.len);
	algorithm_put_hash(b, s->hash);
	if (attributes != NULL)
		put_attributes(attributes, b);
	algorithm_put_signature(b, s->key->type, s->hash);
	rv = put_signature(s, signature, len, b);
	der_end(b, signer);
	der_end(b, set);
	return rv;
}

int
signed_data_put(const struct signed_data *s, const struct buf *attributes,
    const uint8_t *signature, size_t len, struct buf *ret)
{
	const struct certificate *c = s->key->certificate;
	size_t info, explicit, data, set;
	int rv;

	if (c == NULL)
		return -1;
	info = der_begin(ret, DER_SEQUENCE);
	der_oid(ret, OID_SIGNED_DATA);
	explicit = der_begin(ret, DER_CONSTRUCTED);
	data = der_begin(ret, DER_SEQUENCE);
	der_integer(ret, s->version);
	set = der_begin(ret, DER_SET);
	algorithm_put_hash(ret, s->hash);
	der_end(ret, set);
	put_content(s, ret);
	if (s->certificates)
		der_put(ret, DER_CONSTRUCTED, c->set.at, c->set.len);
	rv = put_signer(s, attributes, signature, len, ret);
	der_end(ret, data);
	der_end(ret, explicit);
	der_end(ret, info);
	return ret->bad ? -1 : rv;
}
