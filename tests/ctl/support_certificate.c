/* SPDX-License-Identifier: Apache-2.0 */
#include "support_certificate.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static EVP_PKEY *pkey;

int
make_pkey(void **state)
{
	(void)state;
	return (pkey = EVP_EC_gen("P-256")) != NULL ? 0 : -1;
}

int
free_pkey(void **state)
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
char *
make_certificate(
    const char *constraints, const char *usage, long from, long until)
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
