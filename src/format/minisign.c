/* SPDX-License-Identifier: Apache-2.0 */
/*
 * minisign, prehashed: Ed25519 over the 64 bytes of a BLAKE2b, as b2sum prints
 * it, and a second signature over the first and the trusted comment.
 *
 * The first is over nothing but what the client sent: a raw format.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "format/digest.h"
#include "format/ed25519.h"
#include "format/native.h"
#include "format/rows.h"
#include "format/scan.h"

#define LETTERS "ED" /* of prehashed ones; "Ed" would be the file itself */
#define TRUSTED_MAX 512

static enum mech
minisign_mech(enum key_type type, enum hash hash, enum hash *ret_over)
{
	*ret_over = HASH_NONE;
	return type == KEY_ED25519 && hash == HASH_BLAKE2B ? MECH_EDDSA :
							     MECH_NONE;
}

/* minisign -V prints the comment, whose fields have tabs between them. */
static enum reason
minisign_fit(const struct making *m, char text[MESSAGE_SIZE])
{
	const char *name = m->lines->name;
	size_t len = strlen(name);

	if (text_is_utf8(name, len) && strchr(name, '\t') == NULL &&
	    utf8_hidden(name, len) == 0)
		return REASON_OK;
	snprintf(text, MESSAGE_SIZE,
	    "in format minisign a name is printable UTF-8 without tabs");
	return REASON_BAD_INPUT;
}

static void
add_trusted(const struct making *m, struct buf *ret)
{
	const char *name = m->lines->name;

	buf_addf(ret, "timestamp:%" PRId64, m->now);
	if (*name != '\0')
		buf_addf(ret, "\tfile:%s", name);
	buf_adds(ret, "\thashed");
}

static int
minisign_input(const struct making *m, struct buf *ret)
{
	if (m->step == 0)
		return digest_input(m, ret);
	if (m->first_len != ED25519_SIGNATURE)
		return -1;
	buf_add(ret, m->first, m->first_len);
	add_trusted(m, ret);
	return ret->bad ? -1 : 0;
}

static int
minisign_finish(const struct making *m, const uint8_t *signature, size_t len,
    struct buf *ret)
{
	if (len != ED25519_SIGNATURE)
		return -1;
	buf_addf(ret, "untrusted comment: signature by countersign key %s\n",
	    m->key->name);
	if (ed25519_line(m, LETTERS, m->first, m->first_len, ret) == -1)
		return -1;
	buf_adds(ret, "trusted comment: ");
	add_trusted(m, ret);
	buf_adds(ret, "\n");
	buf_add_base64(ret, signature, len);
	buf_adds(ret, "\n");
	return ret->bad ? -1 : 0;
}

static int
minisign_open(const struct making *m, const uint8_t *answer, size_t len,
    struct opened *ret)
{
	uint8_t first[ED25519_SIGNATURE] = { 0 }, second[ED25519_SIGNATURE];
	size_t trusted_len, second_len;
	const char *trusted;
	struct reader r;

	reader_init(&r, answer, len);
	scan_text(&r, "untrusted comment: signature by countersign key ");
	scan_text(&r, m->key->name);
	scan_text(&r, "\n");
	scan_ed25519_line(&r, m, LETTERS, first);
	scan_text(&r, "trusted comment: ");
	trusted = scan_to(&r, '\n', TRUSTED_MAX, &trusted_len);
	scan_base64(&r, '\n', second, sizeof(second), &second_len);
	if (!reader_done(&r) || second_len != sizeof(second))
		return -1;
	if (m->step == 0)
		return plain_open(m, first, sizeof(first), ret);
	buf_add(&ret->input, first, sizeof(first));
	buf_add(&ret->input, trusted, trusted_len);
	return opened_signature(ret, second, sizeof(second));
}

const struct format format_minisign = {
	.name = "minisign",
	.wrapped = false,
	.assumed = HASH_BLAKE2B,
	.steps = 2,
	.extension = "minisig",
	.help = "Ed25519, of b2sum lines (minisign -V)",
	.mech = minisign_mech,
	.fit = minisign_fit,
	.input = minisign_input,
	.finish = minisign_finish,
	.open = minisign_open,
};
