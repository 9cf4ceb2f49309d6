/* SPDX-License-Identifier: Apache-2.0 */
#include "token/operation.h"

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const uint8_t digest[DIGEST_MAX] = "a digest, or as good as one";

/* libcrypto's own encoding of the same DigestInfo. */
static size_t
reference(int nid, size_t len, uint8_t *ret)
{
	X509_SIG *sig = X509_SIG_new();
	X509_ALGOR *algorithm;
	ASN1_OCTET_STRING *value;
	int der;

	X509_SIG_getm(sig, &algorithm, &value);
	X509_ALGOR_set0(algorithm, OBJ_nid2obj(nid), V_ASN1_NULL, NULL);
	ASN1_OCTET_STRING_set(value, digest, (int)len);
	der = i2d_X509_SIG(sig, &ret);
	X509_SIG_free(sig);
	return (size_t)der;
}

static void
builds_the_digest_info_that_libcrypto_builds(void **state)
{
	static const struct {
		enum hash hash;
		int nid;
	} cases[] = {
		{ HASH_SHA256, NID_sha256 },
		{ HASH_SHA384, NID_sha384 },
		{ HASH_SHA512, NID_sha512 },
		{ HASH_SHA3_256, NID_sha3_256 },
		{ HASH_SHA3_384, NID_sha3_384 },
		{ HASH_SHA3_512, NID_sha3_512 },
	};
	uint8_t ours[DIGEST_INFO_MAX], theirs[256];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t len = digest_info(cases[i].hash, digest, ours);

		assert_int_equal(len,
		    reference(cases[i].nid, hash_size(cases[i].hash), theirs));
		assert_memory_equal(ours, theirs, len);
	}
}

static void
gives_pss_a_salt_as_long_as_the_hash(void **state)
{
	struct operation o;

	(void)state;
	assert_true(
	    operation_init(&o, KEY_RSA, MECH_RSA_PSS, HASH_SHA384, digest, 48));
	assert_int_equal(o.mechanism.mechanism, CKM_RSA_PKCS_PSS);
	assert_ptr_equal(o.mechanism.pParameter, &o.pss);
	assert_int_equal(o.pss.hashAlg, CKM_SHA384);
	assert_int_equal(o.pss.mgf, CKG_MGF1_SHA384);
	assert_int_equal(o.pss.sLen, 48);
	assert_ptr_equal(o.input, digest);
	assert_int_equal(o.len, 48);
}

static void
cuts_a_digest_to_the_order_of_the_curve(void **state)
{
	struct operation o;

	(void)state;
	assert_true(
	    operation_init(&o, KEY_P256, MECH_ECDSA, HASH_SHA512, digest, 64));
	assert_int_equal(o.len, 32);
	assert_true(
	    operation_init(&o, KEY_P384, MECH_ECDSA, HASH_SHA512, digest, 64));
	assert_int_equal(o.len, 48);
	assert_true(
	    operation_init(&o, KEY_P521, MECH_ECDSA, HASH_SHA512, digest, 64));
	assert_int_equal(o.len, 64);
}

static void
refuses_a_mechanism_of_another_key_type(void **state)
{
	static const struct {
		enum key_type type;
		enum mech mech;
		enum hash hash;
	} bad[] = {
		{ KEY_RSA, MECH_ECDSA, HASH_SHA256 },
		{ KEY_RSA, MECH_EDDSA, HASH_NONE },
		{ KEY_P256, MECH_RSA_PKCS1, HASH_SHA256 },
		{ KEY_P384, MECH_RSA_PSS, HASH_SHA256 },
		{ KEY_P521, MECH_EDDSA, HASH_NONE },
		{ KEY_ED25519, MECH_ECDSA, HASH_SHA256 },
		{ KEY_ED25519, MECH_EDDSA, HASH_SHA256 },
		{ KEY_NONE, MECH_RSA_PKCS1, HASH_SHA256 },
		{ KEY_RSA, MECH_NONE, HASH_SHA256 },
	};
	struct operation o;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(operation_init(
		    &o, bad[i].type, bad[i].mech, bad[i].hash, digest, 32));
}

static void
refuses_every_length_but_the_hashs(void **state)
{
	static const enum key_type types[] = { KEY_RSA, KEY_RSA, KEY_P256 };
	static const enum mech mechs[] = { MECH_RSA_PKCS1, MECH_RSA_PSS,
		MECH_ECDSA };
	struct operation o;

	(void)state;
	for (size_t i = 0; i < 3; i++)
		for (size_t len = 0; len <= DIGEST_MAX; len++)
			assert_int_equal(operation_init(&o, types[i], mechs[i],
					     HASH_SHA384, digest, len),
			    len == 48);
	assert_false(
	    operation_init(&o, KEY_RSA, MECH_RSA_PKCS1, HASH_NONE, digest, 0));
	assert_false(
	    operation_init(&o, KEY_ED25519, MECH_EDDSA, HASH_NONE, digest, 0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(builds_the_digest_info_that_libcrypto_builds),
		cmocka_unit_test(gives_pss_a_salt_as_long_as_the_hash),
		cmocka_unit_test(cuts_a_digest_to_the_order_of_the_curve),
		cmocka_unit_test(refuses_a_mechanism_of_another_key_type),
		cmocka_unit_test(refuses_every_length_but_the_hashs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
