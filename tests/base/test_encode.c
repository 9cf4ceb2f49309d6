/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

static void
hex_is_lower_case_and_read_in_either(void **state)
{
	const uint8_t bytes[] = { 0x00, 0x9f, 0xa5, 0xff };
	uint8_t back[4];
	char text[9];

	(void)state;
	hex_encode(bytes, sizeof(bytes), text);
	assert_string_equal(text, "009fa5ff");
	assert_int_equal(hex_decode("009Fa5fF", 8, back), 0);
	assert_memory_equal(back, bytes, sizeof(bytes));
	assert_int_equal(hex_decode("", 0, back), 0);
}

static void
refuses_what_is_no_hex(void **state)
{
	static const char *const bad[] = { "0", "000", "0g", "g0", " 0", "0x",
		"/0", ":0", "@0", "`0", "0\xff" };
	uint8_t back[4];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(hex_decode(bad[i], strlen(bad[i]), back), -1);
	assert_int_equal(hex_decode("00\0", 4, back), -1);
}

static void
encodes_the_vectors_of_rfc_4648(void **state)
{
	static const struct {
		const char *plain, *padded, *bare;
	} vectors[] = {
		{ "", "", "" },
		{ "f", "Zg==", "Zg" },
		{ "fo", "Zm8=", "Zm8" },
		{ "foo", "Zm9v", "Zm9v" },
		{ "foob", "Zm9vYg==", "Zm9vYg" },
		{ "fooba", "Zm9vYmE=", "Zm9vYmE" },
		{ "foobar", "Zm9vYmFy", "Zm9vYmFy" },
	};
	char text[BASE64_SIZE(6)];
	uint8_t back[6];
	size_t len;

	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(*vectors); i++) {
		const char *plain = vectors[i].plain;

		len = base64_encode(plain, strlen(plain), true, text);
		assert_string_equal(text, vectors[i].padded);
		assert_int_equal(len, strlen(text));
		assert_int_equal(
		    base64_decode(text, len, back, sizeof(back), &len), 0);
		assert_int_equal(len, strlen(plain));
		assert_memory_equal(back, plain, len);
		base64_encode(plain, strlen(plain), false, text);
		assert_string_equal(text, vectors[i].bare);
	}
}

static void
every_length_comes_back(void **state)
{
	uint8_t bytes[70], back[70];
	char *text;
	size_t len, back_len;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 37 + 5);
	for (size_t n = 0; n <= sizeof(bytes); n++) {
		text = malloc(BASE64_SIZE(n));
		assert_non_null(text);
		len = base64_encode(bytes, n, true, text);
		assert_int_equal(len + 1, BASE64_SIZE(n));
		assert_int_equal(
		    base64_decode(text, len, back, n, &back_len), 0);
		assert_int_equal(back_len, n);
		assert_memory_equal(back, bytes, n);
		free(text);
	}
}

static void
refuses_what_is_not_canonical(void **state)
{
	static const char *const bad[] = { "Zg",
		"Zg=", "Zg===", "Z===", "====", "=",
		"Zm9v=", "Zh==", "Zm9=", "Zm9vYmF=", "Zg==Zg==", "Zg==Zm9v",
		"Z=g=", "=Zg=", "Zm9v\n", "Zm 9", " Zg=", "Zm-_",
		"Zm9v====", "Zm9\xff", "Zm=v" };
	uint8_t back[16];
	size_t len = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(base64_decode(bad[i], strlen(bad[i]), back,
				     sizeof(back), &len),
		    -1);
	assert_int_equal(base64_decode("Zm\0v", 4, back, 16, &len), -1);
	assert_int_equal(len, 7);
}

static void
refuses_more_bytes_than_there_is_space(void **state)
{
	uint8_t *back = malloc(3);
	size_t len = 7;

	(void)state;
	assert_non_null(back);
	assert_int_equal(base64_decode("Zm9vYg==", 8, back, 3, &len), -1);
	assert_int_equal(base64_decode("Zm9v", 4, back, 2, &len), -1);
	assert_int_equal(base64_decode("Zg==", 4, back, 0, &len), -1);
	assert_int_equal(base64_decode("Zm9v", 4, back, 3, &len), 0);
	free(back);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hex_is_lower_case_and_read_in_either),
		cmocka_unit_test(refuses_what_is_no_hex),
		cmocka_unit_test(encodes_the_vectors_of_rfc_4648),
		cmocka_unit_test(every_length_comes_back),
		cmocka_unit_test(refuses_what_is_not_canonical),
		cmocka_unit_test(refuses_more_bytes_than_there_is_space),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
