/* SPDX-License-Identifier: Apache-2.0 */
#include "session/query.h"

#include <stdio.h>
#include <string.h>

#include "base/der.h"

/* NIST's arc, 2.16.840.1.101.3.4.2: the last byte says which. */
static const uint8_t hash_arc[] = { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04,
	0x02 };
static const enum hash hashes[] = {
	[1] = HASH_SHA256,
	[2] = HASH_SHA384,
	[3] = HASH_SHA512,
	[8] = HASH_SHA3_256,
	[9] = HASH_SHA3_384,
	[10] = HASH_SHA3_512,
};

static int
fail(char *what, const char *text)
{
	snprintf(what, MESSAGE_SIZE, "the time-stamp request %s", text);
	return -1;
}

static int
read_version(struct reader *r, char *what)
{
	struct reader version = der_get(r, DER_INTEGER);

	if (get_u8(&version) != 1 || !reader_done(&version))
		return fail(what, "is not of version 1");
	return 0;
}

static enum hash
hash_of(const struct reader *oid)
{
	uint8_t last;

	if (oid->bad || oid->left != sizeof(hash_arc) + 1 ||
	    memcmp(oid->at, hash_arc, sizeof(hash_arc)) != 0)
		return HASH_NONE;
	last = oid->at[sizeof(hash_arc)];
	return last < sizeof(hashes) / sizeof(hashes[0]) ? hashes[last] :
							   HASH_NONE;
}

/* Its parameters are NULL or not there (RFC 5754, 2). */
static int
read_hash(struct reader *r, struct time_query *ret, char *what)
{
	struct reader algorithm = der_get(r, DER_SEQUENCE);
	struct reader oid = der_get(&algorithm, DER_OID);

	if (oid.bad)
		return fail(what, "names no hash");
	if ((ret->hash = hash_of(&oid)) == HASH_NONE)
		return fail(what,
		    "has another hash than sha256, sha384, sha512, sha3-256, "
		    "sha3-384 or sha3-512");
	ret->more.null_parameters = der_peek(&algorithm) == DER_NULL;
	if (ret->more.null_parameters) {
		struct reader null = der_get(&algorithm, DER_NULL);

		if (!reader_done(&null))
			reader_fail(&algorithm);
	}
	if (!reader_done(&algorithm))
		return fail(what, "has parameters with its hash");
	return 0;
}

static int
read_imprint(struct reader *r, struct time_query *ret, char *what)
{
	struct reader imprint = der_get(r, DER_SEQUENCE), digest;

	if (imprint.bad)
		return fail(what, "has no messageImprint");
	if (read_hash(&imprint, ret, what) == -1)
		return -1;
	digest = der_get(&imprint, DER_OCTET_STRING);
	if (!reader_done(&imprint) || digest.left != hash_size(ret->hash))
		return fail(what, "has a digest that is not of its hash");
	memcpy(ret->digest, digest.at, digest.left);
	return 0;
}

static int
read_policy(struct reader *r, struct query *ret, char *what)
{
	struct reader oid;
	char text[OID_TEXT];

	if (der_peek(r) != DER_OID)
		return 0;
	oid = der_get(r, DER_OID);
	if (oid.bad || oid_text(oid.at, oid.left, text) == -1)
		return fail(what, "has a reqPolicy that is none, or too long");
	memcpy(ret->policy, oid.at, oid.left);
	ret->policy_len = oid.left;
	return 0;
}

static int
read_nonce(struct reader *r, struct query *ret, char *what)
{
	struct reader nonce;

	if (der_peek(r) != DER_INTEGER)
		return 0;
	nonce = der_get(r, DER_INTEGER);
	if (nonce.bad || !query_is_integer(nonce.at, nonce.left))
		return fail(what, "has a nonce that is no number in DER");
	if (nonce.left > sizeof(ret->nonce))
		return fail(what, "has a nonce of more than 32 bytes");
	memcpy(ret->nonce, nonce.at, nonce.left);
	ret->nonce_len = nonce.left;
	return 0;
}

/* FALSE is what it means when it is not there; some clients say it. */
static int
read_certificates(struct reader *r, struct query *ret, char *what)
{
	struct reader wanted;
	uint8_t value;

	if (der_peek(r) != DER_BOOLEAN)
		return 0;
	wanted = der_get(r, DER_BOOLEAN);
	value = get_u8(&wanted);
	if (!reader_done(&wanted) || (value != 0x00 && value != 0xff))
		return fail(what, "has a certReq that is no BOOLEAN in DER");
	ret->certificates = value == 0xff;
	return 0;
}

static int
read_fields(struct reader *r, struct time_query *ret, char *what)
{
	if (read_version(r, what) == -1 || read_imprint(r, ret, what) == -1 ||
	    read_policy(r, &ret->more, what) == -1 ||
	    read_nonce(r, &ret->more, what) == -1 ||
	    read_certificates(r, &ret->more, what) == -1)
		return -1;
	if (der_peek(r) == DER_CONSTRUCTED)
		return fail(
		    what, "has extensions, and none of them is answered");
	if (!reader_done(r))
		return fail(what, "has something behind its last field");
	return 0;
}

int
query_read(const void *bytes, size_t len, struct time_query *ret,
    char what[static MESSAGE_SIZE])
{
	struct time_query query = { .hash = HASH_NONE };
	struct reader all, request;

	if (len == 0)
		return fail(what, "is missing: standard input is empty");
	if (len > QUERY_MAX)
		return fail(what, "is longer than 4096 bytes");
	reader_init(&all, bytes, len);
	request = der_get(&all, DER_SEQUENCE);
	if (!reader_done(&all))
		return fail(what, "is none: not one SEQUENCE in DER, RFC 3161");
	if (read_fields(&request, &query, what) == -1)
		return -1;
	*ret = query;
	return 0;
}

int
query_line(const void *bytes, size_t len, struct line *ret,
    char what[static MESSAGE_SIZE])
{
	struct line line = { .name = "" };
	struct time_query query;
	struct writer w;

	if (query_read(bytes, len, &query, what) == -1)
		return -1;
	writer_init(&w, line.extra, sizeof(line.extra));
	query_put(&w, &query.more);
	if (!writer_ok(&w))
		return fail(what, "has too much in it");
	line.hash = query.hash;
	line.digest_len = hash_size(query.hash);
	memcpy(line.digest, query.digest, line.digest_len);
	line.extra_len = w.used;
	*ret = line;
	return 0;
}
