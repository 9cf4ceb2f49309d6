/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tsa: the answer to a time-stamp request (RFC 3161): status granted, and a
 * SignedData whose content, the TSTInfo, says what existed and when.  Our own
 * writer makes it; what leaves is read back by libcrypto as well.
 */
#include <stdio.h>
#include <string.h>

#include "base/oid.h"
#include "format/algorithm.h"
#include "format/der.h"
#include "format/proof.h"
#include "format/rows.h"
#include "format/signed_data.h"
#include "format/tsa_info.h"

#define OID_TST_INFO "1.2.840.113549.1.9.16.1.4"
#define OID_SIGNING_CERTIFICATE_V2 "1.2.840.113549.1.9.16.2.47"
#define PART_MAX 1024

/* PKIStatusInfo: granted. */
static const uint8_t granted[] = { DER_SEQUENCE, 3, DER_INTEGER, 1, 0 };

/* All that is signed, and around it. */
struct stamp {
	const struct making *making;
	struct query query;
	uint8_t serial[TSA_SERIAL];
	uint8_t digest[DIGEST_MAX]; /* of info */
	struct buf info; /* TSTInfo */
	struct buf content; /* the same as an OCTET STRING */
	struct buf attributes;
	struct signed_data data;
};

/* The requester's; for SHA-3, which PKCS#7's readers do not know, SHA-2. */
static enum hash
hash_over(enum hash hash)
{
	return hash == HASH_BLAKE2B ? HASH_NONE : hash_by_size(hash_size(hash));
}

static enum mech
tsa_mech(enum key_type type, enum hash hash, enum hash *ret_over)
{
	return signed_data_mech(type, hash_over(hash), ret_over);
}

static int
read_query(const struct making *m, struct query *ret)
{
	const struct format_line *line = m->lines;
	struct reader r;

	reader_init(&r, line->extra, line->extra_len);
	return query_get(&r, ret) ? 0 : -1;
}

/* Ours, as the bytes that a request has. */
static int
policy_of(const struct making *m, uint8_t ret[OID_MAX], size_t *ret_len)
{
	return m->set->tsa_policy != NULL ?
	    oid_encode(m->set->tsa_policy, ret, ret_len) :
	    -1;
}

static enum reason
tsa_fit(const struct making *m, char text[MESSAGE_SIZE])
{
	uint8_t ours[OID_MAX];
	char theirs[OID_TEXT] = "";
	struct query query;
	size_t len;

	if (read_query(m, &query) == -1) {
		snprintf(text, MESSAGE_SIZE,
		    "this is no time-stamp request: ssh ... tsa < query.tsq");
		return REASON_BAD_INPUT;
	}
	if (policy_of(m, ours, &len) == -1) {
		snprintf(text, MESSAGE_SIZE, "key %s has no tsa-policy",
		    m->key->name);
		return REASON_FORMAT;
	}
	if (query.policy_len == 0 ||
	    (query.policy_len == len && memcmp(query.policy, ours, len) == 0))
		return REASON_OK;
	oid_text(query.policy, query.policy_len, theirs);
	snprintf(text, MESSAGE_SIZE,
	    "the request asks for the policy %s; key %s makes time-stamps "
	    "under %s",
	    theirs, m->key->name, m->set->tsa_policy);
	return REASON_TSA_POLICY;
}

/* As the request has it, parameters and all. */
static void
put_imprint(const struct stamp *t, struct buf *b)
{
	const struct format_line *line = t->making->lines;
	const char *oid = algorithm_hash(line->hash);
	size_t imprint = der_begin(b, DER_SEQUENCE);
	size_t algorithm = der_begin(b, DER_SEQUENCE);

	der_oid(b, oid != NULL ? oid : "");
	if (t->query.null_parameters)
		der_null(b);
	der_end(b, algorithm);
	der_put(b, DER_OCTET_STRING, line->digest, line->len);
	der_end(b, imprint);
}

static void
put_accuracy(const struct stamp *t, struct buf *b)
{
	size_t accuracy;

	if (t->making->set->tsa_accuracy_s == 0)
		return;
	accuracy = der_begin(b, DER_SEQUENCE);
	der_integer(b, t->making->set->tsa_accuracy_s);
	der_end(b, accuracy);
}

static void
put_info(const struct stamp *t, struct buf *b)
{
	size_t info = der_begin(b, DER_SEQUENCE);

	der_integer(b, 1);
	der_oid(b, t->making->set->tsa_policy);
	put_imprint(t, b);
	der_put(b, DER_INTEGER, t->serial, sizeof(t->serial));
	der_generalized_time(b, t->making->now);
	put_accuracy(t, b);
	if (t->query.nonce_len > 0)
		der_put(b, DER_INTEGER, t->query.nonce, t->query.nonce_len);
	der_end(b, info);
}

/* SEQUENCE OF one ESSCertIDv2, whose hash is the default one: SHA-256. */
static void
put_certificate_hash(const struct stamp *t, struct buf *b)
{
	size_t begun[3];
	struct buf value;

	buf_init(&value, PART_MAX);
	for (size_t i = 0; i < 3; i++)
		begun[i] = der_begin(&value, DER_SEQUENCE);
	der_put(&value, DER_OCTET_STRING, t->data.key->certificate->sha256,
	    sizeof(t->data.key->certificate->sha256));
	for (size_t i = 3; i > 0; i--)
		der_end(&value, begun[i - 1]);
	attribute_put(b, OID_SIGNING_CERTIFICATE_V2, &value);
	buf_release(&value);
}

static void
put_attributes(const struct stamp *t, struct buf *b)
{
	size_t set = der_begin(b, DER_SET);

	signed_data_attributes(&t->data, b);
	attribute_time(b, t->making->now);
	put_certificate_hash(t, b);
	der_end_set_of(b, set);
}

/* Positive, and as long for every one: 126 bits are random. */
static void
make_serial(const uint8_t *random, uint8_t ret[TSA_SERIAL])
{
	memcpy(ret, random, TSA_SERIAL);
	ret[0] = (ret[0] & 0x3f) | 0x40;
}

static void
stamp_release(struct stamp *t)
{
	buf_release(&t->info);
	buf_release(&t->content);
	buf_release(&t->attributes);
}

/* 0, or -1; released in both cases. */
static int
stamp_make(struct stamp *t, const struct making *m)
{
	enum hash over = hash_over(m->lines->hash);

	*t = (struct stamp){ .making = m };
	buf_init(&t->info, PART_MAX);
	buf_init(&t->content, PART_MAX);
	buf_init(&t->attributes, PART_MAX);
	if (read_query(m, &t->query) == -1 || m->set->tsa_policy == NULL ||
	    m->key->certificate == NULL || over == HASH_NONE ||
	    m->lines->len != hash_size(m->lines->hash))
		return -1;
	make_serial(m->random, t->serial);
	put_info(t, &t->info);
	der_put(
	    &t->content, DER_OCTET_STRING, buf_at(&t->info), buf_len(&t->info));
	if (t->info.bad || t->content.bad ||
	    proof_digest(
		over, buf_at(&t->info), buf_len(&t->info), t->digest) == -1)
		return -1;
	t->data = (struct signed_data){
		.key = m->key,
		.hash = over,
		.version = 3,
		.content_type = OID_TST_INFO,
		.content = (const uint8_t *)buf_at(&t->content),
		.content_len = buf_len(&t->content),
		.certificates = t->query.certificates,
		.attributed = true,
		.digest = t->digest,
		.digest_len = hash_size(over),
	};
	put_attributes(t, &t->attributes);
	return t->attributes.bad ? -1 : 0;
}

static int
tsa_input(const struct making *m, struct buf *ret)
{
	struct stamp t;
	int rv = stamp_make(&t, m);

	if (rv == 0)
		rv = signed_data_input(&t.data, &t.attributes, ret);
	stamp_release(&t);
	return rv;
}

static int
tsa_finish(const struct making *m, const uint8_t *signature, size_t len,
    struct buf *ret)
{
	size_t response = der_begin(ret, DER_SEQUENCE);
	struct stamp t;
	int rv = stamp_make(&t, m);

	buf_add(ret, granted, sizeof(granted));
	if (rv == 0)
		rv = signed_data_put(
		    &t.data, &t.attributes, signature, len, ret);
	der_end(ret, response);
	stamp_release(&t);
	return ret->bad ? -1 : rv;
}

static int
check_info(const struct stamp *t)
{
	const struct tsa_info want = {
		.line = t->making->lines,
		.set = t->making->set,
		.query = &t->query,
		.serial = t->serial,
		.now = t->making->now,
	};

	return tsa_info_check(
	    &want, (const uint8_t *)buf_at(&t->info), buf_len(&t->info));
}

/* The token in it, when the rest is what it must be; or NULL. */
static const uint8_t *
token_of(const uint8_t *answer, size_t len, size_t *ret_len)
{
	struct reader all, response;
	const uint8_t *status, *token;
	size_t status_len;

	reader_init(&all, answer, len);
	response = der_get(&all, DER_SEQUENCE);
	status = der_get_whole(&response, &status_len);
	if (!reader_done(&all) || response.bad ||
	    status_len != sizeof(granted) ||
	    memcmp(status, granted, sizeof(granted)) != 0)
		return NULL;
	token = der_get_whole(&response, ret_len);
	return reader_done(&response) ? token : NULL;
}

static int
tsa_open(const struct making *m, const uint8_t *answer, size_t len,
    struct opened *ret)
{
	const uint8_t *token;
	size_t token_len;
	struct stamp t;
	int rv = stamp_make(&t, m);

	token = token_of(answer, len, &token_len);
	if (rv == 0)
		rv = token != NULL ? check_info(&t) : -1;
	if (rv == 0)
		rv = signed_data_open(&t.data, token, token_len, ret);
	stamp_release(&t);
	return rv;
}

const struct format format_tsa = {
	.name = "tsa",
	.wrapped = true,
	.needs = FORMAT_NEEDS_CERTIFICATE | FORMAT_NEEDS_TIME_STAMPING |
	    FORMAT_NEEDS_POLICY | FORMAT_NEEDS_RANDOM,
	.extra = EXTRA_QUERY,
	.extension = "tsr",
	.help = "RFC 3161, by the verb tsa (openssl ts -verify)",
	.mech = tsa_mech,
	.fit = tsa_fit,
	.input = tsa_input,
	.finish = tsa_finish,
	.open = tsa_open,
};
