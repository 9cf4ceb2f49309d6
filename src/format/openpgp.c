/* SPDX-License-Identifier: Apache-2.0 */
/*
 * openpgp, openpgp-text: detached signatures (RFC 4880, 5.2) of files and of
 * texts in canonical form, from where the client's hash stood: what gpg
 * --verify, gpgv and sqv take.
 */
#include "format/openpgp.h"

#include <stdio.h>

#include "format/midstate.h"
#include "format/rows.h"

/* A digest is at its end; ours comes before that. */
static enum reason
state_fit(const struct making *m, char text[MESSAGE_SIZE])
{
	const struct format_line *line = m->lines;

	if (line->extra_len == 0) {
		snprintf(text, MESSAGE_SIZE,
		    "a digest is finished, and OpenPGP hashes more behind the "
		    "file: send %s-state:HEX (csign does)",
		    hash_word(line->hash));
		return REASON_BAD_INPUT;
	}
	if (!midstate_is_valid(line->hash, line->extra, line->extra_len)) {
		snprintf(text, MESSAGE_SIZE,
		    "the state is none of %s: the chaining value, the count of "
		    "bytes and those that fill no block",
		    hash_word(line->hash));
		return REASON_BAD_INPUT;
	}
	return openpgp_key_fits(m, text);
}

/* The digest that the signature is over. */
static int
state_digest(const struct making *m, const struct openpgp_said *said,
    uint8_t ret[static DIGEST_MAX])
{
	const struct format_line *line = m->lines;
	uint8_t trailer[OPENPGP_TRAILER_MAX];
	struct writer w;

	writer_init(&w, trailer, sizeof(trailer));
	openpgp_trailer(&w, m->key->openpgp, said);
	if (!writer_ok(&w))
		return -1;
	return midstate_finish(
	    line->hash, line->extra, line->extra_len, trailer, w.used, ret);
}

static int
state_input(const struct making *m, enum openpgp_type type, struct buf *ret)
{
	uint8_t digest[DIGEST_MAX];
	struct openpgp_said said;

	if (openpgp_say(m, type, m->lines->hash, &said) == -1 ||
	    state_digest(m, &said, digest) == -1)
		return -1;
	buf_add(ret, digest, hash_size(m->lines->hash));
	return ret->bad ? -1 : 0;
}

static int
state_finish(const struct making *m, enum openpgp_type type,
    const uint8_t *signature, size_t len, struct buf *ret)
{
	uint8_t digest[DIGEST_MAX];
	struct openpgp_said said;

	if (openpgp_say(m, type, m->lines->hash, &said) == -1 ||
	    state_digest(m, &said, digest) == -1)
		return -1;
	return openpgp_answer(m, &said, digest, signature, len, ret);
}

static int
state_open(const struct making *m, enum openpgp_type type,
    const uint8_t *answer, size_t len, struct opened *ret)
{
	const struct format_line *line = m->lines;
	uint8_t trailer[OPENPGP_TRAILER_MAX], digest[DIGEST_MAX];
	struct openpgp_signature s;
	struct buf packet;
	int rv = -1;

	if (openpgp_answer_read(m, answer, len, &packet, &s) == 0 &&
	    s.type == type && s.hash == line->hash &&
	    midstate_finish(line->hash, line->extra, line->extra_len, trailer,
		openpgp_read_trailer(&s, trailer), digest) == 0)
		rv = openpgp_opened(&s, digest, ret);
	buf_release(&packet);
	return rv;
}

static int
binary_input(const struct making *m, struct buf *ret)
{
	return state_input(m, OPENPGP_BINARY, ret);
}

static int
binary_finish(const struct making *m, const uint8_t *signature, size_t len,
    struct buf *ret)
{
	return state_finish(m, OPENPGP_BINARY, signature, len, ret);
}

static int
binary_open(const struct making *m, const uint8_t *answer, size_t len,
    struct opened *ret)
{
	return state_open(m, OPENPGP_BINARY, answer, len, ret);
}

static int
text_input(const struct making *m, struct buf *ret)
{
	return state_input(m, OPENPGP_TEXT, ret);
}

static int
text_finish(const struct making *m, const uint8_t *signature, size_t len,
    struct buf *ret)
{
	return state_finish(m, OPENPGP_TEXT, signature, len, ret);
}

static int
text_open(const struct making *m, const uint8_t *answer, size_t len,
    struct opened *ret)
{
	return state_open(m, OPENPGP_TEXT, answer, len, ret);
}

const struct format format_openpgp = {
	.name = "openpgp",
	.wrapped = true,
	.needs = FORMAT_NEEDS_OPENPGP | FORMAT_NEEDS_LISTING,
	.extra = EXTRA_STATE,
	.extension = "asc",
	.help = "OpenPGP, of a file's state (gpg --verify, gpgv, sqv)",
	.mech = openpgp_mech_of,
	.fit = state_fit,
	.input = binary_input,
	.finish = binary_finish,
	.open = binary_open,
};

const struct format format_openpgp_text = {
	.name = "openpgp-text",
	.wrapped = true,
	.needs = FORMAT_NEEDS_OPENPGP | FORMAT_NEEDS_LISTING,
	.extra = EXTRA_STATE,
	.extension = "asc",
	.help = "OpenPGP, of a canonical text's state (gpg --textmode)",
	.mech = openpgp_mech_of,
	.fit = state_fit,
	.input = text_input,
	.finish = text_finish,
	.open = text_open,
};
