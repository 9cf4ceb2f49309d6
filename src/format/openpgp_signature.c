/* SPDX-License-Identifier: Apache-2.0 */
#include "format/openpgp_signature.h"

#include <string.h>

#include "format/ecdsa.h"
#include "format/openpgp_packet.h"

#define VERSION 4
#define BODY_MAX 4096
#define ED25519_HALF 32

/* RFC 4880, 9.4. */
static const struct {
	enum hash hash;
	uint8_t id;
} hashes[] = {
	{ HASH_SHA256, 8 },
	{ HASH_SHA384, 9 },
	{ HASH_SHA512, 10 },
};

#define HASHES (sizeof(hashes) / sizeof(hashes[0]))

uint8_t
openpgp_hash_id(enum hash hash)
{
	for (size_t i = 0; i < HASHES; i++)
		if (hashes[i].hash == hash)
			return hashes[i].id;
	return 0;
}

enum hash
openpgp_hash(uint8_t id)
{
	for (size_t i = 0; i < HASHES; i++)
		if (hashes[i].id == id)
			return hashes[i].hash;
	return HASH_NONE;
}

bool
openpgp_hash_fits(enum key_type type, enum hash hash)
{
	static const uint8_t least[KEY_TYPE_COUNT] = {
		[KEY_RSA] = 32,
		[KEY_P256] = 32,
		[KEY_P384] = 48,
		[KEY_P521] = 64,
		[KEY_ED25519] = 32,
	};

	return least[type] != 0 && openpgp_hash_id(hash) != 0 &&
	    hash_size(hash) >= least[type];
}

enum mech
openpgp_mech(enum key_type type)
{
	if (type == KEY_RSA)
		return MECH_RSA_PKCS1;
	return type == KEY_ED25519 ? MECH_EDDSA : MECH_ECDSA;
}

static void
put(struct writer *w, const void *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		put_u8(w, ((const uint8_t *)bytes)[i]);
}

/* From the version on: all but the end of what is hashed. */
static void
put_hashed(struct writer *w, const struct openpgp_key *k,
    const struct openpgp_said *said)
{
	size_t own = 2 + 4 + 2 + 1 + OPENPGP_FINGERPRINT;

	put_u8(w, VERSION);
	put_u8(w, (uint8_t)said->type);
	put_u8(w, (uint8_t)k->algorithm);
	put_u8(w, openpgp_hash_id(said->hash));
	put_u16(w, (uint16_t)(own + said->more_len));
	put_u8(w, 1 + 4);
	put_u8(w, SUBPACKET_CREATED);
	put_u32(w, said->created);
	put_u8(w, 1 + 1 + OPENPGP_FINGERPRINT);
	put_u8(w, SUBPACKET_FINGERPRINT);
	put_u8(w, VERSION);
	put(w, k->fingerprint, OPENPGP_FINGERPRINT);
	put(w, said->more, said->more_len);
}

void
openpgp_trailer_end(struct writer *w, size_t hashed_len)
{
	put_u8(w, VERSION);
	put_u8(w, 0xff);
	put_u32(w, (uint32_t)hashed_len);
}

void
openpgp_trailer(struct writer *w, const struct openpgp_key *k,
    const struct openpgp_said *said)
{
	size_t before = w->used;

	put_hashed(w, k, said);
	openpgp_trailer_end(w, w->used - before);
}

/* How the token's signature falls into numbers: the length of each, or 0. */
static size_t
number_size(const struct openpgp_key *k)
{
	if (k->type == KEY_RSA)
		return ((size_t)k->bits + 7) / 8;
	return k->type == KEY_ED25519 ? ED25519_HALF :
					ecdsa_order_size(k->type);
}

static bool
is_signature(const struct openpgp_key *k, const uint8_t *signature, size_t len)
{
	uint8_t any = 0;

	if (k->type != KEY_RSA && k->type != KEY_ED25519)
		return ecdsa_check(k->type, signature, len) == 0;
	for (size_t i = 0; i < len; i++)
		any |= signature[i];
	return any != 0 && len == (k->type == KEY_RSA ? 1 : 2) * number_size(k);
}

int
openpgp_signature_add(struct buf *to, const struct openpgp_key *k,
    const struct openpgp_said *said, const uint8_t *digest,
    const uint8_t *signature, size_t len)
{
	size_t size = number_size(k);
	uint8_t head[OPENPGP_TRAILER_MAX];
	struct writer w;
	struct buf body;

	writer_init(&w, head, sizeof(head));
	put_hashed(&w, k, said);
	put_u16(&w, 2 + OPENPGP_KEY_ID);
	put_u8(&w, 1 + OPENPGP_KEY_ID);
	put_u8(&w, SUBPACKET_ISSUER);
	put(&w, k->fingerprint + OPENPGP_FINGERPRINT - OPENPGP_KEY_ID,
	    OPENPGP_KEY_ID);
	put(&w, digest, 2);
	if (!writer_ok(&w) || !is_signature(k, signature, len))
		return -1;
	buf_init(&body, BODY_MAX);
	buf_add(&body, head, w.used);
	for (size_t at = 0; at < len; at += size)
		mpi_add(&body, signature + at, size);
	if (body.bad)
		to->bad = true;
	packet_add(to, PACKET_SIGNATURE, buf_at(&body), buf_len(&body));
	buf_release(&body);
	return to->bad ? -1 : 0;
}

/* One subpacket: its type, without the bit that says "critical". */
static uint8_t
subpacket_get(struct reader *r, struct reader *ret)
{
	size_t len = get_u8(r);

	if (len == 255)
		len = get_u32(r);
	else if (len >= 192)
		len = ((len - 192) << 8) + get_u8(r) + 192;
	if (len == 0)
		reader_fail(r);
	reader_init(ret, get_raw(r, len), len);
	if (r->bad)
		reader_init(ret, "", 0);
	return get_u8(ret) & 0x7f;
}

static void
read_fingerprint(struct reader sub, const struct openpgp_key *k,
    struct openpgp_signature *ret, bool *other)
{
	uint8_t version = get_u8(&sub);
	const uint8_t *print = get_raw(&sub, OPENPGP_FINGERPRINT);

	if (version == VERSION && print != NULL && reader_done(&sub) &&
	    memcmp(print, k->fingerprint, OPENPGP_FINGERPRINT) == 0)
		ret->issued = true;
	else
		*other = true;
}

/* Of what is hashed.  What we do not know does not matter here. */
static int
read_hashed(struct reader area, const struct openpgp_key *k,
    struct openpgp_signature *ret)
{
	unsigned created = 0, number = 0;
	bool other = false;

	while (!area.bad && area.left > 0) {
		struct reader sub;
		uint8_t type = subpacket_get(&area, &sub);

		number++;
		if (type == SUBPACKET_CREATED) {
			ret->created = get_u32(&sub);
			created++;
		} else if (type == SUBPACKET_KEY_EXPIRES) {
			ret->key_expires = get_u32(&sub);
		} else if (type == SUBPACKET_FINGERPRINT) {
			read_fingerprint(sub, k, ret, &other);
		}
		if (sub.bad)
			return -1;
	}
	if (other)
		ret->issued = false;
	ret->plain = number == 2 && ret->issued;
	return area.bad || created != 1 ? -1 : 0;
}

/* Of what is not: anybody can change it. */
static int
read_unhashed(struct reader area, const struct openpgp_key *k,
    struct openpgp_signature *ret)
{
	const uint8_t *id =
	    k->fingerprint + OPENPGP_FINGERPRINT - OPENPGP_KEY_ID;
	struct reader sub;

	if (subpacket_get(&area, &sub) != SUBPACKET_ISSUER ||
	    sub.left != OPENPGP_KEY_ID ||
	    memcmp(sub.at, id, OPENPGP_KEY_ID) != 0 || !reader_done(&area))
		ret->plain = false;
	return 0;
}

int
openpgp_signature_get(struct reader body, const struct openpgp_key *k,
    struct openpgp_signature *ret)
{
	size_t size = number_size(k);
	struct reader hashed, unhashed;
	const uint8_t *start = body.at, *left;

	memset(ret, 0, sizeof(*ret));
	if (get_u8(&body) != VERSION)
		return -1;
	ret->type = get_u8(&body);
	ret->algorithm = get_u8(&body);
	ret->hash = openpgp_hash(get_u8(&body));
	hashed.left = get_u16(&body);
	reader_init(&hashed, get_raw(&body, hashed.left), hashed.left);
	ret->hashed = start;
	ret->hashed_len = (size_t)(body.at - start);
	unhashed.left = get_u16(&body);
	reader_init(&unhashed, get_raw(&body, unhashed.left), unhashed.left);
	left = get_raw(&body, sizeof(ret->left));
	if (body.bad || ret->algorithm != k->algorithm)
		return -1;
	memcpy(ret->left, left, sizeof(ret->left));
	ret->signature_len = (k->type == KEY_RSA ? 1 : 2) * size;
	for (size_t at = 0; at < ret->signature_len; at += size)
		mpi_get(&body, ret->signature + at, size);
	if (!reader_done(&body) || read_hashed(hashed, k, ret) == -1)
		return -1;
	return read_unhashed(unhashed, k, ret);
}
