/* SPDX-License-Identifier: Apache-2.0 */
#include "base/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void
every_hash_is_found_by_its_word(void **state)
{
	(void)state;
	for (unsigned i = HASH_SHA256; i < HASH_COUNT; i++) {
		enum hash hash = (enum hash)i;

		assert_int_equal(hash_by_word(hash_word(hash)), hash);
		assert_true(hash_size(hash) >= 32);
		assert_true(hash_size(hash) <= DIGEST_MAX);
	}
	assert_string_equal(hash_word(HASH_SHA3_384), "sha3-384");
	assert_int_equal(hash_size(HASH_SHA384), 48);
	assert_int_equal(hash_size(HASH_SHA3_512), 64);
}

static void
refuses_other_words_for_hashes(void **state)
{
	static const char *const bad[] = { "", "none", "SHA256", "sha-256",
		"sha1", "md5", "sha256 ", "sha2560", "sha25" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(hash_by_word(bad[i]), HASH_NONE);
}

static void
a_size_alone_means_sha2(void **state)
{
	unsigned known = 0;

	(void)state;
	for (size_t size = 0; size < 100; size++)
		known += hash_by_size(size) != HASH_NONE;
	assert_int_equal(known, 3);
	assert_int_equal(hash_by_size(32), HASH_SHA256);
	assert_int_equal(hash_by_size(48), HASH_SHA384);
	assert_int_equal(hash_by_size(64), HASH_SHA512);
	assert_int_equal(hash_by_size(0), HASH_NONE);
}

static void
every_number_has_a_word(void **state)
{
	(void)state;
	for (unsigned i = 0; i < HASH_COUNT; i++)
		assert_true(strlen(hash_word((enum hash)i)) > 0);
	for (unsigned i = 0; i < KEY_TYPE_COUNT; i++)
		assert_true(strlen(key_type_word((enum key_type)i)) > 0);
	for (unsigned i = 0; i < ATTRIBUTE_COUNT; i++)
		assert_string_not_equal(
		    key_attribute_word((enum key_attribute)i), "none");
	assert_true(KEY_ATTRIBUTES <= UINT8_MAX);
	for (unsigned i = 0; i < OUTPUT_COUNT; i++)
		assert_true(strlen(output_word((enum output)i)) > 0);
	for (unsigned i = 0; i < MECH_COUNT; i++)
		assert_true(strlen(mech_word((enum mech)i)) > 0);
	assert_string_equal(mech_word(MECH_RSA_PSS), "CKM_RSA_PKCS_PSS");
	assert_string_equal(key_type_word(KEY_ED25519), "ed25519");
	assert_string_equal(output_word(OUTPUT_JSON), "json");
}

static void
a_number_off_the_list_is_harmless(void **state)
{
	(void)state;
	assert_non_null(hash_word((enum hash)HASH_COUNT));
	assert_int_equal(hash_size((enum hash)HASH_COUNT), 0);
	assert_non_null(key_type_word((enum key_type)KEY_TYPE_COUNT));
	assert_non_null(output_word((enum output)OUTPUT_COUNT));
	assert_non_null(mech_word((enum mech)MECH_COUNT));
	assert_true(mech_bit((enum mech)MECH_COUNT, HASH_NONE) == 0);
	assert_true(mech_bit(MECH_ECDSA, (enum hash)HASH_COUNT) == 0);
}

static void
each_mechanism_and_hash_has_its_own_bit(void **state)
{
	uint64_t all = 0, bit;

	(void)state;
	for (unsigned m = 1; m < MECH_COUNT; m++)
		for (unsigned h = 0; h < HASH_COUNT; h++) {
			bit = mech_bit((enum mech)m, (enum hash)h);
			assert_true(bit != 0);
			assert_true((bit & (bit - 1)) == 0);
			assert_true((all & bit) == 0);
			all |= bit;
		}
	assert_true(mech_bit(MECH_NONE, HASH_NONE) == 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_hash_is_found_by_its_word),
		cmocka_unit_test(refuses_other_words_for_hashes),
		cmocka_unit_test(a_size_alone_means_sha2),
		cmocka_unit_test(every_number_has_a_word),
		cmocka_unit_test(a_number_off_the_list_is_harmless),
		cmocka_unit_test(each_mechanism_and_hash_has_its_own_bit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
