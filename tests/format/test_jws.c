/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/format/jws.c */
#include "support_format.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "format/jws.h"

#define TEXT_MAX 4096

/* The payload is "payload", in base64url; what a client hashes. */
static struct making
make(size_t key, enum hash hash, struct format_line *line, uint8_t *space)
{
	struct making m = test_making(&test_keys[key], line);
	struct buf text;

	buf_init(&text, TEXT_MAX);
	assert_int_equal(jws_header(m.key, hash, &text), 0);
	buf_adds(&text, ".cGF5bG9hZA");
	buf_add(&text, "", 1);
	*line = test_line(hash, buf_at(&text), "", space);
	buf_release(&text);
	return m;
}

static const char checker[] =
    "from jwcrypto import jwk, jws\n"
    "key = jwk.JWK.from_pem(open('key.pem', 'rb').read())\n"
    "header, nothing, signature = open('token').read().split('.')\n"
    "def check(payload):\n"
    "    token = jws.JWS()\n"
    "    token.deserialize(f'{header}.{payload}.{signature}')\n"
    "    token.verify(key)\n"
    "check('cGF5bG9hZA')\n"
    "try:\n"
    "    check('cGF5bG9iZA')\n"
    "except jws.InvalidJWSSignature:\n"
    "    print('good' if nothing == '' else nothing)\n";

static void
jwcrypto_verifies(void **state)
{
	static const struct {
		size_t key;
		enum hash hash;
	} fits[] = {
		{ TEST_RSA2048, HASH_SHA256 },
		{ TEST_RSA3072, HASH_SHA384 },
		{ TEST_RSA2048, HASH_SHA512 },
		{ TEST_P256, HASH_SHA256 },
		{ TEST_P384, HASH_SHA384 },
		{ TEST_P521, HASH_SHA512 },
	};
	uint8_t space[DIGEST_MAX];
	struct format_line line;
	char pem[8192];

	(void)state;
	test_dir_enter();
	test_write("check", checker, strlen(checker));
	for (size_t i = 0; i < sizeof(fits) / sizeof(fits[0]); i++) {
		struct making m = make(fits[i].key, fits[i].hash, &line, space);
		struct buf answer;

		assert_int_equal(
		    pubkey_pem(m.key->spki, m.key->spki_len, pem, sizeof(pem)),
		    0);
		test_write("key.pem", pem, strlen(pem));
		test_answer(format_by_name("jws"), &m, &answer);
		test_write("token", buf_at(&answer), buf_len(&answer));
		buf_release(&answer);
		assert_int_equal(
		    test_run("/usr/bin/python3 check | grep -qx good"), 0);
	}
	test_dir_leave();
}

static void
the_header_names_algorithm_and_key(void **state)
{
	struct buf header;

	(void)state;
	test_dir_enter();
	buf_init(&header, TEXT_MAX);
	assert_int_equal(
	    jws_header(&test_keys[TEST_P384].facts, HASH_SHA384, &header), 0);
	test_write("header", buf_at(&header), buf_len(&header));
	buf_release(&header);
	assert_int_equal(
	    test_run("{ tr -- '-_' '+/' <header; echo ==; } | tr -d '\\n' | "
		     "base64 -di | grep -qE '^[{]\"alg\":\"ES384\","
		     "\"kid\":\"SHA256:[A-Za-z0-9+/]{43}\"[}]$'"),
	    0);
	test_dir_leave();
}

static void
refuses_a_byte_changed(void **state)
{
	static const size_t some[] = { TEST_RSA2048, TEST_P256 };
	uint8_t space[DIGEST_MAX];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct format_line line;
		struct making m = make(some[i], HASH_SHA256, &line, space);
		struct buf answer;

		test_answer(format_by_name("jws"), &m, &answer);
		test_refuses_changes(format_by_name("jws"), &m, &answer);
		buf_release(&answer);
	}
}

static void
a_curve_has_one_hash_and_ed25519_none(void **state)
{
	struct buf header;

	(void)state;
	buf_init(&header, TEXT_MAX);
	assert_int_equal(jws_hash(KEY_RSA), HASH_SHA256);
	assert_int_equal(jws_hash(KEY_P256), HASH_SHA256);
	assert_int_equal(jws_hash(KEY_P384), HASH_SHA384);
	assert_int_equal(jws_hash(KEY_P521), HASH_SHA512);
	assert_int_equal(jws_hash(KEY_ED25519), HASH_NONE);
	assert_int_equal(
	    jws_header(&test_keys[TEST_P256].facts, HASH_SHA384, &header), -1);
	assert_int_equal(
	    jws_header(&test_keys[TEST_ED25519].facts, HASH_SHA512, &header),
	    -1);
	buf_release(&header);
}

static void
says_what_would_fit(void **state)
{
	char text[MESSAGE_SIZE];
	enum mech mech;
	enum hash over;

	(void)state;
	assert_int_equal(
	    format_plan(format_by_name("jws"), &test_keys[TEST_P256].facts,
		HASH_SHA512, &mech, &over, text),
	    REASON_HASH);
	assert_string_equal(
	    text, "format jws does not take sha512; use sha256");
	assert_int_equal(
	    format_plan(format_by_name("jws"), &test_keys[TEST_ED25519].facts,
		HASH_SHA512, &mech, &over, text),
	    REASON_FORMAT);
	assert_non_null(strstr(text, "signs messages, not digests"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(jwcrypto_verifies),
		cmocka_unit_test(the_header_names_algorithm_and_key),
		cmocka_unit_test(refuses_a_byte_changed),
		cmocka_unit_test(a_curve_has_one_hash_and_ed25519_none),
		cmocka_unit_test(says_what_would_fit),
	};

	return cmocka_run_group_tests(tests, test_keys_make, test_keys_free);
}
