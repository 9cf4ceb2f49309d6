/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/format/dsse.c src/format/sigstore.c src/format/statement.c */
/* covers: src/format/native.c src/format/when.c */
#include "support_format.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "format/native.h"
#include "format/when.h"

static const char content[] = "an artifact\n";

/*
 * Python reads the JSON and writes what must have been signed, and the
 * signature; a bundle's message is the artifact itself.
 */
static const char opener[] =
    "import base64, json, sys\n"
    "whole = json.load(open('answer'))\n"
    "envelope = whole.get('dsseEnvelope', whole)\n"
    "if 'messageSignature' in whole:\n"
    "    message = open('file', 'rb').read()\n"
    "    signature = whole['messageSignature']['signature']\n"
    "else:\n"
    "    body = base64.b64decode(envelope['payload'], validate=True)\n"
    "    kind = envelope['payloadType'].encode()\n"
    "    message = b'DSSEv1 %d %s %d %s' % (len(kind), kind, len(body), body)\n"
    "    signature = envelope['signatures'][0]['sig']\n"
    "    json.dump(json.loads(body), open('statement', 'w'), indent=1)\n"
    "open('message', 'wb').write(message)\n"
    "open('sig', 'wb').write(base64.b64decode(signature, validate=True))\n";

static void
write_answer(const char *name, const struct making *m)
{
	struct buf answer;
	char pem[8192];

	assert_int_equal(
	    pubkey_pem(m->key->spki, m->key->spki_len, pem, sizeof(pem)), 0);
	test_write("key.pem", pem, strlen(pem));
	test_write("file", content, strlen(content));
	test_write("open", opener, strlen(opener));
	test_answer(format_by_name(name), m, &answer);
	test_write("answer", buf_at(&answer), buf_len(&answer));
	buf_release(&answer);
	assert_int_equal(test_run("/usr/bin/python3 open"), 0);
}

static void
openssl_verifies_every_key_type(void **state)
{
	static const char *const names[] = { "dsse", "sigstore-dsse",
		"sigstore-bundle" };
	uint8_t space[DIGEST_MAX];

	(void)state;
	test_dir_enter();
	for (size_t n = 0; n < 3; n++) {
		for (size_t k = 0; k < TEST_KEYS; k++) {
			struct format_line line =
			    test_line(HASH_SHA256, content, "fw.bin", space);
			struct making m = test_making(&test_keys[k], &line);

			if (k == TEST_ED25519 && n == 2)
				continue;
			write_answer(names[n], &m);
			assert_int_equal(
			    test_run(k == TEST_ED25519 ?
				    "openssl pkeyutl -verify -rawin -pubin "
				    "-inkey key.pem -sigfile sig -in message" :
				    "openssl dgst -sha256 -verify key.pem "
				    "-signature sig message"),
			    0);
		}
	}
	test_dir_leave();
}

/* A name in JSON is the same name again, whatever it is made of. */
static void
the_statement_says_what_was_signed(void **state)
{
	static const char *const names[] = { "fw.bin", "a \"b\" \\c\n\t",
		"\xc3\xa4\xf0\x9f\x98\x80", "\"}],\"x\":[{\"" };
	struct format_settings set = { .predicate_type =
					   "https://example.com/release/v1" };
	uint8_t space[DIGEST_MAX];

	(void)state;
	test_dir_enter();
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct format_line line =
		    test_line(HASH_SHA3_256, content, names[i], space);
		struct making m = test_making(&test_keys[TEST_P256], &line);

		m.set = i % 2 == 0 ? &set : m.set;
		write_answer("dsse", &m);
		test_write("name", names[i], strlen(names[i]));
		assert_int_equal(
		    test_run(
			"jq -e --rawfile name name --arg type '%s' "
			"--arg hex \"$(openssl dgst -sha3-256 -r file | "
			"cut -c 1-64)\" '. == {"
			"_type: \"https://in-toto.io/Statement/v1\","
			"subject: [{name: $name, digest: {sha3_256: $hex}}],"
			"predicateType: $type, predicate: {signer: "
			"\"countersign\", key: \"P-256\","
			"time: \"2026-12-01T00:00:00Z\"}}' statement",
			i % 2 == 0 ? set.predicate_type :
				     "urn:countersign:signed:v1"),
		    0);
	}
	assert_int_equal(
	    test_run("test \"$(wc -l <answer)\" = 1 && jq -e '.payloadType == "
		     "\"application/vnd.in-toto+json\" and "
		     "(.signatures | length) == 1 and .signatures[0].keyid == "
		     "\"SHA256:'$(openssl pkey -pubin -in key.pem -outform DER "
		     "| openssl dgst -sha256 -binary | base64 | tr -d =)'\"' "
		     "answer"),
	    0);
	test_dir_leave();
}

static void
a_bundle_has_what_version_0_3_asks_for(void **state)
{
	uint8_t space[DIGEST_MAX];
	struct format_line line = test_line(HASH_SHA256, content, "", space);
	struct making m = test_making(&test_keys[TEST_P256], &line);

	(void)state;
	test_dir_enter();
	write_answer("sigstore-bundle", &m);
	assert_int_equal(
	    test_run(
		"jq -e --arg hint \"$(openssl pkey -pubin -in key.pem -outform "
		"DER | openssl dgst -sha256 -binary | base64)\" --arg digest "
		"\"$(openssl dgst -sha256 -binary file | base64)\" '"
		".mediaType == "
		"\"application/vnd.dev.sigstore.bundle.v0.3+json\" and "
		".verificationMaterial == {publicKey: {hint: $hint}, "
		"tlogEntries: []} and .messageSignature.messageDigest == "
		"{algorithm: \"SHA2_256\", digest: $digest}' answer"),
	    0);
	test_dir_leave();
}

static void
refuses_a_byte_changed(void **state)
{
	static const struct {
		const char *name;
		size_t key;
	} some[] = { { "dsse", TEST_P256 }, { "dsse", TEST_ED25519 },
		{ "sigstore-dsse", TEST_P256 },
		{ "sigstore-bundle", TEST_P256 },
		{ "sigstore-bundle", TEST_RSA2048 } };
	uint8_t space[DIGEST_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++) {
		const struct format *f = format_by_name(some[i].name);
		struct format_line line =
		    test_line(HASH_SHA256, content, "fw.bin", space);
		struct making m = test_making(&test_keys[some[i].key], &line);
		struct buf answer;

		test_answer(f, &m, &answer);
		test_refuses_changes(f, &m, &answer);
		buf_release(&answer);
	}
}

static void
a_statement_needs_a_name_in_utf8(void **state)
{
	static const char *const bad[] = { "", "\xff", "a\xc3",
		"\xed\xa0\x80" };
	const struct format *f = format_by_name("dsse");
	uint8_t space[DIGEST_MAX];
	char text[MESSAGE_SIZE];
	struct buf input;

	(void)state;
	buf_init(&input, 4096);
	for (size_t i = 0; i < 4; i++) {
		struct format_line line =
		    test_line(HASH_SHA256, content, bad[i], space);
		struct making m = test_making(&test_keys[TEST_P256], &line);

		assert_int_equal(f->fit(&m, text), REASON_BAD_INPUT);
		assert_int_equal(f->input(&m, &input), -1);
	}
	buf_release(&input);
}

/* The longest there is: six characters of JSON for each byte. */
static void
the_longest_name_fits(void **state)
{
	char name[LINE_NAME_SIZE];
	uint8_t space[DIGEST_MAX];
	struct format_line line;
	struct making m;
	struct buf answer;

	(void)state;
	memset(name, 1, sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	line = test_line(HASH_SHA512, content, name, space);
	m = test_making(&test_keys[TEST_RSA3072], &line);
	test_answer(format_by_name("sigstore-dsse"), &m, &answer);
	buf_release(&answer);
}

static void
a_bundle_of_a_message_is_over_sha256(void **state)
{
	enum hash over;

	(void)state;
	for (int h = 0; h < HASH_COUNT; h++) {
		const struct format *f = format_by_name("sigstore-bundle");

		assert_int_equal(
		    f->mech(KEY_P384, (enum hash)h, &over) != MECH_NONE,
		    h == HASH_SHA256);
		assert_int_equal(
		    f->mech(KEY_ED25519, (enum hash)h, &over), MECH_NONE);
	}
}

static void
tells_the_time_in_seconds(void **state)
{
	char text[WHEN_SIZE];

	(void)state;
	assert_int_equal(when_text(0, text), 0);
	assert_string_equal(text, "1970-01-01T00:00:00Z");
	assert_int_equal(when_text(253402300799, text), 0);
	assert_string_equal(text, "9999-12-31T23:59:59Z");
	assert_int_equal(when_text(253402300800, text), -1);
	assert_int_equal(when_text(-1, text), -1);
}

static void
refuses_signatures_of_another_length(void **state)
{
	uint8_t space[DIGEST_MAX], signature[256] = { 1 };
	struct format_line line =
	    test_line(HASH_SHA256, content, "fw.bin", space);
	struct opened opened;
	struct buf ret;

	(void)state;
	buf_init(&ret, 8192);
	opened_init(&opened);
	for (size_t k = 0; k < TEST_KEYS; k++) {
		struct making m = test_making(&test_keys[k], &line);

		assert_int_equal(native_finish(&m, signature, 63, &ret), -1);
		assert_int_equal(native_base64(&m, signature, 63, &ret), -1);
		if (k != TEST_RSA2048 && k != TEST_RSA3072)
			assert_int_equal(
			    native_signature(&m, signature, 63, &opened), -1);
	}
	opened_release(&opened);
	buf_release(&ret);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(openssl_verifies_every_key_type),
		cmocka_unit_test(the_statement_says_what_was_signed),
		cmocka_unit_test(a_bundle_has_what_version_0_3_asks_for),
		cmocka_unit_test(refuses_a_byte_changed),
		cmocka_unit_test(a_statement_needs_a_name_in_utf8),
		cmocka_unit_test(the_longest_name_fits),
		cmocka_unit_test(a_bundle_of_a_message_is_over_sha256),
		cmocka_unit_test(tells_the_time_in_seconds),
		cmocka_unit_test(refuses_signatures_of_another_length),
	};

	return cmocka_run_group_tests(tests, test_keys_make, test_keys_free);
}
