/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/format/fingerprint.c */
#include "format/format.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define TEXT_SIZE 8192

static const char *const types[] = { "ssh-rsa", "ecdsa-sha2-nistp256",
	"ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-ed25519" };

#define TYPES (sizeof(types) / sizeof(types[0]))

static EVP_PKEY *
make_key(size_t type)
{
	static const char *const curves[] = { "P-256", "P-384", "P-521" };

	if (type == 0)
		return EVP_RSA_gen(2048);
	if (type == 4)
		return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	return EVP_EC_gen(curves[type - 1]);
}

static int
spki_of(EVP_PKEY *key, uint8_t **ret)
{
	int len;

	*ret = NULL;
	len = i2d_PUBKEY(key, ret);
	assert_true(len > 0);
	EVP_PKEY_free(key);
	return len;
}

static void
pem_reads_back_byte_for_byte(void **state)
{
	char pem[TEXT_SIZE];

	(void)state;
	for (size_t i = 0; i < TYPES; i++) {
		uint8_t *spki, *back;
		int len = spki_of(make_key(i), &spki);
		BIO *bio;

		assert_int_equal(
		    pubkey_pem(spki, (size_t)len, pem, sizeof(pem)), 0);
		assert_int_equal(pem[strlen(pem) - 1], '\n');
		bio = BIO_new_mem_buf(pem, -1);
		assert_int_equal(
		    spki_of(PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL), &back),
		    len);
		assert_memory_equal(spki, back, (size_t)len);
		BIO_free(bio);
		OPENSSL_free(spki);
		OPENSSL_free(back);
	}
}

/* ssh-keygen turns our line into a PEM that libcrypto reads as the same key. */
static void
ssh_keygen_reads_the_ssh_line(void **state)
{
	char dir[] = "/tmp/format.XXXXXX", path[64], command[128];
	char line[TEXT_SIZE];

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/key", dir);
	snprintf(
	    command, sizeof(command), "ssh-keygen -e -m PKCS8 -f %s", path);
	/* ssh-keygen has no PKCS8 form of Ed25519 public keys. */
	for (size_t i = 0; i + 1 < TYPES; i++) {
		uint8_t *spki, *back;
		int len = spki_of(make_key(i), &spki);
		FILE *file = fopen(path, "we");

		assert_non_null(file);
		assert_int_equal(pubkey_ssh(spki, (size_t)len, "release", line,
				     sizeof(line)),
		    0);
		fputs(line, file);
		fclose(file);
		assert_int_equal(chmod(path, 0600), 0);
		file = popen(command, "re");
		assert_int_equal(
		    spki_of(PEM_read_PUBKEY(file, NULL, NULL, NULL), &back),
		    len);
		assert_int_equal(pclose(file), 0);
		assert_memory_equal(spki, back, (size_t)len);
		OPENSSL_free(spki);
		OPENSSL_free(back);
	}
	unlink(path);
	rmdir(dir);
}

static void
the_ssh_line_has_type_key_and_comment(void **state)
{
	char line[TEXT_SIZE], want[64];

	(void)state;
	for (size_t i = 0; i < TYPES; i++) {
		uint8_t *spki;
		int len = spki_of(make_key(i), &spki);

		assert_int_equal(pubkey_ssh(spki, (size_t)len, "release", line,
				     sizeof(line)),
		    0);
		snprintf(want, sizeof(want), "%s AAAA", types[i]);
		assert_memory_equal(line, want, strlen(want));
		assert_string_equal(line + strlen(line) - 9, " release\n");
		assert_int_equal(
		    pubkey_ssh(spki, (size_t)len, "", line, sizeof(line)), 0);
		assert_int_equal(line[strlen(line) - 1], '\n');
		assert_int_not_equal(line[strlen(line) - 2], ' ');
		OPENSSL_free(spki);
	}
}

/* RFC 8410, 10.1, as OpenSSH writes that key. */
static void
an_ed25519_key_is_32_bytes(void **state)
{
	static const char spki64[] =
	    "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=";
	char line[TEXT_SIZE];
	uint8_t spki[64];
	size_t len;

	(void)state;
	assert_int_equal(
	    base64_decode(spki64, strlen(spki64), spki, sizeof(spki), &len), 0);
	assert_int_equal(pubkey_ssh(spki, len, "x", line, sizeof(line)), 0);
	assert_string_equal(line,
	    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBm/"
	    "RAlphM3+hUG6wWfcO5bIUIaqMLa2ywxcOK1wMWbh x\n");
}

static void
refuses_what_is_no_spki(void **state)
{
	char text[TEXT_SIZE];
	uint8_t *spki, *more;
	int len = spki_of(make_key(1), &spki);

	(void)state;
	for (int cut = 0; cut < len; cut++) {
		assert_int_equal(
		    pubkey_pem(spki, (size_t)cut, text, sizeof(text)), -1);
		assert_int_equal(
		    pubkey_ssh(spki, (size_t)cut, "", text, sizeof(text)), -1);
	}
	more = malloc((size_t)len + 1);
	assert_non_null(more);
	memcpy(more, spki, (size_t)len);
	more[len] = 0;
	assert_int_equal(
	    pubkey_pem(more, (size_t)len + 1, text, sizeof(text)), -1);
	assert_int_equal(
	    pubkey_ssh(more, (size_t)len + 1, "", text, sizeof(text)), -1);
	free(more);
	OPENSSL_free(spki);
}

static void
refuses_keys_that_ssh_does_not_know(void **state)
{
	char text[TEXT_SIZE];
	uint8_t *spki;
	int len = spki_of(EVP_EC_gen("secp256k1"), &spki);

	(void)state;
	assert_int_equal(
	    pubkey_ssh(spki, (size_t)len, "", text, sizeof(text)), -1);
	OPENSSL_free(spki);
	len = spki_of(EVP_PKEY_Q_keygen(NULL, NULL, "X25519"), &spki);
	assert_int_equal(
	    pubkey_ssh(spki, (size_t)len, "", text, sizeof(text)), -1);
	OPENSSL_free(spki);
}

static void
refuses_a_text_that_does_not_fit(void **state)
{
	char text[TEXT_SIZE];
	uint8_t *spki;
	int len = spki_of(make_key(4), &spki);
	size_t need;

	(void)state;
	assert_int_equal(pubkey_pem(spki, (size_t)len, text, sizeof(text)), 0);
	need = strlen(text) + 1;
	assert_int_equal(pubkey_pem(spki, (size_t)len, text, need), 0);
	assert_int_equal(pubkey_pem(spki, (size_t)len, text, need - 1), -1);
	assert_int_equal(
	    pubkey_ssh(spki, (size_t)len, "c", text, sizeof(text)), 0);
	need = strlen(text) + 1;
	assert_int_equal(pubkey_ssh(spki, (size_t)len, "c", text, need), 0);
	assert_int_equal(
	    pubkey_ssh(spki, (size_t)len, "c", text, need - 1), -1);
	OPENSSL_free(spki);
}

static void
a_fingerprint_is_what_ssh_keygen_prints(void **state)
{
	char text[FINGERPRINT_SIZE];

	(void)state;
	/* printf abc | openssl dgst -sha256 -binary | base64 */
	fingerprint("abc", 3, text);
	assert_string_equal(
	    text, "SHA256:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0");
	assert_int_equal(strlen(text), FINGERPRINT_SIZE - 1);
	fingerprint("", 0, text);
	assert_string_equal(
	    text, "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pem_reads_back_byte_for_byte),
		cmocka_unit_test(ssh_keygen_reads_the_ssh_line),
		cmocka_unit_test(the_ssh_line_has_type_key_and_comment),
		cmocka_unit_test(an_ed25519_key_is_32_bytes),
		cmocka_unit_test(refuses_what_is_no_spki),
		cmocka_unit_test(refuses_keys_that_ssh_does_not_know),
		cmocka_unit_test(refuses_a_text_that_does_not_fit),
		cmocka_unit_test(a_fingerprint_is_what_ssh_keygen_prints),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
