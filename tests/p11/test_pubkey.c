/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/p11/curve.c */
#include "p11/pubkey.h"

#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "support_fake.h"

static const CK_ULONG rsa = CKK_RSA, ec = CKK_EC, edwards = CKK_EC_EDWARDS;
static uint8_t modulus[PUBKEY_RSA_MAX / 8 + 8];
static const uint8_t exponent[] = { 1, 0, 1 };

static int
load(struct p11_session *s, struct pubkey *ret)
{
	struct text_error err = { 0 };
	int rv = pubkey_load(s, 1, ret, &err);

	if (rv == -1)
		assert_int_not_equal(err.what[0], '\0');
	return rv;
}

static struct p11_session
rsa_session(size_t len, const void *e, CK_ULONG e_len)
{
	struct p11_session s = fake_session();

	memset(modulus, 0xff, sizeof(modulus));
	fake_set(1, CKA_KEY_TYPE, &rsa, sizeof(rsa));
	fake_set(1, CKA_MODULUS, modulus, len);
	fake_set(1, CKA_PUBLIC_EXPONENT, e, e_len);
	return s;
}

static void
loads_rsa_up_to_16384_bits(void **state)
{
	static const size_t sizes[] = { 128, 384, 512, 2048 };
	struct pubkey key;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct p11_session s = rsa_session(sizes[i], exponent, 3);

		assert_int_equal(load(&s, &key), 0);
		assert_int_equal(key.type, KEY_RSA);
		assert_int_equal(key.bits, sizes[i] * 8);
		assert_int_equal(pubkey_signature_len(&key), sizes[i]);
		pubkey_release(&key);
	}
}

static void
refuses_rsa_that_is_no_key(void **state)
{
	static const struct {
		size_t modulus;
		const char *exponent;
		CK_ULONG len;
	} bad[] = {
		{ 384, "\1", 1 },
		{ 384, "\4", 1 },
		{ 384, "", 0 },
		{ 384, "\1\0\0\0\0\0\0\0\1", 9 },
		{ 127, "\1\0\1", 3 },
		{ 0, "\1\0\1", 3 },
		{ 2049, "\1\0\1", 3 },
		{ 2055, "\1\0\1", 3 },
	};
	struct pubkey key;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct p11_session s =
		    rsa_session(bad[i].modulus, bad[i].exponent, bad[i].len);

		assert_int_equal(load(&s, &key), -1);
	}
}

static void
refuses_an_even_modulus(void **state)
{
	struct p11_session s = rsa_session(384, exponent, 3);
	struct pubkey key;

	(void)state;
	modulus[383] = 0xfe;
	assert_int_equal(load(&s, &key), -1);
}

static void
refuses_what_a_private_object_does_not_show(void **state)
{
	struct p11_session s = fake_session();
	struct pubkey key;

	(void)state;
	assert_int_equal(load(&s, &key), -1);
	fake_set(1, CKA_KEY_TYPE, &rsa, sizeof(rsa));
	assert_int_equal(load(&s, &key), -1);
	s = fake_session();
	fake_set(1, CKA_KEY_TYPE, &ec, sizeof(ec));
	fake_set(1, CKA_EC_PARAMS, "\x06\x05\x2b\x81\x04\x00\x22", 7);
	assert_int_equal(load(&s, &key), -1);
}

/* Sets a fresh key's point on the fake: with or without its wrapping. */
static struct p11_session
curve_session(const char *group, enum key_type type, bool wrapped)
{
	static uint8_t value[140];
	EVP_PKEY *pkey = EVP_PKEY_Q_keygen(NULL, NULL, "EC", group);
	size_t head = !wrapped ? 0 : type == KEY_P521 ? 3 : 2, len, params_len;
	struct p11_session s = fake_session();
	const uint8_t *params = curve_params(type, &params_len);

	EVP_PKEY_get_octet_string_param(
	    pkey, "pub", value + head, sizeof(value) - head, &len);
	EVP_PKEY_free(pkey);
	value[0] = 0x04;
	if (head == 3)
		value[1] = 0x81;
	if (head != 0)
		value[head - 1] = (uint8_t)len;
	fake_set(1, CKA_KEY_TYPE, &ec, sizeof(ec));
	fake_set(1, CKA_EC_PARAMS, params, params_len);
	fake_set(1, CKA_EC_POINT, value, head + len);
	return s;
}

static void
loads_curves_with_the_point_wrapped_or_bare(void **state)
{
	static const struct {
		const char *group;
		enum key_type type;
		size_t signature;
	} curves[] = {
		{ "P-256", KEY_P256, 64 },
		{ "P-384", KEY_P384, 96 },
		{ "P-521", KEY_P521, 132 },
	};
	struct pubkey key;
	uint8_t spki[256];
	size_t len;

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		struct p11_session s = curve_session(
		    curves[i / 2].group, curves[i / 2].type, i % 2 == 0);
		const uint8_t *at = spki;
		EVP_PKEY *back;

		assert_int_equal(load(&s, &key), 0);
		assert_int_equal(key.type, curves[i / 2].type);
		assert_int_equal(
		    pubkey_signature_len(&key), curves[i / 2].signature);
		assert_int_equal(
		    pubkey_spki(&key, spki, sizeof(spki), &len), 0);
		back = d2i_PUBKEY(NULL, &at, (long)len);
		assert_int_equal(EVP_PKEY_eq(back, key.pkey), 1);
		EVP_PKEY_free(back);
		assert_int_equal(pubkey_spki(&key, spki, len - 1, &len), -1);
		pubkey_release(&key);
	}
}

static void
refuses_a_point_that_is_not_on_the_curve(void **state)
{
	struct p11_session s = curve_session("P-256", KEY_P256, true);
	struct pubkey key;

	(void)state;
	/* The table's value is the buffer of curve_session. */
	((uint8_t *)(uintptr_t)fake.attributes[2].value)[40] ^= 1;
	assert_int_equal(load(&s, &key), -1);
}

static void
refuses_points_of_another_length(void **state)
{
	struct p11_session s;
	struct pubkey key;

	(void)state;
	for (CK_ULONG cut = 1; cut < 67; cut++) {
		s = curve_session("P-256", KEY_P256, true);
		fake.attributes[2].len -= cut;
		if (fake.attributes[2].len == 65)
			continue;
		assert_int_equal(load(&s, &key), -1);
	}
	s = curve_session("P-256", KEY_P256, true);
	fake.attributes[2].len += 1;
	assert_int_equal(load(&s, &key), -1);
}

static void
refuses_curves_without_one_of_our_names(void **state)
{
	/* secp256k1, brainpoolP256r1, and explicit parameters' beginning. */
	static const struct {
		const char *params;
		CK_ULONG len;
	} others[] = {
		{ "\x06\x05\x2b\x81\x04\x00\x0a", 7 },
		{ "\x06\x09\x2b\x24\x03\x03\x02\x08\x01\x01\x07", 11 },
		{ "\x30\x81\xe0\x02\x01\x01", 6 },
		{ "", 0 },
	};
	struct p11_session s;
	struct pubkey key;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		s = curve_session("P-256", KEY_P256, true);
		fake.attributes[1].value = others[i].params;
		fake.attributes[1].len = others[i].len;
		assert_int_equal(load(&s, &key), -1);
	}
}

static void
loads_ed25519_by_either_name(void **state)
{
	static const uint8_t point[34] = { 0x04, 0x20, 0x15, 0x3b };
	struct p11_session s = fake_session();
	struct pubkey key;

	(void)state;
	fake_set(1, CKA_KEY_TYPE, &edwards, sizeof(edwards));
	fake_set(1, CKA_EC_PARAMS,
	    "\x13\x0c"
	    "edwards25519",
	    14);
	fake_set(1, CKA_EC_POINT, point, 34);
	assert_int_equal(load(&s, &key), 0);
	assert_int_equal(key.type, KEY_ED25519);
	assert_int_equal(pubkey_signature_len(&key), 64);
	pubkey_release(&key);
	fake.attributes[1].value = "\x06\x03\x2b\x65\x70";
	fake.attributes[1].len = 5;
	fake.attributes[2].value = point + 2;
	fake.attributes[2].len = 32;
	assert_int_equal(load(&s, &key), 0);
	pubkey_release(&key);
	fake.attributes[2].len = 31;
	assert_int_equal(load(&s, &key), -1);
}

static void
refuses_other_types_of_key(void **state)
{
	static const CK_ULONG dsa = 1;
	struct p11_session s = fake_session();
	struct pubkey key;

	(void)state;
	fake_set(1, CKA_KEY_TYPE, &dsa, sizeof(dsa));
	assert_int_equal(load(&s, &key), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loads_rsa_up_to_16384_bits),
		cmocka_unit_test(refuses_rsa_that_is_no_key),
		cmocka_unit_test(refuses_an_even_modulus),
		cmocka_unit_test(refuses_what_a_private_object_does_not_show),
		cmocka_unit_test(loads_curves_with_the_point_wrapped_or_bare),
		cmocka_unit_test(refuses_a_point_that_is_not_on_the_curve),
		cmocka_unit_test(refuses_points_of_another_length),
		cmocka_unit_test(refuses_curves_without_one_of_our_names),
		cmocka_unit_test(loads_ed25519_by_either_name),
		cmocka_unit_test(refuses_other_types_of_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
