/* SPDX-License-Identifier: Apache-2.0 */
#include "lists/parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define SHA256 \
	"ab0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define SHA384 SHA256 "000102030405060708090a0b0c0d0e0f"
#define SHA512 SHA256 SHA256

static uint8_t digest[DIGEST_MAX];
static size_t digest_len;
static const char *what;

static enum list_line
parse(const char *text)
{
	what = NULL;
	return list_line_parse(text, strlen(text), digest, &digest_len, &what);
}

static void
takes_the_forms_of_sha256sum_and_its_kin(void **state)
{
	static const struct {
		const char *line;
		size_t len;
	} good[] = {
		{ SHA256, 32 },
		{ SHA384, 48 },
		{ SHA512, 64 },
		{ SHA256 "\r", 32 },
		{ SHA256 "  name", 32 },
		{ SHA256 "  -", 32 },
		{ SHA256 " *name with blanks", 32 },
		{ SHA256 "   leading blank", 32 },
		{ "\\" SHA256 "  a\\nb", 32 },
		{ "SHA256 (name) = " SHA256, 32 },
		{ "SHA256 (a) = b) = " SHA256 "\r", 32 },
		{ "\\SHA256 (a\\nb) = " SHA256, 32 },
		{ "SHA384 (name) = " SHA384, 48 },
		{ "SHA512 (name) = " SHA512, 64 },
		{ "SHA3-256 (name) = " SHA256, 32 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		if (parse(good[i].line) != LIST_LINE_DIGEST)
			fail_msg("%s: %s", good[i].line, what);
		assert_int_equal(digest_len, good[i].len);
		assert_int_equal(digest[0], 0xab);
		assert_int_equal(digest[31], 0x1f);
	}
}

static void
takes_digits_of_either_case(void **state)
{
	(void)state;
	assert_int_equal(parse("ABCDEF03040506070809"
			       "0a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"),
	    LIST_LINE_DIGEST);
	assert_int_equal(digest[0], 0xab);
	assert_int_equal(digest[2], 0xef);
}

static void
passes_over_blanks_and_comments(void **state)
{
	static const char *const pass[] = { "", "\r", " ", "\t \r", "#",
		"# " SHA256, "#!/bin/sh" };

	(void)state;
	for (size_t i = 0; i < sizeof(pass) / sizeof(pass[0]); i++)
		assert_int_equal(parse(pass[i]), LIST_LINE_PASS);
}

static void
guesses_nothing(void **state)
{
	static const char *const bad[] = {
		"x",
		" " SHA256, /* indented */
		" # comment",
		"abcd",
		"da39a3ee5e6b4b0d3255bfef95601890afd80709  sha1",
		SHA256 "0",
		SHA256 "00",
		SHA512 "00  longer",
		SHA256 " ",
		SHA256 "  ",
		SHA256 " name",
		SHA256 "\tname",
		SHA256 "\r\r",
		SHA256 "g",
		"0x" SHA256,
		"\\",
		"\\\\" SHA256 "  x",
		"SHA256 () = " SHA256,
		"SHA256 (x)= " SHA256,
		"SHA256(x)= " SHA256,
		"SHA256 (x) = ",
		"SHA256 (x) = " SHA384,
		"SHA384 (x) = " SHA256,
		"SHA256 (x) = " SHA256 " ",
		"SHA256 (x) " SHA256,
		"sha256 (x) = " SHA256,
		"MD5 (x) = 0123456789abcdef0123456789abcdef",
		"SHA1 (x) = da39a3ee5e6b4b0d3255bfef95601890afd80709",
		"<html>",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (parse(bad[i]) != LIST_LINE_BAD)
			fail_msg("taken: %s", bad[i]);
		assert_non_null(what);
	}
}

static void
refuses_a_nul_anywhere(void **state)
{
	static const char text[] = SHA256 "  name";
	char line[sizeof(text)];

	(void)state;
	for (size_t i = 0; i < sizeof(text) - 1; i++) {
		memcpy(line, text, sizeof(text));
		line[i] = '\0';
		assert_int_equal(list_line_parse(line, sizeof(text) - 1, digest,
				     &digest_len, &what),
		    LIST_LINE_BAD);
	}
}

static void
refuses_every_cut_of_a_digest(void **state)
{
	(void)state;
	for (size_t len = 1; len < 64; len++)
		assert_int_equal(
		    list_line_parse(SHA256, len, digest, &digest_len, &what),
		    LIST_LINE_BAD);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_the_forms_of_sha256sum_and_its_kin),
		cmocka_unit_test(takes_digits_of_either_case),
		cmocka_unit_test(passes_over_blanks_and_comments),
		cmocka_unit_test(guesses_nothing),
		cmocka_unit_test(refuses_a_nul_anywhere),
		cmocka_unit_test(refuses_every_cut_of_a_digest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
