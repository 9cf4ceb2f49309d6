/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/format/midstate.c */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "format/midstate.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/cursor.h"
#include "base/text.h"

#define STATE_MAX 256

static const enum hash hashes[] = { HASH_SHA256, HASH_SHA384, HASH_SHA512 };
static const size_t sizes[] = { 0, 1, 55, 56, 63, 64, 65, 111, 112, 119, 120,
	127, 128, 129, 255, 256, 257, 1000 };

#define HASHES (sizeof(hashes) / sizeof(hashes[0]))
#define SIZES (sizeof(sizes) / sizeof(sizes[0]))

static uint8_t text[1200];

/* What a client would send of the first len bytes of the text. */
static size_t
state_of(enum hash hash, size_t len, uint8_t ret[static STATE_MAX])
{
	struct writer w;
	size_t pending;

	writer_init(&w, ret, STATE_MAX);
	if (hash == HASH_SHA256) {
		SHA256_CTX ctx;

		SHA256_Init(&ctx);
		SHA256_Update(&ctx, text, len);
		for (size_t i = 0; i < 8; i++)
			put_u32(&w, ctx.h[i]);
	} else {
		SHA512_CTX ctx;

		if (hash == HASH_SHA384)
			SHA384_Init(&ctx);
		else
			SHA512_Init(&ctx);
		SHA512_Update(&ctx, text, len);
		for (size_t i = 0; i < 8; i++)
			put_u64(&w, ctx.h[i]);
	}
	pending = len % (hash == HASH_SHA256 ? 64 : 128);
	put_u64(&w, len);
	for (size_t i = len - pending; i < len; i++)
		put_u8(&w, text[i]);
	assert_true(writer_ok(&w));
	return w.used;
}

static int
fill(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (uint8_t)(i * 7 + i / 256);
	return 0;
}

static void
a_state_ends_as_the_digest_of_what_was_hashed(void **state)
{
	uint8_t s[STATE_MAX], got[DIGEST_MAX], want[DIGEST_MAX];

	(void)state;
	for (size_t h = 0; h < HASHES; h++)
		for (size_t i = 0; i < SIZES; i++) {
			size_t len = state_of(hashes[h], sizes[i], s);

			assert_int_equal(
			    midstate_digest(hashes[h], s, len, got), 0);
			EVP_Digest(text, sizes[i], want, NULL,
			    EVP_get_digestbyname(hash_word(hashes[h])), NULL);
			assert_memory_equal(got, want, hash_size(hashes[h]));
		}
}

static void
more_bytes_go_behind_it(void **state)
{
	uint8_t s[STATE_MAX], got[DIGEST_MAX], want[DIGEST_MAX];

	(void)state;
	for (size_t h = 0; h < HASHES; h++)
		for (size_t i = 0; i < SIZES; i++) {
			size_t len = state_of(hashes[h], sizes[i], s);

			assert_int_equal(midstate_finish(hashes[h], s, len,
					     text + sizes[i], 41, got),
			    0);
			EVP_Digest(text, sizes[i] + 41, want, NULL,
			    EVP_get_digestbyname(hash_word(hashes[h])), NULL);
			assert_memory_equal(got, want, hash_size(hashes[h]));
		}
}

static void
the_count_may_be_over_four_gibibytes(void **state)
{
	/* 2^32 + 67 times 'a', as perl's Digest::SHA has it. */
	static const char hex[] =
	    "b86426e70e740291fc916b0decd43780665a42e6fcd69f6a639af876f89bb2c3"
	    "0000000100000043616161";
	static const char digest[] = "66543982c691a6b7c724631347efa6e3"
				     "c032e77ae83093eebf19ac628bde8b1f";
	uint8_t s[STATE_MAX], got[DIGEST_MAX];
	char shown[2 * DIGEST_MAX + 1];

	(void)state;
	assert_int_equal(hex_decode(hex, strlen(hex), s), 0);
	assert_int_equal(
	    midstate_digest(HASH_SHA256, s, strlen(hex) / 2, got), 0);
	hex_encode(got, 32, shown);
	assert_string_equal(shown, digest);
}

static void
a_wrong_length_is_refused(void **state)
{
	uint8_t s[STATE_MAX] = { 0 }, got[DIGEST_MAX];

	(void)state;
	for (size_t h = 0; h < HASHES; h++)
		for (size_t i = 0; i < SIZES; i++) {
			size_t len = state_of(hashes[h], sizes[i], s);

			assert_true(midstate_is_valid(hashes[h], s, len));
			for (size_t cut = 0; cut < STATE_MAX; cut++)
				if (cut != len)
					assert_int_equal(
					    midstate_digest(
						hashes[h], s, cut, got),
					    -1);
		}
}

static void
a_count_that_sha_2_cannot_have_is_refused(void **state)
{
	uint8_t s[STATE_MAX] = { 0 };

	(void)state;
	assert_true(midstate_is_valid(HASH_SHA256, s, 40));
	s[32] = 0x0f;
	assert_true(midstate_is_valid(HASH_SHA256, s, 40));
	s[32] = 0x10;
	assert_false(midstate_is_valid(HASH_SHA256, s, 40));
	s[32] = 0xff;
	assert_false(midstate_is_valid(HASH_SHA256, s, 40));
}

static void
other_hashes_have_no_states(void **state)
{
	uint8_t s[STATE_MAX] = { 0 }, got[DIGEST_MAX];

	(void)state;
	assert_int_equal(midstate_size(HASH_SHA256), 32);
	assert_int_equal(midstate_size(HASH_SHA384), 64);
	assert_int_equal(midstate_size(HASH_SHA512), 64);
	for (int h = HASH_NONE; h <= HASH_COUNT; h++) {
		if (midstate_size((enum hash)h) != 0)
			continue;
		assert_false(midstate_is_valid((enum hash)h, s, 40));
		assert_false(midstate_is_valid((enum hash)h, s, 72));
		assert_int_equal(midstate_digest((enum hash)h, s, 40, got), -1);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_state_ends_as_the_digest_of_what_was_hashed),
		cmocka_unit_test(more_bytes_go_behind_it),
		cmocka_unit_test(the_count_may_be_over_four_gibibytes),
		cmocka_unit_test(a_wrong_length_is_refused),
		cmocka_unit_test(a_count_that_sha_2_cannot_have_is_refused),
		cmocka_unit_test(other_hashes_have_no_states),
	};

	return cmocka_run_group_tests(tests, fill, NULL);
}
