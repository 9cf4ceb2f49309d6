/* SPDX-License-Identifier: Apache-2.0 */
#include "token/verify.h"

#include <openssl/ecdsa.h>
#include <openssl/rsa.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* Signatures that libcrypto made, in the form that tokens answer. */
struct made {
	EVP_PKEY *pkey;
	struct verifier *verifier;
	uint8_t signature[512];
	size_t len;
};

static const uint8_t input[64] = "what was signed";

static void
make_rsa(struct made *m, int padding, const EVP_MD *md, size_t input_len)
{
	EVP_PKEY_CTX *ctx;

	m->pkey = EVP_RSA_gen(2048);
	ctx = EVP_PKEY_CTX_new(m->pkey, NULL);
	m->len = sizeof(m->signature);
	assert_int_equal(EVP_PKEY_sign_init(ctx), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(ctx, padding), 1);
	assert_int_equal(EVP_PKEY_CTX_set_signature_md(ctx, md), 1);
	if (padding == RSA_PKCS1_PSS_PADDING)
		assert_int_equal(EVP_PKEY_CTX_set_rsa_pss_saltlen(
				     ctx, RSA_PSS_SALTLEN_DIGEST),
		    1);
	assert_int_equal(
	    EVP_PKEY_sign(ctx, m->signature, &m->len, input, input_len), 1);
	EVP_PKEY_CTX_free(ctx);
	m->verifier = verifier_new(m->pkey, KEY_RSA);
}

static void
make_ecdsa(struct made *m, const char *group, enum key_type type, int order_len,
    size_t input_len)
{
	uint8_t der[256];
	const uint8_t *at = der;
	EVP_PKEY_CTX *ctx;
	ECDSA_SIG *sig;
	size_t len = sizeof(der);

	m->pkey = EVP_EC_gen(group);
	ctx = EVP_PKEY_CTX_new(m->pkey, NULL);
	assert_int_equal(EVP_PKEY_sign_init(ctx), 1);
	assert_int_equal(EVP_PKEY_sign(ctx, der, &len, input, input_len), 1);
	EVP_PKEY_CTX_free(ctx);
	sig = d2i_ECDSA_SIG(NULL, &at, (long)len);
	BN_bn2binpad(ECDSA_SIG_get0_r(sig), m->signature, order_len);
	BN_bn2binpad(
	    ECDSA_SIG_get0_s(sig), m->signature + order_len, order_len);
	ECDSA_SIG_free(sig);
	m->len = 2 * (size_t)order_len;
	m->verifier = verifier_new(m->pkey, type);
}

static void
make_eddsa(struct made *m, size_t input_len)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	m->pkey = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	m->len = sizeof(m->signature);
	assert_int_equal(EVP_DigestSignInit(ctx, NULL, NULL, NULL, m->pkey), 1);
	assert_int_equal(
	    EVP_DigestSign(ctx, m->signature, &m->len, input, input_len), 1);
	EVP_MD_CTX_free(ctx);
	m->verifier = verifier_new(m->pkey, KEY_ED25519);
}

static void
release(struct made *m)
{
	verifier_free(m->verifier);
	EVP_PKEY_free(m->pkey);
}

/* Accepts it, twice (contexts are kept), and refuses every alteration. */
static void
check(struct made *m, enum mech mech, enum hash hash, size_t len)
{
	uint8_t other[64];

	for (int i = 0; i < 2; i++)
		assert_true(verifier_accepts(
		    m->verifier, mech, hash, input, len, m->signature, m->len));
	for (size_t i = 0; i < m->len; i += 7) {
		m->signature[i] ^= 0x10;
		assert_false(verifier_accepts(
		    m->verifier, mech, hash, input, len, m->signature, m->len));
		m->signature[i] ^= 0x10;
	}
	memcpy(other, input, sizeof(other));
	other[0] ^= 1;
	assert_false(verifier_accepts(
	    m->verifier, mech, hash, other, len, m->signature, m->len));
	for (size_t cut = 0; cut < m->len; cut++)
		assert_false(verifier_accepts(
		    m->verifier, mech, hash, input, len, m->signature, cut));
	assert_true(verifier_accepts(
	    m->verifier, mech, hash, input, len, m->signature, m->len));
}

static void
accepts_pkcs1_of_the_right_hash_only(void **state)
{
	struct made m;

	(void)state;
	make_rsa(&m, RSA_PKCS1_PADDING, EVP_sha256(), 32);
	check(&m, MECH_RSA_PKCS1, HASH_SHA256, 32);
	assert_false(verifier_accepts(m.verifier, MECH_RSA_PKCS1, HASH_SHA3_256,
	    input, 32, m.signature, m.len));
	assert_false(verifier_accepts(m.verifier, MECH_RSA_PSS, HASH_SHA256,
	    input, 32, m.signature, m.len));
	release(&m);
	make_rsa(&m, RSA_PKCS1_PADDING, EVP_sha3_512(), 64);
	check(&m, MECH_RSA_PKCS1, HASH_SHA3_512, 64);
	release(&m);
}

static void
accepts_pss_with_a_salt_as_long_as_the_hash(void **state)
{
	struct made m;

	(void)state;
	make_rsa(&m, RSA_PKCS1_PSS_PADDING, EVP_sha384(), 48);
	check(&m, MECH_RSA_PSS, HASH_SHA384, 48);
	assert_false(verifier_accepts(m.verifier, MECH_RSA_PKCS1, HASH_SHA384,
	    input, 48, m.signature, m.len));
	release(&m);
}

static void
accepts_ecdsa_in_the_form_of_tokens(void **state)
{
	struct made m;

	(void)state;
	make_ecdsa(&m, "P-256", KEY_P256, 32, 32);
	check(&m, MECH_ECDSA, HASH_SHA256, 32);
	release(&m);
	make_ecdsa(&m, "P-256", KEY_P256, 32, 64);
	check(&m, MECH_ECDSA, HASH_SHA512, 64);
	release(&m);
	make_ecdsa(&m, "P-384", KEY_P384, 48, 48);
	check(&m, MECH_ECDSA, HASH_SHA384, 48);
	release(&m);
	make_ecdsa(&m, "P-521", KEY_P521, 66, 64);
	check(&m, MECH_ECDSA, HASH_SHA3_512, 64);
	release(&m);
}

static void
accepts_eddsa_over_the_message(void **state)
{
	struct made m;

	(void)state;
	make_eddsa(&m, 50);
	check(&m, MECH_EDDSA, HASH_NONE, 50);
	assert_false(verifier_accepts(
	    m.verifier, MECH_EDDSA, HASH_NONE, input, 49, m.signature, m.len));
	release(&m);
}

static void
refuses_mechanisms_of_other_keys(void **state)
{
	struct made m;

	(void)state;
	make_rsa(&m, RSA_PKCS1_PADDING, EVP_sha256(), 32);
	assert_false(verifier_accepts(
	    m.verifier, MECH_EDDSA, HASH_NONE, input, 32, m.signature, 64));
	assert_false(verifier_accepts(
	    m.verifier, MECH_ECDSA, HASH_SHA256, input, 32, m.signature, 64));
	release(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepts_pkcs1_of_the_right_hash_only),
		cmocka_unit_test(accepts_pss_with_a_salt_as_long_as_the_hash),
		cmocka_unit_test(accepts_ecdsa_in_the_form_of_tokens),
		cmocka_unit_test(accepts_eddsa_over_the_message),
		cmocka_unit_test(refuses_mechanisms_of_other_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
