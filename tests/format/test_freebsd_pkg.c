/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/format/freebsd_pkg.c */
#include "support_format.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void
make(struct making *m, struct format_line *line, uint8_t *space)
{
	*line = test_line(HASH_SHA256, "a catalogue", "", space);
	*m = test_making(&test_keys[TEST_RSA2048], line);
}

static const char taker[] =
    "import sys\n"
    "to = None\n"
    "parts = {b'SIGNATURE\\n': b'', b'CERT\\n': b''}\n"
    "for line in open('reply', 'rb'):\n"
    "    if line in parts: to = line\n"
    "    elif line == b'END\\n': break\n"
    "    else: parts[to] += line\n"
    "else: sys.exit(1)\n"
    "open('sig', 'wb').write(parts[b'SIGNATURE\\n'][:-1])\n"
    "open('cert', 'wb').write(parts[b'CERT\\n'])\n";

/*
 * What pkg does with a reply: lines, the last LF of the signature cut off; the
 * certificate is what it computes the fingerprint of.
 */
static void
openssl_verifies_what_the_reply_holds(void **state)
{
	uint8_t space[DIGEST_MAX];
	struct format_line line;
	struct making m;
	struct buf answer;

	(void)state;
	test_dir_enter();
	make(&m, &line, space);
	test_answer(format_by_name("freebsd-pkg"), &m, &answer);
	test_write("reply", buf_at(&answer), buf_len(&answer));
	buf_release(&answer);
	test_write("take", taker, strlen(taker));
	assert_int_equal(
	    test_run("/usr/bin/python3 take && printf 'a catalogue' | "
		     "sha256sum | cut -c 1-64 | tr -d '\\n' | "
		     "openssl dgst -sha256 -verify cert -signature sig"),
	    0);
	test_dir_leave();
}

static void
refuses_a_byte_changed(void **state)
{
	uint8_t space[DIGEST_MAX];
	struct format_line line;
	struct making m;
	struct buf answer;

	(void)state;
	make(&m, &line, space);
	test_answer(format_by_name("freebsd-pkg"), &m, &answer);
	test_refuses_changes(format_by_name("freebsd-pkg"), &m, &answer);
	buf_release(&answer);
}

/* pkg would cut such a signature short: none is better than half of one. */
static void
refuses_a_signature_with_a_line_of_the_protocol(void **state)
{
	static const char *const lines[] = { "\nEND\n", "\nCERT\n" };
	const struct format *f = format_by_name("freebsd-pkg");
	uint8_t space[DIGEST_MAX], signature[256];
	struct format_line line;
	struct making m;
	struct buf answer;

	(void)state;
	make(&m, &line, space);
	for (size_t i = 0; i < 2; i++) {
		size_t len = strlen(lines[i]);
		const size_t places[] = { 0, 100, sizeof(signature) - len };

		buf_init(&answer, 4096);
		for (size_t p = 0; p < 3; p++) {
			memset(signature, 7, sizeof(signature));
			memcpy(signature + places[p], lines[i], len);
			assert_int_equal(f->finish(&m, signature,
					     sizeof(signature), &answer),
			    -1);
			memcpy(signature, lines[i] + 1, len - 1);
			assert_int_equal(f->finish(&m, signature,
					     sizeof(signature), &answer),
			    -1);
			assert_int_equal(buf_len(&answer), 0);
		}
		buf_release(&answer);
	}
}

static void
fits_rsa_and_sha256_alone(void **state)
{
	const struct format *f = format_by_name("freebsd-pkg");
	enum hash over;

	(void)state;
	for (int t = 0; t < KEY_TYPE_COUNT; t++)
		for (int h = 0; h < HASH_COUNT; h++)
			assert_int_equal(f->mech((enum key_type)t, (enum hash)h,
					     &over) != MECH_NONE,
			    t == KEY_RSA && h == HASH_SHA256);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(openssl_verifies_what_the_reply_holds),
		cmocka_unit_test(refuses_a_byte_changed),
		cmocka_unit_test(
		    refuses_a_signature_with_a_line_of_the_protocol),
		cmocka_unit_test(fits_rsa_and_sha256_alone),
	};

	return cmocka_run_group_tests(tests, test_keys_make, test_keys_free);
}
