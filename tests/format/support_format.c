/* SPDX-License-Identifier: Apache-2.0 */
#include "support_format.h"

#include <openssl/ec.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define SIG_MAX 2048
#define ANSWER_MAX ((size_t)8 << 20)

struct test_key test_keys[TEST_KEYS] = {
	[TEST_RSA2048] = { .name = "rsa2048", .type = KEY_RSA, .bits = 2048 },
	[TEST_RSA3072] = { .name = "rsa3072", .type = KEY_RSA, .bits = 3072 },
	[TEST_P256] = { .name = "P-256", .type = KEY_P256, .bits = 256 },
	[TEST_P384] = { .name = "P-384", .type = KEY_P384, .bits = 384 },
	[TEST_P521] = { .name = "P-521", .type = KEY_P521, .bits = 521 },
	[TEST_ED25519] = { .name = "ED25519",
	    .type = KEY_ED25519,
	    .bits = 255 },
};

static char dir[] = "/tmp/format.XXXXXX";

int
test_keys_make(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_KEYS; i++) {
		struct test_key *k = &test_keys[i];
		int len;

		if (k->type == KEY_RSA)
			k->pkey = EVP_RSA_gen(k->bits);
		else if (k->type == KEY_ED25519)
			k->pkey = EVP_PKEY_Q_keygen(NULL, NULL, k->name);
		else
			k->pkey = EVP_EC_gen(k->name);
		if (k->pkey == NULL ||
		    (len = i2d_PUBKEY(k->pkey, &k->spki)) <= 0)
			return -1;
		k->facts = (struct format_key){ .type = k->type,
			.bits = k->bits,
			.mechs = UINT64_MAX,
			.name = k->name,
			.spki = k->spki,
			.spki_len = (size_t)len };
	}
	return 0;
}

int
test_keys_free(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_KEYS; i++) {
		EVP_PKEY_free(test_keys[i].pkey);
		OPENSSL_free(test_keys[i].spki);
	}
	return 0;
}

const EVP_MD *
test_md(enum hash hash)
{
	return EVP_get_digestbyname(hash_word(hash));
}

/* r || s from DER. */
static size_t
split(const uint8_t *der, size_t len, size_t half, uint8_t *ret)
{
	ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &der, (long)len);

	assert_non_null(sig);
	BN_bn2binpad(ECDSA_SIG_get0_r(sig), ret, (int)half);
	BN_bn2binpad(ECDSA_SIG_get0_s(sig), ret + half, (int)half);
	ECDSA_SIG_free(sig);
	return 2 * half;
}

static size_t
sign_message(
    const struct test_key *k, const void *input, size_t len, uint8_t *ret)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t ret_len = SIG_MAX;

	assert_int_equal(EVP_DigestSignInit(ctx, NULL, NULL, NULL, k->pkey), 1);
	assert_int_equal(EVP_DigestSign(ctx, ret, &ret_len, input, len), 1);
	EVP_MD_CTX_free(ctx);
	return ret_len;
}

size_t
test_token_sign(const struct test_key *k, enum mech mech, enum hash over,
    const void *input, size_t len, uint8_t *ret)
{
	EVP_PKEY_CTX *ctx;
	uint8_t sig[SIG_MAX];
	size_t sig_len = sizeof(sig);

	if (mech == MECH_EDDSA)
		return sign_message(k, input, len, ret);
	assert_int_equal(len, hash_size(over));
	ctx = EVP_PKEY_CTX_new(k->pkey, NULL);
	assert_true(EVP_PKEY_sign_init(ctx) > 0);
	if (mech == MECH_RSA_PKCS1)
		assert_true(
		    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) > 0);
	if (mech == MECH_RSA_PSS) {
		assert_true(EVP_PKEY_CTX_set_rsa_padding(
				ctx, RSA_PKCS1_PSS_PADDING) > 0);
		assert_true(EVP_PKEY_CTX_set_rsa_pss_saltlen(
				ctx, RSA_PSS_SALTLEN_DIGEST) > 0);
	}
	if (mech != MECH_ECDSA)
		assert_true(
		    EVP_PKEY_CTX_set_signature_md(ctx, test_md(over)) > 0);
	assert_true(EVP_PKEY_sign(ctx, sig, &sig_len, input, len) > 0);
	EVP_PKEY_CTX_free(ctx);
	if (mech == MECH_ECDSA)
		return split(sig, sig_len, (k->bits + 7u) / 8, ret);
	memcpy(ret, sig, sig_len);
	return sig_len;
}

struct format_line
test_line(enum hash hash, const char *text, const char *name, uint8_t *space)
{
	assert_int_equal(
	    EVP_Digest(text, strlen(text), space, NULL, test_md(hash), NULL),
	    1);
	return (struct format_line){ .hash = hash,
		.digest = space,
		.len = hash_size(hash),
		.name = name };
}

struct making
test_making(const struct test_key *k, const struct format_line *line)
{
	static const struct format_settings none = { .namespace = "" };
	static const uint8_t random[FORMAT_RANDOM] = { 0x35, 1, 2, 3 };

	return (struct making){ .key = &k->facts,
		.set = &none,
		.lines = line,
		.count = 1,
		.now = 1796083200, /* 2026-12-01T00:00:00Z */
		.random = random };
}

struct chosen {
	size_t index;
	struct buf *ret;
};

static int
choose(void *arg, size_t index, const uint8_t *answer, size_t len)
{
	struct chosen *c = arg;

	if (index == c->index)
		buf_add(c->ret, answer, len);
	return 0;
}

static const struct test_key *
key_of(const struct making *m)
{
	for (size_t i = 0; i < TEST_KEYS; i++)
		if (test_keys[i].spki == m->key->spki)
			return &test_keys[i];
	fail_msg("a making with a key of its own");
	return NULL;
}

void
test_answer(
    const struct format *f, const struct making *making, struct buf *ret)
{
	struct making m = *making;
	uint8_t sig[2][SIG_MAX];
	struct buf input;
	struct opened opened;
	char text[MESSAGE_SIZE] = "";
	enum mech mech;
	enum hash over;
	size_t len = 0;

	opened_init(&opened);
	buf_init(ret, ANSWER_MAX);
	assert_int_equal(
	    format_plan(f, m.key, m.lines[0].hash, &mech, &over, text),
	    REASON_OK);
	for (size_t i = 0; f->fit != NULL && i < m.count; i++) {
		struct making one = m;

		one.lines = &m.lines[i];
		one.count = 1;
		assert_int_equal(f->fit(&one, text), REASON_OK);
	}
	for (m.step = 0; m.step < format_steps(f); m.step++) {
		if (m.step > 0) {
			m.first = sig[0];
			m.first_len = len;
		}
		buf_init(&input, ANSWER_MAX);
		assert_int_equal(f->input(&m, &input), 0);
		len = test_token_sign(key_of(&m), mech, over, buf_at(&input),
		    buf_len(&input), sig[m.step]);
		buf_release(&input);
	}
	m.step--;
	if (f->shape == SHAPE_SHARED) {
		struct chosen chosen = { m.index, ret };

		assert_int_equal(
		    f->finish_each(&m, sig[m.step], len, choose, &chosen), 0);
	} else {
		assert_int_equal(f->finish(&m, sig[m.step], len, ret), 0);
	}
	assert_true(buf_len(ret) > 0);
	assert_int_equal(
	    answer_check(f, &m, sig[m.step], len, ret, &opened), 0);
	m.first = NULL;
	assert_int_equal(answer_verify(f, &m, mech, over, ret, &opened), 0);
	opened_release(&opened);
}

static bool
verifies(const struct format *f, const struct making *m, const struct buf *b)
{
	struct opened opened;
	char text[MESSAGE_SIZE];
	enum mech mech;
	enum hash over;
	bool ok;

	opened_init(&opened);
	assert_int_equal(
	    format_plan(f, m->key, m->lines[0].hash, &mech, &over, text),
	    REASON_OK);
	ok = answer_verify(f, m, mech, over, b, &opened) == 0;
	opened_release(&opened);
	return ok;
}

void
test_refuses_changes(
    const struct format *f, const struct making *m, const struct buf *answer)
{
	size_t len = buf_len(answer);
	struct buf bad;
	char *at;

	buf_init(&bad, ANSWER_MAX);
	buf_add(&bad, buf_at(answer), len);
	assert_true(verifies(f, m, &bad));
	at = bad.data + bad.start;
	for (size_t i = 0; i < len; i++) {
		at[i] ^= 1;
		if (verifies(f, m, &bad))
			fail_msg("%s: byte %zu of %zu may be anything", f->name,
			    i, len);
		at[i] ^= 1;
	}
	for (size_t cut = 0; cut < len; cut++) {
		bad.end = bad.start + cut;
		assert_false(verifies(f, m, &bad));
	}
	bad.end = bad.start + len;
	buf_add(&bad, "x", 1);
	assert_false(verifies(f, m, &bad));
	buf_release(&bad);
}

void
test_dir_enter(void)
{
	strcpy(dir, "/tmp/format.XXXXXX");
	assert_non_null(mkdtemp(dir));
	assert_int_equal(chdir(dir), 0);
}

void
test_dir_leave(void)
{
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(test_run("rm -rf %s", dir), 0);
}

void
test_write(const char *name, const void *data, size_t len)
{
	FILE *file = fopen(name, "we");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

int
test_run(const char *fmt, ...)
{
	char command[4096], quiet[4200];
	va_list args;
	int status;

	va_start(args, fmt);
	vsnprintf(command, sizeof(command), fmt, args);
	va_end(args);
	snprintf(quiet, sizeof(quiet), "{ %s; } >said 2>&1", command);
	if (strncmp(command, "rm -rf /tmp/", 12) == 0)
		snprintf(quiet, sizeof(quiet), "%s", command);
	status = system(quiet);
	if (status != 0 && strncmp(command, "! ", 2) != 0) {
		print_error("%s\n", command);
		(void)!system("cat said >&2");
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}
