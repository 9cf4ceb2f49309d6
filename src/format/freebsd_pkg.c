/* SPDX-License-Identifier: Apache-2.0 */
/*
 * freebsd-pkg: the reply of pkg-repo(8)'s signing_command.
 *
 * pkg writes the SHA-256 of a catalogue as a line of hex, keeps the command's
 * standard input open, and reads
 *
 *	SIGNATURE LF signature LF CERT LF public key LF END LF
 *
 * The signature is over the 64 digits as a text: what `echo -n $sum | openssl
 * dgst -sha256 -sign' makes.  pkg keeps RSA's for this form of reply; others
 * need a TYPE that the versions in use read differently.
 */
#include <string.h>

#include "base/text.h"
#include "format/digest.h"
#include "format/native.h"
#include "format/rows.h"
#include "format/scan.h"

#define PEM_MAX 4096
#define HEX_LEN 64

static enum mech
freebsd_mech(enum key_type type, enum hash hash, enum hash *ret_over)
{
	*ret_over = HASH_SHA256;
	return type == KEY_RSA && hash == HASH_SHA256 ? MECH_RSA_PKCS1 :
							MECH_NONE;
}

static int
freebsd_input(const struct making *m, struct buf *ret)
{
	char hex[2 * DIGEST_MAX + 1];

	if (m->lines->hash != HASH_SHA256 || 2 * m->lines->len != HEX_LEN)
		return -1;
	hex_encode(m->lines->digest, m->lines->len, hex);
	return message_input(m, hex, HEX_LEN, ret);
}

/* pkg reads lines: would it take something in the signature for the end? */
static bool
has_line(const uint8_t *at, size_t len, const char *line)
{
	size_t size = strlen(line);

	if (len >= size && memcmp(at, line, size) == 0)
		return true;
	for (; len > size; at++, len--)
		if (*at == '\n' && memcmp(at + 1, line, size) == 0)
			return true;
	return false;
}

static int
freebsd_finish(const struct making *m, const uint8_t *signature, size_t len,
    struct buf *ret)
{
	char pem[PEM_MAX];

	if (has_line(signature, len, "END\n") ||
	    has_line(signature, len, "CERT\n") ||
	    pubkey_pem(m->key->spki, m->key->spki_len, pem, sizeof(pem)) == -1)
		return -1;
	buf_adds(ret, "SIGNATURE\n");
	if (rsa_finish(m, signature, len, ret) == -1)
		return -1;
	buf_addf(ret, "\nCERT\n%sEND\n", pem);
	return ret->bad ? -1 : 0;
}

static int
freebsd_open(const struct making *m, const uint8_t *answer, size_t len,
    struct opened *ret)
{
	size_t size = ((size_t)m->key->bits + 7) / 8;
	const uint8_t *signature;
	struct reader r;
	char pem[PEM_MAX];

	if (pubkey_pem(m->key->spki, m->key->spki_len, pem, sizeof(pem)) == -1)
		return -1;
	reader_init(&r, answer, len);
	scan_text(&r, "SIGNATURE\n");
	signature = get_raw(&r, size);
	scan_text(&r, "\nCERT\n");
	scan_text(&r, pem);
	scan_text(&r, "END\n");
	if (!reader_done(&r) || opened_signature(ret, signature, size) == -1)
		return -1;
	return freebsd_input(m, &ret->input);
}

const struct format format_freebsd_pkg = {
	.name = "freebsd-pkg",
	.wrapped = true,
	.needs = FORMAT_NEEDS_LISTING,
	.at_once = true,
	.extension = "pkgsig",
	.help = "RSA: the reply of pkg-repo(8)'s signing_command",
	.mech = freebsd_mech,
	.input = freebsd_input,
	.finish = freebsd_finish,
	.open = freebsd_open,
};
