/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/broker/keyring.c src/broker/keyring_accepts.c */
/*
 * A key's certificate: taken in with the tree, held against the token's public
 * key, and changed by a reload.
 */
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "broker/keyring.h"
#include "format/openpgp_certify.h"
#include "support_tree.h"

#define KEYS 2

static EVP_PKEY *pkey[KEYS];
static char *pem[KEYS + 1]; /* the last is of key 0 again */
static struct key_facts facts[KEYS];
static struct keyring *ring;
static struct tree *tree;

static char *
certify(EVP_PKEY *key, long serial)
{
	X509 *item = X509_new();
	BIO *bio = BIO_new(BIO_s_mem());
	char *at, *text;
	long len;

	ASN1_INTEGER_set(X509_get_serialNumber(item), serial);
	ASN1_TIME_set(X509_getm_notBefore(item), 0);
	ASN1_TIME_set(X509_getm_notAfter(item), 1000000000);
	X509_set_pubkey(item, key);
	assert_true(X509_sign(item, key, EVP_sha256()) > 0);
	assert_int_equal(PEM_write_bio_X509(bio, item), 1);
	len = BIO_get_mem_data(bio, &at);
	text = strndup(at, (size_t)len);
	BIO_free(bio);
	X509_free(item);
	return text;
}

static int
make_keys(void **state)
{
	(void)state;
	for (size_t i = 0; i < KEYS; i++) {
		uint8_t *at = facts[i].spki;

		pkey[i] = EVP_EC_gen("P-256");
		facts[i].type = KEY_P256;
		facts[i].bits = 256;
		facts[i].spki_len = (size_t)i2d_PUBKEY(pkey[i], &at);
		pem[i] = certify(pkey[i], (long)i + 1);
	}
	pem[KEYS] = certify(pkey[0], 9);
	return 0;
}

static int
free_keys(void **state)
{
	(void)state;
	for (size_t i = 0; i < KEYS; i++)
		EVP_PKEY_free(pkey[i]);
	for (size_t i = 0; i <= KEYS; i++)
		free(pem[i]);
	return 0;
}

/* A tree whose one key has this certificate, or NULL. */
static void
adopt(const char *text, const char *words)
{
	char keys[256];
	struct tree *next;

	snprintf(keys, sizeof(keys), "%s%s", TEST_KEY("a", "1"), words);
	next = test_tree(keys, NULL);
	if (text != NULL)
		assert_int_equal(
		    tree_file(next, 0, KEY_FILE_CERTIFICATE, text), 0);
	assert_int_equal(keyring_adopt(ring, next), 0);
	tree_free(tree);
	tree = next;
}

static struct key *
key_a(void)
{
	return keyring_of(ring, tree_generation(tree, 0));
}

static int
set_up(void **state)
{
	(void)state;
	ring = keyring_new();
	tree = NULL;
	adopt(pem[0], "");
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	keyring_free(ring);
	tree_free(tree);
	return 0;
}

static void
a_key_has_its_certificate_for_formats(void **state)
{
	struct key *a = key_a();

	(void)state;
	assert_non_null(a->facts.certificate);
	assert_false(a->facts.allow_expired);
	assert_true(keyring_learn(ring, a, &facts[0]));
	assert_ptr_equal(a->facts.certificate, a->files.certificate);
}

static void
a_certificate_for_another_key_makes_it_unfit(void **state)
{
	struct key *a = key_a();

	(void)state;
	assert_false(keyring_learn(ring, a, &facts[1]));
	assert_int_equal(a->reason, REASON_KEY_UNFIT);
	assert_string_equal(a->text,
	    "the certificate is for another key than the token's object");
	assert_false(a->known);
}

static void
a_new_certificate_is_taken_and_the_key_stays(void **state)
{
	struct key *a = key_a();
	uint8_t serial[3];

	(void)state;
	assert_true(keyring_learn(ring, a, &facts[0]));
	key_ref(a);
	adopt(pem[KEYS],
	    "certificate = a.pem\nallow-expired-certificate = yes\n");
	assert_ptr_equal(key_a(), a);
	assert_true(a->known);
	memcpy(serial, a->facts.certificate->serial.at, sizeof(serial));
	assert_memory_equal(serial, "\x02\x01\x09", 3);
	assert_true(a->facts.allow_expired);
	adopt(pem[KEYS], "");
	assert_ptr_equal(key_a(), a);
	assert_false(a->facts.allow_expired);
	adopt(NULL, "");
	assert_ptr_equal(key_a(), a);
	assert_null(a->facts.certificate);
	keyring_unref(ring, a);
}

static void
a_new_certificate_for_another_key_makes_another_key(void **state)
{
	struct key *a = key_a();

	(void)state;
	assert_true(keyring_learn(ring, a, &facts[0]));
	key_ref(a);
	adopt(pem[1], "");
	assert_ptr_not_equal(key_a(), a);
	assert_false(key_a()->known);
	assert_false(keyring_learn(ring, key_a(), &facts[0]));
	/* Who has the old one still has its certificate. */
	assert_true(certificate_is_for(
	    a->facts.certificate, facts[0].spki, facts[0].spki_len));
	keyring_unref(ring, a);
}

static void
a_renewal_by_another_keys_certificate_is_refused(void **state)
{
	struct text_error error;
	struct tree *next = test_tree(TEST_KEY("a", "1"), NULL);

	(void)state;
	tree_file(next, 0, KEY_FILE_CERTIFICATE, pem[1]);
	/* Nothing is known of it, */
	assert_int_equal(keyring_accepts(ring, next, &error), 0);
	assert_true(keyring_learn(ring, key_a(), &facts[0]));
	assert_int_equal(keyring_accepts(ring, tree, &error), 0);
	assert_int_equal(keyring_accepts(ring, next, &error), -1);
	assert_string_equal(error.what,
	    "keys.d/k.conf:1: key a: the certificate is for another key than "
	    "the token's object");
	tree_free(next);
	/* or it is another object's. */
	next = test_tree(TEST_KEY("a", "2"), NULL);
	tree_file(next, 0, KEY_FILE_CERTIFICATE, pem[1]);
	assert_int_equal(keyring_accepts(ring, next, &error), 0);
	tree_free(next);
	next = test_tree(TEST_KEY("b", "1"), NULL);
	tree_file(next, 0, KEY_FILE_CERTIFICATE, pem[1]);
	assert_int_equal(keyring_accepts(ring, next, &error), 0);
	tree_free(next);
}

static void
a_mended_certificate_gives_the_key_another_try(void **state)
{
	uint32_t number;

	(void)state;
	assert_false(keyring_learn(ring, key_a(), &facts[1]));
	number = key_a()->number;
	adopt(pem[1], "");
	assert_int_not_equal(key_a()->number, number);
	assert_true(keyring_learn(ring, key_a(), &facts[1]));
}

static void
one_that_cannot_be_read_is_none(void **state)
{
	struct key *a;

	(void)state;
	adopt("-----BEGIN CERTIFICATE-----\nAAAA\n"
	      "-----END CERTIFICATE-----\n",
	    "");
	a = key_a();
	assert_null(a->facts.certificate);
	assert_true(keyring_learn(ring, a, &facts[1]));
}

/* An OpenPGP file of a key, created then; released by the caller. */
static char *
openpgp_file(size_t k, uint32_t created)
{
	const struct openpgp_wish wish = { "R", created, 0, created };
	struct openpgp_certify c;
	struct buf message, file;
	uint8_t digest[DIGEST_MAX], der[80], sig[64];
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(pkey[k], NULL);
	size_t len = sizeof(der);
	const uint8_t *at = der;
	ECDSA_SIG *parsed;
	char *text;

	buf_init(&message, 4096);
	buf_init(&file, 4096);
	assert_int_equal(
	    openpgp_certify_init(&c, facts[k].spki, facts[k].spki_len, &wish),
	    0);
	assert_int_equal(openpgp_certify_message(&c, &message, digest), 0);
	assert_true(EVP_PKEY_sign_init(ctx) > 0);
	assert_true(EVP_PKEY_sign(ctx, der, &len, digest, 32) > 0);
	parsed = d2i_ECDSA_SIG(NULL, &at, (long)len);
	BN_bn2binpad(ECDSA_SIG_get0_r(parsed), sig, 32);
	BN_bn2binpad(ECDSA_SIG_get0_s(parsed), sig + 32, 32);
	assert_int_equal(openpgp_certify_finish(&c, sig, 64, &file), 0);
	text = strndup(buf_at(&file), buf_len(&file));
	ECDSA_SIG_free(parsed);
	EVP_PKEY_CTX_free(ctx);
	openpgp_certify_release(&c);
	buf_release(&message);
	buf_release(&file);
	return text;
}

static void
adopt_openpgp(char *text)
{
	struct tree *next = test_tree(TEST_KEY("a", "1"), NULL);

	assert_int_equal(tree_file(next, 0, KEY_FILE_OPENPGP, text), 0);
	assert_int_equal(keyring_adopt(ring, next), 0);
	tree_free(tree);
	tree = next;
	free(text);
}

static void
a_key_has_its_openpgp_key_once_the_token_said_which(void **state)
{
	struct key *a;

	(void)state;
	adopt_openpgp(openpgp_file(0, 1767225600));
	a = key_a();
	assert_null(a->facts.openpgp);
	assert_true(keyring_learn(ring, a, &facts[0]));
	assert_non_null(a->facts.openpgp);
	assert_int_equal(a->facts.openpgp->created, 1767225600);
}

static void
an_openpgp_key_of_another_makes_it_unfit(void **state)
{
	(void)state;
	adopt_openpgp(openpgp_file(1, 1767225600));
	assert_false(keyring_learn(ring, key_a(), &facts[0]));
	assert_int_equal(key_a()->reason, REASON_KEY_UNFIT);
	assert_string_equal(key_a()->text,
	    "openpgp: the file is for another key than the token's");
}

/* What is on its way says the old fingerprint. */
static void
a_new_openpgp_key_makes_another_key(void **state)
{
	struct key *a;

	(void)state;
	adopt_openpgp(openpgp_file(0, 1767225600));
	a = key_a();
	assert_true(keyring_learn(ring, a, &facts[0]));
	key_ref(a);
	adopt_openpgp(openpgp_file(0, 1767225601));
	assert_ptr_not_equal(key_a(), a);
	assert_int_equal(a->facts.openpgp->created, 1767225600);
	assert_true(keyring_learn(ring, key_a(), &facts[0]));
	assert_int_equal(key_a()->facts.openpgp->created, 1767225601);
	keyring_unref(ring, a);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_key_has_its_certificate_for_formats),
		TEST(a_certificate_for_another_key_makes_it_unfit),
		TEST(a_new_certificate_is_taken_and_the_key_stays),
		TEST(a_new_certificate_for_another_key_makes_another_key),
		TEST(a_renewal_by_another_keys_certificate_is_refused),
		TEST(a_mended_certificate_gives_the_key_another_try),
		TEST(one_that_cannot_be_read_is_none),
		TEST(a_key_has_its_openpgp_key_once_the_token_said_which),
		TEST(an_openpgp_key_of_another_makes_it_unfit),
		TEST(a_new_openpgp_key_makes_another_key),
	};

	return cmocka_run_group_tests(tests, make_keys, free_keys);
}
