/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/format/raw.c src/format/raw_pss.c src/format/proof.c */
/*
 * Every format, key type and hash: libcrypto plays the token, and others than
 * our own code verify what comes out, the openssl program among them.
 */
#include "format/format.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "format/proof.h"

#define SIG_MAX 2048

static struct {
	const char *name;
	enum key_type type;
	uint16_t bits;
	EVP_PKEY *pkey;
} keys[] = {
	{ "rsa:2048", KEY_RSA, 2048, NULL },
	{ "rsa:3072", KEY_RSA, 3072, NULL },
	{ "P-256", KEY_P256, 256, NULL },
	{ "P-384", KEY_P384, 384, NULL },
	{ "P-521", KEY_P521, 521, NULL },
};

#define KEYS (sizeof(keys) / sizeof(keys[0]))

static const EVP_MD *
md_of(enum hash hash)
{
	return EVP_get_digestbyname(hash_word(hash));
}

static int
make_keys(void **state)
{
	(void)state;
	for (size_t i = 0; i < KEYS; i++) {
		keys[i].pkey = keys[i].type == KEY_RSA ?
		    EVP_RSA_gen(keys[i].bits) :
		    EVP_EC_gen(keys[i].name);
		if (keys[i].pkey == NULL)
			return -1;
	}
	return 0;
}

static int
free_keys(void **state)
{
	(void)state;
	for (size_t i = 0; i < KEYS; i++)
		EVP_PKEY_free(keys[i].pkey);
	return 0;
}

/* A context to sign or to verify with, as the mechanism means it. */
static EVP_PKEY_CTX *
context(EVP_PKEY *pkey, enum mech mech, enum hash hash, bool sign)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(pkey, NULL);

	assert_true(
	    (sign ? EVP_PKEY_sign_init(ctx) : EVP_PKEY_verify_init(ctx)) > 0);
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
		    EVP_PKEY_CTX_set_signature_md(ctx, md_of(hash)) > 0);
	return ctx;
}

/* r || s from DER, and back. */
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
join(const uint8_t *sig, size_t len, uint8_t *ret)
{
	ECDSA_SIG *parsed = ECDSA_SIG_new();
	int half = (int)(len / 2), der_len;

	ECDSA_SIG_set0(parsed, BN_bin2bn(sig, half, NULL),
	    BN_bin2bn(sig + half, half, NULL));
	der_len = i2d_ECDSA_SIG(parsed, &ret);
	assert_true(der_len > 0);
	ECDSA_SIG_free(parsed);
	return (size_t)der_len;
}

/* What a token answers. */
static size_t
token_sign(size_t key, enum mech mech, enum hash hash, const uint8_t *input,
    size_t len, uint8_t *ret)
{
	EVP_PKEY_CTX *ctx = context(keys[key].pkey, mech, hash, true);
	uint8_t sig[SIG_MAX];
	size_t sig_len = sizeof(sig);

	assert_true(EVP_PKEY_sign(ctx, sig, &sig_len, input, len) > 0);
	EVP_PKEY_CTX_free(ctx);
	if (mech == MECH_ECDSA)
		return split(sig, sig_len, (keys[key].bits + 7u) / 8, ret);
	memcpy(ret, sig, sig_len);
	return sig_len;
}

static size_t
sign(size_t key, const struct format *f, enum hash hash, const uint8_t *digest,
    uint8_t *ret)
{
	struct format_key facts = { keys[key].type, keys[key].bits,
		UINT64_MAX };
	uint8_t input[DIGEST_MAX], sig[SIG_MAX];
	size_t len, ret_len;
	char text[MESSAGE_SIZE];
	enum mech mech;

	assert_int_equal(format_plan(f, &facts, hash, &mech, text), REASON_OK);
	assert_int_equal(f->input(&facts, hash, digest, hash_size(hash), input,
			     sizeof(input), &len),
	    0);
	len = token_sign(key, mech, hash, input, len, sig);
	assert_int_equal(
	    f->finish(&facts, sig, len, ret, SIG_MAX, &ret_len), 0);
	return ret_len;
}

static void
verify(size_t key, const struct format *f, enum hash hash,
    const uint8_t *digest, const uint8_t *sig, size_t len)
{
	enum mech mech = f->mech(keys[key].type, hash);
	EVP_PKEY_CTX *ctx = context(keys[key].pkey, mech, hash, false);
	uint8_t der[SIG_MAX], other[DIGEST_MAX];

	if (strcmp(f->name, "p1363") == 0) {
		len = join(sig, len, der);
		sig = der;
	}
	memcpy(other, digest, hash_size(hash));
	other[0] ^= 1;
	assert_int_equal(
	    EVP_PKEY_verify(ctx, sig, len, digest, hash_size(hash)), 1);
	assert_int_not_equal(
	    EVP_PKEY_verify(ctx, sig, len, other, hash_size(hash)), 1);
	EVP_PKEY_CTX_free(ctx);
}

static void
libcrypto_verifies_every_combination(void **state)
{
	uint8_t digest[DIGEST_MAX], sig[SIG_MAX];
	const struct format *f;
	unsigned tried = 0;

	(void)state;
	memset(digest, 0x5a, sizeof(digest));
	for (size_t i = 0; (f = format_at(i)) != NULL; i++) {
		for (size_t k = 0; k < KEYS; k++) {
			for (int h = HASH_NONE + 1; h < HASH_COUNT; h++) {
				enum hash hash = (enum hash)h;
				size_t len;

				if (f->mech(keys[k].type, hash) == MECH_NONE)
					continue;
				len = sign(k, f, hash, digest, sig);
				verify(k, f, hash, digest, sig, len);
				tried++;
			}
		}
	}
	/* raw: 5 keys, raw-pss: 2, p1363: 3; six hashes each. */
	assert_int_equal(tried, 60);
}

/* Each thing of the proof that could be another's. */
static void
refuses_others(const struct format *f, const struct format_proof *good)
{
	struct format_proof bad = *good;
	uint8_t changed[SIG_MAX];

	memcpy(changed, good->answer, good->answer_len);
	changed[good->answer_len - 1] ^= 1;
	bad.answer = changed;
	assert_int_equal(f->verify(&bad), -1);
	bad = *good;
	bad.answer_len--;
	assert_int_equal(f->verify(&bad), -1);
	bad.answer_len = 0;
	assert_int_equal(f->verify(&bad), -1);
	bad = *good;
	memset(changed, 0x11, good->digest_len);
	bad.digest = changed;
	assert_int_equal(f->verify(&bad), -1);
	bad = *good;
	bad.digest_len--;
	assert_int_equal(f->verify(&bad), -1);
	bad = *good;
	bad.hash = HASH_NONE;
	assert_int_equal(f->verify(&bad), -1);
	bad = *good;
	bad.spki_len--;
	assert_int_equal(f->verify(&bad), -1);
	bad = *good;
	bad.type = KEY_ED25519;
	assert_int_equal(f->verify(&bad), -1);
}

static void
our_own_proof_takes_what_verifies_and_no_more(void **state)
{
	uint8_t digest[DIGEST_MAX], sig[SIG_MAX], *spki;
	const struct format *f;

	(void)state;
	memset(digest, 0x5a, sizeof(digest));
	for (size_t i = 0; (f = format_at(i)) != NULL; i++) {
		for (size_t k = 0; k < KEYS; k++) {
			for (int h = HASH_NONE + 1; h < HASH_COUNT; h++) {
				struct format_proof proof = {
					.type = keys[k].type,
					.hash = (enum hash)h,
					.digest = digest,
					.digest_len = hash_size((enum hash)h),
					.answer = sig,
				};

				if (f->mech(keys[k].type, proof.hash) ==
				    MECH_NONE)
					continue;
				spki = NULL;
				proof.spki_len =
				    (size_t)i2d_PUBKEY(keys[k].pkey, &spki);
				proof.spki = spki;
				proof.answer_len =
				    sign(k, f, proof.hash, digest, sig);
				assert_int_equal(f->verify(&proof), 0);
				refuses_others(f, &proof);
				OPENSSL_free(spki);
			}
		}
	}
}

static void
hashes_a_probes_text(void **state)
{
	uint8_t ours[DIGEST_MAX], theirs[EVP_MAX_MD_SIZE];

	(void)state;
	for (int h = HASH_NONE + 1; h < HASH_COUNT; h++) {
		assert_int_equal(proof_digest((enum hash)h, "abc", 3, ours), 0);
		assert_int_equal(EVP_Digest("abc", 3, theirs, NULL,
				     md_of((enum hash)h), NULL),
		    1);
		assert_memory_equal(ours, theirs, hash_size((enum hash)h));
	}
	assert_int_equal(proof_digest(HASH_NONE, "abc", 3, ours), -1);
}

static void
write_file(const char *name, const void *data, size_t len)
{
	FILE *file = fopen(name, "we");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

/* Writes message, key and signature here, and asks the openssl program. */
static void
ask_openssl(size_t key, const struct format *f, enum hash hash)
{
	static const char message[] = "an artifact\n";
	uint8_t digest[EVP_MAX_MD_SIZE], sig[SIG_MAX], *spki = NULL;
	char pem[8192], command[512];
	int len;

	assert_int_equal(EVP_Digest(message, strlen(message), digest, NULL,
			     md_of(hash), NULL),
	    1);
	len = i2d_PUBKEY(keys[key].pkey, &spki);
	assert_int_equal(pubkey_pem(spki, (size_t)len, pem, sizeof(pem)), 0);
	OPENSSL_free(spki);
	write_file("message", message, strlen(message));
	write_file("key.pem", pem, strlen(pem));
	write_file("sig", sig, sign(key, f, hash, digest, sig));
	snprintf(command, sizeof(command),
	    "openssl dgst -%s -verify key.pem %s -signature sig message "
	    ">output 2>&1 && grep -qx 'Verified OK' output",
	    hash_word(hash),
	    strcmp(f->name, "raw-pss") == 0 ?
		"-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest" :
		"");
	assert_int_equal(system(command), 0);
}

static void
the_openssl_program_verifies(void **state)
{
	static const char *const files[] = { "message", "key.pem", "sig",
		"output" };
	static const enum hash hashes[] = { HASH_SHA256, HASH_SHA384,
		HASH_SHA512, HASH_SHA3_256 };
	char dir[] = "/tmp/format.XXXXXX";

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(chdir(dir), 0);
	for (size_t k = 0; k < KEYS; k++)
		for (size_t h = 0; h < 4; h++)
			ask_openssl(k, format_by_name("raw"), hashes[h]);
	ask_openssl(0, format_by_name("raw-pss"), HASH_SHA512);
	ask_openssl(1, format_by_name("raw-pss"), HASH_SHA256);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		unlink(files[i]);
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(rmdir(dir), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(libcrypto_verifies_every_combination),
		cmocka_unit_test(our_own_proof_takes_what_verifies_and_no_more),
		cmocka_unit_test(hashes_a_probes_text),
		cmocka_unit_test(the_openssl_program_verifies),
	};

	return cmocka_run_group_tests(tests, make_keys, free_keys);
}
