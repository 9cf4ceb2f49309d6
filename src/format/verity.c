/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the Linux kernel checks, all detached and without attributes and
 * certificates, as sign-file and fsverity write them:
 *
 * kmod: a module's digest itself.
 * fsverity: a file's fs-verity digest with its head (struct
 * fsverity_formatted_digest of linux/fsverity.h).
 * verity: a dm-verity root hash, as hex digits.
 */
#include <string.h>

#include "base/text.h"
#include "format/digest.h"
#include "format/proof.h"
#include "format/rows.h"
#include "format/signed_data.h"

#define HEAD 12
#define CONTENT_MAX (HEAD + 2 * DIGEST_MAX + 1)

/* digest is that of what is signed. */
static struct signed_data
describe(const struct making *m, const uint8_t *digest)
{
	return (struct signed_data){
		.key = m->key,
		.hash = m->lines->hash,
		.version = 1,
		.content_type = OID_DATA,
		.digest = digest,
		.digest_len = m->lines->len,
	};
}

static int
kmod_finish(const struct making *m, const uint8_t *signature, size_t len,
    struct buf *ret)
{
	struct signed_data s = describe(m, m->lines->digest);

	return signed_data_put(&s, NULL, signature, len, ret);
}

static int
kmod_open(const struct making *m, const uint8_t *answer, size_t len,
    struct opened *ret)
{
	struct signed_data s = describe(m, m->lines->digest);

	return signed_data_open(&s, answer, len, ret);
}

/* FS_VERITY_HASH_ALG_, or 0. */
static uint8_t
fsverity_number(enum hash hash)
{
	if (hash == HASH_SHA256)
		return 1;
	return hash == HASH_SHA512 ? 2 : 0;
}

static enum mech
fsverity_mech(enum key_type type, enum hash hash, enum hash *ret_over)
{
	if (fsverity_number(hash) == 0)
		return MECH_NONE;
	return signed_data_mech(type, hash, ret_over);
}

/* Numbers are little-endian. */
static int
fsverity_digest(const struct making *m, uint8_t ret[DIGEST_MAX])
{
	const struct format_line *line = m->lines;
	uint8_t text[CONTENT_MAX] = "FSVerity";

	if (line->len == 0 || line->len != hash_size(line->hash))
		return -1;
	text[8] = fsverity_number(line->hash);
	text[10] = (uint8_t)line->len;
	memcpy(text + HEAD, line->digest, line->len);
	return proof_digest(line->hash, text, HEAD + line->len, ret);
}

static int
verity_digest(const struct making *m, uint8_t ret[DIGEST_MAX])
{
	const struct format_line *line = m->lines;
	char text[CONTENT_MAX];

	if (line->len == 0 || line->len != hash_size(line->hash))
		return -1;
	hex_encode(line->digest, line->len, text);
	return proof_digest(line->hash, text, 2 * line->len, ret);
}

static int
fsverity_input(const struct making *m, struct buf *ret)
{
	uint8_t digest[DIGEST_MAX];
	struct signed_data s = describe(m, digest);

	return fsverity_digest(m, digest) == -1 ?
	    -1 :
	    signed_data_input(&s, NULL, ret);
}

static int
fsverity_open(const struct making *m, const uint8_t *answer, size_t len,
    struct opened *ret)
{
	uint8_t digest[DIGEST_MAX];
	struct signed_data s = describe(m, digest);

	return fsverity_digest(m, digest) == -1 ?
	    -1 :
	    signed_data_open(&s, answer, len, ret);
}

static int
verity_input(const struct making *m, struct buf *ret)
{
	uint8_t digest[DIGEST_MAX];
	struct signed_data s = describe(m, digest);

	return verity_digest(m, digest) == -1 ?
	    -1 :
	    signed_data_input(&s, NULL, ret);
}

static int
verity_open(const struct making *m, const uint8_t *answer, size_t len,
    struct opened *ret)
{
	uint8_t digest[DIGEST_MAX];
	struct signed_data s = describe(m, digest);

	return verity_digest(m, digest) == -1 ?
	    -1 :
	    signed_data_open(&s, answer, len, ret);
}

const struct format format_kmod = {
	.name = "kmod",
	.wrapped = false,
	.needs = FORMAT_NEEDS_CERTIFICATE,
	.extension = "p7s",
	.help = "Linux kernel modules (sign-file -s)",
	.mech = signed_data_mech,
	.input = digest_input,
	.finish = kmod_finish,
	.open = kmod_open,
};

const struct format format_fsverity = {
	.name = "fsverity",
	.wrapped = true,
	.needs = FORMAT_NEEDS_CERTIFICATE,
	.extension = "p7s",
	.help = "Linux fs-verity digests (fsverity enable --signature)",
	.mech = fsverity_mech,
	.input = fsverity_input,
	.finish = kmod_finish,
	.open = fsverity_open,
};

const struct format format_verity = {
	.name = "verity",
	.wrapped = true,
	.needs = FORMAT_NEEDS_CERTIFICATE,
	.extension = "p7s",
	.help = "dm-verity root hashes (veritysetup --root-hash-signature)",
	.mech = signed_data_mech,
	.input = verity_input,
	.finish = kmod_finish,
	.open = verity_open,
};
