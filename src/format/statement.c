/* SPDX-License-Identifier: Apache-2.0 */
#include "format/statement.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/native.h"
#include "format/scan.h"
#include "format/when.h"

#define PAYLOAD_TYPE "application/vnd.in-toto+json"
#define PREDICATE_TYPE "urn:countersign:signed:v1"
#define STATEMENT_MAX 8192 /* names may be six times as long in JSON */

/* As in-toto's DigestSet names them; NULL: it does not. */
static const char *
digest_name(enum hash hash)
{
	static const char *const names[HASH_COUNT] = {
		[HASH_SHA256] = "sha256",
		[HASH_SHA384] = "sha384",
		[HASH_SHA512] = "sha512",
		[HASH_SHA3_256] = "sha3_256",
		[HASH_SHA3_384] = "sha3_384",
		[HASH_SHA3_512] = "sha3_512",
	};

	return (unsigned)hash < HASH_COUNT ? names[hash] : NULL;
}

enum mech
statement_mech(enum key_type type, enum hash hash, enum hash *ret_over)
{
	enum mech mech = message_mech(type, ret_over);

	return digest_name(hash) != NULL ? mech : MECH_NONE;
}

enum reason
statement_fit(const struct making *m, char text[MESSAGE_SIZE])
{
	const char *name = m->lines->name;

	if (*name != '\0' && text_is_utf8(name, strlen(name)))
		return REASON_OK;
	snprintf(text, MESSAGE_SIZE,
	    "a statement is about a name: each line needs one, in UTF-8");
	return REASON_BAD_INPUT;
}

static void
add_string(struct buf *ret, const char *text)
{
	buf_add_json(ret, text, strlen(text));
}

static int
add_statement(const struct making *m, struct buf *ret)
{
	const struct format_line *line = m->lines;
	const char *type = m->set->predicate_type;
	char hex[2 * DIGEST_MAX + 1], when[WHEN_SIZE], why[MESSAGE_SIZE];

	if (digest_name(line->hash) == NULL ||
	    line->len != hash_size(line->hash) ||
	    statement_fit(m, why) != REASON_OK || when_text(m->now, when) == -1)
		return -1;
	hex_encode(line->digest, line->len, hex);
	buf_adds(ret,
	    "{\"_type\":\"https://in-toto.io/Statement/v1\","
	    "\"subject\":[{\"name\":");
	add_string(ret, line->name);
	buf_addf(ret, ",\"digest\":{\"%s\":\"%s\"}}],\"predicateType\":",
	    digest_name(line->hash), hex);
	add_string(ret, type != NULL && *type != '\0' ? type : PREDICATE_TYPE);
	buf_adds(ret, ",\"predicate\":{\"signer\":\"countersign\",\"key\":");
	add_string(ret, m->key->name);
	buf_addf(ret, ",\"time\":\"%s\"}}", when);
	return ret->bad ? -1 : 0;
}

/* What is signed of a payload. */
static int
encode(const struct making *m, const char *payload, size_t len, struct buf *ret)
{
	struct buf pae;
	int rv;

	buf_init(&pae, STATEMENT_MAX + 128);
	buf_addf(&pae, "DSSEv1 %zu %s %zu ", strlen(PAYLOAD_TYPE), PAYLOAD_TYPE,
	    len);
	buf_add(&pae, payload, len);
	rv = pae.bad ? -1 : message_input(m, buf_at(&pae), buf_len(&pae), ret);
	buf_release(&pae);
	return rv;
}

int
statement_input(const struct making *m, struct buf *ret)
{
	struct buf payload;
	int rv;

	buf_init(&payload, STATEMENT_MAX);
	rv = add_statement(m, &payload);
	if (rv == 0)
		rv = encode(m, buf_at(&payload), buf_len(&payload), ret);
	buf_release(&payload);
	return rv;
}

int
envelope_add(const struct making *m, const uint8_t *signature, size_t len,
    struct buf *ret)
{
	char print[FINGERPRINT_SIZE];
	struct buf payload;
	int rv;

	fingerprint(m->key->spki, m->key->spki_len, print);
	buf_init(&payload, STATEMENT_MAX);
	if ((rv = add_statement(m, &payload)) == 0) {
		buf_adds(ret, "{\"payload\":\"");
		buf_add_base64(ret, buf_at(&payload), buf_len(&payload));
		buf_addf(ret,
		    "\",\"payloadType\":\"" PAYLOAD_TYPE "\","
		    "\"signatures\":[{\"keyid\":\"%s\",\"sig\":\"",
		    print);
		rv = native_base64(m, signature, len, ret);
		buf_adds(ret, "\"}]}");
	}
	buf_release(&payload);
	return ret->bad ? -1 : rv;
}

void
scan_envelope(struct reader *r, const struct making *m, struct opened *ret)
{
	uint8_t payload[STATEMENT_MAX];
	char print[FINGERPRINT_SIZE];
	size_t len;

	fingerprint(m->key->spki, m->key->spki_len, print);
	scan_text(r, "{\"payload\":\"");
	scan_base64(r, '"', payload, sizeof(payload), &len);
	scan_text(r,
	    ",\"payloadType\":\"" PAYLOAD_TYPE "\","
	    "\"signatures\":[{\"keyid\":\"");
	scan_text(r, print);
	scan_text(r, "\",\"sig\":\"");
	scan_native(r, '"', m, ret);
	scan_text(r, "}]}");
	if (r->bad || encode(m, (const char *)payload, len, &ret->input) == -1)
		reader_fail(r);
}
