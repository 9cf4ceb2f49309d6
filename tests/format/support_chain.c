/* SPDX-License-Identifier: Apache-2.0 */
#include "support_chain.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOW 1796083200 /* as test_making */

static EVP_PKEY *ca_key;
static X509 *ca;
static char *ca_pem;
static long serial = 0x1000;

static char *
pem_of(X509 *item)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *at, *text;
	long len;

	assert_int_equal(PEM_write_bio_X509(bio, item), 1);
	len = BIO_get_mem_data(bio, &at);
	text = strndup(at, (size_t)len);
	BIO_free(bio);
	return text;
}

static void
add_extension(X509 *item, int nid, const char *value)
{
	X509_EXTENSION *e;
	X509V3_CTX ctx;

	if (value == NULL)
		return;
	X509V3_set_ctx(&ctx, ca != NULL ? ca : item, item, NULL, NULL, 0);
	e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	assert_non_null(e);
	assert_int_equal(X509_add_ext(item, e, -1), 1);
	X509_EXTENSION_free(e);
}

static X509 *
begin(const char *name, EVP_PKEY *key, long from, long until)
{
	X509 *item = X509_new();
	X509_NAME *subject = X509_get_subject_name(item);

	X509_set_version(item, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(item), serial++);
	ASN1_TIME_set(X509_getm_notBefore(item), NOW + from * TEST_DAY);
	ASN1_TIME_set(X509_getm_notAfter(item), NOW + until * TEST_DAY);
	X509_NAME_add_entry_by_txt(
	    subject, "O", MBSTRING_ASC, (const uint8_t *)"Example", -1, -1, 0);
	X509_NAME_add_entry_by_txt(
	    subject, "CN", MBSTRING_ASC, (const uint8_t *)name, -1, -1, 0);
	X509_set_pubkey(item, key);
	return item;
}

const char *
test_ca(void)
{
	if (ca != NULL)
		return ca_pem;
	ca_key = EVP_EC_gen("P-256");
	ca = begin("Test CA", ca_key, -3650, 3650);
	X509_set_issuer_name(ca, X509_get_subject_name(ca));
	add_extension(ca, NID_basic_constraints, "critical,CA:TRUE");
	add_extension(ca, NID_key_usage, "critical,keyCertSign,cRLSign");
	add_extension(ca, NID_subject_key_identifier, "hash");
	assert_true(X509_sign(ca, ca_key, EVP_sha256()) > 0);
	return ca_pem = pem_of(ca);
}

char *
test_leaf(const struct test_key *k, const struct test_leaf *wish)
{
	static const struct test_leaf plain = {
		.key_usage = "critical,digitalSignature",
		.constraints = "critical,CA:FALSE",
	};
	bool dated;
	X509 *item;
	char *text;

	test_ca();
	if (wish == NULL)
		wish = &plain;
	dated = wish->from != 0 || wish->until != 0;
	item = begin(k->name, k->pkey, dated ? wish->from : -1,
	    dated ? wish->until : 365);
	X509_set_issuer_name(item, X509_get_subject_name(ca));
	add_extension(item, NID_basic_constraints, wish->constraints);
	add_extension(item, NID_key_usage, wish->key_usage);
	add_extension(item, NID_ext_key_usage, wish->extended);
	add_extension(item, NID_netscape_comment, wish->comment);
	add_extension(item, NID_authority_key_identifier, "keyid");
	assert_true(X509_sign(item, ca_key, EVP_sha256()) > 0);
	text = pem_of(item);
	X509_free(item);
	return text;
}

char *
test_chain(const struct test_key *k, const struct test_leaf *wish)
{
	char *leaf = test_leaf(k, wish), *both;

	assert_true(asprintf(&both, "%s%s", leaf, test_ca()) > 0);
	free(leaf);
	return both;
}

struct certificate *
test_certificate(const struct test_key *k, const struct test_leaf *wish)
{
	char *pem = test_chain(k, wish), text[MESSAGE_SIZE] = "";
	struct certificate *c = certificate_parse(pem, strlen(pem), text);

	if (c == NULL)
		fail_msg("%s", text);
	free(pem);
	return c;
}

void
test_ca_free(void)
{
	X509_free(ca);
	EVP_PKEY_free(ca_key);
	free(ca_pem);
	ca = NULL;
	ca_key = NULL;
	ca_pem = NULL;
}
