/* SPDX-License-Identifier: Apache-2.0 */
#include "format/openpgp_certify.h"

#include <string.h>

#include "base/text.h"
#include "format/openpgp_armor.h"
#include "format/openpgp_packet.h"
#include "format/proof.h"

#define BODY_MAX 8192
#define ID_MAX 512
#define FLAG_CERTIFY 0x01
#define FLAG_SIGN 0x02
#define FEATURE_MDC 0x01

static void
put_subpacket(
    struct writer *w, enum openpgp_subpacket type, const void *body, size_t len)
{
	put_u8(w, (uint8_t)(1 + len));
	put_u8(w, (uint8_t)type);
	for (size_t i = 0; i < len; i++)
		put_u8(w, ((const uint8_t *)body)[i]);
}

/* What GnuPG and others want to read of a key before they use it. */
static int
fill_more(struct openpgp_certify *c, const struct openpgp_wish *wish)
{
	const uint8_t flags = FLAG_CERTIFY | FLAG_SIGN, yes = 1,
		      features = FEATURE_MDC;
	const uint8_t hashes[] = { openpgp_hash_id(HASH_SHA512),
		openpgp_hash_id(HASH_SHA256) };
	struct writer w;

	writer_init(&w, c->more, sizeof(c->more));
	put_subpacket(&w, SUBPACKET_FLAGS, &flags, 1);
	if (wish->expires != 0) {
		put_u8(&w, 1 + 4);
		put_u8(&w, SUBPACKET_KEY_EXPIRES);
		put_u32(&w, wish->expires - wish->created);
	}
	put_subpacket(&w, SUBPACKET_HASHES, hashes, sizeof(hashes));
	put_subpacket(&w, SUBPACKET_PRIMARY, &yes, 1);
	put_subpacket(&w, SUBPACKET_FEATURES, &features, 1);
	c->said.more = c->more;
	c->said.more_len = w.used;
	return writer_ok(&w) ? 0 : -1;
}

static enum hash
hash_for(enum key_type type)
{
	if (type == KEY_P384)
		return HASH_SHA384;
	return type == KEY_P521 || type == KEY_ED25519 ? HASH_SHA512 :
							 HASH_SHA256;
}

static bool
is_user_id(const char *id)
{
	size_t len = strlen(id);

	if (len == 0 || len > ID_MAX || !text_is_utf8(id, len))
		return false;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)id[i] < 0x20 || id[i] == 0x7f)
			return false;
	return true;
}

int
openpgp_certify_init(struct openpgp_certify *c, const uint8_t *spki,
    size_t spki_len, const struct openpgp_wish *wish)
{
	memset(c, 0, sizeof(*c));
	buf_init(&c->body, BODY_MAX);
	buf_init(&c->id, ID_MAX);
	if (!is_user_id(wish->user_id) || wish->now < wish->created ||
	    (wish->expires != 0 && wish->expires <= wish->created) ||
	    openpgp_key_make(
		spki, spki_len, wish->created, &c->body, &c->key) == -1)
		return -1;
	buf_adds(&c->id, wish->user_id);
	c->said.type = OPENPGP_CERTIFY;
	c->said.hash = hash_for(c->key.type);
	c->said.created = wish->now;
	return fill_more(c, wish);
}

void
openpgp_certify_release(struct openpgp_certify *c)
{
	if (c == NULL)
		return;
	buf_release(&c->body);
	buf_release(&c->id);
}

int
openpgp_certify_message(const struct openpgp_certify *c,
    struct buf *ret_message, uint8_t *ret_digest)
{
	uint8_t trailer[OPENPGP_TRAILER_MAX];
	struct writer w;

	writer_init(&w, trailer, sizeof(trailer));
	openpgp_trailer(&w, &c->key, &c->said);
	openpgp_key_about(
	    ret_message, &c->body, buf_at(&c->id), buf_len(&c->id));
	buf_add(ret_message, trailer, w.used);
	if (!writer_ok(&w) || ret_message->bad)
		return -1;
	return proof_digest(c->said.hash, buf_at(ret_message),
	    buf_len(ret_message), ret_digest);
}

int
openpgp_certify_finish(const struct openpgp_certify *c,
    const uint8_t *signature, size_t len, struct buf *ret)
{
	uint8_t digest[DIGEST_MAX];
	struct buf message, packets;
	int rv = -1;

	buf_init(&message, 2 * BODY_MAX);
	buf_init(&packets, 4 * BODY_MAX);
	packet_add(
	    &packets, PACKET_PUBLIC_KEY, buf_at(&c->body), buf_len(&c->body));
	packet_add(&packets, PACKET_USER_ID, buf_at(&c->id), buf_len(&c->id));
	if (openpgp_certify_message(c, &message, digest) == 0 &&
	    openpgp_signature_add(
		&packets, &c->key, &c->said, digest, signature, len) == 0) {
		armor_add(ret, ARMOR_KEY, buf_at(&packets), buf_len(&packets));
		rv = ret->bad ? -1 : 0;
	}
	buf_release(&message);
	buf_release(&packets);
	return rv;
}
