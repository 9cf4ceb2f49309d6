/* SPDX-License-Identifier: Apache-2.0 */
#include "format/ecdsa.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/objects.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
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

/* What libcrypto reads, and would write the same; the numbers as we check. */
static bool
is_der(size_t curve, const uint8_t *der, size_t len, uint8_t *ret)
{
	size_t size = curves[curve].size;
	const uint8_t *at = der;
	ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &at, (long)len);
	uint8_t *back = NULL;
	bool is = sig != NULL && i2d_ECDSA_SIG(sig, &back) == (int)len &&
	    memcmp(der, back, len) == 0 &&
	    BN_bn2binpad(ECDSA_SIG_get0_r(sig), ret, (int)size) > 0 &&
	    BN_bn2binpad(ECDSA_SIG_get0_s(sig), ret + size, (int)size) > 0 &&
	    ecdsa_check(curves[curve].type, ret, 2 * size) == 0;

	OPENSSL_free(back);
	ECDSA_SIG_free(sig);
	return is;
}

/* True when it was taken. */
static bool
reads_as_libcrypto_does(size_t curve, const uint8_t *der, size_t len)
{
	uint8_t want[2 * SIZE_MAX_CURVE], got[2 * SIZE_MAX_CURVE];
	size_t size = 2 * curves[curve].size, got_len = 0;
	bool is = is_der(curve, der, len, want);

	assert_int_equal(ecdsa_from_der(curves[curve].type, der, len, got,
			     sizeof(got), &got_len),
	    is ? 0 : -1);
	if (is) {
		assert_int_equal(got_len, size);
		assert_memory_equal(got, want, size);
	}
	return is;
}

/* Numbers with zeros before them, and with a top bit or none. */
static size_t
some_der(size_t curve, size_t zeros, uint8_t top, uint8_t der[200])
{
	uint8_t sig[2 * SIZE_MAX_CURVE];
	size_t size = curves[curve].size, len = 0;

	order_plus(curve, -1, sig);
	memset(sig + size, 0, size);
	memset(sig + size + zeros, 0x11, size - zeros);
	sig[size + zeros] = top;
	assert_int_equal(
	    ecdsa_der(curves[curve].type, sig, 2 * size, der, 200, &len), 0);
	return len;
}

static void
der_is_read_back(void **state)
{
	uint8_t der[200], back[2 * SIZE_MAX_CURVE];
	size_t len = 0, back_len = 0;

	(void)state;
	for (size_t i = 0; i < CURVES; i++) {
		for (size_t zeros = 1; zeros < curves[i].size; zeros++) {
			len = some_der(i, zeros, 0x01, der);
			assert_true(reads_as_libcrypto_does(i, der, len));
			len = some_der(i, zeros, 0x80, der);
			assert_true(reads_as_libcrypto_does(i, der, len));
		}
		assert_int_equal(ecdsa_from_der(curves[i].type, der, len, back,
				     2 * curves[i].size - 1, &back_len),
		    -1);
	}
	assert_int_equal(
	    ecdsa_from_der(KEY_RSA, der, len, back, sizeof(back), &back_len),
	    -1);
}

static void
refuses_every_truncation_and_one_byte_more(void **state)
{
	uint8_t der[201] = { 0 };

	(void)state;
	for (size_t i = 0; i < CURVES; i++) {
		size_t len = some_der(i, 3, 0x80, der);

		for (size_t cut = 0; cut < len; cut++)
			assert_false(reads_as_libcrypto_does(i, der, cut));
		assert_false(reads_as_libcrypto_does(i, der, len + 1));
	}
}

/* Each byte in every other way: libcrypto says which of them are DER. */
static void
refuses_what_is_not_der(void **state)
{
	uint8_t der[200];

	(void)state;
	for (size_t i = 0; i < CURVES; i++) {
		size_t len = some_der(i, 3, 0x80, der);

		for (size_t at = 0; at < len; at++) {
			uint8_t was = der[at];

			for (unsigned to = 0; to < 256; to++) {
				der[at] = (uint8_t)to;
				reads_as_libcrypto_does(i, der, len);
			}
			der[at] = was;
		}
	}
}

static void
refuses_other_forms_of_the_same_numbers(void **state)
{
	static const uint8_t one_and_one[] = { 0x30, 6, 2, 1, 1, 2, 1, 1 };
	static const struct {
		uint8_t der[16];
		size_t len;
	} others[] = {
		{ { 0x30, 0x81, 6, 2, 1, 1, 2, 1, 1 }, 9 },
		{ { 0x30, 0x80, 2, 1, 1, 2, 1, 1, 0, 0 }, 10 },
		{ { 0x30, 7, 2, 0x81, 1, 1, 2, 1, 1 }, 9 },
		{ { 0x30, 7, 2, 2, 0, 1, 2, 1, 1 }, 9 },
		{ { 0x30, 7, 2, 1, 1, 2, 2, 0, 1 }, 9 },
		{ { 0x30, 6, 2, 1, 0xff, 2, 1, 1 }, 8 },
		{ { 0x30, 6, 2, 1, 0, 2, 1, 1 }, 8 },
		{ { 0x30, 5, 2, 0, 2, 1, 1 }, 7 },
		{ { 0x30, 9, 2, 1, 1, 2, 1, 1, 2, 1, 1 }, 11 },
		{ { 0x30, 8, 2, 1, 1, 2, 1, 1, 5, 0 }, 10 },
		{ { 0x31, 6, 2, 1, 1, 2, 1, 1 }, 8 },
		{ { 0x30, 3, 2, 1, 1 }, 5 },
	};

	(void)state;
	assert_true(
	    reads_as_libcrypto_does(0, one_and_one, sizeof(one_and_one)));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_false(
		    reads_as_libcrypto_does(0, others[i].der, others[i].len));
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
		cmocka_unit_test(der_is_read_back),
		cmocka_unit_test(refuses_every_truncation_and_one_byte_more),
		cmocka_unit_test(refuses_what_is_not_der),
		cmocka_unit_test(refuses_other_forms_of_the_same_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
