/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jws: a JSON Web Signature in compact form with its payload left out
 * (RFC 7515, appendix F): header, two dots, signature.
 *
 * The client hashes header, dot and payload, each in base64url, so it must
 * know the header first: the key and the hash decide it (format/jws.h).
 */
#include "format/jws.h"

#include <string.h>

#include "format/digest.h"
#include "format/ecdsa.h"
#include "format/native.h"
#include "format/rows.h"
#include "format/scan.h"

#define HEADER_MAX 256

/* RFC 7518, 3.1; NULL: there is none. */
static const char *
algorithm(enum key_type type, enum hash hash)
{
	static const struct {
		enum key_type type;
		enum hash hash;
		const char *name;
	} all[] = {
		{ KEY_RSA, HASH_SHA256, "RS256" },
		{ KEY_RSA, HASH_SHA384, "RS384" },
		{ KEY_RSA, HASH_SHA512, "RS512" },
		{ KEY_P256, HASH_SHA256, "ES256" },
		{ KEY_P384, HASH_SHA384, "ES384" },
		{ KEY_P521, HASH_SHA512, "ES512" },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i].type == type && all[i].hash == hash)
			return all[i].name;
	return NULL;
}

/* Sorted, without blanks.  kid is the fingerprint that records have. */
static int
add_header(const struct format_key *key, enum hash hash, struct buf *ret)
{
	const char *name = algorithm(key->type, hash);
	char print[FINGERPRINT_SIZE];

	if (name == NULL)
		return -1;
	fingerprint(key->spki, key->spki_len, print);
	buf_addf(ret, "{\"alg\":\"%s\",\"kid\":\"%s\"}", name, print);
	return ret->bad ? -1 : 0;
}

int
jws_header(const struct format_key *key, enum hash hash, struct buf *ret)
{
	struct buf json;
	int rv;

	buf_init(&json, HEADER_MAX);
	rv = add_header(key, hash, &json);
	if (rv == 0)
		buf_add_base64url(ret, buf_at(&json), buf_len(&json));
	buf_release(&json);
	return ret->bad ? -1 : rv;
}

enum hash
jws_hash(enum key_type type)
{
	for (enum hash h = HASH_NONE + 1; h < HASH_COUNT; h++)
		if (algorithm(type, h) != NULL)
			return h;
	return HASH_NONE;
}

static enum mech
jws_mech(enum key_type type, enum hash hash, enum hash *ret_over)
{
	*ret_over = hash;
	if (algorithm(type, hash) == NULL)
		return MECH_NONE;
	return type == KEY_RSA ? MECH_RSA_PKCS1 : MECH_ECDSA;
}

static int
jws_finish(const struct making *m, const uint8_t *signature, size_t len,
    struct buf *ret)
{
	if (m->key->type != KEY_RSA &&
	    ecdsa_check(m->key->type, signature, len) == -1)
		return -1;
	if (m->key->type == KEY_RSA && rsa_check(m->key, signature, len) == -1)
		return -1;
	if (jws_header(m->key, m->lines->hash, ret) == -1)
		return -1;
	buf_adds(ret, "..");
	buf_add_base64url(ret, signature, len);
	return ret->bad ? -1 : 0;
}

/* The payload is the client's: what is signed cannot be read from here. */
static int
jws_open(const struct making *m, const uint8_t *answer, size_t len,
    struct opened *ret)
{
	uint8_t json[HEADER_MAX];
	struct buf header;
	struct reader r;
	size_t json_len;
	bool same;

	buf_init(&header, HEADER_MAX);
	reader_init(&r, answer, len);
	scan_base64url(&r, '.', json, sizeof(json), &json_len);
	scan_text(&r, ".");
	scan_base64url(&r, '\0', ret->signature, sizeof(ret->signature),
	    &ret->signature_len);
	same = add_header(m->key, m->lines->hash, &header) == 0 &&
	    buf_len(&header) == json_len &&
	    memcmp(buf_at(&header), json, json_len) == 0;
	buf_release(&header);
	if (!same || !reader_done(&r))
		return -1;
	return digest_input(m, &ret->input);
}

const struct format format_jws = {
	.name = "jws",
	.wrapped = false,
	.extension = "jws",
	.help = "RSA and ECDSA: JWS, compact and detached (RFC 7515)",
	.mech = jws_mech,
	.input = digest_input,
	.finish = jws_finish,
	.open = jws_open,
};
