/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/format/sums_signify.c src/format/ed25519.c */
#include "support_format.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "format/ed25519.h"

#define FILES 3

static const char *const names[FILES] = { "fw.bin", "with blanks", "(a" };

/* Each file holds its own name. */
static struct making
make(enum hash hash, struct format_line lines[FILES])
{
	static uint8_t space[FILES][DIGEST_MAX];
	struct making m = test_making(&test_keys[TEST_ED25519], lines);

	for (size_t i = 0; i < FILES; i++)
		lines[i] = test_line(hash, names[i], names[i], space[i]);
	m.count = FILES;
	return m;
}

static void
write_key(const struct making *m)
{
	char text[256];

	assert_int_equal(pubkey_signify(m->key->spki, m->key->spki_len,
			     m->key->name, text, sizeof(text)),
	    0);
	test_write("key.pub", text, strlen(text));
}

static void
signify_verifies_lists(void **state)
{
	static const enum hash hashes[] = { HASH_SHA256, HASH_SHA512 };
	struct format_line lines[FILES];

	(void)state;
	test_dir_enter();
	for (size_t i = 0; i < FILES; i++)
		test_write(names[i], names[i], strlen(names[i]));
	for (size_t h = 0; h < 2; h++) {
		struct making m = make(hashes[h], lines);
		struct buf answer;

		write_key(&m);
		test_answer(format_by_name("sums-signify"), &m, &answer);
		test_write("SUMS.sig", buf_at(&answer), buf_len(&answer));
		buf_release(&answer);
		assert_int_equal(
		    test_run("signify-openbsd -C -p key.pub -x SUMS.sig >a &&"
			     "grep -c ': OK$' a | grep -qx 3"),
		    0);
	}
	test_write("fw.bin", "another", 7);
	assert_int_equal(
	    test_run("! signify-openbsd -C -p key.pub -x SUMS.sig"), 0);
	assert_int_equal(
	    test_run("sed -i 's/^SHA512 (fw/SHA512 (fx/' SUMS.sig && "
		     "! signify-openbsd -V -e -p key.pub -x SUMS.sig -m m"),
	    0);
	test_dir_leave();
}

static void
refuses_a_list_with_a_byte_changed(void **state)
{
	struct format_line lines[FILES];
	struct making m = make(HASH_SHA256, lines);
	struct buf answer;

	(void)state;
	test_answer(format_by_name("sums-signify"), &m, &answer);
	test_refuses_changes(format_by_name("sums-signify"), &m, &answer);
	buf_release(&answer);
}

static void
refuses_names_that_signify_reads_otherwise(void **state)
{
	static const char *const bad[] = { "a)b", "a\\b", "a\nb", "a\rb", "" };
	const struct format *f = format_by_name("sums-signify");
	uint8_t space[DIGEST_MAX];
	char text[MESSAGE_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct format_line line =
		    test_line(HASH_SHA256, "x", bad[i], space);
		struct making m = test_making(&test_keys[TEST_ED25519], &line);

		assert_int_equal(f->fit(&m, text), REASON_BAD_INPUT);
	}
}

static void
refuses_more_than_the_token_signs(void **state)
{
	static struct format_line lines[400];
	const struct format *f = format_by_name("sums-signify");
	uint8_t space[DIGEST_MAX];
	struct making m = test_making(&test_keys[TEST_ED25519], lines);
	char text[MESSAGE_SIZE] = "";
	struct buf input;

	(void)state;
	for (size_t i = 0; i < 400; i++)
		lines[i] = test_line(HASH_SHA256, "x", "a name", space);
	/* A line of this list has 83 bytes. */
	buf_init(&input, (size_t)1 << 20);
	m.count = 32768 / 83;
	assert_int_equal(f->fit_all(&m, text), REASON_OK);
	assert_int_equal(f->input(&m, &input), 0);
	m.count++;
	assert_int_equal(f->fit_all(&m, text), REASON_BAD_INPUT);
	assert_non_null(strstr(text, "more than 32768 bytes"));
	buf_consume(&input, buf_len(&input));
	assert_int_equal(f->input(&m, &input), -1);
	buf_release(&input);
}

static void
fits_ed25519_alone(void **state)
{
	const struct format *f = format_by_name("sums-signify");
	enum hash over;

	(void)state;
	for (int t = 0; t < KEY_TYPE_COUNT; t++)
		for (int h = 0; h < HASH_COUNT; h++)
			assert_int_equal(f->mech((enum key_type)t, (enum hash)h,
					     &over) == MECH_EDDSA,
			    t == KEY_ED25519 &&
				(h == HASH_SHA256 || h == HASH_SHA512));
}

static void
only_an_ed25519_key_has_these_forms(void **state)
{
	const struct format_key *k = &test_keys[TEST_P256].facts;
	uint8_t public[ED25519_PUBLIC];
	char text[256];

	(void)state;
	assert_int_equal(ed25519_public(k->spki, k->spki_len, public), -1);
	assert_int_equal(
	    pubkey_minisign(k->spki, k->spki_len, text, sizeof(text)), -1);
	assert_int_equal(
	    pubkey_signify(k->spki, k->spki_len, "k", text, sizeof(text)), -1);
	k = &test_keys[TEST_ED25519].facts;
	assert_int_equal(
	    pubkey_signify(k->spki, k->spki_len, "k", text, 40), -1);
	assert_int_equal(pubkey_minisign(k->spki, k->spki_len, text, 40), -1);
	assert_int_equal(ed25519_public(k->spki, k->spki_len - 1, public), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signify_verifies_lists),
		cmocka_unit_test(refuses_a_list_with_a_byte_changed),
		cmocka_unit_test(refuses_names_that_signify_reads_otherwise),
		cmocka_unit_test(refuses_more_than_the_token_signs),
		cmocka_unit_test(fits_ed25519_alone),
		cmocka_unit_test(only_an_ed25519_key_has_these_forms),
	};

	return cmocka_run_group_tests(tests, test_keys_make, test_keys_free);
}
