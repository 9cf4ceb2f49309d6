/* SPDX-License-Identifier: Apache-2.0 */
#include "format/ecdsa.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/objects.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define SIZE_MAX_CURVE 66

static const struct {
	enum key_type type;
	int nid;
	size_t size;
} curves[] = {
	{ KEY_P256, NID_X9_62_prime256v1, 32 },
	{ KEY_P384, NID_secp384r1, 48 },
	{ KEY_P521, NID_secp521r1, 66 },
};

#define CURVES (sizeof(curves) / sizeof(curves[0]))

/* The order of the curve as libcrypto has it, plus add. */
static void
order_plus(size_t curve, int add, uint8_t *ret)
{
	EC_GROUP *group = EC_GROUP_new_by_curve_name(curves[curve].nid);
	BIGNUM *n = BN_dup(EC_GROUP_get0_order(group));

	if (add < 0)
		BN_sub_word(n, (BN_ULONG)-add);
	else
		BN_add_word(n, (BN_ULONG)add);
	assert_true(BN_bn2binpad(n, ret, (int)curves[curve].size) > 0);
	BN_free(n);
	EC_GROUP_free(group);
}

static void
set_one(uint8_t *number, size_t size)
{
	memset(number, 0, size);
	number[size - 1] = 1;
}

static void
knows_the_sizes(void **state)
{
	(void)state;
	for (size_t i = 0; i < CURVES; i++)
		assert_int_equal(
		    ecdsa_order_size(curves[i].type), curves[i].size);
	assert_int_equal(ecdsa_order_size(KEY_RSA), 0);
	assert_int_equal(ecdsa_order_size(KEY_ED25519), 0);
	assert_int_equal(ecdsa_order_size(KEY_NONE), 0);
}

/* Also holds our orders to libcrypto's, from both sides. */
static void
accepts_from_one_to_the_order_less_one(void **state)
{
	uint8_t sig[2 * SIZE_MAX_CURVE];

	(void)state;
	for (size_t i = 0; i < CURVES; i++) {
		size_t size = curves[i].size;

		set_one(sig, size);
		order_plus(i, -1, sig + size);
		assert_int_equal(ecdsa_check(curves[i].type, sig, 2 * size), 0);
		order_plus(i, -1, sig);
		set_one(sig + size, size);
		assert_int_equal(ecdsa_check(curves[i].type, sig, 2 * size), 0);
	}
}

static void
refuses_zero_and_the_order_and_more(void **state)
{
	uint8_t sig[2 * SIZE_MAX_CURVE];

	(void)state;
	for (size_t i = 0; i < CURVES; i++) {
		size_t size = curves[i].size;

		for (size_t half = 0; half < 2; half++) {
			uint8_t *bad = sig + half * size;

			set_one(sig, size);
			set_one(sig + size, size);
			memset(bad, 0, size);
			assert_int_equal(
			    ecdsa_check(curves[i].type, sig, 2 * size), -1);
			order_plus(i, 0, bad);
			assert_int_equal(
			    ecdsa_check(curves[i].type, sig, 2 * size), -1);
			order_plus(i, 1, bad);
			assert_int_equal(
			    ecdsa_check(curves[i].type, sig, 2 * size), -1);
			memset(bad, 0xff, size);
			assert_int_equal(
			    ecdsa_check(curves[i].type, sig, 2 * size), -1);
		}
	}
}

static void
refuses_every_other_length(void **state)
{
	uint8_t sig[2 * SIZE_MAX_CURVE + 1], der[200];
	size_t len = 0;

	(void)state;
	memset(sig, 1, sizeof(sig));
	for (size_t i = 0; i < CURVES; i++) {
		for (size_t n = 0; n <= sizeof(sig); n++) {
			int want = n == 2 * curves[i].size ? 0 : -1;

			assert_int_equal(
			    ecdsa_check(curves[i].type, sig, n), want);
			assert_int_equal(ecdsa_der(curves[i].type, sig, n, der,
					     sizeof(der), &len),
			    want);
		}
	}
	assert_int_equal(ecdsa_check(KEY_RSA, sig, 64), -1);
	assert_int_equal(ecdsa_check(KEY_RSA, sig, 0), -1);
}

/* libcrypto's encoder is the judge. */
static void
compare_with_libcrypto(size_t curve, const uint8_t *sig)
{
	size_t size = curves[curve].size, len = 0;
	ECDSA_SIG *parsed = ECDSA_SIG_new();
	uint8_t der[200], *want = NULL;
	int want_len;

	ECDSA_SIG_set0(parsed, BN_bin2bn(sig, (int)size, NULL),
	    BN_bin2bn(sig + size, (int)size, NULL));
	want_len = i2d_ECDSA_SIG(parsed, &want);
	assert_true(want_len > 0);
	assert_int_equal(ecdsa_der(curves[curve].type, sig, 2 * size, der,
			     sizeof(der), &len),
	    0);
	assert_int_equal(len, want_len);
	assert_memory_equal(der, want, len);
	/* It fits exactly, and not in one byte less. */
	assert_int_equal(
	    ecdsa_der(curves[curve].type, sig, 2 * size, der, len, &len), 0);
	assert_int_equal(
	    ecdsa_der(curves[curve].type, sig, 2 * size, der, len - 1, &len),
	    -1);
	OPENSSL_free(want);
	ECDSA_SIG_free(parsed);
}

/* Numbers of every length, with and without the top bit. */
static void
der_is_what_libcrypto_writes(void **state)
{
	uint8_t sig[2 * SIZE_MAX_CURVE];

	(void)state;
	for (size_t i = 0; i < CURVES; i++) {
		size_t size = curves[i].size;

		for (size_t zeros = 0; zeros < size; zeros++) {
			for (size_t top = 0x01; top <= 0x80; top <<= 1) {
				size_t at = size + zeros;

				if (i == 2 && zeros == 0 && top > 1)
					continue;
				order_plus(i, -1, sig);
				memset(sig + size, 0, zeros);
				memset(sig + at, 0x11, size - zeros);
				sig[at] = (uint8_t)top;
				compare_with_libcrypto(i, sig);
			}
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_the_sizes),
		cmocka_unit_test(accepts_from_one_to_the_order_less_one),
		cmocka_unit_test(refuses_zero_and_the_order_and_more),
		cmocka_unit_test(refuses_every_other_length),
		cmocka_unit_test(der_is_what_libcrypto_writes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
