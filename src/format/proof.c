/* SPDX-License-Identifier: Apache-2.0 */
#include "format/proof.h"

#include <limits.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <string.h>

#include "format/ecdsa.h"

/* SEQUENCE of two integers as long as P-521's order. */
#define DER_MAX 160
/* What any format signs at most. */
#define INPUT_MAX ((size_t)1 << 20)

static const char *
md_name(enum hash hash)
{
	static const char *const names[HASH_COUNT] = {
		[HASH_SHA256] = "SHA2-256",
		[HASH_SHA384] = "SHA2-384",
		[HASH_SHA512] = "SHA2-512",
		[HASH_SHA3_256] = "SHA3-256",
		[HASH_SHA3_384] = "SHA3-384",
		[HASH_SHA3_512] = "SHA3-512",
		[HASH_BLAKE2B] = "BLAKE2B-512",
	};

	return names[hash];
}

/* Looking one up takes longer than hashing what formats hash. */
static EVP_MD *mds[HASH_COUNT];
static pthread_once_t mds_once = PTHREAD_ONCE_INIT;

static void
fetch_mds(void)
{
	for (int h = HASH_NONE + 1; h < HASH_COUNT; h++)
		mds[h] = EVP_MD_fetch(NULL, md_name((enum hash)h), NULL);
}

/* For good, or NULL: there is none. */
static const EVP_MD *
md_of(enum hash hash)
{
	pthread_once(&mds_once, fetch_mds);
	return (unsigned)hash < HASH_COUNT ? mds[hash] : NULL;
}

int
proof_digest(enum hash hash, const void *text, size_t len, uint8_t *ret)
{
	const EVP_MD *md = md_of(hash);

	if (md == NULL)
		return -1;
	return EVP_Digest(text, len, ret, NULL, md, NULL) == 1 ? 0 : -1;
}

/* padding: 0 is ECDSA's. */
static int
set_padding(EVP_PKEY_CTX *ctx, int padding, enum hash hash)
{
	if (padding == 0)
		return 1;
	return EVP_PKEY_CTX_set_rsa_padding(ctx, padding) == 1 &&
	    (padding != RSA_PKCS1_PSS_PADDING ||
		EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) ==
		    1) &&
	    EVP_PKEY_CTX_set_signature_md(ctx, md_of(hash)) == 1;
}

/* The key, when the bytes are one SPKI and nothing else; EVP_PKEY_free. */
static EVP_PKEY *
parse(const struct format_key *k)
{
	const uint8_t *at = k->spki;
	EVP_PKEY *key = NULL;

	if (k->spki_len <= LONG_MAX)
		key = d2i_PUBKEY(NULL, &at, (long)k->spki_len);
	if (key != NULL && at != k->spki + k->spki_len) {
		EVP_PKEY_free(key);
		return NULL;
	}
	return key;
}

static int
check_digest(EVP_PKEY *key, int padding, enum hash hash, const uint8_t *digest,
    size_t len, const uint8_t *signature, size_t signature_len)
{
	EVP_PKEY_CTX *ctx;
	int rv = -1;

	if (md_name(hash) == NULL || len != hash_size(hash))
		return -1;
	ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	if (ctx != NULL && EVP_PKEY_verify_init(ctx) == 1 &&
	    set_padding(ctx, padding, hash) &&
	    EVP_PKEY_verify(ctx, signature, signature_len, digest, len) == 1)
		rv = 0;
	EVP_PKEY_CTX_free(ctx);
	return rv;
}

static int
check_message(EVP_PKEY *key, const uint8_t *message, size_t len,
    const uint8_t *signature, size_t signature_len)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int rv = -1;

	if (ctx != NULL &&
	    EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) == 1 &&
	    EVP_DigestVerify(ctx, signature, signature_len, message, len) == 1)
		rv = 0;
	EVP_MD_CTX_free(ctx);
	return rv;
}

int
proof_signature(const struct format_key *k, enum mech mech, enum hash over,
    const void *input, size_t len, const uint8_t *signature,
    size_t signature_len)
{
	EVP_PKEY *key = parse(k);
	uint8_t der[DER_MAX];
	size_t der_len;
	int rv = -1;

	if (key == NULL)
		return -1;
	if (mech == MECH_EDDSA && k->type == KEY_ED25519)
		rv = check_message(key, input, len, signature, signature_len);
	else if (mech == MECH_ECDSA &&
	    ecdsa_der(k->type, signature, signature_len, der, sizeof(der),
		&der_len) == 0)
		rv = check_digest(key, 0, over, input, len, der, der_len);
	else if (mech == MECH_RSA_PKCS1 && k->type == KEY_RSA)
		rv = check_digest(key, RSA_PKCS1_PADDING, over, input, len,
		    signature, signature_len);
	else if (mech == MECH_RSA_PSS && k->type == KEY_RSA)
		rv = check_digest(key, RSA_PKCS1_PSS_PADDING, over, input, len,
		    signature, signature_len);
	EVP_PKEY_free(key);
	return rv;
}

void
opened_init(struct opened *o)
{
	memset(o, 0, sizeof(*o));
	buf_init(&o->input, INPUT_MAX);
}

void
opened_release(struct opened *o)
{
	if (o != NULL)
		buf_release(&o->input);
}

static int
read_back(const struct format *f, const struct making *m, const void *answer,
    size_t len, struct opened *ret)
{
	buf_consume(&ret->input, buf_len(&ret->input));
	ret->signature_len = 0;
	return f->open(m, answer, len, ret);
}

static bool
is_input(const struct format *f, const struct making *m, struct opened *opened)
{
	size_t len = buf_len(&opened->input);
	const char *both;

	/* The expected one behind it, in the same space. */
	if (f->input(m, &opened->input) == -1)
		return false;
	both = buf_at(&opened->input);
	return !opened->input.bad && buf_len(&opened->input) == 2 * len &&
	    memcmp(both, both + len, len) == 0;
}

int
answer_check(const struct format *f, const struct making *making,
    const uint8_t *signature, size_t len, const struct buf *answer,
    struct opened *space)
{
	struct making m = *making;

	for (m.step = 0; m.step < format_steps(f); m.step++) {
		bool last = m.step + 1 == format_steps(f);
		const uint8_t *want = last ? signature : m.first;
		size_t want_len = last ? len : m.first_len;

		if (read_back(f, &m, buf_at(answer), buf_len(answer), space) ==
			-1 ||
		    space->signature_len != want_len ||
		    memcmp(space->signature, want, want_len) != 0 ||
		    !is_input(f, &m, space))
			return -1;
	}
	return 0;
}

/* Answers on their way from a format to who asked. */
struct passing {
	const struct format *format;
	struct making making;
	const uint8_t *signature;
	size_t len;
	struct buf input; /* made once for all */
	struct opened *space;
	format_each_fn *fn;
	void *arg;
};

static int
pass(void *arg, size_t index, const uint8_t *answer, size_t len)
{
	struct passing *p = arg;

	p->making.index = index;
	if (read_back(p->format, &p->making, answer, len, p->space) == -1 ||
	    p->space->signature_len != p->len ||
	    memcmp(p->space->signature, p->signature, p->len) != 0 ||
	    buf_len(&p->space->input) != buf_len(&p->input) ||
	    memcmp(buf_at(&p->space->input), buf_at(&p->input),
		buf_len(&p->input)) != 0)
		return -1;
	return p->fn(p->arg, index, answer, len);
}

int
answers_check(const struct format *f, const struct making *making,
    const uint8_t *signature, size_t len, struct opened *space,
    format_each_fn *fn, void *arg)
{
	struct passing p = {
		.format = f,
		.making = *making,
		.signature = signature,
		.len = len,
		.space = space,
		.fn = fn,
		.arg = arg,
	};
	int rv = -1;

	buf_init(&p.input, INPUT_MAX);
	if (f->input(making, &p.input) == 0)
		rv = f->finish_each(making, signature, len, pass, &p);
	buf_release(&p.input);
	return rv;
}

int
answer_verify(const struct format *f, const struct making *making,
    enum mech mech, enum hash over, const struct buf *answer,
    struct opened *space)
{
	struct making m = *making;
	uint8_t first[sizeof(space->signature)];

	for (m.step = 0; m.step < format_steps(f); m.step++) {
		if (read_back(f, &m, buf_at(answer), buf_len(answer), space) ==
			-1 ||
		    proof_signature(m.key, mech, over, buf_at(&space->input),
			buf_len(&space->input), space->signature,
			space->signature_len) == -1 ||
		    !is_input(f, &m, space))
			return -1;
		memcpy(first, space->signature, space->signature_len);
		m.first = first;
		m.first_len = space->signature_len;
	}
	return 0;
}
