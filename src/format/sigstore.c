/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sigstore-bundle and sigstore-dsse: Sigstore bundles, version 0.3, that name
 * the key by a hint and have no certificate and no transparency log.
 *
 * The hint is what Sigstore's own clients make of a key: base64 of the SHA-256
 * of its SubjectPublicKeyInfo.
 */
#include <string.h>

#include "format/digest.h"
#include "format/ecdsa.h"
#include "format/native.h"
#include "format/rows.h"
#include "format/scan.h"
#include "format/statement.h"

#define MEDIA_TYPE "application/vnd.dev.sigstore.bundle.v0.3+json"

/* The hash of a key is not told, so verifiers take SHA-256 for all. */
static enum mech
bundle_mech(enum key_type type, enum hash hash, enum hash *ret_over)
{
	*ret_over = hash;
	if (hash != HASH_SHA256)
		return MECH_NONE;
	if (type == KEY_RSA)
		return MECH_RSA_PKCS1;
	return ecdsa_order_size(type) != 0 ? MECH_ECDSA : MECH_NONE;
}

static void
make_head(const struct making *m, struct buf *ret)
{
	char print[FINGERPRINT_SIZE];

	/* As long as a SHA-256 is, one '=' fills the base64 up. */
	fingerprint(m->key->spki, m->key->spki_len, print);
	buf_addf(ret,
	    "{\"mediaType\":\"" MEDIA_TYPE "\",\"verificationMaterial\":"
	    "{\"publicKey\":{\"hint\":\"%s=\"},\"tlogEntries\":[]},",
	    strchr(print, ':') + 1);
}

static void
scan_head(struct reader *r, const struct making *m)
{
	struct buf head;

	buf_init(&head, 512);
	make_head(m, &head);
	buf_add(&head, "", 1);
	scan_text(r, buf_at(&head));
	if (head.bad)
		reader_fail(r);
	buf_release(&head);
}

static int
bundle_finish(const struct making *m, const uint8_t *signature, size_t len,
    struct buf *ret)
{
	make_head(m, ret);
	buf_adds(ret,
	    "\"messageSignature\":{\"messageDigest\":"
	    "{\"algorithm\":\"SHA2_256\",\"digest\":\"");
	buf_add_base64(ret, m->lines->digest, m->lines->len);
	buf_adds(ret, "\"},\"signature\":\"");
	if (native_base64(m, signature, len, ret) == -1)
		return -1;
	buf_adds(ret, "\"}}\n");
	return ret->bad ? -1 : 0;
}

static int
bundle_open(const struct making *m, const uint8_t *answer, size_t len,
    struct opened *ret)
{
	uint8_t digest[DIGEST_MAX];
	size_t digest_len;
	struct reader r;

	reader_init(&r, answer, len);
	scan_head(&r, m);
	scan_text(&r,
	    "\"messageSignature\":{\"messageDigest\":"
	    "{\"algorithm\":\"SHA2_256\",\"digest\":\"");
	scan_base64(&r, '"', digest, sizeof(digest), &digest_len);
	scan_text(&r, "},\"signature\":\"");
	scan_native(&r, '"', m, ret);
	scan_text(&r, "}}\n");
	if (!reader_done(&r))
		return -1;
	buf_add(&ret->input, digest, digest_len);
	return ret->input.bad ? -1 : 0;
}

static int
attested_finish(const struct making *m, const uint8_t *signature, size_t len,
    struct buf *ret)
{
	make_head(m, ret);
	buf_adds(ret, "\"dsseEnvelope\":");
	if (envelope_add(m, signature, len, ret) == -1)
		return -1;
	buf_adds(ret, "}\n");
	return ret->bad ? -1 : 0;
}

static int
attested_open(const struct making *m, const uint8_t *answer, size_t len,
    struct opened *ret)
{
	struct reader r;

	reader_init(&r, answer, len);
	scan_head(&r, m);
	scan_text(&r, "\"dsseEnvelope\":");
	scan_envelope(&r, m, ret);
	scan_text(&r, "}\n");
	return reader_done(&r) ? 0 : -1;
}

const struct format format_sigstore_bundle = {
	.name = "sigstore-bundle",
	.wrapped = false,
	.extension = "sigstore.json",
	.help = "RSA and ECDSA: a Sigstore bundle of a message signature",
	.mech = bundle_mech,
	.input = digest_input,
	.finish = bundle_finish,
	.open = bundle_open,
};

const struct format format_sigstore_dsse = {
	.name = "sigstore-dsse",
	.wrapped = true,
	.needs = FORMAT_NEEDS_NAME | FORMAT_HAS_PREDICATE,
	.extension = "sigstore.json",
	.help = "a Sigstore bundle of an in-toto statement",
	.mech = statement_mech,
	.fit = statement_fit,
	.input = statement_input,
	.finish = attested_finish,
	.open = attested_open,
};
