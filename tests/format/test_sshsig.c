/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/format/sshsig.c src/format/ssh.c */
/*
 * ssh-keygen verifies what comes out, for every key type and hash, and refuses
 * what it should.
 */
#include "support_format.h"

#include <openssl/pem.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "format/ssh.h"

#define TEXT "the file that is signed\n"
#define FILES 3

static const struct format_settings git = { .namespace = "git" };

/* allowed_signers(5), with this key for this namespace and no other. */
static void
write_signers(const struct test_key *k, const char *namespace)
{
	char line[8192], all[8400];

	assert_int_equal(
	    pubkey_ssh(k->spki, k->facts.spki_len, "", line, sizeof(line)), 0);
	snprintf(
	    all, sizeof(all), "release namespaces=\"%s\" %s", namespace, line);
	test_write("signers", all, strlen(all));
}

static int
keygen(const char *namespace, const char *file)
{
	return test_run("ssh-keygen -Y verify -f signers -I release -n %s "
			"-s sig <%s",
	    namespace, file);
}

static void
ssh_keygen_verifies_each_key_and_hash(void **state)
{
	static const enum hash hashes[] = { HASH_SHA256, HASH_SHA512 };
	const struct format *f = format_by_name("sshsig");

	(void)state;
	test_dir_enter();
	test_write("file", TEXT, strlen(TEXT));
	test_write("other", "x" TEXT, strlen(TEXT) + 1);
	for (size_t i = 0; i < 2 * TEST_KEYS; i++) {
		const struct test_key *k = &test_keys[i / 2];
		uint8_t space[DIGEST_MAX];
		struct format_line line =
		    test_line(hashes[i % 2], TEXT, "", space);
		struct making m = test_making(k, &line);
		struct buf answer;

		m.set = &git;
		write_signers(k, "git");
		test_answer(f, &m, &answer);
		test_write("sig", buf_at(&answer), buf_len(&answer));
		assert_int_equal(keygen("git", "file"), 0);
		assert_int_equal(
		    test_run("! ssh-keygen -Y verify -f signers -I "
			     "release -n git -s sig <other"),
		    0);
		assert_int_equal(
		    test_run("! ssh-keygen -Y verify -f signers -I "
			     "release -n file -s sig <file"),
		    0);
		buf_release(&answer);
	}
	test_dir_leave();
}

static void
write_private(const struct test_key *k)
{
	BIO *bio = BIO_new_file("key", "w");

	assert_non_null(bio);
	assert_int_equal(PEM_write_bio_PKCS8PrivateKey(
			     bio, k->pkey, NULL, NULL, 0, NULL, NULL),
	    1);
	BIO_free(bio);
	assert_int_equal(
	    test_run("chmod 600 key; ssh-keygen -y -f key >key.pub"), 0);
}

/* RSA signatures with PKCS#1 v1.5 are always the same. */
static void
is_what_ssh_keygen_writes(void **state)
{
	const struct format *f = format_by_name("sshsig");

	(void)state;
	test_dir_enter();
	test_write("file", TEXT, strlen(TEXT));
	for (size_t i = TEST_RSA2048; i <= TEST_RSA3072; i++) {
		uint8_t space[DIGEST_MAX];
		struct format_line line =
		    test_line(HASH_SHA512, TEXT, "", space);
		struct making m = test_making(&test_keys[i], &line);
		struct buf answer;

		m.set = &git;
		write_private(&test_keys[i]);
		test_answer(f, &m, &answer);
		test_write("sig", buf_at(&answer), buf_len(&answer));
		assert_int_equal(
		    test_run(
			"ssh-keygen -Y sign -f key -n git <file | cmp - sig"),
		    0);
		buf_release(&answer);
	}
	test_dir_leave();
}

static void
every_byte_counts(void **state)
{
	static const char *const names[] = { "sshsig", "sums-sshsig" };

	(void)state;
	for (size_t i = 0; i < 2 * TEST_KEYS; i++) {
		uint8_t space[DIGEST_MAX];
		struct format_line line =
		    test_line(HASH_SHA256, TEXT, "file", space);
		struct making m = test_making(&test_keys[i / 2], &line);
		const struct format *f = format_by_name(names[i % 2]);
		struct buf answer;

		m.set = &git;
		test_answer(f, &m, &answer);
		test_refuses_changes(f, &m, &answer);
		buf_release(&answer);
	}
}

static void
an_answer_is_for_its_making_only(void **state)
{
	static const struct format_settings file = { .namespace = "file" };
	const struct format *f = format_by_name("sshsig");
	uint8_t space[2][DIGEST_MAX];
	struct format_line line = test_line(HASH_SHA256, TEXT, "", space[0]),
			   other = test_line(HASH_SHA256, "x", "", space[1]);
	struct making m = test_making(&test_keys[TEST_P256], &line);
	struct opened opened;
	struct buf answer;
	enum hash over = HASH_SHA256;

	(void)state;
	m.set = &git;
	test_answer(f, &m, &answer);
	opened_init(&opened);
	assert_int_equal(
	    answer_verify(f, &m, MECH_ECDSA, over, &answer, &opened), 0);
	m.set = &file;
	assert_int_equal(
	    answer_verify(f, &m, MECH_ECDSA, over, &answer, &opened), -1);
	m.set = &git;
	m.lines = &other;
	assert_int_equal(
	    answer_verify(f, &m, MECH_ECDSA, over, &answer, &opened), -1);
	m.lines = &line;
	m.key = &test_keys[TEST_P384].facts;
	assert_int_equal(
	    answer_verify(f, &m, MECH_ECDSA, over, &answer, &opened), -1);
	opened_release(&opened);
	buf_release(&answer);
}

static void
a_list_is_verified_as_a_file(void **state)
{
	static const char *const names[FILES] = { "one", "a\\b", "two words" };
	const struct format *f = format_by_name("sums-sshsig");

	(void)state;
	test_dir_enter();
	for (size_t i = 0; i < FILES; i++)
		test_write(names[i], names[i], strlen(names[i]));
	assert_int_equal(
	    test_run("sha256sum one 'a\\b' 'two words' >SHA256SUMS"), 0);
	for (size_t i = 0; i < TEST_KEYS; i++) {
		const struct test_key *k = &test_keys[i];
		uint8_t space[FILES][DIGEST_MAX];
		struct format_line lines[FILES];
		struct making m = test_making(k, lines);
		struct buf answer;

		for (size_t j = 0; j < FILES; j++)
			lines[j] = test_line(
			    HASH_SHA256, names[j], names[j], space[j]);
		m.count = FILES;
		m.set = &git;
		write_signers(k, "git");
		test_answer(f, &m, &answer);
		test_write("sig", buf_at(&answer), buf_len(&answer));
		assert_int_equal(keygen("git", "SHA256SUMS"), 0);
		assert_int_equal(
		    test_run("! sed s/one/two/ SHA256SUMS | ssh-keygen -Y "
			     "verify -f signers -I release -n git -s sig"),
		    0);
		buf_release(&answer);
	}
	test_dir_leave();
}

static void
nothing_is_signed_without_a_namespace(void **state)
{
	static const struct format_settings bad[] = { { .namespace = "" },
		{ .namespace = NULL }, { .namespace = "two words" },
		{ .namespace = "a,b" } };
	static const char *const names[] = { "sshsig", "sums-sshsig" };
	const struct test_key *k = &test_keys[TEST_ED25519];
	uint8_t space[DIGEST_MAX], sig[64] = { 1 };
	struct format_line line = test_line(HASH_SHA256, TEXT, "file", space);
	struct making m = test_making(k, &line);
	struct buf ret;

	(void)state;
	buf_init(&ret, 4096);
	for (size_t i = 0; i < 2 * sizeof(bad) / sizeof(bad[0]); i++) {
		const struct format *f = format_by_name(names[i % 2]);

		m.set = &bad[i / 2];
		assert_int_equal(f->input(&m, &ret), -1);
		assert_int_equal(f->finish(&m, sig, sizeof(sig), &ret), -1);
		m.set = &git;
		assert_int_equal(f->input(&m, &ret), 0);
		assert_int_equal(f->finish(&m, sig, sizeof(sig), &ret), 0);
	}
	buf_release(&ret);
}

static void
only_what_verifies_with_openssh_is_planned(void **state)
{
	const struct format *f = format_by_name("sshsig");
	char text[MESSAGE_SIZE];
	enum mech mech;
	enum hash over;

	(void)state;
	assert_int_equal(format_plan(f, &test_keys[TEST_P256].facts,
			     HASH_SHA384, &mech, &over, text),
	    REASON_HASH);
	assert_string_equal(
	    text, "format sshsig does not take sha384; use sha256, sha512");
	assert_int_equal(format_plan(f, &test_keys[TEST_RSA2048].facts,
			     HASH_SHA256, &mech, &over, text),
	    REASON_OK);
	assert_int_equal(mech, MECH_RSA_PKCS1);
	assert_int_equal(over, HASH_SHA512);
	f = format_by_name("sums-sshsig");
	assert_int_equal(format_plan(f, &test_keys[TEST_P521].facts,
			     HASH_SHA3_256, &mech, &over, text),
	    REASON_HASH);
}

static void
a_tokens_nonsense_is_no_signature(void **state)
{
	uint8_t zeros[512] = { 0 }, ones[512], space[1024];
	struct writer w;

	(void)state;
	memset(ones, 0xff, sizeof(ones));
	for (size_t i = 0; i < TEST_KEYS; i++) {
		const struct format_key *k = &test_keys[i].facts;

		for (size_t len = 0; len < sizeof(ones); len++) {
			bool right =
			    (k->type == KEY_RSA && len == k->bits / 8) ||
			    (k->type == KEY_ED25519 && len == 64);

			writer_init(&w, space, sizeof(space));
			assert_int_equal(ssh_put_signature(&w, k, ones, len),
			    right ? 0 : -1);
		}
		if (k->type == KEY_ED25519)
			continue;
		writer_init(&w, space, sizeof(space));
		assert_int_equal(
		    ssh_put_signature(&w, k, zeros, k->bits / 8), -1);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ssh_keygen_verifies_each_key_and_hash),
		cmocka_unit_test(is_what_ssh_keygen_writes),
		cmocka_unit_test(every_byte_counts),
		cmocka_unit_test(an_answer_is_for_its_making_only),
		cmocka_unit_test(a_list_is_verified_as_a_file),
		cmocka_unit_test(nothing_is_signed_without_a_namespace),
		cmocka_unit_test(only_what_verifies_with_openssh_is_planned),
		cmocka_unit_test(a_tokens_nonsense_is_no_signature),
	};

	return cmocka_run_group_tests(tests, test_keys_make, test_keys_free);
}
