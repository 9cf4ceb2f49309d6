/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sshsig and sums-sshsig: OpenSSH's signatures (PROTOCOL.sshsig), as
 * ssh-keygen -Y verify and git take them.
 *
 * The token signs a magic word, the namespace, and a hash of the file; so no
 * such signature is one for anything else.
 */
#include "base/sshsig.h"

#include <string.h>

#include "base/cursor.h"
#include "format/ecdsa.h"
#include "format/proof.h"
#include "format/rows.h"
#include "format/ssh.h"
#include "format/sums.h"

#define MESSAGE_MAX 256 /* magic, namespace, hash's name, hash */
#define TEXT_MAX ((size_t)1 << 28) /* of a list */

static enum mech
sshsig_mech(enum key_type type, enum hash hash, enum hash *ret_over)
{
	static const enum hash overs[KEY_TYPE_COUNT] = {
		[KEY_RSA] = HASH_SHA512, /* rsa-sha2-512 */
		[KEY_P256] = HASH_SHA256, /* RFC 5656, 6.2.1 */
		[KEY_P384] = HASH_SHA384,
		[KEY_P521] = HASH_SHA512,
	};

	*ret_over = overs[type];
	if (hash != HASH_SHA256 && hash != HASH_SHA512)
		return MECH_NONE;
	if (type == KEY_RSA)
		return MECH_RSA_PKCS1;
	if (type == KEY_ED25519)
		return MECH_EDDSA;
	return ecdsa_order_size(type) != 0 ? MECH_ECDSA : MECH_NONE;
}

static enum mech
sums_mech(enum key_type type, enum hash hash, enum hash *ret_over)
{
	enum mech mech = sshsig_mech(type, HASH_SHA512, ret_over);

	return sums_hash(hash) ? mech : MECH_NONE;
}

/* What a signature is about, whichever format it is in. */
struct about {
	const char *namespace;
	enum hash hash;
	uint8_t digest[DIGEST_MAX];
};

static int
about_line(const struct making *m, struct about *ret)
{
	const struct format_line *line = m->lines;

	if (line->len == 0 || line->len != hash_size(line->hash))
		return -1;
	ret->namespace = m->set->namespace;
	ret->hash = line->hash;
	memcpy(ret->digest, line->digest, line->len);
	return 0;
}

/* The hash of the list's text, which is a file of the client's. */
static int
about_list(const struct making *m, struct about *ret)
{
	struct buf text;
	int rv = -1;

	buf_init(&text, TEXT_MAX);
	ret->namespace = m->set->namespace;
	ret->hash = HASH_SHA512;
	if (sums_text(m, SUMS_GNU, &text) == 0)
		rv = proof_digest(
		    ret->hash, buf_at(&text), buf_len(&text), ret->digest);
	buf_release(&text);
	return rv;
}

/* Adds what the token signs: the message, or the key's hash of it. */
static int
add_input(const struct making *m, const struct about *a, struct buf *ret)
{
	uint8_t message[MESSAGE_MAX], digest[DIGEST_MAX];
	enum hash over;
	struct writer w;

	if (a->namespace == NULL || !sshsig_is_namespace(a->namespace) ||
	    sshsig_mech(m->key->type, a->hash, &over) == MECH_NONE)
		return -1;
	writer_init(&w, message, sizeof(message));
	for (size_t i = 0; SSHSIG_MAGIC[i] != '\0'; i++)
		put_u8(&w, (uint8_t)SSHSIG_MAGIC[i]);
	put_bytes(&w, a->namespace, strlen(a->namespace));
	put_bytes(&w, "", 0); /* reserved */
	put_bytes(&w, hash_word(a->hash), strlen(hash_word(a->hash)));
	put_bytes(&w, a->digest, hash_size(a->hash));
	if (!writer_ok(&w))
		return -1;
	if (over == HASH_NONE) {
		buf_add(ret, message, w.used);
	} else {
		if (proof_digest(over, message, w.used, digest) == -1)
			return -1;
		buf_add(ret, digest, hash_size(over));
	}
	return ret->bad ? -1 : 0;
}

static void
add_armored(struct buf *ret, const uint8_t *bytes, size_t len)
{
	char base64[BASE64_SIZE(SSHSIG_MAX)];
	size_t left = base64_encode(bytes, len, true, base64);
	const char *at = base64;

	buf_adds(ret, SSHSIG_BEGIN);
	while (left > 0) {
		size_t width = left < SSHSIG_COLUMNS ? left : SSHSIG_COLUMNS;

		buf_add(ret, at, width);
		buf_adds(ret, "\n");
		at += width;
		left -= width;
	}
	buf_adds(ret, SSHSIG_END);
}

/* The public key as SSH writes it, made in space if need be; or NULL. */
static const uint8_t *
key_blob(const struct format_key *key, uint8_t space[SSH_KEY_MAX], size_t *ret)
{
	struct writer w;

	if (key->ssh != NULL) {
		*ret = key->ssh_len;
		return key->ssh;
	}
	writer_init(&w, space, SSH_KEY_MAX);
	if (ssh_put_key(&w, key->spki, key->spki_len) == -1)
		return NULL;
	*ret = w.used;
	return space;
}

/* The answer: version 1 of the blob, in its armor. */
static int
finish(const struct making *m, enum hash hash, const uint8_t *signature,
    size_t len, struct buf *ret)
{
	uint8_t blob[SSHSIG_MAX], part[SSH_KEY_MAX];
	const char *namespace = m->set->namespace;
	const uint8_t *key;
	size_t key_len;
	struct writer w, p;

	if (namespace == NULL || !sshsig_is_namespace(namespace))
		return -1;
	writer_init(&w, blob, sizeof(blob));
	for (size_t i = 0; SSHSIG_MAGIC[i] != '\0'; i++)
		put_u8(&w, (uint8_t)SSHSIG_MAGIC[i]);
	put_u32(&w, SSHSIG_VERSION);
	if ((key = key_blob(m->key, part, &key_len)) == NULL)
		return -1;
	put_bytes(&w, key, key_len);
	put_bytes(&w, namespace, strlen(namespace));
	put_bytes(&w, "", 0); /* reserved */
	put_bytes(&w, hash_word(hash), strlen(hash_word(hash)));
	writer_init(&p, part, sizeof(part));
	if (ssh_put_signature(&p, m->key, signature, len) == -1)
		return -1;
	put_bytes(&w, part, p.used);
	if (!writer_ok(&w))
		return -1;
	add_armored(ret, blob, w.used);
	return ret->bad ? -1 : 0;
}

/* Everything but the digest is taken from the answer. */
static int
open_answer(const struct making *m, struct about *a, const uint8_t *answer,
    size_t len, struct opened *ret)
{
	uint8_t blob[SSHSIG_MAX], space[SSH_KEY_MAX];
	const uint8_t *key;
	struct sshsig sig;
	size_t blob_len, key_len;

	if (sshsig_unarmor((const char *)answer, len, blob, sizeof(blob),
		&blob_len) == -1 ||
	    sshsig_get(blob, blob_len, &sig) == -1 || sig.hash != a->hash)
		return -1;
	if ((key = key_blob(m->key, space, &key_len)) == NULL ||
	    key_len != sig.key_len || memcmp(key, sig.key, key_len) != 0)
		return -1;
	if (ssh_get_signature(m->key, sig.signature, sig.signature_len,
		ret->signature, sizeof(ret->signature),
		&ret->signature_len) == -1)
		return -1;
	a->namespace = sig.namespace;
	return add_input(m, a, &ret->input);
}

static int
sshsig_input(const struct making *m, struct buf *ret)
{
	struct about a;

	return about_line(m, &a) == -1 ? -1 : add_input(m, &a, ret);
}

static int
sums_input(const struct making *m, struct buf *ret)
{
	struct about a;

	return about_list(m, &a) == -1 ? -1 : add_input(m, &a, ret);
}

static int
sshsig_finish(const struct making *m, const uint8_t *signature, size_t len,
    struct buf *ret)
{
	return finish(m, m->lines->hash, signature, len, ret);
}

static int
sums_finish(const struct making *m, const uint8_t *signature, size_t len,
    struct buf *ret)
{
	return finish(m, HASH_SHA512, signature, len, ret);
}

static int
sshsig_open(const struct making *m, const uint8_t *answer, size_t len,
    struct opened *ret)
{
	struct about a;

	if (about_line(m, &a) == -1)
		return -1;
	return open_answer(m, &a, answer, len, ret);
}

static int
sums_open(const struct making *m, const uint8_t *answer, size_t len,
    struct opened *ret)
{
	struct about a;

	if (about_list(m, &a) == -1)
		return -1;
	return open_answer(m, &a, answer, len, ret);
}

const struct format format_sshsig = {
	.name = "sshsig",
	.wrapped = true,
	.needs = FORMAT_NEEDS_NAMESPACE,
	.extension = "sig",
	.help = "OpenSSH's signature (ssh-keygen -Y verify, git)",
	.mech = sshsig_mech,
	.input = sshsig_input,
	.finish = sshsig_finish,
	.open = sshsig_open,
};

const struct format format_sums_sshsig = {
	.name = "sums-sshsig",
	.wrapped = true,
	.shape = SHAPE_LIST,
	.needs = FORMAT_NEEDS_NAMESPACE | FORMAT_NEEDS_NAME,
	.extension = "sig",
	.help = "one SSH signature of the whole list (ssh-keygen -Y verify)",
	.mech = sums_mech,
	.fit = sums_fit,
	.input = sums_input,
	.finish = sums_finish,
	.open = sums_open,
};
