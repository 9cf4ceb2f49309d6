/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "session/digests.h"

#define HEX64 "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"
#define HEX96                                                              \
	"1d0f284efe3edea4b9ca3bd514fa134b17eae361ccc7a1eefeff801b9bd6604e" \
	"01f21f6bf249ef030599f0c218f2ba8c"
#define HEX128 HEX64 HEX64

static struct line line;
static char what[MESSAGE_SIZE];

static enum digest_kind
parse(const char *text, enum hash given)
{
	memset(&line, 0x5a, sizeof(line));
	what[0] = '\0';
	return digest_parse(text, strlen(text), given, &line, what);
}

static void
assert_good(const char *text, enum hash hash, const char *name)
{
	if (parse(text, HASH_NONE) != DIGEST_LINE)
		fail_msg("%s: %s", text, what);
	assert_int_equal(line.hash, hash);
	assert_int_equal(line.digest_len, hash_size(hash));
	assert_string_equal(line.name, name);
}

static void
assert_bad(const char *text, const char *says)
{
	if (parse(text, HASH_NONE) != DIGEST_BAD)
		fail_msg("'%s' was accepted", text);
	if (strstr(what, says) == NULL)
		fail_msg("'%s' says: %s", text, what);
}

static void
reads_every_form(void **state)
{
	(void)state;
	assert_good(HEX64, HASH_SHA256, "");
	assert_good(HEX96, HASH_SHA384, "");
	assert_good(HEX128, HASH_SHA512, "");
	assert_good(HEX64 "  fw.bin", HASH_SHA256, "fw.bin");
	assert_good(HEX64 " *fw.bin", HASH_SHA256, "fw.bin");
	assert_good(HEX64 "  -", HASH_SHA256, "-");
	assert_good("\\" HEX64 "  a\\nb\\\\c\\r", HASH_SHA256, "a\nb\\c\r");
	assert_good("SHA256 (fw.bin) = " HEX64, HASH_SHA256, "fw.bin");
	assert_good("SHA384 (a) = " HEX96, HASH_SHA384, "a");
	assert_good("SHA512 (a) = " HEX128, HASH_SHA512, "a");
	assert_good("SHA3-256 (a) = " HEX64, HASH_SHA3_256, "a");
	assert_good("SHA2-256(fw.bin)= " HEX64, HASH_SHA256, "fw.bin");
	assert_good("SHA256(fw.bin)= " HEX64, HASH_SHA256, "fw.bin");
	assert_good("SHA3-512(a)= " HEX128, HASH_SHA3_512, "a");
	assert_good("\\SHA256 (a\\nb) = " HEX64, HASH_SHA256, "a\nb");
	assert_good("sha256 (a) = " HEX64, HASH_SHA256, "a");
	assert_good("sha256:" HEX64 " fw.bin", HASH_SHA256, "fw.bin");
	assert_good("sha512:" HEX128 "  fw.bin", HASH_SHA512, "fw.bin");
	assert_good("sha256:" HEX64 " a b", HASH_SHA256, "a b");
	assert_good("sha256:" HEX64, HASH_SHA256, "");
	assert_bad("sha256:" HEX64 "x", "not a digest");
	assert_bad("sha256:" HEX64 " ", "the name is empty");
	assert_bad("sha256:", "not a digest");
	assert_bad(":" HEX64, "not a digest");
	assert_bad("sha1:" HEX64 " a", "sha1 is not accepted");
	assert_bad("sha384:" HEX64 " a", "sha384 has 96");
}

#define CHAIN "sha256-state:" HEX64
#define LONG_CHAIN HEX128

static void
reads_hashes_that_are_not_finished(void **state)
{
	(void)state;
	assert_int_equal(
	    parse(CHAIN "0000000000000003616263  a b", HASH_NONE), DIGEST_LINE);
	assert_int_equal(line.hash, HASH_SHA256);
	assert_int_equal(line.digest_len, 0);
	assert_int_equal(line.extra_len, 32 + 8 + 3);
	assert_int_equal(line.extra[0], 0x58);
	assert_memory_equal(line.extra + 40, "abc", 3);
	assert_string_equal(line.name, "a b");
	assert_int_equal(
	    parse(CHAIN "0fffffffffffffc0", HASH_SHA256), DIGEST_LINE);
	assert_int_equal(line.extra_len, 40);
	assert_string_equal(line.name, "");
	assert_int_equal(
	    parse("\\sha512-state:" LONG_CHAIN "0000000000000001ff  a\\nb",
		HASH_NONE),
	    DIGEST_LINE);
	assert_int_equal(line.hash, HASH_SHA512);
	assert_int_equal(line.extra_len, 64 + 8 + 1);
	assert_string_equal(line.name, "a\nb");
	assert_int_equal(
	    parse("sha384-state:" LONG_CHAIN "0000000000000080", HASH_NONE),
	    DIGEST_LINE);
	assert_int_equal(line.hash, HASH_SHA384);
	assert_int_equal(line.extra_len, 64 + 8);
	/* Whatever came before, an ordinary line has nothing of it. */
	assert_good(HEX64 "  x", HASH_SHA256, "x");
	assert_int_equal(line.extra_len, 0);
}

static void
refuses_states_that_are_none(void **state)
{
	static const char what_is[] =
	    "not a state of sha256: 64 digits, 16 for the count of bytes, and "
	    "the bytes that fill no block of 64";

	(void)state;
	assert_bad(CHAIN, what_is);
	assert_bad(CHAIN "  name", what_is);
	assert_bad(CHAIN "0000000000000003", what_is);
	assert_bad(CHAIN "00000000000000036162", what_is);
	assert_bad(CHAIN "000000000000000361626", what_is);
	assert_bad(CHAIN "000000000000000361626364", what_is);
	assert_bad(CHAIN "1000000000000000", what_is);
	assert_bad("sha256-state:" LONG_CHAIN "0000000000000000", what_is);
	assert_bad("sha512-state:" HEX64 "0000000000000000",
	    "not a state of sha512: 128 digits");
	assert_bad("sha512-state:" LONG_CHAIN
		   "0000000000000000" LONG_CHAIN LONG_CHAIN,
	    "not a state of sha512: 128 digits");
	assert_bad("sha1-state:" HEX64 "0000000000000000", "is not accepted");
	assert_bad("SHA256-state:" HEX64 "0000000000000000", "is not accepted");
	assert_bad("sha256-state:", "not a digest");
	assert_bad("sha256-state: " HEX64 "0000000000000000", "not a digest");
	assert_int_equal(
	    parse(CHAIN "0000000000000000", HASH_SHA512), DIGEST_BAD);
	assert_string_equal(
	    what, "the line says sha256, where sha512 is expected");
}

static void
reads_names_as_they_are(void **state)
{
	(void)state;
	assert_good(HEX64 "   x", HASH_SHA256, " x");
	assert_good(HEX64 "  a\\nb", HASH_SHA256, "a\\nb");
	assert_good(HEX64 "  SHA256 (a) = b", HASH_SHA256, "SHA256 (a) = b");
	assert_good("SHA256 (a) = b) = " HEX64, HASH_SHA256, "a) = b");
	assert_good("SHA256 ((x)) = " HEX64, HASH_SHA256, "(x)");
	assert_good(HEX64 "  \xff\xfe", HASH_SHA256, "\xff\xfe");
}

static void
reads_digits_of_either_case(void **state)
{
	(void)state;
	assert_int_equal(parse("AB" HEX64, HASH_NONE), DIGEST_BAD);
	assert_good("ABCDEF0123456789abcdef0123456789"
		    "ABCDEF0123456789abcdef0123456789",
	    HASH_SHA256, "");
	assert_int_equal(line.digest[0], 0xab);
	assert_int_equal(line.digest[31], 0x89);
}

static void
drops_one_carriage_return(void **state)
{
	(void)state;
	assert_good(HEX64 "\r", HASH_SHA256, "");
	assert_good(HEX64 "  a\r", HASH_SHA256, "a");
	assert_good("SHA256 (a) = " HEX64 "\r", HASH_SHA256, "a");
}

static void
passes_blank_lines_and_comments(void **state)
{
	static const char *const lines[] = { "", "\r", " ", " \t ", "#", "# x",
		"#" HEX64 };

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		assert_int_equal(parse(lines[i], HASH_NONE), DIGEST_PASS);
}

static void
refuses_what_is_no_digest(void **state)
{
	(void)state;
	assert_bad("hello", "a line is HEX");
	assert_bad(" " HEX64, "a line is HEX");
	assert_bad(HEX64 " ", "a line is HEX");
	assert_bad(HEX64 " fw.bin", "a line is HEX");
	assert_bad(HEX64 "\tfw.bin", "a line is HEX");
	assert_bad("sha256: " HEX64 " name", "a line is HEX");
	assert_bad("hash: " HEX64, "a line is HEX");
	assert_bad("\\" HEX64, "a line is HEX");
	assert_bad("SHA256 (a) =" HEX64, "a line is HEX");
	assert_bad("SHA256 (a)= " HEX64, "a line is HEX");
	assert_bad("SHA256(a) = " HEX64, "a line is HEX");
	assert_bad("SHA256 a) = " HEX64, "a line is HEX");
	assert_bad("SHA256 (", "a line is HEX");
	assert_bad("SHA256 (a) = ", "a line is HEX");
	assert_bad(" # x", "a line is HEX");
}

static void
refuses_other_lengths(void **state)
{
	(void)state;
	assert_bad("ab", "2 digits");
	assert_bad(HEX64 "a", "65 digits");
	assert_bad("d41d8cd98f00b204e9800998ecf8427e  md5", "32 digits");
	assert_bad(HEX128 "ab", "130 digits");
	assert_bad("SHA256 (a) = " HEX96, "sha256 has 64");
	assert_bad("SHA3-384 (a) = " HEX64, "sha3-384 has 96");
}

static void
refuses_other_algorithms_by_name(void **state)
{
	(void)state;
	assert_bad("MD5 (a) = d41d8cd98f00b204e9800998ecf8427e",
	    "MD5 is not accepted; use SHA256");
	assert_bad("SHA1(a)= da39a3ee5e6b4b0d3255bfef95601890afd80709",
	    "SHA1 is not accepted");
	assert_bad("BLAKE2s (a) = " HEX64, "BLAKE2s is not accepted");
	assert_bad("SHA512/256 (a) = " HEX64, "SHA512/256 is not accepted");
}

static void
takes_the_given_hash(void **state)
{
	(void)state;
	assert_int_equal(parse(HEX64, HASH_SHA3_256), DIGEST_LINE);
	assert_int_equal(line.hash, HASH_SHA3_256);
	assert_int_equal(
	    parse("SHA256 (a) = " HEX64, HASH_SHA256), DIGEST_LINE);
	assert_int_equal(
	    parse("SHA256 (a) = " HEX64, HASH_SHA3_256), DIGEST_BAD);
	assert_non_null(strstr(what, "where sha3-256 is expected"));
	assert_int_equal(parse(HEX64, HASH_SHA512), DIGEST_BAD);
	assert_non_null(strstr(what, "sha512 has 128"));
}

static void
refuses_a_name_with_nul(void **state)
{
	static const char text[] = HEX64 "  a\0b";

	(void)state;
	assert_int_equal(
	    digest_parse(text, sizeof(text) - 1, HASH_NONE, &line, what),
	    DIGEST_BAD);
	assert_non_null(strstr(what, "NUL"));
}

static void
refuses_an_empty_name(void **state)
{
	(void)state;
	assert_bad(HEX64 "  ", "name is empty");
	assert_bad(HEX64 " *", "name is empty");
	assert_bad("SHA256 () = " HEX64, "name is empty");
	assert_bad("SHA256()= " HEX64, "name is empty");
}

static void
refuses_unknown_escapes(void **state)
{
	(void)state;
	assert_bad("\\" HEX64 "  a\\tb", "backslash");
	assert_bad("\\" HEX64 "  a\\", "backslash");
	assert_bad("\\" HEX64 "  a\\0", "backslash");
}

static void
bounds_a_name_at_255_bytes(void **state)
{
	char text[1024];
	char name[512];

	(void)state;
	memset(name, 'n', sizeof(name));
	name[255] = '\0';
	snprintf(text, sizeof(text), "%s  %s", HEX64, name);
	assert_good(text, HASH_SHA256, name);
	name[255] = 'n';
	name[256] = '\0';
	snprintf(text, sizeof(text), "%s  %s", HEX64, name);
	assert_bad(text, "longer than 255");
	/* What counts is the name itself, not how it was written. */
	memset(name, '\\', 510);
	name[510] = '\0';
	snprintf(text, sizeof(text), "\\%s  %s", HEX64, name);
	assert_int_equal(parse(text, HASH_NONE), DIGEST_LINE);
	assert_int_equal(strlen(line.name), 255);
}

static void
keeps_what_it_read_of_a_bad_line(void **state)
{
	(void)state;
	assert_bad("d41d8cd98f00b204e9800998ecf8427e  md5", "digits");
	assert_int_equal(line.digest_len, 16);
	assert_int_equal(line.hash, HASH_NONE);
	assert_string_equal(line.name, "md5");
	assert_bad("hello", "HEX");
	assert_int_equal(line.digest_len, 0);
	assert_string_equal(line.name, "");
}

static void
escapes_what_it_repeats(void **state)
{
	(void)state;
	assert_bad("/\x1b[2J (a) = " HEX64, "a line is HEX");
	assert_bad("x_/ (a) = " HEX64, "x_/ is not accepted");
}

static void
takes_exactly_one_raw_digest(void **state)
{
	uint8_t bytes[65] = { 1, 2, 3 };

	(void)state;
	assert_int_equal(digest_raw(bytes, 32, HASH_NONE, &line, what), 0);
	assert_int_equal(line.hash, HASH_SHA256);
	assert_int_equal(digest_raw(bytes, 64, HASH_SHA3_512, &line, what), 0);
	assert_int_equal(line.hash, HASH_SHA3_512);
	assert_string_equal(line.name, "");
	for (size_t n = 0; n <= sizeof(bytes); n++)
		if (n != 32 && n != 48 && n != 64)
			assert_int_equal(
			    digest_raw(bytes, n, HASH_NONE, &line, what), -1);
	assert_int_equal(digest_raw(bytes, 32, HASH_SHA512, &line, what), -1);
	assert_non_null(strstr(what, "64 bytes"));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_every_form),
		cmocka_unit_test(reads_hashes_that_are_not_finished),
		cmocka_unit_test(refuses_states_that_are_none),
		cmocka_unit_test(reads_names_as_they_are),
		cmocka_unit_test(reads_digits_of_either_case),
		cmocka_unit_test(drops_one_carriage_return),
		cmocka_unit_test(passes_blank_lines_and_comments),
		cmocka_unit_test(refuses_what_is_no_digest),
		cmocka_unit_test(refuses_other_lengths),
		cmocka_unit_test(refuses_other_algorithms_by_name),
		cmocka_unit_test(takes_the_given_hash),
		cmocka_unit_test(refuses_a_name_with_nul),
		cmocka_unit_test(refuses_an_empty_name),
		cmocka_unit_test(refuses_unknown_escapes),
		cmocka_unit_test(bounds_a_name_at_255_bytes),
		cmocka_unit_test(keeps_what_it_read_of_a_bad_line),
		cmocka_unit_test(escapes_what_it_repeats),
		cmocka_unit_test(takes_exactly_one_raw_digest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
