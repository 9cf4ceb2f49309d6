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
		assert_int_equal(words[i].needs, f->needs);
		assert_true(f->steps <= 2);
		assert_true((f->finish == NULL) == (f->shape == SHAPE_SHARED));
		assert_true(
		    (f->finish_each != NULL) == (f->shape == SHAPE_SHARED));
		assert_true(f->shape == SHAPE_EACH || f->steps <= 1);
		assert_non_null(f->open);
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
	assert_null(format_by_name("raw\n"));
}

static const char *const raw_names[] = { "raw", "raw-pss", "p1363" };

static void
inputs_are_digests_of_the_right_length_only(void **state)
{
	static const struct format_key key = { .type = KEY_RSA, .bits = 3072 };
	uint8_t digest[65];
	struct buf ret;

	(void)state;
	memset(digest, 7, sizeof(digest));
	buf_init(&ret, 100);
	for (size_t i = 0; i < 3; i++) {
		const struct format *f = format_by_name(raw_names[i]);

		for (int h = HASH_NONE; h < HASH_COUNT; h++) {
			for (size_t n = 0; n <= 65; n++) {
				struct format_line line = {
					.hash = (enum hash)h,
					.digest = digest,
					.len = n,
					.name = "",
				};
				struct making m = {
					.key = &key, .lines = &line, .count = 1
				};
				bool ok = n == hash_size((enum hash)h) && n > 0;

				assert_int_equal(
				    f->input(&m, &ret), ok ? 0 : -1);
				assert_int_equal(buf_len(&ret), ok ? n : 0);
				buf_consume(&ret, buf_len(&ret));
			}
		}
	}
	buf_release(&ret);
}

/* The length of the answer, or -1. */
static int
finish(const char *name, enum key_type type, uint16_t bits, const uint8_t *sig,
    size_t len)
{
	struct format_key key = { .type = type, .bits = bits };
	struct making m = { .key = &key };
	struct buf ret;
	int rv = -1;

	buf_init(&ret, 4096);
	if (format_by_name(name)->finish(&m, sig, len, &ret) == 0)
		rv = (int)buf_len(&ret);
	else
		assert_int_equal(buf_len(&ret), 0);
	if (strcmp(name, "raw") != 0 && rv > 0)
		assert_memory_equal(buf_at(&ret), sig, len);
	buf_release(&ret);
	return rv;
}

static void
an_rsa_answer_is_as_long_as_the_modulus(void **state)
{
	static const uint16_t bits[] = { 2048, 3072, 4095, 16384 };
	uint8_t sig[2050];

	(void)state;
	memset(sig, 1, sizeof(sig));
	for (size_t i = 0; i < 2; i++) {
		const char *name = raw_names[i];

		for (size_t b = 0; b < 4; b++) {
			size_t want = (bits[b] + 7u) / 8;

			assert_int_equal(
			    finish(name, KEY_RSA, bits[b], sig, want), want);
			assert_int_equal(
			    finish(name, KEY_RSA, bits[b], sig, want - 1), -1);
			assert_int_equal(
			    finish(name, KEY_RSA, bits[b], sig, want + 1), -1);
			assert_int_equal(
			    finish(name, KEY_RSA, bits[b], sig, 0), -1);
		}
	}
}

static void
refuses_an_rsa_answer_of_zeros(void **state)
{
	uint8_t sig[256] = { 0 };

	(void)state;
	assert_int_equal(finish("raw", KEY_RSA, 2048, sig, sizeof(sig)), -1);
	assert_int_equal(
	    finish("raw-pss", KEY_RSA, 2048, sig, sizeof(sig)), -1);
}

static void
p1363_refuses_what_is_no_signature(void **state)
{
	uint8_t sig[384];

	(void)state;
	memset(sig, 1, sizeof(sig));
	assert_int_equal(finish("p1363", KEY_P256, 256, sig, 64), 64);
	assert_int_equal(finish("p1363", KEY_P256, 256, sig, 63), -1);
	assert_int_equal(finish("p1363", KEY_P256, 256, sig, 65), -1);
	assert_int_equal(finish("p1363", KEY_P256, 256, sig, 96), -1);
	assert_int_equal(finish("p1363", KEY_RSA, 3072, sig, 384), -1);
	memset(sig + 32, 0, 32);
	assert_int_equal(finish("p1363", KEY_P256, 256, sig, 64), -1);
	memset(sig + 32, 0xff, 32);
	assert_int_equal(finish("p1363", KEY_P256, 256, sig, 64), -1);
}

static void
raw_refuses_the_answer_of_another_kind_of_key(void **state)
{
	uint8_t sig[384];

	(void)state;
	memset(sig, 1, sizeof(sig));
	assert_int_equal(finish("raw", KEY_P384, 384, sig, 384), -1);
	assert_int_equal(finish("raw", KEY_P384, 384, sig, 64), -1);
	assert_int_equal(finish("raw", KEY_ED25519, 255, sig, 384), -1);
	assert_int_equal(finish("raw-pss", KEY_P384, 384, sig, 48), -1);
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
