/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sums-signify: a checksum list behind its own signature, what signify -C -x
 * reads.  signify signs the text itself, so all of it goes to the token.
 */
#include <stdio.h>
#include <string.h>

#include "format/digest.h"
#include "format/ed25519.h"
#include "format/rows.h"
#include "format/scan.h"
#include "format/sums.h"

#define LETTERS "Ed"
#define TEXT_MAX ((size_t)32 << 10) /* what MECH_EDDSA takes */

static enum mech
signify_mech(enum key_type type, enum hash hash, enum hash *ret_over)
{
	*ret_over = HASH_NONE;
	return type == KEY_ED25519 &&
		(hash == HASH_SHA256 || hash == HASH_SHA512) ?
	    MECH_EDDSA :
	    MECH_NONE;
}

/* signify's own reader ends a name at the first ')', and knows no escapes. */
static enum reason
signify_fit(const struct making *m, char text[MESSAGE_SIZE])
{
	enum reason reason = sums_fit(m, text);

	if (reason != REASON_OK || strpbrk(m->lines->name, ")\\\n\r") == NULL)
		return reason;
	snprintf(text, MESSAGE_SIZE,
	    "in format sums-signify a name has no ')', backslash or line end");
	return REASON_BAD_INPUT;
}

static enum reason
signify_fit_all(const struct making *m, char text[MESSAGE_SIZE])
{
	enum reason reason = REASON_BAD_INPUT;
	struct buf list;

	buf_init(&list, TEXT_MAX);
	if (sums_text(m, SUMS_BSD, &list) == 0)
		reason = REASON_OK;
	else
		snprintf(text, MESSAGE_SIZE,
		    "the list would have more than %zu bytes, and signify "
		    "signs it unhashed; send fewer lines, or use sums-sshsig",
		    TEXT_MAX);
	buf_release(&list);
	return reason;
}

static int
signify_input(const struct making *m, struct buf *ret)
{
	size_t before = buf_len(ret);

	if (sums_text(m, SUMS_BSD, ret) == -1)
		return -1;
	return buf_len(ret) - before <= TEXT_MAX ? 0 : -1;
}

static int
signify_finish(const struct making *m, const uint8_t *signature, size_t len,
    struct buf *ret)
{
	buf_addf(ret, "untrusted comment: verify with %s.pub\n", m->key->name);
	if (ed25519_line(m, LETTERS, signature, len, ret) == -1)
		return -1;
	return sums_text(m, SUMS_BSD, ret);
}

static int
signify_open(const struct making *m, const uint8_t *answer, size_t len,
    struct opened *ret)
{
	uint8_t signature[ED25519_SIGNATURE] = { 0 };
	size_t text_len;
	const char *text;
	struct reader r;

	reader_init(&r, answer, len);
	scan_text(&r, "untrusted comment: verify with ");
	scan_text(&r, m->key->name);
	scan_text(&r, ".pub\n");
	scan_ed25519_line(&r, m, LETTERS, signature);
	text = scan_rest(&r, TEXT_MAX, &text_len);
	if (!reader_done(&r))
		return -1;
	buf_add(&ret->input, text, text_len);
	return opened_signature(ret, signature, sizeof(signature));
}

const struct format format_sums_signify = {
	.name = "sums-signify",
	.wrapped = true,
	.shape = SHAPE_LIST,
	.needs = FORMAT_NEEDS_NAME,
	.extension = "sig",
	.help = "Ed25519: a signed SHA256 list (signify -C -x)",
	.mech = signify_mech,
	.fit = signify_fit,
	.fit_all = signify_fit_all,
	.input = signify_input,
	.finish = signify_finish,
	.open = signify_open,
};
