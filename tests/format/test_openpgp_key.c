/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/format/openpgp_key.c src/format/openpgp_key_read.c */
/* covers: src/format/openpgp_certify.c */
/*
 * Files of OpenPGP public keys: ours are gpg's to import, and gpg's are ours
 * to read.
 */
#include "support_openpgp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "format/openpgp_armor.h"
#include "format/openpgp_packet.h"

#define NEW_YEAR 1767225600 /* 2026-01-01T00:00:00Z */

static const struct openpgp_wish wish = {
	.user_id = "R <r@example.org>", .created = NEW_YEAR, .now = NEW_YEAR
};

static int
read_as(const struct buf *file, const struct test_key *k,
    struct openpgp_key *ret, char text[MESSAGE_SIZE])
{
	struct buf copy;
	int rv;

	text[0] = '\0';
	buf_init(&copy, 1 << 20);
	buf_add(&copy, buf_at(file), buf_len(file));
	buf_add(&copy, "", 1);
	rv = openpgp_key_read(
	    buf_at(&copy), k->spki, k->facts.spki_len, ret, text);
	buf_release(&copy);
	return rv;
}

static void
assert_unreadable(
    const struct buf *file, const struct test_key *k, const char *want)
{
	struct openpgp_key key;
	char text[MESSAGE_SIZE];

	assert_int_equal(read_as(file, k, &key, text), -1);
	assert_string_equal(text, want);
}

static void
gpg_imports_each_and_has_the_same_fingerprint(void **state)
{
	(void)state;
	for (size_t k = 0; k < TEST_KEYS; k++) {
		char print[2 * OPENPGP_FINGERPRINT + 1];

		test_openpgp_enter(k);
		hex_encode(
		    test_openpgp[k].fingerprint, OPENPGP_FINGERPRINT, print);
		assert_int_equal(
		    test_run("gpg --homedir home --batch --no-autostart "
			     "--with-colons --list-keys | tee list; "
			     "grep -qi '^fpr:::::::::%s:' list && "
			     "grep -q '^pub:[^:]*:[0-9]*:%d:[^:]*:1767225600::"
			     ":[^:]*:::sc' list && "
			     "grep -q '^uid:.*:Release <release@example.org>:'"
			     " list",
			print, (int)test_openpgp[k].algorithm),
		    0);
		assert_int_equal(
		    test_run("gpg --homedir home --batch --no-autostart "
			     "--check-sigs --with-colons | grep -q '^sig:!:'"),
		    0);
		assert_int_equal(test_run("sq inspect key.asc"), 0);
		test_dir_leave();
	}
}

static void
a_key_that_ends_says_when(void **state)
{
	struct openpgp_wish ends = wish;
	struct openpgp_key key;
	char text[MESSAGE_SIZE];
	struct buf file;

	(void)state;
	ends.expires = NEW_YEAR + 86400;
	test_certify(&test_keys[TEST_P256], &ends, &file);
	assert_int_equal(read_as(&file, &test_keys[TEST_P256], &key, text), 0);
	assert_int_equal(key.created, NEW_YEAR);
	assert_int_equal(key.expires, NEW_YEAR + 86400);
	test_dir_enter();
	test_write("key.asc", buf_at(&file), buf_len(&file));
	assert_int_equal(test_run("mkdir -m 700 home && gpg --homedir home "
				  "--batch --no-autostart --import key.asc && "
				  "gpg --homedir home --batch --no-autostart "
				  "--with-colons --list-keys | "
				  "grep -q '^pub:e:.*:1767312000:'"),
	    0);
	test_dir_leave();
	buf_release(&file);
}

static void
a_file_is_for_its_own_key_alone(void **state)
{
	struct openpgp_key key;
	char text[MESSAGE_SIZE];
	struct buf file;

	(void)state;
	for (size_t k = 0; k < TEST_KEYS; k++) {
		test_certify(&test_keys[k], &wish, &file);
		for (size_t other = 0; other < TEST_KEYS; other++)
			if (other == k)
				assert_int_equal(
				    read_as(&file, &test_keys[k], &key, text),
				    0);
			else
				assert_unreadable(&file, &test_keys[other],
				    "is for another key than the token's");
		buf_release(&file);
	}
}

/* The bytes of a file, for one change, and back. */
static void
change(const struct buf *file, size_t at, struct buf *ret)
{
	struct buf bytes;

	buf_init(&bytes, 1 << 16);
	assert_int_equal(
	    armor_read(buf_at(file), buf_len(file), ARMOR_KEY, &bytes), 0);
	if (at < buf_len(&bytes))
		bytes.data[bytes.start + at] ^= 1;
	buf_init(ret, 1 << 17);
	armor_add(ret, ARMOR_KEY, buf_at(&bytes), buf_len(&bytes));
	buf_release(&bytes);
}

/* But for the key's id and the digest's first bytes, which are hints. */
static void
a_changed_byte_is_noticed(void **state)
{
	const struct test_key *k = &test_keys[TEST_ED25519];
	struct openpgp_key key;
	char text[MESSAGE_SIZE];
	struct buf file, bad, bytes;
	size_t passed = 0, len;

	(void)state;
	test_certify(k, &wish, &file);
	buf_init(&bytes, 1 << 16);
	armor_read(buf_at(&file), buf_len(&file), ARMOR_KEY, &bytes);
	len = buf_len(&bytes);
	buf_release(&bytes);
	for (size_t i = 0; i < len; i++) {
		change(&file, i, &bad);
		if (read_as(&bad, k, &key, text) == 0)
			passed++;
		buf_release(&bad);
	}
	assert_int_equal(passed, 2 + OPENPGP_KEY_ID + 2);
	buf_release(&file);
}

static void
a_file_without_a_self_signature_is_refused(void **state)
{
	const struct test_key *k = &test_keys[TEST_P256];
	struct openpgp_key key;
	struct buf body, bytes, file;

	(void)state;
	buf_init(&body, 1 << 16);
	buf_init(&bytes, 1 << 16);
	buf_init(&file, 1 << 16);
	assert_int_equal(
	    openpgp_key_make(k->spki, k->facts.spki_len, NEW_YEAR, &body, &key),
	    0);
	packet_add(&bytes, PACKET_PUBLIC_KEY, buf_at(&body), buf_len(&body));
	packet_add(&bytes, PACKET_USER_ID, "me", 2);
	armor_add(&file, ARMOR_KEY, buf_at(&bytes), buf_len(&bytes));
	assert_unreadable(
	    &file, k, "has no user id that the key itself signed");
	buf_release(&body);
	buf_release(&bytes);
	buf_release(&file);
}

static void
what_is_no_key_is_refused(void **state)
{
	const struct test_key *k = &test_keys[TEST_P256];
	struct openpgp_key key;
	struct buf file, bytes, two;
	char text[MESSAGE_SIZE];

	(void)state;
	assert_int_equal(openpgp_key_peek("nothing", &key, text), -1);
	assert_string_equal(text, "is not an armored OpenPGP public key");
	test_certify(k, &wish, &file);
	buf_init(&bytes, 1 << 16);
	armor_read(buf_at(&file), buf_len(&file), ARMOR_KEY, &bytes);
	for (size_t cut = 0; cut < buf_len(&bytes); cut++) {
		buf_init(&two, 1 << 16);
		armor_add(&two, ARMOR_KEY, buf_at(&bytes), cut);
		assert_int_equal(read_as(&two, k, &key, text), -1);
		buf_release(&two);
	}
	buf_init(&two, 1 << 16);
	armor_read(buf_at(&file), buf_len(&file), ARMOR_KEY, &bytes);
	armor_add(&two, ARMOR_KEY, buf_at(&bytes), buf_len(&bytes));
	assert_unreadable(&two, k, "holds more than one key");
	buf_release(&two);
	buf_release(&bytes);
	buf_release(&file);
}

static void
wishes_that_cannot_be_are_refused(void **state)
{
	static const struct openpgp_wish bad[] = {
		{ "", NEW_YEAR, 0, NEW_YEAR },
		{ "a\nb", NEW_YEAR, 0, NEW_YEAR },
		{ "\xff", NEW_YEAR, 0, NEW_YEAR },
		{ "a", NEW_YEAR + 1, 0, NEW_YEAR },
		{ "a", NEW_YEAR, NEW_YEAR, NEW_YEAR },
	};
	const struct test_key *k = &test_keys[TEST_P256];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct openpgp_certify c;

		assert_int_equal(openpgp_certify_init(
				     &c, k->spki, k->facts.spki_len, &bad[i]),
		    -1);
		openpgp_certify_release(&c);
	}
}

/* A key of gpg's own, its SPKI from gpgsm or not at all: peek alone. */
static void
a_key_that_gpg_made_can_be_peeked_at(void **state)
{
	struct openpgp_key key;
	char text[MESSAGE_SIZE], made[8192];
	FILE *in;
	size_t len;

	(void)state;
	test_dir_enter();
	assert_int_equal(
	    test_run("mkdir -m 700 h && gpg --homedir h --batch --passphrase "
		     "'' --quick-gen-key 'G <g@example.org>' ed25519 sign && "
		     "gpg --homedir h --armor --export >key.asc; "
		     "gpgconf --homedir h --kill gpg-agent"),
	    0);
	in = fopen("key.asc", "re");
	assert_non_null(in);
	len = fread(made, 1, sizeof(made) - 1, in);
	made[len] = '\0';
	fclose(in);
	assert_int_equal(openpgp_key_peek(made, &key, text), 0);
	assert_int_equal(key.algorithm, OPENPGP_EDDSA);
	test_dir_leave();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gpg_imports_each_and_has_the_same_fingerprint),
		cmocka_unit_test(a_key_that_ends_says_when),
		cmocka_unit_test(a_file_is_for_its_own_key_alone),
		cmocka_unit_test(a_changed_byte_is_noticed),
		cmocka_unit_test(a_file_without_a_self_signature_is_refused),
		cmocka_unit_test(what_is_no_key_is_refused),
		cmocka_unit_test(wishes_that_cannot_be_are_refused),
		cmocka_unit_test(a_key_that_gpg_made_can_be_peeked_at),
	};

	return cmocka_run_group_tests(
	    tests, test_openpgp_make, test_openpgp_free);
}
