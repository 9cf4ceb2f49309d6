/* SPDX-License-Identifier: Apache-2.0 */
#include "support_format.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "format/ed25519.h"

static const char content[] = "an artifact\n";

static void
write_answer(const char *name)
{
	uint8_t space[DIGEST_MAX];
	struct format_line line = test_line(HASH_BLAKE2B, content, name, space);
	struct making m = test_making(&test_keys[TEST_ED25519], &line);
	struct buf answer;
	char text[256];

	assert_int_equal(
	    pubkey_minisign(m.key->spki, m.key->spki_len, text, sizeof(text)),
	    0);
	test_write("key.pub", text, strlen(text));
	test_write("file", content, strlen(content));
	test_answer(format_by_name("minisign"), &m, &answer);
	test_write("file.minisig", buf_at(&answer), buf_len(&answer));
	buf_release(&answer);
}

static void
minisign_verifies(void **state)
{
	(void)state;
	test_dir_enter();
	write_answer("fw.bin");
	assert_int_equal(
	    test_run("minisign -V -p key.pub -m file >a && printf "
		     "'timestamp:1796083200\\tfile:fw.bin\\thashed\\n' >b && "
		     "sed -n 's/^Trusted comment: //p' a | cmp - b"),
	    0);
	assert_int_equal(
	    test_run("minisign -V -P \"$(tail -n 1 key.pub)\" -m file"), 0);
	/* -H: it must be prehashed. */
	assert_int_equal(test_run("minisign -V -H -p key.pub -m file"), 0);
	write_answer("");
	assert_int_equal(
	    test_run("minisign -V -Q -p key.pub -m file | grep -qx "
		     "'timestamp:1796083200.hashed'"),
	    0);
	test_dir_leave();
}

static void
minisign_refuses_what_was_changed(void **state)
{
	(void)state;
	test_dir_enter();
	write_answer("fw.bin");
	assert_int_equal(
	    test_run("sed -i 's/file:fw.bin/file:gw.bin/' file.minisig && "
		     "! minisign -V -p key.pub -m file"),
	    0);
	write_answer("fw.bin");
	test_write("file", "another\n", 8);
	assert_int_equal(test_run("! minisign -V -p key.pub -m file"), 0);
	test_dir_leave();
}

/* The comment for people is the one thing that minisign does not sign. */
static void
refuses_a_byte_changed(void **state)
{
	uint8_t space[DIGEST_MAX];
	struct format_line line =
	    test_line(HASH_BLAKE2B, content, "fw.bin", space);
	struct making m = test_making(&test_keys[TEST_ED25519], &line);
	struct buf answer;

	(void)state;
	test_answer(format_by_name("minisign"), &m, &answer);
	test_refuses_changes(format_by_name("minisign"), &m, &answer);
	buf_release(&answer);
}

static void
a_name_is_one_line_and_no_second_field(void **state)
{
	static const struct {
		const char *name;
		enum reason reason;
	} names[] = {
		{ "fw.bin", REASON_OK },
		{ "", REASON_OK },
		{ "a b \xc3\xa4", REASON_OK },
		{ "a\nb", REASON_BAD_INPUT },
		{ "a\tb", REASON_BAD_INPUT },
		{ "a\x1b[2J", REASON_BAD_INPUT },
		{ "\xe2\x80\xae", REASON_BAD_INPUT },
		{ "\xff", REASON_BAD_INPUT },
	};
	const struct format *f = format_by_name("minisign");
	uint8_t space[DIGEST_MAX];
	char text[MESSAGE_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct format_line line =
		    test_line(HASH_BLAKE2B, "x", names[i].name, space);
		struct making m = test_making(&test_keys[TEST_ED25519], &line);

		assert_int_equal(f->fit(&m, text), names[i].reason);
	}
}

static void
fits_ed25519_and_blake2b_alone(void **state)
{
	const struct format *f = format_by_name("minisign");
	char text[MESSAGE_SIZE];
	enum mech mech;
	enum hash over;

	(void)state;
	for (int t = 0; t < KEY_TYPE_COUNT; t++)
		for (int h = 0; h < HASH_COUNT; h++)
			assert_int_equal(f->mech((enum key_type)t, (enum hash)h,
					     &over) == MECH_EDDSA,
			    t == KEY_ED25519 && h == HASH_BLAKE2B);
	assert_int_equal(format_plan(f, &test_keys[TEST_ED25519].facts,
			     HASH_SHA512, &mech, &over, text),
	    REASON_HASH);
	assert_string_equal(
	    text, "format minisign does not take sha512; use blake2b512");
}

static void
the_second_signature_needs_the_first(void **state)
{
	uint8_t space[DIGEST_MAX], first[ED25519_SIGNATURE] = { 0 };
	struct format_line line =
	    test_line(HASH_BLAKE2B, content, "fw.bin", space);
	struct making m = test_making(&test_keys[TEST_ED25519], &line);
	struct buf input;

	(void)state;
	buf_init(&input, 4096);
	m.step = 1;
	assert_int_equal(format_by_name("minisign")->input(&m, &input), -1);
	m.first = first;
	m.first_len = sizeof(first) - 1;
	assert_int_equal(format_by_name("minisign")->input(&m, &input), -1);
	m.first_len = sizeof(first);
	assert_int_equal(format_by_name("minisign")->input(&m, &input), 0);
	buf_release(&input);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(minisign_verifies),
		cmocka_unit_test(minisign_refuses_what_was_changed),
		cmocka_unit_test(refuses_a_byte_changed),
		cmocka_unit_test(a_name_is_one_line_and_no_second_field),
		cmocka_unit_test(fits_ed25519_and_blake2b_alone),
		cmocka_unit_test(the_second_signature_needs_the_first),
	};

	return cmocka_run_group_tests(tests, test_keys_make, test_keys_free);
}
