/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/format/authenticode.c */
/*
 * A real EFI program is signed from its digest alone: libcrypto verifies the
 * PKCS#7 for every key type and hash; sbverify and osslsigncode verify the
 * whole file.
 */
#include <openssl/pem.h>
#include <openssl/pkcs7.h>
#include <openssl/x509v3.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support_chain.h"

#define IMAGE "/usr/lib/systemd/boot/efi/systemd-bootx64.efi"

static const struct test_leaf code_leaf = {
	.key_usage = "critical,digitalSignature",
	.extended = "codeSigning",
	.constraints = "critical,CA:FALSE",
};
static struct certificate *certificates[TEST_KEYS];
static X509_STORE *store;
static const struct format *authenticode;

static void
make_store(void)
{
	BIO *bio = BIO_new_mem_buf(test_ca(), -1);
	X509 *ca = PEM_read_bio_X509(bio, NULL, NULL, NULL);

	store = X509_STORE_new();
	assert_int_equal(X509_STORE_add_cert(store, ca), 1);
	X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store), 1796083200);
	assert_int_equal(X509_STORE_set_purpose(store, X509_PURPOSE_ANY), 1);
	X509_free(ca);
	BIO_free(bio);
}

static int
setup(void **state)
{
	if (test_keys_make(state) == -1)
		return -1;
	for (size_t i = 0; i < TEST_KEYS; i++) {
		certificates[i] = test_certificate(&test_keys[i], &code_leaf);
		test_keys[i].facts.certificate = certificates[i];
	}
	authenticode = format_by_name("authenticode");
	assert_non_null(authenticode);
	make_store();
	test_dir_enter();
	test_write("ca.pem", test_ca(), strlen(test_ca()));
	assert_int_equal(test_run("test -r " IMAGE), 0);
	return 0;
}

static int
teardown(void **state)
{
	test_dir_leave();
	for (size_t i = 0; i < TEST_KEYS; i++)
		certificate_free(certificates[i]);
	X509_STORE_free(store);
	test_ca_free();
	return test_keys_free(state);
}

/* The digest of the image, as another program works it out. */
static struct format_line
image_line(enum hash hash, uint8_t digest[DIGEST_MAX])
{
	char hex[2 * DIGEST_MAX + 2] = "";
	FILE *file;

	assert_int_equal(
	    test_run("osslsigncode extract-data -h %s -in " IMAGE
		     " -out data >/dev/null && "
		     "openssl asn1parse -inform DER -in data | "
		     "sed -n 's/.*OCTET STRING.*DUMP.:\\([0-9A-F]*\\)$/\\1/p' "
		     ">hex && rm data",
		hash_word(hash)),
	    0);
	file = fopen("hex", "re");
	assert_non_null(fgets(hex, sizeof(hex), file));
	fclose(file);
	hex[strcspn(hex, "\n")] = '\0';
	assert_int_equal(strlen(hex), 2 * hash_size(hash));
	assert_int_equal(hex_decode(hex, strlen(hex), digest), 0);
	return (struct format_line){ .hash = hash,
		.digest = digest,
		.len = hash_size(hash),
		.name = "" };
}

static int
libcrypto_verifies(const struct buf *answer)
{
	const uint8_t *at = (const uint8_t *)buf_at(answer);
	PKCS7 *p7 = d2i_PKCS7(NULL, &at, (long)buf_len(answer));
	const ASN1_TYPE *other;
	const uint8_t *content;
	BIO *bio;
	int ok, class, tag;
	long len;

	assert_non_null(p7);
	assert_true(PKCS7_type_is_signed(p7));
	other = p7->d.sign->contents->d.other;
	assert_int_equal(other->type, V_ASN1_SEQUENCE);
	content = other->value.sequence->data;
	ASN1_get_object(
	    &content, &len, &tag, &class, other->value.sequence->length);
	bio = BIO_new_mem_buf(content, (int)len);
	ok = PKCS7_verify(p7, NULL, store, bio, NULL, PKCS7_BINARY);
	BIO_free(bio);
	PKCS7_free(p7);
	return ok;
}

static void
libcrypto_verifies_every_combination(void **state)
{
	static const enum hash hashes[] = { HASH_SHA256, HASH_SHA384,
		HASH_SHA512 };
	uint8_t digest[DIGEST_MAX];

	(void)state;
	for (size_t k = 0; k < TEST_ED25519; k++) {
		for (size_t h = 0; h < 3; h++) {
			struct format_line line =
			    test_line(hashes[h], "an image", "", digest);
			struct making m = test_making(&test_keys[k], &line);
			struct buf answer;

			test_answer(authenticode, &m, &answer);
			assert_int_equal(libcrypto_verifies(&answer), 1);
			buf_release(&answer);
		}
	}
}

static void
write_leaf(size_t key)
{
	const struct der_view *leaf = &certificates[key]->chain[0];

	test_write("leaf.der", leaf->at, leaf->len);
	assert_int_equal(test_run("openssl x509 -inform DER -in leaf.der "
				  "-out leaf.pem"),
	    0);
}

/* What the image's signature is, in p7; the rest of the case goes on. */
static void
sign_image(size_t key, enum hash hash)
{
	uint8_t digest[DIGEST_MAX];
	struct format_line line = image_line(hash, digest);
	struct making m = test_making(&test_keys[key], &line);
	struct buf answer;

	test_answer(authenticode, &m, &answer);
	test_write("p7", buf_at(&answer), buf_len(&answer));
	buf_release(&answer);
	write_leaf(key);
}

/* With a root in it, sbverify trusts that one and no other. */
static void
sbverify_takes_the_image(void **state)
{
	static const size_t some[] = { TEST_RSA2048, TEST_RSA3072, TEST_P256 };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		sign_image(some[i], HASH_SHA256);
		assert_int_equal(
		    test_run("sbverify --cert ca.pem --detached p7 " IMAGE), 0);
		assert_int_equal(
		    test_run("cp " IMAGE " x.efi && "
			     "sbattach --attach p7 x.efi 2>/dev/null && "
			     "sbverify --cert ca.pem x.efi | "
			     "grep -qx 'Signature verification OK'"),
		    0);
		assert_int_equal(
		    test_run("printf x | dd of=x.efi bs=1 seek=100000 "
			     "conv=notrunc 2>/dev/null && "
			     "! sbverify --cert ca.pem x.efi"),
		    0);
	}
}

static void
sbverify_takes_a_certificate_alone(void **state)
{
	struct certificate *both = certificates[TEST_P256], *alone;
	char text[MESSAGE_SIZE],
	    *pem = test_leaf(&test_keys[TEST_P256], &code_leaf);

	(void)state;
	alone = certificate_parse(pem, strlen(pem), text);
	assert_non_null(alone);
	certificates[TEST_P256] = alone;
	test_keys[TEST_P256].facts.certificate = alone;
	sign_image(TEST_P256, HASH_SHA256);
	assert_int_equal(
	    test_run("sbverify --cert leaf.pem --detached p7 " IMAGE), 0);
	certificates[TEST_P256] = both;
	test_keys[TEST_P256].facts.certificate = both;
	certificate_free(alone);
	free(pem);
}

static void
osslsigncode_takes_the_image(void **state)
{
	static const enum hash hashes[] = { HASH_SHA256, HASH_SHA384,
		HASH_SHA512 };
	static const size_t some[] = { TEST_RSA2048, TEST_P256, TEST_P384 };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		for (size_t h = 0; h < 3; h++) {
			sign_image(some[i], hashes[h]);
			assert_int_equal(
			    test_run("rm -f x.efi && "
				     "osslsigncode attach-signature -sigin p7 "
				     "-in " IMAGE " -out x.efi "
				     "-CAfile ca.pem >text && "
				     "osslsigncode verify -in x.efi "
				     "-CAfile ca.pem >text && "
				     "grep -q '^Signature verification: ok' "
				     "text"),
			    0);
		}
	}
}

static void
it_is_written_as_osslsigncode_does(void **state)
{
	(void)state;
	sign_image(TEST_P256, HASH_SHA256);
	assert_int_equal(
	    test_run("openssl asn1parse -inform DER -in p7 >text && "
		     "grep -q 'OBJECT *:1.3.6.1.4.1.311.2.1.4$' text && "
		     "grep -q 'OBJECT *:1.3.6.1.4.1.311.2.1.15$' text && "
		     "grep -q 'OBJECT *:1.3.6.1.4.1.311.2.1.11$' text && "
		     "grep -q 'OBJECT *:Microsoft Individual Code Signing$' "
		     "text && grep -q signingTime text"),
	    0);
	/* What it says is byte for byte what osslsigncode would say. */
	assert_int_equal(
	    test_run("osslsigncode extract-data -h sha256 -in " IMAGE
		     " -out data >/dev/null && "
		     "at=$(openssl asn1parse -inform DER -in data | "
		     "sed -n 's/^ *\\([0-9]*\\):d=5 .*: SEQUENCE.*/\\1/p') && "
		     "openssl asn1parse -inform DER -in data -strparse $at "
		     "-noout -out theirs && test -s theirs && rm data && "
		     "od -An -v -tx1 p7 | tr -d ' \\n' >ours && "
		     "grep -q \"$(od -An -v -tx1 theirs | tr -d ' \\n')\" "
		     "ours"),
	    0);
}

static void
a_changed_answer_is_none(void **state)
{
	static const size_t some[] = { TEST_RSA2048, TEST_P256 };
	uint8_t digest[DIGEST_MAX];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct format_line line =
		    test_line(HASH_SHA256, "an image", "", digest);
		struct making m = test_making(&test_keys[some[i]], &line);
		struct buf answer;

		test_answer(authenticode, &m, &answer);
		test_refuses_changes(authenticode, &m, &answer);
		buf_release(&answer);
	}
}

static bool
opens(const struct making *m, const struct buf *answer)
{
	struct opened opened;
	bool ok;

	opened_init(&opened);
	ok = answer_verify(authenticode, m, MECH_ECDSA, HASH_SHA256, answer,
		 &opened) == 0;
	opened_release(&opened);
	return ok;
}

static void
another_makings_answer_is_none(void **state)
{
	static const struct format_settings timeless = { .namespace = "",
		.no_signing_time = true };
	uint8_t digest[DIGEST_MAX];
	struct format_line line =
	    test_line(HASH_SHA256, "an image", "", digest);
	struct making m = test_making(&test_keys[TEST_P256], &line);
	struct making bad = m;
	struct buf answer;

	(void)state;
	test_answer(authenticode, &m, &answer);
	assert_true(opens(&m, &answer));
	digest[0] ^= 1;
	assert_false(opens(&m, &answer));
	digest[0] ^= 1;
	bad.now++;
	assert_false(opens(&bad, &answer));
	bad.now--;
	bad.set = &timeless;
	assert_false(opens(&bad, &answer));
	bad = m;
	bad.key = &test_keys[TEST_P384].facts;
	assert_false(opens(&bad, &answer));
	buf_release(&answer);
	/* Without a time it is as good. */
	m.set = &timeless;
	test_answer(authenticode, &m, &answer);
	assert_int_equal(libcrypto_verifies(&answer), 1);
	buf_release(&answer);
}

static void
what_does_not_fit_is_told(void **state)
{
	char text[MESSAGE_SIZE];
	enum mech mech;
	enum hash over;

	(void)state;
	assert_int_equal(
	    format_plan(authenticode, &test_keys[TEST_ED25519].facts,
		HASH_SHA256, &mech, &over, text),
	    REASON_FORMAT);
	assert_int_equal(format_plan(authenticode, &test_keys[TEST_P256].facts,
			     HASH_SHA3_256, &mech, &over, text),
	    REASON_HASH);
	assert_string_equal(text,
	    "format authenticode does not take sha3-256; use sha256, sha384, "
	    "sha512");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(libcrypto_verifies_every_combination),
		cmocka_unit_test(sbverify_takes_the_image),
		cmocka_unit_test(sbverify_takes_a_certificate_alone),
		cmocka_unit_test(osslsigncode_takes_the_image),
		cmocka_unit_test(it_is_written_as_osslsigncode_does),
		cmocka_unit_test(a_changed_answer_is_none),
		cmocka_unit_test(another_makings_answer_is_none),
		cmocka_unit_test(what_does_not_fit_is_told),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
