/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/certificate.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOW INT64_C(1795232243)
#define DAY 86400

static EVP_PKEY *pkey;

static int
set_up(void **state)
{
	(void)state;
	return (pkey = EVP_EC_gen("P-256")) != NULL ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	EVP_PKEY_free(pkey);
	return 0;
}

static void
add_extension(X509 *cert, int nid, const char *value)
{
	X509_EXTENSION *e;

	if (value == NULL)
		return;
	e = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
	assert_non_null(e);
	assert_int_equal(X509_add_ext(cert, e, -1), 1);
	X509_EXTENSION_free(e);
}

/* A certificate as PEM, valid from and until days from NOW. */
static char *
make(const char *constraints, const char *usage, long from, long until)
{
	X509 *cert = X509_new();
	BIO *bio = BIO_new(BIO_s_mem());
	char *pem, *text;
	long len;

	X509_set_version(cert, X509_VERSION_3);
	ASN1_TIME_set(X509_getm_notBefore(cert), NOW + from * DAY);
	ASN1_TIME_set(X509_getm_notAfter(cert), NOW + until * DAY);
	X509_set_pubkey(cert, pkey);
	add_extension(cert, NID_basic_constraints, constraints);
	add_extension(cert, NID_key_usage, usage);
	assert_true(X509_sign(cert, pkey, EVP_sha256()) > 0);
	assert_int_equal(PEM_write_bio_X509(bio, cert), 1);
	len = BIO_get_mem_data(bio, &pem);
	text = strndup(pem, (size_t)len);
	BIO_free(bio);
	X509_free(cert);
	return text;
}

/* How many warnings, and that the text has this in it. */
static unsigned
warn(const char *pem, bool wrapped, const char *want)
{
	struct signing_key key = { .name = "release",
		.wrapped = wrapped,
		.certificate = pem,
		.rule = { "keys.d/a.conf", 1 },
		.use_rule = { "keys.d/a.conf", 4 } };
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	unsigned warnings = certificate_warn(out, &key, NOW);

	fclose(out);
	if (want == NULL)
		assert_string_equal(text, "");
	else
		assert_non_null(strstr(text, want));
	free(text);
	return warnings;
}

static void
check(const char *constraints, const char *usage, bool wrapped,
    unsigned warnings, const char *want)
{
	char *pem = make(constraints, usage, -1, 1);

	assert_int_equal(warn(pem, wrapped, want), warnings);
	free(pem);
}

static void
a_signer_of_code_is_fine(void **state)
{
	(void)state;
	check(NULL, NULL, false, 0, NULL);
	check("critical,CA:FALSE", "digitalSignature", false, 0, NULL);
	assert_int_equal(warn(NULL, false, NULL), 0);
}

static void
warns_of_a_raw_key_that_may_sign_certificates(void **state)
{
	(void)state;
	check("critical,CA:TRUE", NULL, false, 1,
	    "keys.d/a.conf:4: warning: use = raw");
	check("critical,CA:TRUE", "keyCertSign", false, 1, "(CA:TRUE)");
	check(NULL, "digitalSignature,keyCertSign", false, 1, "(keyCertSign)");
}

static void
a_wrapped_key_may_sign_certificates(void **state)
{
	(void)state;
	check("critical,CA:TRUE", "keyCertSign", true, 0, NULL);
}

static void
warns_of_dates(void **state)
{
	char *old = make(NULL, NULL, -2, -1), *new = make(NULL, NULL, 1, 2);
	char *both = make("CA:TRUE", NULL, -2, -1);

	(void)state;
	assert_int_equal(warn(old, true, "release has expired"), 1);
	assert_int_equal(warn(new, false, "release is not valid yet"), 1);
	assert_int_equal(warn(both, false, "release has expired"), 2);
	free(old);
	free(new);
	free(both);
}

static void
warns_of_what_is_no_certificate(void **state)
{
	(void)state;
	assert_int_equal(warn("", false, "not a PEM certificate"), 1);
	assert_int_equal(warn("-----BEGIN CERTIFICATE-----\nAAAA\n"
			      "-----END CERTIFICATE-----\n",
			     false, "not a PEM certificate"),
	    1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signer_of_code_is_fine),
		cmocka_unit_test(warns_of_a_raw_key_that_may_sign_certificates),
		cmocka_unit_test(a_wrapped_key_may_sign_certificates),
		cmocka_unit_test(warns_of_dates),
		cmocka_unit_test(warns_of_what_is_no_certificate),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
