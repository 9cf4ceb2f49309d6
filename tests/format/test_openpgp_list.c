/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/format/sums_openpgp.c src/format/openpgp_clear.c */
/* covers: src/format/openpgp_trailer.c */
/*
 * Clear-signed lists, and signatures of a digest that the client ended with a
 * trailer.
 */
#include "support_openpgp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "format/openpgp_clear.h"

static void
canonical(const char *text, const char *want)
{
	struct buf got;

	buf_init(&got, 4096);
	clear_canonical(&got, text, strlen(text));
	buf_add(&got, "", 1);
	assert_string_equal(buf_at(&got), want);
	buf_release(&got);
}

static void
texts_are_hashed_without_blanks_and_the_last_end(void **state)
{
	(void)state;
	canonical("", "");
	canonical("\n", "");
	canonical("a", "a");
	canonical("a\n", "a");
	canonical("a \t\r\nb\n\n", "a\r\nb\r\n");
	canonical(" a\rb\n", " a\rb");
}

static void
dashes_are_escaped_and_come_back(void **state)
{
	static const char text[] = "-- \n- \n-\n--- a\nFrom b\nFromage\n\n-";
	struct buf doc, back;
	size_t at, len;

	(void)state;
	buf_init(&doc, 4096);
	buf_init(&back, 4096);
	clear_add(&doc, HASH_SHA512, text, strlen(text));
	len = buf_len(&doc);
	assert_non_null(memmem(buf_at(&doc), len,
	    "\n\n- -- \n- - \n- -\n- --- a\n- From b\nFromage\n\n- -\n", 46));
	assert_int_equal(
	    clear_read(buf_at(&doc), len, HASH_SHA512, &back, &at), -1);
	buf_consume(&back, buf_len(&back));
	buf_adds(&doc, "-----BEGIN PGP SIGNATURE-----\n");
	assert_int_equal(
	    clear_read(buf_at(&doc), buf_len(&doc), HASH_SHA512, &back, &at),
	    0);
	assert_int_equal(at, len);
	assert_int_equal(buf_len(&back), strlen(text) + 1);
	assert_memory_equal(buf_at(&back), text, strlen(text));
	assert_int_equal(
	    clear_read(buf_at(&doc), buf_len(&doc), HASH_SHA256, &back, &at),
	    -1);
	buf_release(&doc);
	buf_release(&back);
}

struct list {
	uint8_t digest[3][DIGEST_MAX];
	struct format_line lines[3];
	struct making making;
	struct buf answer;
};

static const struct format *
list_init(struct list *l, size_t key, enum hash hash)
{
	static const char *const names[] = { "fw.bin", "-odd name- .x",
		"back\\slash\nand line" };
	char path[64];

	for (size_t i = 0; i < 3; i++) {
		l->lines[i] = test_line(hash, names[i], names[i], l->digest[i]);
		snprintf(path, sizeof(path), "%s", names[i]);
		test_write(path, names[i], strlen(names[i]));
	}
	l->making = test_making(&test_keys[key], l->lines);
	l->making.count = 3;
	l->making.now = time(NULL) - 2;
	return format_by_name("sums-openpgp");
}

static void
a_list_verifies_and_checks_for_every_key(void **state)
{
	static const enum hash hashes[] = { HASH_SHA256, HASH_SHA512 };

	(void)state;
	for (size_t k = 0; k < TEST_KEYS; k++)
		for (size_t h = 0; h < 2; h++) {
			const char *const sums[] = { "sha256sum", "sha512sum" };
			struct list l;

			test_openpgp_enter(k);
			test_answer(
			    list_init(&l, k, hashes[h]), &l.making, &l.answer);
			test_write(
			    "LIST.asc", buf_at(&l.answer), buf_len(&l.answer));
			test_openpgp_verifies("LIST.asc", "");
			assert_int_equal(
			    test_run("gpgv --keyring ./key.gpg --output out "
				     "LIST.asc && %s --strict -c out",
				sums[h]),
			    0);
			assert_int_equal(
			    test_run("sq verify --signer-cert key.asc "
				     "LIST.asc"),
			    0);
			assert_int_equal(test_run("sed -i s/fw.bin/fx.bin/ "
						  "LIST.asc"),
			    0);
			test_openpgp_refuses("LIST.asc", "");
			buf_release(&l.answer);
			test_dir_leave();
		}
}

static void
a_list_is_this_one_and_no_other(void **state)
{
	const struct format *f;
	struct list l;
	struct opened opened;

	(void)state;
	test_dir_enter();
	f = list_init(&l, TEST_ED25519, HASH_SHA256);
	test_answer(f, &l.making, &l.answer);
	test_refuses_changes(f, &l.making, &l.answer);
	l.making.count = 2;
	opened_init(&opened);
	assert_int_equal(answer_verify(f, &l.making, MECH_EDDSA, HASH_NONE,
			     &l.answer, &opened),
	    -1);
	opened_release(&opened);
	buf_release(&l.answer);
	test_dir_leave();
}

static void
names_that_verifiers_would_cut_are_refused(void **state)
{
	const struct format *f = format_by_name("sums-openpgp");
	uint8_t digest[DIGEST_MAX];
	struct format_line line = test_line(HASH_SHA256, "a", "blank ", digest);
	struct making m = test_making(&test_keys[TEST_P256], &line);
	char text[MESSAGE_SIZE];

	(void)state;
	assert_int_equal(f->fit(&m, text), REASON_BAD_INPUT);
	assert_string_equal(text,
	    "a name with a blank at its end cannot be in a clear-signed "
	    "list");
	line.name = "";
	assert_int_equal(f->fit(&m, text), REASON_BAD_INPUT);
	line.name = "fine";
	assert_int_equal(f->fit(&m, text), REASON_OK);
	m.key = &test_keys[TEST_RSA2048].facts;
	assert_int_equal(f->fit(&m, text), REASON_OK);
}

struct trailer {
	uint8_t bytes[OPENPGP_TRAILER_MAX], digest[DIGEST_MAX];
	char hex[2 * OPENPGP_TRAILER_MAX + 1];
	struct format_settings set;
	struct format_line line;
	struct making making;
	struct buf answer;
};

static const char artifact[] = "what a client hashed";

/* As a client does: the file, and a trailer behind it. */
static const struct format *
trailer_init(
    struct trailer *t, size_t key, enum openpgp_type type, int64_t created)
{
	struct openpgp_said said = {
		.type = type, .hash = HASH_SHA512, .created = (uint32_t)created
	};
	char text[512];
	struct writer w;

	writer_init(&w, t->bytes, sizeof(t->bytes));
	openpgp_trailer(&w, &test_openpgp[key], &said);
	hex_encode(t->bytes, w.used, t->hex);
	memcpy(text, artifact, strlen(artifact));
	memcpy(text + strlen(artifact), t->bytes, w.used);
	assert_int_equal(EVP_Digest(text, strlen(artifact) + w.used, t->digest,
			     NULL, EVP_sha512(), NULL),
	    1);
	t->line = (struct format_line){
		.hash = HASH_SHA512, .digest = t->digest, .len = 64, .name = "x"
	};
	t->making = test_making(&test_keys[key], &t->line);
	t->set = (struct format_settings){ .trailer = t->hex };
	t->making.set = &t->set;
	t->making.now = time(NULL) - 2;
	return format_by_name("openpgp-trailer");
}

static void
a_trailer_of_ours_verifies(void **state)
{
	(void)state;
	for (size_t k = 0; k < TEST_KEYS; k++) {
		struct trailer t;

		test_openpgp_enter(k);
		test_answer(
		    trailer_init(&t, k, OPENPGP_BINARY, time(NULL) - 10),
		    &t.making, &t.answer);
		test_write("file", artifact, strlen(artifact));
		test_write("sig.asc", buf_at(&t.answer), buf_len(&t.answer));
		test_openpgp_verifies("sig.asc", "file");
		test_refuses_changes(
		    format_by_name("openpgp-trailer"), &t.making, &t.answer);
		buf_release(&t.answer);
		test_dir_leave();
	}
}

static void
assert_no_trailer(struct trailer *t, const char *want)
{
	const struct format *f = format_by_name("openpgp-trailer");
	char text[MESSAGE_SIZE] = "";

	assert_int_equal(f->fit(&t->making, text), REASON_BAD_INPUT);
	assert_non_null(strstr(text, want));
}

static void
another_trailer_is_refused(void **state)
{
	const struct format *f;
	int64_t now = time(NULL);
	struct trailer t;
	struct buf ret;
	char text[MESSAGE_SIZE];

	(void)state;
	buf_init(&ret, 64);
	f = trailer_init(&t, TEST_P256, OPENPGP_BINARY, now - 3000);
	assert_int_equal(f->fit(&t.making, text), REASON_OK);
	trailer_init(&t, TEST_P256, OPENPGP_CERTIFY, now - 10);
	assert_no_trailer(&t, "not what pubkey");
	assert_int_equal(f->input(&t.making, &ret), -1);
	trailer_init(&t, TEST_P256, OPENPGP_TEXT, now - 10);
	assert_no_trailer(&t, "not what pubkey");
	trailer_init(&t, TEST_P256, OPENPGP_BINARY, now + 60);
	assert_no_trailer(&t, "not of the last hour");
	trailer_init(&t, TEST_P256, OPENPGP_BINARY, now - 3700);
	assert_no_trailer(&t, "not of the last hour");
	trailer_init(&t, TEST_P256, OPENPGP_BINARY, now - 10);
	t.hex[81] = t.hex[81] == '0' ? '1' : '0';
	assert_no_trailer(&t, "not what pubkey");
	trailer_init(&t, TEST_P256, OPENPGP_BINARY, now - 10);
	t.hex[80] = '\0';
	assert_no_trailer(&t, "not what pubkey");
	t.hex[0] = '\0';
	assert_no_trailer(&t, "needs --trailer HEX");
	trailer_init(&t, TEST_P256, OPENPGP_BINARY, now - 10);
	t.making.key = &test_keys[TEST_P384].facts;
	assert_no_trailer(&t, "not what pubkey");
	buf_release(&ret);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    texts_are_hashed_without_blanks_and_the_last_end),
		cmocka_unit_test(dashes_are_escaped_and_come_back),
		cmocka_unit_test(a_list_verifies_and_checks_for_every_key),
		cmocka_unit_test(a_list_is_this_one_and_no_other),
		cmocka_unit_test(names_that_verifiers_would_cut_are_refused),
		cmocka_unit_test(a_trailer_of_ours_verifies),
		cmocka_unit_test(another_trailer_is_refused),
	};

	return cmocka_run_group_tests(
	    tests, test_openpgp_make, test_openpgp_free);
}
