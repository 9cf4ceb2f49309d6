/* SPDX-License-Identifier: Apache-2.0 */
/*
 * openpgp_key_read and openpgp_key_peek, declared in format/openpgp_key.h.
 */
#include <stdio.h>
#include <string.h>

#include "format/openpgp_armor.h"
#include "format/openpgp_packet.h"
#include "format/openpgp_signature.h"
#include "format/proof.h"

#define FILE_MAX ((size_t)1 << 20)
#define VERSION 4

/* What the packets are read into. */
struct file {
	const uint8_t *spki;
	size_t spki_len;
	struct openpgp_key key;
	struct buf body; /* of the primary key */
	const uint8_t *id; /* the user id that was last; NULL: none */
	size_t id_len;
	bool subkeys; /* what follows is theirs */
	bool certified, revoked;
	uint32_t newest; /* of the self-signatures */
};

/* The type and what is common to all keys, from the primary key's packet. */
static int
peek(struct reader body, struct openpgp_key *ret)
{
	uint8_t version = get_u8(&body);

	ret->created = get_u32(&body);
	ret->algorithm = get_u8(&body);
	return version == VERSION && !body.bad ? 0 : -1;
}

static int
start(struct file *f, struct reader *r)
{
	struct reader body;

	if (packet_get(r, &body) != PACKET_PUBLIC_KEY)
		return -1;
	buf_add(&f->body, body.at, body.left);
	return peek(body, &f->key);
}

/* Does the key verify what this signature says of the user id (or itself)? */
static bool
verifies(const struct file *f, const struct openpgp_signature *s, bool of_id)
{
	struct format_key key = { .type = f->key.type,
		.bits = f->key.bits,
		.spki = f->spki,
		.spki_len = f->spki_len };
	uint8_t end[OPENPGP_TRAILER_END], digest[DIGEST_MAX];
	struct buf about;
	struct writer w;
	bool ok;

	buf_init(&about, 2 * FILE_MAX);
	openpgp_key_about(
	    &about, &f->body, of_id ? f->id : NULL, of_id ? f->id_len : 0);
	buf_add(&about, s->hashed, s->hashed_len);
	writer_init(&w, end, sizeof(end));
	openpgp_trailer_end(&w, s->hashed_len);
	buf_add(&about, end, w.used);
	ok = !about.bad && s->hash != HASH_NONE &&
	    proof_digest(s->hash, buf_at(&about), buf_len(&about), digest) ==
		0 &&
	    proof_signature(&key, openpgp_mech(f->key.type), s->hash, digest,
		hash_size(s->hash), s->signature, s->signature_len) == 0;
	buf_release(&about);
	return ok;
}

/* The newest self-signature says until when the key is good. */
static void
take_signature(struct file *f, struct reader body)
{
	struct openpgp_signature s;
	bool of_id;

	if (openpgp_signature_get(body, &f->key, &s) == -1)
		return;
	of_id = s.type >= 0x10 && s.type <= OPENPGP_CERTIFY;
	if ((of_id ? f->id == NULL : s.type != OPENPGP_REVOKE) ||
	    !verifies(f, &s, of_id))
		return;
	if (!of_id) {
		f->revoked = true;
	} else if (!f->certified || s.created >= f->newest) {
		f->certified = true;
		f->newest = s.created;
		f->key.expires = s.key_expires == 0 ?
		    0 :
		    (int64_t)f->key.created + s.key_expires;
	}
}

static void
take_packet(struct file *f, unsigned tag, const struct reader *body)
{
	switch (tag) {
	case PACKET_USER_ID:
		f->id = body->at;
		f->id_len = body->left;
		break;
	case PACKET_SIGNATURE:
		if (!f->subkeys)
			take_signature(f, *body);
		break;
	case PACKET_PUBLIC_SUBKEY:
		f->subkeys = true;
		break;
	default:
		f->id = NULL; /* a picture, or what will come one day */
	}
}

static int
say(char *text, const char *what)
{
	snprintf(text, MESSAGE_SIZE, "%s", what);
	return -1;
}

static int
match(struct file *f, char *text)
{
	uint32_t created = f->key.created;
	struct buf own;
	int rv = -1;

	buf_init(&own, FILE_MAX);
	if (openpgp_key_make(f->spki, f->spki_len, created, &own, &f->key) ==
		0 &&
	    buf_len(&own) == buf_len(&f->body) &&
	    memcmp(buf_at(&own), buf_at(&f->body), buf_len(&own)) == 0)
		rv = 0;
	buf_release(&own);
	return rv == 0 ? 0 : say(text, "is for another key than the token's");
}

static int
read_packets(struct file *f, struct reader *r, char *text)
{
	struct reader body;
	unsigned tag;

	if (start(f, r) == -1)
		return say(
		    text, "does not begin with a public key of version 4");
	if (f->spki != NULL && match(f, text) == -1)
		return -1;
	while ((tag = packet_get(r, &body)) != 0 && tag != PACKET_PUBLIC_KEY)
		if (f->spki != NULL)
			take_packet(f, tag, &body);
	if (r->bad)
		return say(text, "is cut off, or no OpenPGP key");
	if (tag == PACKET_PUBLIC_KEY)
		return say(text, "holds more than one key");
	if (f->revoked)
		return say(text, "is revoked");
	if (f->spki != NULL && !f->certified)
		return say(text, "has no user id that the key itself signed");
	return 0;
}

int
openpgp_key_read(const char *armored, const uint8_t *spki, size_t spki_len,
    struct openpgp_key *ret, char text[MESSAGE_SIZE])
{
	struct file f = { .spki = spki, .spki_len = spki_len };
	struct buf bytes;
	struct reader r;
	int rv = -1;

	buf_init(&bytes, FILE_MAX);
	buf_init(&f.body, FILE_MAX);
	if (armor_read(armored, strlen(armored), ARMOR_KEY, &bytes) == -1) {
		say(text, "is not an armored OpenPGP public key");
	} else {
		reader_init(&r, buf_at(&bytes), buf_len(&bytes));
		rv = read_packets(&f, &r, text);
	}
	if (rv == 0)
		*ret = f.key;
	buf_release(&f.body);
	buf_release(&bytes);
	return rv;
}

int
openpgp_key_peek(
    const char *armored, struct openpgp_key *ret, char text[MESSAGE_SIZE])
{
	return openpgp_key_read(armored, NULL, 0, ret, text);
}
