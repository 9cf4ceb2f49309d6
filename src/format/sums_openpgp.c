/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sums-openpgp: a checksum list, clear-signed: what gpg --verify takes, and
 * sha256sum -c reads, for it passes over the lines that are none.
 */
#include <stdio.h>
#include <string.h>

#include "format/openpgp.h"
#include "format/openpgp_clear.h"
#include "format/proof.h"
#include "format/rows.h"
#include "format/sums.h"

#define TEXT_MAX ((size_t)8 << 20)

/* The list's own hash, or the least that the key can have. */
static enum hash
hash_for(enum key_type type, enum hash hash)
{
	static const enum hash more[] = { HASH_SHA384, HASH_SHA512 };

	if (!sums_hash(hash))
		return HASH_NONE;
	for (size_t i = 0; !openpgp_hash_fits(type, hash); i++) {
		if (i == sizeof(more) / sizeof(more[0]))
			return HASH_NONE;
		hash = more[i];
	}
	return hash;
}

static enum mech
list_mech(enum key_type type, enum hash hash, enum hash *ret_over)
{
	return openpgp_mech_of(type, hash_for(type, hash), ret_over);
}

/* Verifiers cut blanks at the ends of lines, and would let them be changed. */
static enum reason
list_fit(const struct making *m, char text[MESSAGE_SIZE])
{
	enum reason reason = sums_fit(m, text);
	const char *name = m->lines->name;

	if (reason != REASON_OK)
		return reason;
	if (strchr(" \t", name[strlen(name) - 1]) != NULL) {
		snprintf(text, MESSAGE_SIZE,
		    "a name with a blank at its end cannot be in a "
		    "clear-signed list");
		return REASON_BAD_INPUT;
	}
	return openpgp_key_fits(m, text);
}

/* The digest of such a text with what is hashed behind it. */
static int
digest_of(enum hash hash, const struct buf *list, const uint8_t *trailer,
    size_t len, uint8_t ret[static DIGEST_MAX])
{
	struct buf text;
	int rv = -1;

	buf_init(&text, 2 * TEXT_MAX);
	clear_canonical(&text, buf_at(list), buf_len(list));
	buf_add(&text, trailer, len);
	if (!text.bad && len > 0)
		rv = proof_digest(hash, buf_at(&text), buf_len(&text), ret);
	buf_release(&text);
	return rv;
}

/* What a signature made now would say of the list, and its digest. */
static int
prepare(const struct making *m, struct buf *list, struct openpgp_said *said,
    uint8_t ret_digest[static DIGEST_MAX])
{
	enum hash hash = hash_for(m->key->type, m->lines->hash);
	uint8_t trailer[OPENPGP_TRAILER_MAX];
	struct writer w;

	if (hash == HASH_NONE ||
	    openpgp_say(m, OPENPGP_TEXT, hash, said) == -1 ||
	    sums_text(m, SUMS_GNU, list) == -1)
		return -1;
	writer_init(&w, trailer, sizeof(trailer));
	openpgp_trailer(&w, m->key->openpgp, said);
	return digest_of(hash, list, trailer, w.used, ret_digest);
}

static int
list_input(const struct making *m, struct buf *ret)
{
	uint8_t digest[DIGEST_MAX];
	struct openpgp_said said;
	struct buf list;
	int rv;

	buf_init(&list, TEXT_MAX);
	rv = prepare(m, &list, &said, digest);
	buf_release(&list);
	if (rv == -1)
		return -1;
	buf_add(ret, digest, hash_size(said.hash));
	return ret->bad ? -1 : 0;
}

static int
list_finish(const struct making *m, const uint8_t *signature, size_t len,
    struct buf *ret)
{
	uint8_t digest[DIGEST_MAX];
	struct openpgp_said said;
	struct buf list;
	int rv;

	buf_init(&list, TEXT_MAX);
	rv = prepare(m, &list, &said, digest);
	if (rv == 0) {
		clear_add(ret, said.hash, buf_at(&list), buf_len(&list));
		rv = openpgp_answer(m, &said, digest, signature, len, ret);
	}
	buf_release(&list);
	return rv;
}

/* The text of the document is the list, to the byte. */
static bool
is_list(const struct making *m, const struct buf *text)
{
	struct buf list;
	bool same;

	buf_init(&list, TEXT_MAX);
	same = sums_text(m, SUMS_GNU, &list) == 0 &&
	    buf_len(&list) == buf_len(text) &&
	    memcmp(buf_at(&list), buf_at(text), buf_len(text)) == 0;
	buf_release(&list);
	return same;
}

static int
open_text(const struct making *m, const struct buf *text, enum hash hash,
    const struct openpgp_signature *s, struct opened *ret)
{
	uint8_t trailer[OPENPGP_TRAILER_MAX], digest[DIGEST_MAX];

	if (s->type != OPENPGP_TEXT || s->hash != hash || !is_list(m, text) ||
	    digest_of(hash, text, trailer, openpgp_read_trailer(s, trailer),
		digest) == -1)
		return -1;
	return openpgp_opened(s, digest, ret);
}

static int
list_open(const struct making *m, const uint8_t *answer, size_t len,
    struct opened *ret)
{
	enum hash hash = hash_for(m->key->type, m->lines->hash);
	struct buf text, packet;
	struct openpgp_signature s;
	size_t at;
	int rv = -1;

	buf_init(&text, TEXT_MAX);
	if (clear_read((const char *)answer, len, hash, &text, &at) == 0) {
		if (openpgp_answer_read(
			m, answer + at, len - at, &packet, &s) == 0)
			rv = open_text(m, &text, hash, &s, ret);
		buf_release(&packet);
	}
	buf_release(&text);
	return rv;
}

const struct format format_sums_openpgp = {
	.name = "sums-openpgp",
	.wrapped = true,
	.shape = SHAPE_LIST,
	.needs = FORMAT_NEEDS_OPENPGP | FORMAT_NEEDS_NAME,
	.extension = "asc",
	.help = "clear-signed checksum list (gpg --verify, sha256sum -c)",
	.mech = list_mech,
	.fit = list_fit,
	.input = list_input,
	.finish = list_finish,
	.open = list_open,
};
