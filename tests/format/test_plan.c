/* SPDX-License-Identifier: Apache-2.0 */
#include "format/format.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static enum reason
plan(const char *format, enum key_type type, uint16_t bits, uint64_t mechs,
    enum hash hash, const char *want_text)
{
	struct format_key key = { .type = type, .bits = bits, .mechs = mechs };
	enum mech mech = MECH_COUNT;
	enum hash over = HASH_COUNT;
	char text[MESSAGE_SIZE] = "";
	enum reason reason =
	    format_plan(format_by_name(format), &key, hash, &mech, &over, text);

	if (reason != REASON_OK) {
		assert_int_equal(mech, MECH_COUNT);
		/* Formats to come may follow. */
		if (strncmp(text, want_text, strlen(want_text)) != 0)
			fail_msg("\"%s\", not \"%s\"", text, want_text);
	} else {
		assert_true(mech != MECH_COUNT && mech != MECH_NONE);
	}
	return reason;
}

static void
plans_the_exact_mechanism(void **state)
{
	static const struct {
		const char *format;
		enum key_type type;
		uint16_t bits;
		enum mech mech;
	} fits[] = {
		{ "raw", KEY_RSA, 3072, MECH_RSA_PKCS1 },
		{ "raw-pss", KEY_RSA, 2048, MECH_RSA_PSS },
		{ "raw-pss", KEY_RSA, 16384, MECH_RSA_PSS },
		{ "raw", KEY_P256, 256, MECH_ECDSA },
		{ "raw", KEY_P384, 384, MECH_ECDSA },
		{ "p1363", KEY_P521, 521, MECH_ECDSA },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(fits) / sizeof(fits[0]); i++) {
		for (int h = HASH_NONE + 1; h < HASH_BLAKE2B; h++) {
			struct format_key key = { .type = fits[i].type,
				.bits = fits[i].bits,
				.mechs = mech_bit(fits[i].mech, (enum hash)h) };
			enum hash over;
			char text[MESSAGE_SIZE];
			enum mech mech;

			assert_int_equal(
			    format_plan(format_by_name(fits[i].format), &key,
				(enum hash)h, &mech, &over, text),
			    REASON_OK);
			assert_int_equal(over, h);
			assert_int_equal(mech, fits[i].mech);
		}
	}
}

static void
says_which_format_would_fit(void **state)
{
	(void)state;
	assert_int_equal(
	    plan("p1363", KEY_RSA, 3072, UINT64_MAX, HASH_SHA256,
		"format p1363 does not fit this rsa key; use raw, raw-pss"),
	    REASON_FORMAT);
	assert_int_equal(
	    plan("raw-pss", KEY_P256, 256, UINT64_MAX, HASH_SHA256,
		"format raw-pss does not fit this p256 key; use raw, p1363"),
	    REASON_FORMAT);
}

static void
no_raw_format_fits_ed25519(void **state)
{
	static const char *const names[] = { "raw", "raw-pss", "p1363" };
	const char *text;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct format_key key = {
			.type = KEY_ED25519, .bits = 255, .mechs = UINT64_MAX
		};
		enum hash over;
		char got[MESSAGE_SIZE];
		enum mech mech;

		assert_int_equal(format_plan(format_by_name(names[i]), &key,
				     HASH_SHA512, &mech, &over, got),
		    REASON_FORMAT);
		text = strstr(got, "signs messages, not digests");
		assert_non_null(text);
	}
}

static void
says_which_hash_the_token_can(void **state)
{
	uint64_t mechs = mech_bit(MECH_ECDSA, HASH_SHA256) |
	    mech_bit(MECH_ECDSA, HASH_SHA384) |
	    mech_bit(MECH_RSA_PKCS1, HASH_SHA3_256);

	(void)state;
	assert_int_equal(
	    plan("raw", KEY_P256, 256, mechs, HASH_SHA3_256,
		"the token cannot sign sha3-256 in format raw with this key; use "
		"sha256, sha384"),
	    REASON_HASH);
	assert_int_equal(
	    plan("raw", KEY_P256, 256, mechs, HASH_NONE,
		"the token cannot sign without a hash in format raw with this "
		"key; use sha256, sha384"),
	    REASON_HASH);
}

static void
says_when_the_token_lacks_the_mechanism(void **state)
{
	uint64_t mechs = mech_bit(MECH_RSA_PKCS1, HASH_SHA256);

	(void)state;
	assert_int_equal(
	    plan("raw-pss", KEY_RSA, 3072, mechs, HASH_SHA256,
		"the token cannot sign format raw-pss (CKM_RSA_PKCS_PSS) with "
		"this key"),
	    REASON_FORMAT);
}

static void
refuses_rsa_keys_out_of_range(void **state)
{
	(void)state;
	assert_int_equal(
	    plan("raw", KEY_RSA, 2047, UINT64_MAX, HASH_SHA256,
		"this RSA key has 2047 bits; 2048 to 16384 are supported"),
	    REASON_FORMAT);
	assert_int_equal(
	    plan("raw", KEY_RSA, 16385, UINT64_MAX, HASH_SHA256,
		"this RSA key has 16385 bits; 2048 to 16384 are supported"),
	    REASON_FORMAT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plans_the_exact_mechanism),
		cmocka_unit_test(says_which_format_would_fit),
		cmocka_unit_test(no_raw_format_fits_ed25519),
		cmocka_unit_test(says_which_hash_the_token_can),
		cmocka_unit_test(says_when_the_token_lacks_the_mechanism),
		cmocka_unit_test(refuses_rsa_keys_out_of_range),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
