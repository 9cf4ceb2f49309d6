/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/format/tsa.c src/format/tsa_info.c */
/*
 * Time-stamps for every key type and hash; the openssl program verifies them
 * against the request that they answer, and against no other.
 */
#include <openssl/ts.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "format/tsa_info.h"
#include "support_chain.h"

#define MESSAGE "an artifact\n"
#define POLICY "1.3.6.1.4.1.32473.1"

/* A request, its line, and the making of its answer. */
struct asked {
	struct query query;
	uint8_t extra[LINE_EXTRA_MAX];
	uint8_t digest[DIGEST_MAX];
	struct format_settings set;
	struct format_line line;
	struct making making;
};

static const struct test_leaf stamp_leaf = {
	.key_usage = "critical,digitalSignature",
	.extended = "critical,timeStamping",
	.constraints = "critical,CA:FALSE",
};
static struct certificate *certificates[TEST_KEYS];
static const struct format *tsa;

static int
setup(void **state)
{
	if (test_keys_make(state) == -1)
		return -1;
	for (size_t i = 0; i < TEST_KEYS; i++) {
		certificates[i] = test_certificate(&test_keys[i], &stamp_leaf);
		test_keys[i].facts.certificate = certificates[i];
	}
	tsa = format_by_name("tsa");
	assert_non_null(tsa);
	test_dir_enter();
	test_write("ca.pem", test_ca(), strlen(test_ca()));
	return 0;
}

static int
teardown(void **state)
{
	test_dir_leave();
	for (size_t i = 0; i < TEST_KEYS; i++)
		certificate_free(certificates[i]);
	test_ca_free();
	return test_keys_free(state);
}

static void
refresh(struct asked *a)
{
	struct writer w;

	writer_init(&w, a->extra, sizeof(a->extra));
	query_put(&w, &a->query);
	assert_true(writer_ok(&w));
	a->line.extra = a->extra;
	a->line.extra_len = w.used;
}

static void
ask(struct asked *a, size_t key, enum hash hash, const struct query *query)
{
	memset(a, 0, sizeof(*a));
	a->query = *query;
	a->set =
	    (struct format_settings){ .namespace = "", .tsa_policy = POLICY };
	a->line = test_line(hash, MESSAGE, "", a->digest);
	refresh(a);
	a->making = test_making(&test_keys[key], &a->line);
	a->making.set = &a->set;
}

static struct query
with_nonce(bool certificates_too)
{
	return (struct query){
		.null_parameters = true,
		.certificates = certificates_too,
		.nonce = { 0x00, 0x9a, 0xbc, 0xde },
		.nonce_len = 4,
	};
}

/* The request in DER, by libcrypto. */
static void
write_request(struct asked *a, const char *name)
{
	TS_REQ *req = TS_REQ_new();
	TS_MSG_IMPRINT *imprint = TS_MSG_IMPRINT_new();
	X509_ALGOR *algorithm = X509_ALGOR_new();
	uint8_t *der = NULL;
	int len;

	X509_ALGOR_set0(algorithm,
	    OBJ_nid2obj(EVP_MD_get_type(test_md(a->line.hash))), V_ASN1_NULL,
	    NULL);
	TS_REQ_set_version(req, 1);
	TS_MSG_IMPRINT_set_algo(imprint, algorithm);
	TS_MSG_IMPRINT_set_msg(imprint, a->digest, (int)a->line.len);
	TS_REQ_set_msg_imprint(req, imprint);
	TS_REQ_set_cert_req(req, a->query.certificates);
	if (a->query.nonce_len > 0) {
		ASN1_INTEGER *nonce = ASN1_INTEGER_new();
		BIGNUM *number =
		    BN_bin2bn(a->query.nonce, (int)a->query.nonce_len, NULL);

		BN_to_ASN1_INTEGER(number, nonce);
		TS_REQ_set_nonce(req, nonce);
		ASN1_INTEGER_free(nonce);
		BN_free(number);
	}
	if (a->query.policy_len > 0) {
		ASN1_OBJECT *policy = OBJ_txt2obj(POLICY, 1);

		TS_REQ_set_policy_id(req, policy);
		ASN1_OBJECT_free(policy);
	}
	len = i2d_TS_REQ(req, &der);
	assert_true(len > 0);
	test_write(name, der, (size_t)len);
	OPENSSL_free(der);
	X509_ALGOR_free(algorithm);
	TS_MSG_IMPRINT_free(imprint);
	TS_REQ_free(req);
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

/* Answers, and hands both to the openssl program. */
static void
openssl_takes(struct asked *a, size_t key)
{
	struct buf answer;

	test_answer(tsa, &a->making, &answer);
	test_write("r.tsr", buf_at(&answer), buf_len(&answer));
	buf_release(&answer);
	write_request(a, "q.tsq");
	write_leaf(key);
	test_write("message", MESSAGE, strlen(MESSAGE));
	assert_int_equal(
	    test_run("openssl ts -verify -queryfile q.tsq -in r.tsr -CAfile "
		     "ca.pem -attime %ld %s | grep -qx 'Verification: OK'",
		(long)a->making.now,
		a->query.certificates ? "" : "-untrusted leaf.pem"),
	    0);
	assert_int_equal(
	    test_run("openssl ts -verify -data message -in r.tsr -CAfile "
		     "ca.pem -attime %ld -untrusted leaf.pem",
		(long)a->making.now),
	    0);
}

static void
the_openssl_program_verifies(void **state)
{
	static const enum hash hashes[] = { HASH_SHA256, HASH_SHA384,
		HASH_SHA512, HASH_SHA3_256, HASH_SHA3_512 };
	static const struct query bare = { .null_parameters = true };
	struct query query = with_nonce(true);
	struct asked a;

	(void)state;
	for (size_t k = 0; k < TEST_ED25519; k++) {
		for (size_t h = 0; h < 5; h++) {
			ask(&a, k, hashes[h], &query);
			openssl_takes(&a, k);
		}
		ask(&a, k, HASH_SHA256, &bare);
		openssl_takes(&a, k);
	}
	assert_int_equal(
	    oid_encode(POLICY, query.policy, &query.policy_len), 0);
	query.certificates = false;
	query.nonce[0] = 0x7f;
	memset(query.nonce + 1, 0xff, sizeof(query.nonce) - 1);
	query.nonce_len = sizeof(query.nonce);
	ask(&a, TEST_P256, HASH_SHA256, &query);
	openssl_takes(&a, TEST_P256);
}

static void
the_openssl_program_takes_it_for_no_other_request(void **state)
{
	struct query query = with_nonce(true);
	struct asked a, other;

	(void)state;
	ask(&a, TEST_RSA2048, HASH_SHA256, &query);
	openssl_takes(&a, TEST_RSA2048);
	query.nonce[3]++;
	ask(&other, TEST_RSA2048, HASH_SHA256, &query);
	write_request(&other, "other.tsq");
	assert_int_equal(
	    test_run("! openssl ts -verify -queryfile other.tsq -in r.tsr "
		     "-CAfile ca.pem -attime %ld >said 2>&1 && "
		     "grep -q 'nonce mismatch' said",
		(long)a.making.now),
	    0);
	other = a;
	other.digest[0] ^= 1;
	write_request(&other, "other.tsq");
	assert_int_equal(
	    test_run("! openssl ts -verify -queryfile other.tsq -in r.tsr "
		     "-CAfile ca.pem -attime %ld",
		(long)a.making.now),
	    0);
}

/* What openssl ts -reply -text prints of it. */
static void
assert_text(const struct asked *a, const char *pattern, bool there)
{
	struct buf answer;

	test_answer(tsa, &a->making, &answer);
	test_write("r.tsr", buf_at(&answer), buf_len(&answer));
	buf_release(&answer);
	assert_int_equal(
	    test_run("openssl ts -reply -in r.tsr -text >text 2>/dev/null && "
		     "%s grep -q '%s' text",
		there ? "" : "!", pattern),
	    0);
}

static void
it_says_what_was_asked_and_when(void **state)
{
	const struct query query = with_nonce(true);
	uint8_t random[FORMAT_RANDOM] = { 0xff, 1, 2, 3 };
	struct asked a;

	(void)state;
	ask(&a, TEST_P256, HASH_SHA384, &query);
	assert_text(&a, "^Status: Granted", true);
	assert_text(&a, "^Version: 1$", true);
	assert_text(&a, "^Policy OID: " POLICY "$", true);
	assert_text(&a, "^Hash Algorithm: sha384$", true);
	assert_text(&a, "^Serial number: 0x7501020300", true);
	assert_text(&a, "^Time stamp: Dec  1 00:00:00 2026 GMT$", true);
	assert_text(&a, "^Accuracy: unspecified$", true);
	assert_text(&a, "^Ordering: no$", true);
	assert_text(&a, "^Nonce: 0x9ABCDE$", true);
	assert_text(&a, "^TSA: unspecified$", true);
	a.set.tsa_accuracy_s = 2;
	assert_text(&a, "^Accuracy: 0x02 seconds", true);
	/* Never negative, never shorter. */
	a.making.random = random;
	assert_text(&a, "^Serial number: 0x7F01020300", true);
	memset(random, 0, sizeof(random));
	assert_text(&a, "^Serial number: 0x4000000000", true);
	a.query.nonce_len = 0;
	refresh(&a);
	assert_text(&a, "^Nonce: unspecified$", true);
}

static void
its_attributes_name_the_certificate(void **state)
{
	const struct query query = with_nonce(true);
	struct asked a;
	char hex[65];

	(void)state;
	ask(&a, TEST_P256, HASH_SHA256, &query);
	openssl_takes(&a, TEST_P256);
	hex_encode(certificates[TEST_P256]->sha256, 32, hex);
	assert_int_equal(
	    test_run("openssl ts -reply -in r.tsr -token_out -out token && "
		     "openssl asn1parse -inform DER -in token >text && "
		     "grep -q id-smime-aa-signingCertificateV2 text && "
		     "grep -q signingTime text && "
		     "grep -qi %s text",
		hex),
	    0);
}

/* The token by itself is CMS, to others than RFC 3161's readers. */
static void
its_token_is_cms(void **state)
{
	static const size_t some[] = { TEST_RSA2048, TEST_P256, TEST_P384 };
	const struct query query = with_nonce(true);
	struct asked a;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		ask(&a, some[i], HASH_SHA384, &query);
		openssl_takes(&a, some[i]);
		assert_int_equal(
		    test_run("openssl ts -reply -in r.tsr -token_out "
			     "-out token && "
			     "openssl cms -verify -inform DER -in token "
			     "-CAfile ca.pem -purpose timestampsign "
			     "-attime %ld -out info && "
			     "openssl asn1parse -inform DER -in info | "
			     "grep -q " POLICY,
			(long)a.making.now),
		    0);
	}
}

/* By libcrypto: each thing that it could say otherwise. */
static void
what_it_says_is_read_back(void **state)
{
	const struct query query = with_nonce(true);
	uint8_t serial[TSA_SERIAL] = { 0x75, 1, 2, 3 };
	struct tsa_info want;
	struct asked a;
	struct buf answer;
	TS_RESP *response;
	const uint8_t *at;
	uint8_t *der = NULL;
	int len;

	(void)state;
	ask(&a, TEST_P256, HASH_SHA256, &query);
	a.set.tsa_accuracy_s = 5;
	test_answer(tsa, &a.making, &answer);
	at = (const uint8_t *)buf_at(&answer);
	response = d2i_TS_RESP(NULL, &at, (long)buf_len(&answer));
	assert_non_null(response);
	len = i2d_TS_TST_INFO(TS_RESP_get_tst_info(response), &der);
	assert_true(len > 0);
	want = (struct tsa_info){ &a.line, &a.set, &a.query, serial,
		a.making.now };
	assert_int_equal(tsa_info_check(&want, der, (size_t)len), 0);
	assert_int_equal(tsa_info_check(&want, der, (size_t)len - 1), -1);
	serial[15]++;
	assert_int_equal(tsa_info_check(&want, der, (size_t)len), -1);
	serial[15]--;
	want.now++;
	assert_int_equal(tsa_info_check(&want, der, (size_t)len), -1);
	want.now--;
	a.digest[31]++;
	assert_int_equal(tsa_info_check(&want, der, (size_t)len), -1);
	a.digest[31]--;
	a.line.hash = HASH_SHA3_256;
	assert_int_equal(tsa_info_check(&want, der, (size_t)len), -1);
	a.line.hash = HASH_SHA256;
	a.set.tsa_policy = "1.3.6.1.4.1.32473.2";
	assert_int_equal(tsa_info_check(&want, der, (size_t)len), -1);
	a.set.tsa_policy = POLICY;
	a.set.tsa_accuracy_s = 4;
	assert_int_equal(tsa_info_check(&want, der, (size_t)len), -1);
	a.set.tsa_accuracy_s = 0;
	assert_int_equal(tsa_info_check(&want, der, (size_t)len), -1);
	a.set.tsa_accuracy_s = 5;
	a.query.nonce_len--;
	assert_int_equal(tsa_info_check(&want, der, (size_t)len), -1);
	a.query.nonce_len = 0;
	assert_int_equal(tsa_info_check(&want, der, (size_t)len), -1);
	OPENSSL_free(der);
	TS_RESP_free(response);
	buf_release(&answer);
}

static void
without_a_wish_no_certificate_is_in_it(void **state)
{
	const struct query query = with_nonce(false);
	struct asked a;

	(void)state;
	ask(&a, TEST_RSA3072, HASH_SHA256, &query);
	openssl_takes(&a, TEST_RSA3072);
	assert_int_equal(
	    test_run("! openssl ts -verify -queryfile q.tsq -in r.tsr -CAfile "
		     "ca.pem -attime %ld",
		(long)a.making.now),
	    0);
	assert_int_equal(
	    test_run(
		"openssl ts -reply -in r.tsr -token_out -out token && "
		"openssl pkcs7 -inform DER -in token -print_certs >text && "
		"! grep -q BEGIN text"),
	    0);
}

static void
a_changed_answer_is_none(void **state)
{
	static const size_t some[] = { TEST_RSA2048, TEST_P256 };
	struct query query = with_nonce(true);
	struct buf answer;
	struct asked a;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		for (int c = 0; c < 2; c++) {
			query.certificates = c;
			ask(&a, some[i], HASH_SHA256, &query);
			a.set.tsa_accuracy_s = 1;
			test_answer(tsa, &a.making, &answer);
			test_refuses_changes(tsa, &a.making, &answer);
			buf_release(&answer);
		}
	}
}

static bool
opens(const struct asked *a, const struct buf *answer)
{
	struct opened opened;
	bool ok;

	opened_init(&opened);
	ok = answer_verify(tsa, &a->making, MECH_ECDSA, HASH_SHA256, answer,
		 &opened) == 0;
	opened_release(&opened);
	return ok;
}

/* Each thing of the making that could be another's. */
static void
another_makings_answer_is_none(void **state)
{
	const struct query query = with_nonce(true);
	uint8_t random[FORMAT_RANDOM] = { 1 };
	struct asked a;
	struct buf answer;

	(void)state;
	ask(&a, TEST_P256, HASH_SHA256, &query);
	test_answer(tsa, &a.making, &answer);
	assert_true(opens(&a, &answer));
	a.making.now++;
	assert_false(opens(&a, &answer));
	a.making.now--;
	a.set.tsa_policy = "1.2.3";
	assert_false(opens(&a, &answer));
	a.set.tsa_policy = POLICY;
	a.set.tsa_accuracy_s = 1;
	assert_false(opens(&a, &answer));
	a.set.tsa_accuracy_s = 0;
	a.digest[0] ^= 1;
	assert_false(opens(&a, &answer));
	a.digest[0] ^= 1;
	a.query.nonce[1] ^= 1;
	refresh(&a);
	assert_false(opens(&a, &answer));
	a.query.nonce[1] ^= 1;
	a.query.null_parameters = false;
	refresh(&a);
	assert_false(opens(&a, &answer));
	a.query.null_parameters = true;
	a.query.certificates = false;
	refresh(&a);
	assert_false(opens(&a, &answer));
	a.query.certificates = true;
	refresh(&a);
	assert_true(opens(&a, &answer));
	a.making.random = random;
	assert_false(opens(&a, &answer));
	buf_release(&answer);
}

static void
refuses_another_policy_and_what_is_no_request(void **state)
{
	struct query query = with_nonce(true);
	char text[MESSAGE_SIZE] = "";
	struct asked a;
	struct buf ret;

	(void)state;
	assert_int_equal(
	    oid_encode("1.2.3.4", query.policy, &query.policy_len), 0);
	ask(&a, TEST_P256, HASH_SHA256, &query);
	assert_int_equal(tsa->fit(&a.making, text), REASON_TSA_POLICY);
	assert_string_equal(text,
	    "the request asks for the policy 1.2.3.4; key P-256 makes "
	    "time-stamps under " POLICY);
	assert_int_equal(
	    oid_encode(POLICY, a.query.policy, &a.query.policy_len), 0);
	refresh(&a);
	assert_int_equal(tsa->fit(&a.making, text), REASON_OK);
	a.set.tsa_policy = NULL;
	assert_int_equal(tsa->fit(&a.making, text), REASON_FORMAT);
	a.set.tsa_policy = POLICY;
	a.line.extra_len--;
	assert_int_equal(tsa->fit(&a.making, text), REASON_BAD_INPUT);
	a.line.extra_len = 0;
	assert_int_equal(tsa->fit(&a.making, text), REASON_BAD_INPUT);
	buf_init(&ret, 8192);
	assert_int_equal(tsa->input(&a.making, &ret), -1);
	buf_release(&ret);
}

static void
does_not_finish_without_a_certificate_or_a_good_signature(void **state)
{
	const struct query query = with_nonce(true);
	struct format_key key = test_keys[TEST_P256].facts;
	uint8_t sig[64] = { 0 };
	struct asked a;
	struct buf ret;

	(void)state;
	ask(&a, TEST_P256, HASH_SHA256, &query);
	a.making.key = &key;
	for (size_t len = 0; len <= sizeof(sig); len++) {
		buf_init(&ret, 8192);
		assert_int_equal(tsa->finish(&a.making, sig, len, &ret), -1);
		buf_release(&ret);
	}
	sig[31] = sig[63] = 1;
	buf_init(&ret, 8192);
	assert_int_equal(tsa->finish(&a.making, sig, 64, &ret), 0);
	buf_release(&ret);
	key.certificate = NULL;
	buf_init(&ret, 8192);
	assert_int_equal(tsa->finish(&a.making, sig, 64, &ret), -1);
	buf_release(&ret);
}

static void
what_does_not_fit_is_told(void **state)
{
	char text[MESSAGE_SIZE];
	enum mech mech;
	enum hash over;

	(void)state;
	assert_int_equal(format_plan(tsa, &test_keys[TEST_ED25519].facts,
			     HASH_SHA256, &mech, &over, text),
	    REASON_FORMAT);
	assert_int_equal(format_plan(tsa, &test_keys[TEST_P256].facts,
			     HASH_BLAKE2B, &mech, &over, text),
	    REASON_HASH);
	assert_int_equal(format_plan(tsa, &test_keys[TEST_P256].facts,
			     HASH_SHA3_384, &mech, &over, text),
	    REASON_OK);
	assert_int_equal(over, HASH_SHA384);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_openssl_program_verifies),
		cmocka_unit_test(
		    the_openssl_program_takes_it_for_no_other_request),
		cmocka_unit_test(it_says_what_was_asked_and_when),
		cmocka_unit_test(its_attributes_name_the_certificate),
		cmocka_unit_test(its_token_is_cms),
		cmocka_unit_test(what_it_says_is_read_back),
		cmocka_unit_test(without_a_wish_no_certificate_is_in_it),
		cmocka_unit_test(a_changed_answer_is_none),
		cmocka_unit_test(another_makings_answer_is_none),
		cmocka_unit_test(refuses_another_policy_and_what_is_no_request),
		cmocka_unit_test(
		    does_not_finish_without_a_certificate_or_a_good_signature),
		cmocka_unit_test(what_does_not_fit_is_told),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
