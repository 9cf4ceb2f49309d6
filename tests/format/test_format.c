/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/format/digest.c src/format/p1363.c */
/*
 * The table, and what every row does with wrong lengths.
 */
#include "format/format.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void
finds_every_row_by_its_name(void **state)
{
	const struct format *f;
	size_t count, i;
	const struct format_word *words = format_words(&count);

	(void)state;
	for (i = 0; (f = format_at(i)) != NULL; i++) {
		assert_ptr_equal(format_by_name(f->name), f);
		assert_string_equal(words[i].name, f->name);
		assert_int_equal(words[i].wrapped, f->wrapped);
		assert_true(text_is_name(f->name));
		assert_true(strlen(f->extension) < 16);
		assert_true(strlen(f->help) > 0);
	}
	assert_int_equal(i, count);
	assert_null(format_at(count + 1));
}

static void
refuses_other_names(void **state)
{
	(void)state;
	assert_null(format_by_name(""));
	assert_null(format_by_name("RAW"));
	assert_null(format_by_name("raw "));
	assert_null(format_by_name("cms"));
}

static void
inputs_are_digests_of_the_right_length_only(void **state)
{
	static const struct format_key key = { KEY_RSA, 3072, 0 };
	uint8_t digest[65], ret[64];
	const struct format *f;
	size_t len;

	(void)state;
	memset(digest, 7, sizeof(digest));
	for (size_t i = 0; (f = format_at(i)) != NULL; i++) {
		for (int h = HASH_NONE; h < HASH_COUNT; h++) {
			size_t want = hash_size((enum hash)h);

			for (size_t n = 0; n <= 65; n++) {
				bool ok = n == want && n > 0;

				len = 99;
				assert_int_equal(
				    f->input(&key, (enum hash)h, digest, n, ret,
					sizeof(ret), &len),
				    ok ? 0 : -1);
				assert_int_equal(len, ok ? n : 99);
			}
			if (want > 0)
				assert_int_equal(
				    f->input(&key, (enum hash)h, digest, want,
					ret, want - 1, &len),
				    -1);
		}
	}
}

static void
an_rsa_answer_is_as_long_as_the_modulus(void **state)
{
	static const char *const names[] = { "raw", "raw-pss" };
	static const uint16_t bits[] = { 2048, 3072, 4095, 16384 };
	uint8_t sig[2050], ret[2050];
	size_t len;

	(void)state;
	memset(sig, 1, sizeof(sig));
	for (size_t i = 0; i < 2; i++) {
		const struct format *f = format_by_name(names[i]);

		for (size_t b = 0; b < 4; b++) {
			struct format_key key = { KEY_RSA, bits[b], 0 };
			size_t want = (bits[b] + 7u) / 8;

			assert_int_equal(
			    f->finish(&key, sig, want, ret, sizeof(ret), &len),
			    0);
			assert_int_equal(len, want);
			assert_memory_equal(ret, sig, len);
			assert_int_equal(f->finish(&key, sig, want - 1, ret,
					     sizeof(ret), &len),
			    -1);
			assert_int_equal(f->finish(&key, sig, want + 1, ret,
					     sizeof(ret), &len),
			    -1);
			assert_int_equal(
			    f->finish(&key, sig, 0, ret, sizeof(ret), &len),
			    -1);
			assert_int_equal(
			    f->finish(&key, sig, want, ret, want - 1, &len),
			    -1);
		}
	}
}

static void
refuses_an_rsa_answer_of_zeros(void **state)
{
	static const struct format_key key = { KEY_RSA, 2048, 0 };
	uint8_t sig[256] = { 0 }, ret[256];
	size_t len;

	(void)state;
	assert_int_equal(format_by_name("raw")->finish(
			     &key, sig, sizeof(sig), ret, sizeof(ret), &len),
	    -1);
	assert_int_equal(format_by_name("raw-pss")->finish(
			     &key, sig, sizeof(sig), ret, sizeof(ret), &len),
	    -1);
}

static void
p1363_refuses_what_is_no_signature(void **state)
{
	static const struct format_key p256 = { KEY_P256, 256, 0 };
	static const struct format_key rsa = { KEY_RSA, 3072, 0 };
	const struct format *f = format_by_name("p1363");
	uint8_t sig[384], ret[384];
	size_t len = 0;

	(void)state;
	memset(sig, 1, sizeof(sig));
	assert_int_equal(f->finish(&p256, sig, 64, ret, 64, &len), 0);
	assert_int_equal(len, 64);
	assert_memory_equal(ret, sig, 64);
	assert_int_equal(f->finish(&p256, sig, 64, ret, 63, &len), -1);
	assert_int_equal(f->finish(&p256, sig, 63, ret, 384, &len), -1);
	assert_int_equal(f->finish(&p256, sig, 65, ret, 384, &len), -1);
	assert_int_equal(f->finish(&p256, sig, 96, ret, 384, &len), -1);
	assert_int_equal(f->finish(&rsa, sig, 384, ret, 384, &len), -1);
	memset(sig + 32, 0, 32);
	assert_int_equal(f->finish(&p256, sig, 64, ret, 384, &len), -1);
	memset(sig + 32, 0xff, 32);
	assert_int_equal(f->finish(&p256, sig, 64, ret, 384, &len), -1);
}

static void
raw_refuses_the_answer_of_another_kind_of_key(void **state)
{
	static const struct format_key p384 = { KEY_P384, 384, 0 };
	static const struct format_key ed = { KEY_ED25519, 255, 0 };
	const struct format *f = format_by_name("raw");
	uint8_t sig[384], ret[384];
	size_t len;

	(void)state;
	memset(sig, 1, sizeof(sig));
	assert_int_equal(f->finish(&p384, sig, 384, ret, 384, &len), -1);
	assert_int_equal(f->finish(&p384, sig, 64, ret, 384, &len), -1);
	assert_int_equal(f->finish(&ed, sig, 64, ret, 384, &len), -1);
	assert_int_equal(
	    format_by_name("raw-pss")->finish(&p384, sig, 48, ret, 384, &len),
	    -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_every_row_by_its_name),
		cmocka_unit_test(refuses_other_names),
		cmocka_unit_test(inputs_are_digests_of_the_right_length_only),
		cmocka_unit_test(an_rsa_answer_is_as_long_as_the_modulus),
		cmocka_unit_test(refuses_an_rsa_answer_of_zeros),
		cmocka_unit_test(p1363_refuses_what_is_no_signature),
		cmocka_unit_test(raw_refuses_the_answer_of_another_kind_of_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
