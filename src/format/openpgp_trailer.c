/* SPDX-License-Identifier: Apache-2.0 */
/*
 * openpgp-trailer: the same signature as openpgp's, for clients that can hash
 * a file with a trailer behind it and cannot say where a hash stands.  What
 * they hashed, they only say: so it is raw.
 */
#include <stdio.h>
#include <string.h>

#include "format/digest.h"
#include "format/openpgp.h"
#include "format/rows.h"

/* Fetched, a file hashed, and sent back. */
#define OLDEST_S 3600

/* version, type, algorithm, hash, be16, and the subpacket's head */
#define CREATED_AT 8

int
openpgp_trailer_now(const struct openpgp_key *key, int64_t now,
    uint8_t ret[static OPENPGP_TRAILER])
{
	static const enum hash hashes[] = { HASH_SHA256, HASH_SHA384,
		HASH_SHA512 };
	struct openpgp_said said = { .type = OPENPGP_BINARY,
		.created = (uint32_t)now };
	struct writer w;
	size_t i = 0;

	if (now < key->created || now > UINT32_MAX)
		return -1;
	while (!openpgp_hash_fits(key->type, hashes[i]))
		i++;
	said.hash = hashes[i];
	writer_init(&w, ret, OPENPGP_TRAILER);
	openpgp_trailer(&w, key, &said);
	return writer_ok(&w) ? 0 : -1;
}

/* The time that a trailer says, when it is one of this key and hash. */
static int
read_trailer(const struct making *m, struct openpgp_said *ret)
{
	uint8_t given[OPENPGP_TRAILER], want[OPENPGP_TRAILER_MAX];
	struct reader r;
	struct writer w;

	if (m->key->openpgp == NULL || m->set->trailer == NULL ||
	    strlen(m->set->trailer) != 2 * sizeof(given) ||
	    hex_decode(m->set->trailer, 2 * sizeof(given), given) == -1)
		return -1;
	reader_init(&r, given + CREATED_AT, 4);
	*ret = (struct openpgp_said){ .type = OPENPGP_BINARY,
		.hash = m->lines->hash,
		.created = get_u32(&r) };
	writer_init(&w, want, sizeof(want));
	openpgp_trailer(&w, m->key->openpgp, ret);
	return w.used == sizeof(given) &&
		memcmp(given, want, sizeof(given)) == 0 ?
	    0 :
	    -1;
}

static enum reason
trailer_fit(const struct making *m, char text[MESSAGE_SIZE])
{
	struct openpgp_said said;
	enum reason reason = openpgp_key_fits(m, text);

	if (reason != REASON_OK)
		return reason;
	if (m->set->trailer == NULL || *m->set->trailer == '\0') {
		snprintf(text, MESSAGE_SIZE,
		    "needs --trailer HEX: what pubkey %s --form "
		    "openpgp-trailer gave, and was hashed behind the file",
		    m->key->name);
		return REASON_BAD_INPUT;
	}
	if (read_trailer(m, &said) == -1) {
		snprintf(text, MESSAGE_SIZE,
		    "--trailer: not what pubkey %s --form openpgp-trailer "
		    "gives for %s",
		    m->key->name, hash_word(m->lines->hash));
		return REASON_BAD_INPUT;
	}
	if (said.created > m->now || said.created < m->now - OLDEST_S) {
		snprintf(text, MESSAGE_SIZE,
		    "--trailer: its time is not of the last hour; fetch it "
		    "anew");
		return REASON_BAD_INPUT;
	}
	return REASON_OK;
}

static int
trailer_input(const struct making *m, struct buf *ret)
{
	struct openpgp_said said;

	return read_trailer(m, &said) == -1 ? -1 : digest_input(m, ret);
}

static int
trailer_finish(const struct making *m, const uint8_t *signature, size_t len,
    struct buf *ret)
{
	struct openpgp_said said;

	if (read_trailer(m, &said) == -1)
		return -1;
	return openpgp_answer(m, &said, m->lines->digest, signature, len, ret);
}

static int
trailer_open(const struct making *m, const uint8_t *answer, size_t len,
    struct opened *ret)
{
	struct openpgp_said said;
	struct openpgp_signature s;
	struct buf packet;
	int rv = -1;

	if (openpgp_answer_read(m, answer, len, &packet, &s) == 0 &&
	    read_trailer(m, &said) == 0 && s.type == OPENPGP_BINARY &&
	    s.hash == said.hash && s.created == said.created &&
	    m->lines->len == hash_size(s.hash))
		rv = openpgp_opened(&s, m->lines->digest, ret);
	buf_release(&packet);
	return rv;
}

const struct format format_openpgp_trailer = {
	.name = "openpgp-trailer",
	.wrapped = false,
	.needs = FORMAT_NEEDS_OPENPGP | FORMAT_NEEDS_TRAILER,
	.extension = "asc",
	.help = "OpenPGP, of a digest of the file and --trailer",
	.mech = openpgp_mech_of,
	.fit = trailer_fit,
	.input = trailer_input,
	.finish = trailer_finish,
	.open = trailer_open,
};
