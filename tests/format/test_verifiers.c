/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/format/raw.c src/format/raw_pss.c src/format/proof.c */
/*
 * The raw formats, for every key type and hash: libcrypto plays the token, and
 * others than our own code verify what comes out, the openssl program among
 * them.
 */
#include "support_format.h"

#include <openssl/ec.h>
#include <openssl/rsa.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const names[] = { "raw", "raw-pss", "p1363" };

#define NAMES (sizeof(names) / sizeof(names[0]))
#define DER_MAX 160

/* DER from r || s. */
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

/* libcrypto, told what the format means. */
static void
verify(const struct test_key *k, const char *name,
    const struct format_line *line, const struct buf *answer)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(k->pkey, NULL);
	const uint8_t *sig = (const uint8_t *)buf_at(answer);
	size_t len = buf_len(answer);
	uint8_t der[DER_MAX];

	assert_true(EVP_PKEY_verify_init(ctx) > 0);
	if (k->type == KEY_RSA) {
		assert_true(
		    EVP_PKEY_CTX_set_rsa_padding(ctx,
			strcmp(name, "raw-pss") == 0 ? RSA_PKCS1_PSS_PADDING :
						       RSA_PKCS1_PADDING) > 0);
		assert_true(EVP_PKEY_CTX_set_signature_md(
				ctx, test_md(line->hash)) > 0);
	}
	if (strcmp(name, "p1363") == 0) {
		len = join(sig, len, der);
		sig = der;
	}
	assert_int_equal(
	    EVP_PKEY_verify(ctx, sig, len, line->digest, line->len), 1);
	EVP_PKEY_CTX_free(ctx);
}

static void
libcrypto_verifies_every_combination(void **state)
{
	uint8_t digest[DIGEST_MAX];
	size_t tried = 0;

	(void)state;
	for (size_t n = 0; n < NAMES; n++) {
		const struct format *f = format_by_name(names[n]);

		for (size_t k = 0; k < TEST_KEYS; k++) {
			for (int h = HASH_NONE + 1; h < HASH_COUNT; h++) {
				struct format_line line;
				struct making m;
				struct buf answer;
				enum hash over;

				if (f->mech(test_keys[k].type, (enum hash)h,
					&over) == MECH_NONE ||
				    test_md((enum hash)h) == NULL)
					continue;
				line = test_line(
				    (enum hash)h, "an artifact", "", digest);
				m = test_making(&test_keys[k], &line);
				test_answer(f, &m, &answer);
				verify(&test_keys[k], names[n], &line, &answer);
				buf_release(&answer);
				tried++;
			}
		}
	}
	/* raw: 5 keys, raw-pss: 2, p1363: 3; six hashes each. */
	assert_int_equal(tried, 60);
}

static bool
takes(const struct format *f, const struct making *m, enum mech mech,
    enum hash over, const struct buf *answer)
{
	struct opened opened;
	bool ok;

	opened_init(&opened);
	ok = answer_verify(f, m, mech, over, answer, &opened) == 0;
	opened_release(&opened);
	return ok;
}

/* Each thing of the making that could be another's. */
static void
refuses_others(const struct format *f, const struct making *good,
    enum mech mech, enum hash over, const struct buf *answer)
{
	struct format_line line = *good->lines;
	struct format_key key = *good->key;
	struct making bad = *good;
	uint8_t other[DIGEST_MAX];

	assert_true(takes(f, good, mech, over, answer));
	memset(other, 0x11, sizeof(other));
	bad.lines = &line;
	line.digest = other;
	assert_false(takes(f, &bad, mech, over, answer));
	line = *good->lines;
	line.len--;
	assert_false(takes(f, &bad, mech, over, answer));
	line = *good->lines;
	line.hash = HASH_NONE;
	assert_false(takes(f, &bad, mech, over, answer));
	bad = *good;
	bad.key = &key;
	key.spki_len--;
	assert_false(takes(f, &bad, mech, over, answer));
	key = *good->key;
	key.type = KEY_ED25519;
	assert_false(takes(f, &bad, mech, over, answer));
}

static void
our_own_proof_takes_what_verifies_and_no_more(void **state)
{
	static const size_t some[] = { TEST_RSA2048, TEST_P256, TEST_P521 };
	uint8_t digest[DIGEST_MAX];

	(void)state;
	for (size_t n = 0; n < NAMES; n++) {
		const struct format *f = format_by_name(names[n]);

		for (size_t i = 0; i < 3; i++) {
			const struct test_key *k = &test_keys[some[i]];
			struct format_line line =
			    test_line(HASH_SHA384, "an artifact", "", digest);
			struct making m = test_making(k, &line);
			struct buf answer;
			enum hash over;
			enum mech mech = f->mech(k->type, line.hash, &over);

			if (mech == MECH_NONE)
				continue;
			test_answer(f, &m, &answer);
			refuses_others(f, &m, mech, over, &answer);
			test_refuses_changes(f, &m, &answer);
			buf_release(&answer);
		}
	}
}

static void
another_signature_than_the_tokens_does_not_leave(void **state)
{
	const struct format *f = format_by_name("raw");
	uint8_t digest[DIGEST_MAX], sig[2048];
	struct format_line line =
	    test_line(HASH_SHA256, "an artifact", "", digest);
	struct making m = test_making(&test_keys[TEST_P256], &line);
	struct opened opened;
	struct buf answer;
	size_t len;

	(void)state;
	test_answer(f, &m, &answer);
	len = test_token_sign(
	    &test_keys[TEST_P256], MECH_ECDSA, HASH_SHA256, digest, 32, sig);
	opened_init(&opened);
	assert_int_equal(answer_check(f, &m, sig, len, &answer, &opened), -1);
	opened_release(&opened);
	buf_release(&answer);
}

static void
hashes_a_probes_text(void **state)
{
	uint8_t ours[DIGEST_MAX], theirs[EVP_MAX_MD_SIZE];

	(void)state;
	for (int h = HASH_NONE + 1; h < HASH_COUNT; h++) {
		if (test_md((enum hash)h) == NULL)
			continue;
		assert_int_equal(proof_digest((enum hash)h, "abc", 3, ours), 0);
		assert_int_equal(EVP_Digest("abc", 3, theirs, NULL,
				     test_md((enum hash)h), NULL),
		    1);
		assert_memory_equal(ours, theirs, hash_size((enum hash)h));
	}
	assert_int_equal(proof_digest(HASH_NONE, "abc", 3, ours), -1);
}

/* Writes message, key and signature here, and asks the openssl program. */
static void
ask_openssl(size_t key, const char *name, enum hash hash)
{
	static const char message[] = "an artifact\n";
	uint8_t digest[DIGEST_MAX];
	struct format_line line = test_line(hash, message, "", digest);
	struct making m = test_making(&test_keys[key], &line);
	struct buf answer;
	char pem[8192];

	assert_int_equal(
	    pubkey_pem(m.key->spki, m.key->spki_len, pem, sizeof(pem)), 0);
	test_answer(format_by_name(name), &m, &answer);
	test_write("message", message, strlen(message));
	test_write("key.pem", pem, strlen(pem));
	test_write("sig", buf_at(&answer), buf_len(&answer));
	buf_release(&answer);
	assert_int_equal(
	    test_run("openssl dgst -%s -verify key.pem %s -signature sig "
		     "message | grep -qx 'Verified OK'",
		hash_word(hash),
		strcmp(name, "raw-pss") == 0 ?
		    "-sigopt rsa_padding_mode:pss "
		    "-sigopt rsa_pss_saltlen:digest" :
		    ""),
	    0);
}

static void
the_openssl_program_verifies(void **state)
{
	static const enum hash hashes[] = { HASH_SHA256, HASH_SHA384,
		HASH_SHA512, HASH_SHA3_256 };

	(void)state;
	test_dir_enter();
	for (size_t k = 0; k < TEST_ED25519; k++)
		for (size_t h = 0; h < 4; h++)
			ask_openssl(k, "raw", hashes[h]);
	ask_openssl(TEST_RSA2048, "raw-pss", HASH_SHA512);
	ask_openssl(TEST_RSA3072, "raw-pss", HASH_SHA256);
	test_dir_leave();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(libcrypto_verifies_every_combination),
		cmocka_unit_test(our_own_proof_takes_what_verifies_and_no_more),
		cmocka_unit_test(
		    another_signature_than_the_tokens_does_not_leave),
		cmocka_unit_test(hashes_a_probes_text),
		cmocka_unit_test(the_openssl_program_verifies),
	};

	return cmocka_run_group_tests(tests, test_keys_make, test_keys_free);
}
