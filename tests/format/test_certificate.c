/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/format/certificate.c src/format/certificate_chain.c */
#include "format/certificate.h"

#include <openssl/pem.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "policy/entry.h"
#include "support_chain.h"

#define NOW 1796083200
#define CERTIFICATE FORMAT_NEEDS_CERTIFICATE

static const struct test_key *const key = &test_keys[TEST_P256];
static const struct test_key *const other = &test_keys[TEST_RSA2048];

static int
teardown(void **state)
{
	test_ca_free();
	return test_keys_free(state);
}

static void
refuses(const char *pem, const char *part)
{
	char text[MESSAGE_SIZE] = "";

	assert_null(certificate_parse(pem, strlen(pem), text));
	if (strstr(text, part) == NULL)
		fail_msg("\"%s\" is not in \"%s\"", part, text);
}

/* Frees the parts. */
static char *
join(char *a, char *b)
{
	char *both;

	assert_true(asprintf(&both, "%s%s", a, b) > 0);
	free(a);
	free(b);
	return both;
}

static void
reads_a_chain_as_libcrypto_does(void **state)
{
	char *pem = test_chain(other, NULL), text[MESSAGE_SIZE];
	struct certificate *c = certificate_parse(pem, strlen(pem), text);
	BIO *bio = BIO_new_mem_buf(pem, -1);
	X509 *leaf = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	uint8_t *der = NULL;
	int len = i2d_X509(leaf, &der);

	(void)state;
	assert_non_null(c);
	assert_int_equal(c->count, 2);
	assert_int_equal(c->chain[0].len, len);
	assert_memory_equal(c->chain[0].at, der, (size_t)len);
	OPENSSL_free(der);
	der = NULL;
	len = i2d_X509_NAME(X509_get_issuer_name(leaf), &der);
	assert_int_equal(c->issuer.len, len);
	assert_memory_equal(c->issuer.at, der, (size_t)len);
	OPENSSL_free(der);
	assert_memory_equal(c->serial.at, "\x02\x02\x10", 3);
	assert_true(certificate_is_for(c, other->spki, other->facts.spki_len));
	assert_false(certificate_is_for(c, key->spki, key->facts.spki_len));
	assert_int_equal(c->set.len, c->chain[0].len + c->chain[1].len);
	assert_int_equal(c->not_before, NOW - TEST_DAY);
	assert_int_equal(c->not_after, NOW + 365 * TEST_DAY);
	assert_false(c->is_ca);
	certificate_free(certificate_ref(c));
	assert_int_equal(c->count, 2);
	certificate_free(c);
	certificate_free(NULL);
	X509_free(leaf);
	BIO_free(bio);
	free(pem);
}

static void
refuses_what_is_no_chain(void **state)
{
	char *leaf = test_leaf(key, NULL), *cut, *pem;

	(void)state;
	refuses("", "is not a PEM certificate");
	refuses("no certificate\n", "is not a PEM certificate");
	cut = strdup(leaf);
	cut[strlen(cut) / 2] = '\0';
	refuses(cut, "certificate 1 in it cannot be read");
	pem = join(strdup(leaf), cut);
	refuses(pem, "certificate 2 in it cannot be read");
	free(pem);
	pem = join(strdup(leaf),
	    strdup("-----BEGIN EC PRIVATE KEY-----\nAAAA\n"
		   "-----END EC PRIVATE KEY-----\n"));
	refuses(pem, "holds a private key");
	free(pem);
	pem = join(strdup(leaf),
	    strdup("-----BEGIN CERTIFICATE-----\nAAAA\n"
		   "-----END CERTIFICATE-----\n"));
	refuses(pem, "certificate 2 in it cannot be read");
	free(pem);
	free(leaf);
}

static void
refuses_a_chain_in_another_order(void **state)
{
	char *pem = join(strdup(test_ca()), test_leaf(key, NULL));

	(void)state;
	refuses(pem,
	    "its certificate 1 (Test CA) is not issued by certificate "
	    "2 (P-256)");
	free(pem);
	pem = join(test_leaf(key, NULL), test_leaf(other, NULL));
	refuses(pem,
	    "its certificate 1 (P-256) is not issued by certificate 2 "
	    "(rsa2048)");
	free(pem);
	pem = join(test_chain(key, NULL), test_leaf(other, NULL));
	refuses(pem, "its certificate 2 (Test CA) is not issued by");
	free(pem);
}

static void
refuses_an_issuer_of_the_same_name_with_another_key(void **state)
{
	char *leaf = test_leaf(key, NULL), *pem;

	(void)state;
	test_ca_free();
	pem = join(leaf, strdup(test_ca()));
	refuses(pem, "is issued by another of the same name as");
	free(pem);
}

/* With a comment that is longer than all may be. */
static char *
long_leaf(void)
{
	struct test_leaf wish = { .comment = malloc(CERTIFICATES_BYTES + 1) };
	char *pem;

	memset(wish.comment, 'x', CERTIFICATES_BYTES);
	wish.comment[CERTIFICATES_BYTES] = '\0';
	pem = test_leaf(key, &wish);
	free(wish.comment);
	return pem;
}

static void
refuses_too_many_and_too_much(void **state)
{
	char *pem = strdup(""), text[MESSAGE_SIZE];
	struct certificate *c;

	(void)state;
	for (size_t i = 0; i < CERTIFICATES_MAX + 1; i++)
		pem = join(pem, strdup(test_ca()));
	refuses(pem, "more than 8 certificates");
	/* One less: it is issued by itself. */
	pem[strlen(pem) - strlen(test_ca())] = '\0';
	c = certificate_parse(pem, strlen(pem), text);
	assert_non_null(c);
	assert_int_equal(c->count, CERTIFICATES_MAX);
	assert_true(c->is_ca);
	certificate_free(c);
	free(pem);
	pem = long_leaf();
	refuses(pem, "its certificates have more than 12288 bytes");
	free(pem);
}

static void
fits(const struct test_leaf *wish, unsigned needs, const char *part)
{
	struct certificate *c = test_certificate(key, wish);
	char text[MESSAGE_SIZE] = "";

	assert_int_equal(
	    certificate_fits(c, needs, text), part == NULL ? 0 : -1);
	if (part != NULL && strstr(text, part) == NULL)
		fail_msg("\"%s\" is not in \"%s\"", part, text);
	certificate_free(c);
}

static void
usage_must_fit_the_format(void **state)
{
	static const struct test_leaf none = { .key_usage = NULL };
	static const struct test_leaf encrypts = { .key_usage =
						       "keyEncipherment" };
	static const struct test_leaf code = { .extended = "codeSigning" };
	static const struct test_leaf server = { .extended = "serverAuth" };
	static const struct test_leaf stamps = { .extended =
						     "critical,timeStamping" };
	static const struct test_leaf lax = { .extended = "timeStamping" };
	static const struct test_leaf both = {
		.extended = "critical,timeStamping,codeSigning"
	};
	unsigned signs_code = CERTIFICATE | FORMAT_NEEDS_CODE_SIGNING;
	unsigned stamps_time = CERTIFICATE | FORMAT_NEEDS_TIME_STAMPING;

	(void)state;
	fits(&none, CERTIFICATE, NULL);
	fits(NULL, CERTIFICATE, NULL);
	fits(&encrypts, CERTIFICATE, "lacks digitalSignature");
	fits(&encrypts, 0, NULL);
	fits(&server, CERTIFICATE, NULL);
	fits(&none, signs_code, NULL);
	fits(&code, signs_code, NULL);
	fits(&server, signs_code, "lacks codeSigning");
	fits(&encrypts, signs_code, "lacks digitalSignature");
	fits(&stamps, stamps_time, NULL);
	fits(&none, stamps_time, "must be critical, and timeStamping alone");
	fits(&lax, stamps_time, "must be critical, and timeStamping alone");
	fits(&both, stamps_time, "must be critical, and timeStamping alone");
	fits(&code, stamps_time, "must be critical, and timeStamping alone");
}

static void
is_valid_from_its_first_to_its_last_second(void **state)
{
	static const struct test_leaf wish = { .from = -1, .until = 1 };
	struct certificate *c = test_certificate(key, &wish);
	char text[MESSAGE_SIZE] = "";

	(void)state;
	assert_int_equal(certificate_is_valid(c, NOW - TEST_DAY, text), 0);
	assert_int_equal(certificate_is_valid(c, NOW + TEST_DAY, text), 0);
	assert_int_equal(certificate_is_valid(c, NOW - TEST_DAY - 1, text), -1);
	assert_string_equal(
	    text, "the certificate is not valid before 2026-11-30T00:00:00Z");
	assert_int_equal(certificate_is_valid(c, NOW + TEST_DAY + 1, text), -1);
	assert_string_equal(
	    text, "the certificate was valid until 2026-12-02T00:00:00Z");
	certificate_free(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_chain_as_libcrypto_does),
		cmocka_unit_test(refuses_what_is_no_chain),
		cmocka_unit_test(refuses_a_chain_in_another_order),
		cmocka_unit_test(
		    refuses_an_issuer_of_the_same_name_with_another_key),
		cmocka_unit_test(refuses_too_many_and_too_much),
		cmocka_unit_test(usage_must_fit_the_format),
		cmocka_unit_test(is_valid_from_its_first_to_its_last_second),
	};

	return cmocka_run_group_tests(tests, test_keys_make, teardown);
}
