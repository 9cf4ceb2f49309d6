/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/format/ima.c */
#include "support_format.h"

#include <openssl/pem.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char content[] = "an artifact\n";

static const enum hash hashes[] = { HASH_SHA256, HASH_SHA384, HASH_SHA512 };

/* evmctl takes public keys from certificates only. */
static void
make_certificate(size_t key)
{
	BIO *bio = BIO_new_file("private.pem", "w");

	assert_int_equal(PEM_write_bio_PrivateKey(bio, test_keys[key].pkey,
			     NULL, NULL, 0, NULL, NULL),
	    1);
	BIO_free(bio);
	assert_int_equal(
	    test_run("openssl req -x509 -key private.pem -subj /CN=ima "
		     "-outform DER -out key.der"),
	    0);
}

static void
make(size_t key, enum hash hash, struct buf *ret)
{
	uint8_t digest[DIGEST_MAX];
	struct format_line line = test_line(hash, content, "", digest);
	struct making m = test_making(&test_keys[key], &line);

	test_answer(format_by_name("ima"), &m, ret);
	test_write("file.sig", buf_at(ret), buf_len(ret));
}

/* The hash is what the signature names, whatever -a says. */
static void
evmctl_verifies(void **state)
{
	(void)state;
	test_dir_enter();
	test_write("file", content, strlen(content));
	for (size_t k = 0; k < TEST_ED25519; k++) {
		make_certificate(k);
		for (size_t h = 0; h < 3; h++) {
			struct buf answer;

			make(k, hashes[h], &answer);
			buf_release(&answer);
			assert_int_equal(
			    test_run("evmctl ima_verify --sigfile -k key.der "
				     "file 2>&1 | tee a; "
				     "grep -q 'verification is OK' a"),
			    0);
		}
	}
	test_write("file", "another\n", 8);
	assert_int_equal(
	    test_run("! evmctl ima_verify --sigfile -k key.der file"), 0);
	test_dir_leave();
}

/* The key's number is the one that evmctl computes itself. */
static void
is_what_evmctl_writes(void **state)
{
	struct buf answer;

	(void)state;
	test_dir_enter();
	test_write("file", content, strlen(content));
	make_certificate(TEST_RSA2048);
	assert_int_equal(
	    test_run("evmctl ima_sign --sigfile -a sha512 -k private.pem file "
		     "&& mv file.sig theirs"),
	    0);
	make(TEST_RSA2048, HASH_SHA512, &answer);
	buf_release(&answer);
	assert_int_equal(test_run("cmp file.sig theirs"), 0);
	test_dir_leave();
}

static void
refuses_a_byte_changed(void **state)
{
	static const size_t some[] = { TEST_RSA2048, TEST_P256 };
	uint8_t digest[DIGEST_MAX];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct format_line line =
		    test_line(HASH_SHA256, content, "", digest);
		struct making m = test_making(&test_keys[some[i]], &line);
		struct buf answer;

		test_answer(format_by_name("ima"), &m, &answer);
		test_refuses_changes(format_by_name("ima"), &m, &answer);
		buf_release(&answer);
	}
}

static void
refuses_what_kernels_have_no_number_for(void **state)
{
	enum hash over;

	(void)state;
	assert_int_equal(
	    format_by_name("ima")->mech(KEY_RSA, HASH_SHA3_256, &over),
	    MECH_NONE);
	assert_int_equal(
	    format_by_name("ima")->mech(KEY_ED25519, HASH_SHA256, &over),
	    MECH_NONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(evmctl_verifies),
		cmocka_unit_test(is_what_evmctl_writes),
		cmocka_unit_test(refuses_a_byte_changed),
		cmocka_unit_test(refuses_what_kernels_have_no_number_for),
	};

	return cmocka_run_group_tests(tests, test_keys_make, test_keys_free);
}
