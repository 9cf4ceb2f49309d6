/* SPDX-License-Identifier: Apache-2.0 */
/* Declared in format/openpgp.h. */
#include <stdio.h>
#include <string.h>

#include "format/digest.h"
#include "format/openpgp.h"
#include "format/openpgp_armor.h"
#include "format/openpgp_packet.h"

enum mech
openpgp_mech_of(enum key_type type, enum hash hash, enum hash *ret_over)
{
	if (!openpgp_hash_fits(type, hash))
		return MECH_NONE;
	*ret_over = type == KEY_ED25519 ? HASH_NONE : hash;
	return openpgp_mech(type);
}

enum reason
openpgp_key_fits(const struct making *m, char text[MESSAGE_SIZE])
{
	const struct openpgp_key *k = m->key->openpgp;
	enum reason reason = REASON_CERTIFICATE_DATES;
	const char *what;

	if (k == NULL) {
		what = "has no OpenPGP key";
		reason = REASON_FORMAT;
	} else if (m->now < k->created) {
		what = "has an OpenPGP key from the future";
	} else if (k->expires != 0 && m->now >= k->expires &&
	    !m->key->allow_expired) {
		what = "has an OpenPGP key that has expired";
	} else {
		return REASON_OK;
	}
	snprintf(text, MESSAGE_SIZE, "the key %s %s", m->key->name, what);
	return reason;
}

int
openpgp_say(const struct making *m, enum openpgp_type type, enum hash hash,
    struct openpgp_said *ret)
{
	if (m->key->openpgp == NULL || m->key->openpgp->type != m->key->type ||
	    m->now < m->key->openpgp->created || m->now > UINT32_MAX)
		return -1;
	*ret = (struct openpgp_said){
		.type = type, .hash = hash, .created = (uint32_t)m->now
	};
	return 0;
}

int
openpgp_answer(const struct making *m, const struct openpgp_said *said,
    const uint8_t *digest, const uint8_t *signature, size_t len,
    struct buf *ret)
{
	struct buf packet;
	int rv;

	buf_init(&packet, OPENPGP_ANSWER_MAX);
	rv = openpgp_signature_add(
	    &packet, m->key->openpgp, said, digest, signature, len);
	if (rv == 0)
		armor_add(
		    ret, ARMOR_SIGNATURE, buf_at(&packet), buf_len(&packet));
	buf_release(&packet);
	return rv == -1 || ret->bad ? -1 : 0;
}

/* There is one way to write it, and no room for anything else. */
static bool
is_canonical(const uint8_t *answer, size_t len, const struct buf *packet)
{
	struct buf again;
	bool same;

	buf_init(&again, 2 * OPENPGP_ANSWER_MAX);
	armor_add(&again, ARMOR_SIGNATURE, buf_at(packet), buf_len(packet));
	same = !again.bad && buf_len(&again) == len &&
	    memcmp(buf_at(&again), answer, len) == 0;
	buf_release(&again);
	return same;
}

/* One packet, its head as short as it can be. */
static int
read_packet(const struct buf *packet, struct reader *ret_body)
{
	struct reader r;
	struct buf again;
	bool same;

	reader_init(&r, buf_at(packet), buf_len(packet));
	if (packet_get(&r, ret_body) != PACKET_SIGNATURE || !reader_done(&r))
		return -1;
	buf_init(&again, OPENPGP_ANSWER_MAX);
	packet_add(&again, PACKET_SIGNATURE, ret_body->at, ret_body->left);
	same = buf_len(&again) == buf_len(packet) &&
	    memcmp(buf_at(&again), buf_at(packet), buf_len(packet)) == 0;
	buf_release(&again);
	return same ? 0 : -1;
}

int
openpgp_answer_read(const struct making *m, const uint8_t *answer, size_t len,
    struct buf *packet, struct openpgp_signature *ret)
{
	struct reader body;

	buf_init(packet, OPENPGP_ANSWER_MAX);
	if (m->key->openpgp == NULL ||
	    armor_read((const char *)answer, len, ARMOR_SIGNATURE, packet) ==
		-1 ||
	    !is_canonical(answer, len, packet) ||
	    read_packet(packet, &body) == -1 ||
	    openpgp_signature_get(body, m->key->openpgp, ret) == -1)
		return -1;
	return ret->plain && ret->hash != HASH_NONE ? 0 : -1;
}

size_t
openpgp_read_trailer(
    const struct openpgp_signature *s, uint8_t ret[static OPENPGP_TRAILER_MAX])
{
	struct writer w;

	if (s->hashed_len > OPENPGP_TRAILER_MAX - OPENPGP_TRAILER_END)
		return 0;
	memcpy(ret, s->hashed, s->hashed_len);
	writer_init(&w, ret + s->hashed_len, OPENPGP_TRAILER_END);
	openpgp_trailer_end(&w, s->hashed_len);
	return s->hashed_len + w.used;
}

int
openpgp_opened(const struct openpgp_signature *s, const uint8_t *digest,
    struct opened *ret)
{
	if (memcmp(digest, s->left, sizeof(s->left)) != 0)
		return -1;
	buf_add(&ret->input, digest, hash_size(s->hash));
	return opened_signature(ret, s->signature, s->signature_len);
}
