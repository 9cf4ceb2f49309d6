/* SPDX-License-Identifier: Apache-2.0 */
#include "format/scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct reader
from(const char *text)
{
	struct reader r;

	reader_init(&r, text, strlen(text));
	return r;
}

static void
takes_what_is_there_and_nothing_else(void **state)
{
	struct reader r = from("key: a\nkey: b\nrest");
	const char *at;
	size_t len;

	(void)state;
	scan_text(&r, "key: ");
	at = scan_to(&r, '\n', 10, &len);
	assert_int_equal(len, 1);
	assert_memory_equal(at, "a", 1);
	scan_text(&r, "key: ");
	assert_memory_equal(get_raw(&r, 2), "b\n", 2);
	at = scan_rest(&r, 4, &len);
	assert_int_equal(len, 4);
	assert_memory_equal(at, "rest", 4);
	assert_true(reader_done(&r));
}

static void
refuses_another_text(void **state)
{
	static const char *const others[] = { "", "k",
		"key:", "Key: ", "kez: " };

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		struct reader r = from(others[i]);

		scan_text(&r, "key: ");
		assert_true(r.bad);
	}
}

static void
refuses_an_end_that_is_too_far(void **state)
{
	struct reader r = from("abc\n");
	size_t len;

	(void)state;
	scan_to(&r, '\n', 3, &len);
	assert_true(reader_done(&r));
	r = from("abc\n");
	assert_string_equal(scan_to(&r, '\n', 2, &len), "");
	assert_int_equal(len, 0);
	assert_true(r.bad);
	r = from("abc");
	scan_to(&r, '\n', 9, &len);
	assert_true(r.bad);
	r = from("abc");
	scan_rest(&r, 2, &len);
	assert_true(r.bad);
	r = from("abc");
	get_raw(&r, 4);
	assert_true(r.bad);
}

static void
reads_numbers_as_they_are_written(void **state)
{
	static const char *const bad[] = { "", "\n", "01\n", "-1\n", "+1\n",
		" 1\n", "1 \n", "11\n", "1", "a\n", "18446744073709551616\n",
		"000000000000000000000\n" };
	struct reader r = from("0\n10\n");

	(void)state;
	assert_int_equal(scan_number(&r, '\n', 10), 0);
	assert_int_equal(scan_number(&r, '\n', 10), 10);
	assert_true(reader_done(&r));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		r = from(bad[i]);
		assert_int_equal(scan_number(&r, '\n', 10), 0);
		assert_true(r.bad);
	}
}

static void
reads_hex_in_lower_case_only(void **state)
{
	static const char *const bad[] = { "00ff", "00f\n", "00fff\n", "00FF\n",
		"0 ff\n", "\n" };
	struct reader r = from("00ff\n");
	uint8_t two[2];

	(void)state;
	scan_hex(&r, '\n', two, 2);
	assert_true(reader_done(&r));
	assert_memory_equal(two, "\0\xff", 2);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		r = from(bad[i]);
		scan_hex(&r, '\n', two, 2);
		assert_true(r.bad);
	}
}

static void
reads_base64_that_fits(void **state)
{
	static const char *const bad[] = { "AP8", "AP8\n", "AP9=\n",
		"AP8=AP8=\n", "A_8=\n" };
	struct reader r = from("AP8=\n");
	uint8_t two[2];
	size_t len;

	(void)state;
	scan_base64(&r, '\n', two, 2, &len);
	assert_true(reader_done(&r));
	assert_int_equal(len, 2);
	assert_memory_equal(two, "\0\xff", 2);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		r = from(bad[i]);
		scan_base64(&r, '\n', two, 2, &len);
		assert_int_equal(len, 0);
		assert_true(r.bad);
	}
}

static void
reads_base64_of_urls(void **state)
{
	static const char *const bad[] = { "-_8=.", "+_8.", "-/8.", "-.",
		"-_9.", "-_8-_8.", "-_8" };
	struct reader r = from("-_8.-_8");
	uint8_t two[2];
	size_t len;

	(void)state;
	scan_base64url(&r, '.', two, 2, &len);
	assert_memory_equal(two, "\xfb\xff", 2);
	scan_base64url(&r, '\0', two, 2, &len);
	assert_true(reader_done(&r));
	assert_int_equal(len, 2);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		r = from(bad[i]);
		scan_base64url(&r, '.', two, 2, &len);
		assert_int_equal(len, 0);
		assert_true(r.bad);
	}
}

static void
stays_bad(void **state)
{
	struct reader r = from("good\n");
	uint8_t two[2];
	size_t len;

	(void)state;
	scan_text(&r, "bad");
	scan_text(&r, "good");
	scan_to(&r, '\n', 9, &len);
	assert_int_equal(len, 0);
	assert_int_equal(scan_number(&r, '\n', 9), 0);
	scan_hex(&r, '\n', two, 2);
	scan_base64(&r, '\n', two, 2, &len);
	scan_base64url(&r, '\0', two, 2, &len);
	scan_rest(&r, 9, &len);
	assert_int_equal(len, 0);
	assert_true(r.bad);
	assert_false(reader_done(&r));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_what_is_there_and_nothing_else),
		cmocka_unit_test(refuses_another_text),
		cmocka_unit_test(refuses_an_end_that_is_too_far),
		cmocka_unit_test(reads_numbers_as_they_are_written),
		cmocka_unit_test(reads_hex_in_lower_case_only),
		cmocka_unit_test(reads_base64_that_fits),
		cmocka_unit_test(reads_base64_of_urls),
		cmocka_unit_test(stays_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
