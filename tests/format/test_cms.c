/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/format/cms.c src/format/verity.c src/format/signed_data.c */
/* covers: src/format/signed_data_read.c src/format/algorithm.c */
/*
 * SignedData of all sorts, for every key type and hash; the openssl program
 * verifies it.
 */
#include <openssl/pkcs7.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support_chain.h"

#define MESSAGE "an artifact\n"

/* What openssl has to be told, and what was signed. */
static const struct sort {
	const char *name;
	const char *options;
	bool has_chain;
} sorts[] = {
	{ "cms", "", true },
	{ "cms-noattr", "", true },
	{ "kmod", "-certfile leaf.pem", false },
	{ "fsverity", "-certfile leaf.pem", false },
	{ "verity", "-certfile leaf.pem", false },
};
#define SORTS (sizeof(sorts) / sizeof(sorts[0]))

static struct certificate *certificates[TEST_KEYS];
static char *leaves[TEST_KEYS];

static int
setup(void **state)
{
	if (test_keys_make(state) == -1)
		return -1;
	for (size_t i = 0; i < TEST_KEYS; i++) {
		char text[MESSAGE_SIZE], *both;

		leaves[i] = test_leaf(&test_keys[i], NULL);
		assert_true(asprintf(&both, "%s%s", leaves[i], test_ca()) > 0);
		certificates[i] = certificate_parse(both, strlen(both), text);
		assert_non_null(certificates[i]);
		test_keys[i].facts.certificate = certificates[i];
		free(both);
	}
	test_dir_enter();
	test_write("ca.pem", test_ca(), strlen(test_ca()));
	return 0;
}

static int
teardown(void **state)
{
	test_dir_leave();
	for (size_t i = 0; i < TEST_KEYS; i++) {
		certificate_free(certificates[i]);
		free(leaves[i]);
	}
	test_ca_free();
	return test_keys_free(state);
}

/* The bytes that a digest of MESSAGE stands for. */
static void
write_content(const struct sort *sort, const struct format_line *line)
{
	char text[2 * DIGEST_MAX + 16] = "FSVerity";

	if (strcmp(sort->name, "fsverity") == 0) {
		text[8] = line->hash == HASH_SHA256 ? 1 : 2;
		text[10] = (char)line->len;
		memcpy(text + 12, line->digest, line->len);
		test_write("content", text, 12 + line->len);
	} else if (strcmp(sort->name, "verity") == 0) {
		hex_encode(line->digest, line->len, text);
		test_write("content", text, 2 * line->len);
	} else {
		test_write("content", MESSAGE, strlen(MESSAGE));
	}
}

/* DER has one form, and libcrypto would write the same. */
static void
is_libcryptos_form(const struct buf *answer)
{
	const uint8_t *at = (const uint8_t *)buf_at(answer);
	PKCS7 *parsed = d2i_PKCS7(NULL, &at, (long)buf_len(answer));
	uint8_t *again = NULL;
	int len = i2d_PKCS7(parsed, &again);

	assert_int_equal(len, buf_len(answer));
	assert_memory_equal(again, buf_at(answer), buf_len(answer));
	OPENSSL_free(again);
	PKCS7_free(parsed);
}

static void
ask_openssl(const struct sort *sort, size_t key, enum hash hash)
{
	uint8_t digest[DIGEST_MAX];
	struct format_line line = test_line(hash, MESSAGE, "", digest);
	struct making m = test_making(&test_keys[key], &line);
	struct buf answer;

	test_answer(format_by_name(sort->name), &m, &answer);
	is_libcryptos_form(&answer);
	test_write("sig", buf_at(&answer), buf_len(&answer));
	test_write("leaf.pem", leaves[key], strlen(leaves[key]));
	write_content(sort, &line);
	assert_int_equal(
	    test_run("openssl cms -verify -binary -inform DER -in sig "
		     "-content content -CAfile ca.pem -purpose any -attime %ld "
		     "%s -out again && cmp again content",
		(long)m.now, sort->options),
	    0);
	assert_int_equal(
	    test_run("echo x >>content; ! openssl cms -verify -binary -inform "
		     "DER -in sig -content content -CAfile ca.pem -purpose any "
		     "-attime %ld %s",
		(long)m.now, sort->options),
	    0);
	buf_release(&answer);
}

static void
the_openssl_program_verifies(void **state)
{
	static const enum hash hashes[] = { HASH_SHA256, HASH_SHA384,
		HASH_SHA512, HASH_SHA3_256, HASH_SHA3_512 };
	size_t tried = 0;

	(void)state;
	for (size_t s = 0; s < SORTS; s++) {
		const struct format *f = format_by_name(sorts[s].name);

		for (size_t k = 0; k < TEST_ED25519; k++) {
			for (size_t h = 0; h < 5; h++) {
				enum hash over;

				if (f->mech(test_keys[k].type, hashes[h],
					&over) == MECH_NONE)
					continue;
				ask_openssl(&sorts[s], k, hashes[h]);
				tried++;
			}
		}
	}
	/* fsverity knows two hashes. */
	assert_int_equal(tried, 5 * (4 * 5 + 2));
}

static void
a_changed_answer_is_none(void **state)
{
	static const size_t some[] = { TEST_RSA2048, TEST_P256 };
	uint8_t digest[DIGEST_MAX];

	(void)state;
	for (size_t s = 0; s < SORTS; s++) {
		for (size_t i = 0; i < 2; i++) {
			struct format_line line =
			    test_line(HASH_SHA256, MESSAGE, "", digest);
			struct making m =
			    test_making(&test_keys[some[i]], &line);
			struct buf answer;

			test_answer(format_by_name(sorts[s].name), &m, &answer);
			test_refuses_changes(
			    format_by_name(sorts[s].name), &m, &answer);
			buf_release(&answer);
		}
	}
}

static bool
opens(const char *name, const struct making *m, const struct buf *answer)
{
	struct opened opened;
	bool ok;

	opened_init(&opened);
	ok = format_by_name(name)->open(m, (const uint8_t *)buf_at(answer),
		 buf_len(answer), &opened) == 0;
	opened_release(&opened);
	return ok;
}

static void
another_makings_answer_is_none(void **state)
{
	static const struct format_settings timeless = { .namespace = "",
		.no_signing_time = true };
	uint8_t digest[DIGEST_MAX], other_digest[DIGEST_MAX];
	struct format_line line = test_line(HASH_SHA256, MESSAGE, "", digest);
	struct format_line other =
	    test_line(HASH_SHA256, "another", "", other_digest);
	struct making m = test_making(&test_keys[TEST_P256], &line);
	struct making bad = m;
	struct format_key key = test_keys[TEST_P256].facts;
	struct opened opened;
	struct buf answer;

	(void)state;
	test_answer(format_by_name("cms"), &m, &answer);
	assert_true(opens("cms", &m, &answer));
	assert_false(opens("cms-noattr", &m, &answer));
	assert_false(opens("kmod", &m, &answer));
	bad.lines = &other;
	assert_false(opens("cms", &bad, &answer));
	bad = m;
	bad.key = &test_keys[TEST_P384].facts;
	assert_false(opens("cms", &bad, &answer));
	bad.key = &key;
	key.certificate = certificates[TEST_RSA2048];
	assert_false(opens("cms", &bad, &answer));
	key.certificate = NULL;
	assert_false(opens("cms", &bad, &answer));
	/* What time it says is its signature's. */
	opened_init(&opened);
	bad = m;
	bad.now++;
	assert_int_equal(answer_verify(format_by_name("cms"), &m, MECH_ECDSA,
			     HASH_SHA256, &answer, &opened),
	    0);
	assert_int_equal(answer_verify(format_by_name("cms"), &bad, MECH_ECDSA,
			     HASH_SHA256, &answer, &opened),
	    -1);
	bad = m;
	bad.set = &timeless;
	assert_int_equal(answer_verify(format_by_name("cms"), &bad, MECH_ECDSA,
			     HASH_SHA256, &answer, &opened),
	    -1);
	opened_release(&opened);
	buf_release(&answer);
}

static void
the_time_is_the_signers_or_none(void **state)
{
	static const struct format_settings timeless = { .namespace = "",
		.no_signing_time = true };
	uint8_t digest[DIGEST_MAX];
	struct format_line line = test_line(HASH_SHA256, MESSAGE, "", digest);
	struct making m = test_making(&test_keys[TEST_P256], &line);
	struct buf answer;

	(void)state;
	test_answer(format_by_name("cms"), &m, &answer);
	test_write("sig", buf_at(&answer), buf_len(&answer));
	assert_int_equal(
	    test_run("openssl asn1parse -inform DER -in sig | grep -A 2 "
		     "signingTime | grep -q 'UTCTIME *:261201000000Z'"),
	    0);
	buf_release(&answer);
	m.set = &timeless;
	test_answer(format_by_name("cms"), &m, &answer);
	test_write("sig", buf_at(&answer), buf_len(&answer));
	assert_int_equal(
	    test_run("openssl asn1parse -inform DER -in sig >text && "
		     "grep -q messageDigest text && ! grep signingTime text"),
	    0);
	buf_release(&answer);
}

static void
does_not_finish_without_a_certificate_or_with_a_bad_signature(void **state)
{
	struct format_key key = test_keys[TEST_P256].facts;
	uint8_t digest[DIGEST_MAX], sig[64] = { 0 };
	struct format_line line = test_line(HASH_SHA256, MESSAGE, "", digest);
	struct making m = test_making(&test_keys[TEST_P256], &line);

	(void)state;
	m.key = &key;
	for (size_t s = 0; s < SORTS; s++) {
		const struct format *f = format_by_name(sorts[s].name);
		struct buf ret;

		for (size_t len = 0; len <= sizeof(sig); len++) {
			buf_init(&ret, 8192);
			sig[31] = len < 64;
			assert_int_equal(f->finish(&m, sig, len, &ret), -1);
			buf_release(&ret);
		}
		sig[31] = sig[63] = 1;
		buf_init(&ret, 8192);
		assert_int_equal(f->finish(&m, sig, 64, &ret), 0);
		buf_release(&ret);
		key.certificate = NULL;
		buf_init(&ret, 8192);
		assert_int_equal(f->finish(&m, sig, 64, &ret), -1);
		buf_release(&ret);
		key = test_keys[TEST_P256].facts;
		sig[63] = 0;
	}
}

static void
an_ed25519_key_is_told_what_fits(void **state)
{
	enum mech mech;
	enum hash over;
	char text[MESSAGE_SIZE];

	(void)state;
	for (size_t s = 0; s < SORTS; s++)
		assert_int_equal(format_plan(format_by_name(sorts[s].name),
				     &test_keys[TEST_ED25519].facts,
				     HASH_SHA256, &mech, &over, text),
		    REASON_FORMAT);
}

static void
needs_a_certificate_that_may_sign(void **state)
{
	static const struct test_leaf encrypts = { .key_usage =
						       "keyEncipherment" };
	struct format_key key = test_keys[TEST_P256].facts;
	const struct format *f = format_by_name("cms");
	struct certificate *other =
	    test_certificate(&test_keys[TEST_P256], &encrypts);
	char text[MESSAGE_SIZE] = "";
	enum mech mech;
	enum hash over;

	(void)state;
	assert_int_equal(
	    format_plan(f, &key, HASH_SHA256, &mech, &over, text), REASON_OK);
	key.certificate = NULL;
	assert_int_equal(format_plan(f, &key, HASH_SHA256, &mech, &over, text),
	    REASON_FORMAT);
	assert_string_equal(text, "format cms needs a key with a certificate");
	key.certificate = other;
	assert_int_equal(format_plan(f, &key, HASH_SHA256, &mech, &over, text),
	    REASON_FORMAT);
	assert_string_equal(text,
	    "format cms: the key's certificate is not for it: its keyUsage "
	    "lacks digitalSignature");
	certificate_free(other);
}

static void
does_not_sign_outside_of_the_certificates_dates(void **state)
{
	static const struct test_leaf wish = { .from = -2, .until = -1 };
	struct format_key key = test_keys[TEST_P256].facts;
	struct certificate *over =
	    test_certificate(&test_keys[TEST_P256], &wish);
	int64_t now = 1796083200;
	char text[MESSAGE_SIZE] = "";

	(void)state;
	assert_int_equal(
	    format_dates(format_by_name("cms"), &key, now, text), REASON_OK);
	key.certificate = over;
	assert_int_equal(format_dates(format_by_name("cms"), &key, now, text),
	    REASON_CERTIFICATE_DATES);
	assert_string_equal(
	    text, "the certificate was valid until 2026-11-30T00:00:00Z");
	assert_int_equal(format_dates(format_by_name("kmod"), &key,
			     now - 3 * TEST_DAY, text),
	    REASON_CERTIFICATE_DATES);
	/* What it is not in is signed on, */
	assert_int_equal(
	    format_dates(format_by_name("raw"), &key, now, text), REASON_OK);
	/* and so is all where the admin says so. */
	key.allow_expired = true;
	assert_int_equal(
	    format_dates(format_by_name("cms"), &key, now, text), REASON_OK);
	certificate_free(over);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_openssl_program_verifies),
		cmocka_unit_test(a_changed_answer_is_none),
		cmocka_unit_test(another_makings_answer_is_none),
		cmocka_unit_test(the_time_is_the_signers_or_none),
		cmocka_unit_test(
		    does_not_finish_without_a_certificate_or_with_a_bad_signature),
		cmocka_unit_test(needs_a_certificate_that_may_sign),
		cmocka_unit_test(
		    does_not_sign_outside_of_the_certificates_dates),
		cmocka_unit_test(an_ed25519_key_is_told_what_fits),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
