/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/format/openpgp.c src/format/openpgp_answer.c */
/* covers: src/format/openpgp_signature.c */
/*
 * Detached signatures of OpenPGP, as gpg, gpgv and sqv see them.
 */
#include "support_openpgp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/cursor.h"

static const char file[] = "an artifact\nwith two lines, and no end";

/* What is signed, of this key. */
struct wanted {
	const char *format;
	size_t key;
	enum hash hash;
	uint8_t state[TEST_STATE_MAX], digest[DIGEST_MAX];
	struct format_line line;
	struct making making;
	struct buf answer;
};

static const struct format *
wanted_init(struct wanted *w, const void *data, size_t len)
{
	const struct format *f = format_by_name(w->format);

	assert_non_null(f);
	w->line = test_state_line(w->hash, data, len, w->state, w->digest);
	w->making = test_making(&test_keys[w->key], &w->line);
	w->making.now = time(NULL) - 2;
	return f;
}

static void
sign(struct wanted *w, const void *data, size_t len)
{
	test_answer(wanted_init(w, data, len), &w->making, &w->answer);
	test_write("file", data, len);
	test_write("sig.asc", buf_at(&w->answer), buf_len(&w->answer));
}

static void
every_key_and_fitting_hash_verifies(void **state)
{
	static const enum hash hashes[] = { HASH_SHA256, HASH_SHA384,
		HASH_SHA512 };
	size_t tried = 0;

	(void)state;
	for (size_t k = 0; k < TEST_KEYS; k++) {
		test_openpgp_enter(k);
		for (size_t h = 0; h < 3; h++) {
			struct wanted w = {
				.format = "openpgp", .key = k, .hash = hashes[h]
			};

			if (!openpgp_hash_fits(test_keys[k].type, hashes[h]))
				continue;
			sign(&w, file, strlen(file));
			test_openpgp_verifies("sig.asc", "file");
			test_write("file", "another", 7);
			test_openpgp_refuses("sig.asc", "file");
			buf_release(&w.answer);
			tried++;
		}
		test_dir_leave();
	}
	assert_int_equal(tried, 15);
}

static void
a_hash_shorter_than_the_curve_is_refused(void **state)
{
	const struct format *f = format_by_name("openpgp");
	enum hash over;

	(void)state;
	assert_int_equal(f->mech(KEY_P384, HASH_SHA256, &over), MECH_NONE);
	assert_int_equal(f->mech(KEY_P521, HASH_SHA384, &over), MECH_NONE);
	assert_int_equal(f->mech(KEY_RSA, HASH_SHA3_256, &over), MECH_NONE);
	assert_int_equal(f->mech(KEY_NONE, HASH_SHA256, &over), MECH_NONE);
	assert_int_equal(f->mech(KEY_P384, HASH_SHA384, &over), MECH_ECDSA);
	assert_int_equal(over, HASH_SHA384);
	assert_int_equal(f->mech(KEY_ED25519, HASH_SHA256, &over), MECH_EDDSA);
	assert_int_equal(over, HASH_NONE);
}

static void
an_answer_is_this_one_and_no_other(void **state)
{
	static const size_t some[] = { TEST_RSA2048, TEST_P256, TEST_ED25519 };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct wanted w = {
			.format = "openpgp", .key = some[i], .hash = HASH_SHA256
		};
		const struct format *f = wanted_init(&w, file, strlen(file));

		test_answer(f, &w.making, &w.answer);
		test_refuses_changes(f, &w.making, &w.answer);
		buf_release(&w.answer);
	}
}

static bool
opens(const char *format, const struct making *m, const struct buf *answer)
{
	struct opened opened;
	enum mech mech;
	enum hash over;
	bool ok;

	opened_init(&opened);
	mech =
	    format_by_name(format)->mech(m->key->type, m->lines->hash, &over);
	ok = answer_verify(
		 format_by_name(format), m, mech, over, answer, &opened) == 0;
	opened_release(&opened);
	return ok;
}

static void
type_time_key_and_file_are_the_signers(void **state)
{
	struct wanted w = {
		.format = "openpgp", .key = TEST_P256, .hash = HASH_SHA256
	};
	const struct format *f = wanted_init(&w, file, strlen(file));
	struct format_key key = test_keys[TEST_P256].facts;
	struct openpgp_key other = test_openpgp[TEST_P256];

	(void)state;
	test_answer(f, &w.making, &w.answer);
	assert_true(opens("openpgp", &w.making, &w.answer));
	assert_false(opens("openpgp-text", &w.making, &w.answer));
	w.making.now++;
	assert_false(opens("openpgp", &w.making, &w.answer));
	w.making.now--;
	w.making.key = &key;
	key.openpgp = &other;
	other.fingerprint[3] ^= 1;
	assert_false(opens("openpgp", &w.making, &w.answer));
	key.openpgp = NULL;
	assert_false(opens("openpgp", &w.making, &w.answer));
	key.openpgp = &test_openpgp[TEST_P256];
	assert_true(opens("openpgp", &w.making, &w.answer));
	w.state[0] ^= 1;
	assert_false(opens("openpgp", &w.making, &w.answer));
	buf_release(&w.answer);
}

static void
assert_unfit(const struct making *m, enum reason reason, const char *text)
{
	const struct format *f = format_by_name("openpgp");
	char said[MESSAGE_SIZE] = "";

	assert_int_equal(f->fit(m, said), reason);
	assert_string_equal(said, text);
}

static void
what_does_not_fit_is_told(void **state)
{
	struct wanted w = {
		.format = "openpgp", .key = TEST_P256, .hash = HASH_SHA256
	};
	struct format_key key = test_keys[TEST_P256].facts;
	struct openpgp_key pgp = test_openpgp[TEST_P256];
	struct buf ret;

	(void)state;
	buf_init(&ret, 64);
	wanted_init(&w, file, strlen(file));
	w.making.key = &key;
	key.openpgp = &pgp;
	pgp.expires = w.making.now;
	assert_unfit(&w.making, REASON_CERTIFICATE_DATES,
	    "the key P-256 has an OpenPGP key that has expired");
	key.allow_expired = true;
	assert_unfit(&w.making, REASON_OK, "");
	key.allow_expired = false;
	pgp.expires++;
	assert_unfit(&w.making, REASON_OK, "");
	pgp.created = (uint32_t)w.making.now + 1;
	assert_unfit(&w.making, REASON_CERTIFICATE_DATES,
	    "the key P-256 has an OpenPGP key from the future");
	key.openpgp = NULL;
	assert_unfit(
	    &w.making, REASON_FORMAT, "the key P-256 has no OpenPGP key");
	key = test_keys[TEST_P256].facts;
	w.line.extra_len--;
	assert_unfit(&w.making, REASON_BAD_INPUT,
	    "the state is none of sha256: the chaining value, the count of "
	    "bytes and those that fill no block");
	assert_int_equal(format_by_name("openpgp")->input(&w.making, &ret), -1);
	w.line.extra_len = 0;
	assert_unfit(&w.making, REASON_BAD_INPUT,
	    "a digest is finished, and OpenPGP hashes more behind the file: "
	    "send sha256-state:HEX (csign does)");
	assert_int_equal(format_by_name("openpgp")->input(&w.making, &ret), -1);
	buf_release(&ret);
}

static void
a_token_that_lies_is_no_answer(void **state)
{
	struct wanted w = {
		.format = "openpgp", .key = TEST_P256, .hash = HASH_SHA256
	};
	const struct format *f = wanted_init(&w, file, strlen(file));
	uint8_t sig[256] = { 0 };
	struct buf ret;

	(void)state;
	buf_init(&ret, 8192);
	assert_int_equal(f->finish(&w.making, sig, 64, &ret), -1);
	memset(sig, 0xff, sizeof(sig));
	assert_int_equal(f->finish(&w.making, sig, 64, &ret), -1);
	memset(sig, 0x11, sizeof(sig));
	assert_int_equal(f->finish(&w.making, sig, 63, &ret), -1);
	assert_int_equal(f->finish(&w.making, sig, 65, &ret), -1);
	assert_int_equal(f->finish(&w.making, sig, 64, &ret), 0);
	w.making.key = &test_keys[TEST_RSA2048].facts;
	assert_int_equal(f->finish(&w.making, sig, 255, &ret), -1);
	w.making.key = &test_keys[TEST_ED25519].facts;
	assert_int_equal(f->finish(&w.making, sig, 32, &ret), -1);
	buf_release(&ret);
}

/* What gpg hashes of a text, put together here by its rules. */
static void
texts_in_canonical_form_verify(void **state)
{
	static const struct {
		const char *text, *canonical;
	} some[] = {
		{ "", "" },
		{ "one\n", "one\r\n" },
		{ "no end", "no end" },
		{ "crlf\r\nand lf\n", "crlf\r\nand lf\r\n" },
		{ "blanks \t\n", "blanks \t\r\n" },
		{ "- dash\n\n\nFrom me\n", "- dash\r\n\r\n\r\nFrom me\r\n" },
	};

	(void)state;
	test_openpgp_enter(TEST_P256);
	for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++) {
		struct wanted w = { .format = "openpgp-text",
			.key = TEST_P256,
			.hash = HASH_SHA256 };

		sign(&w, some[i].canonical, strlen(some[i].canonical));
		test_write("file", some[i].text, strlen(some[i].text));
		test_openpgp_verifies("sig.asc", "file");
		test_write("file", "other\n", 6);
		test_openpgp_refuses("sig.asc", "file");
		buf_release(&w.answer);
	}
	test_dir_leave();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_key_and_fitting_hash_verifies),
		cmocka_unit_test(a_hash_shorter_than_the_curve_is_refused),
		cmocka_unit_test(an_answer_is_this_one_and_no_other),
		cmocka_unit_test(type_time_key_and_file_are_the_signers),
		cmocka_unit_test(what_does_not_fit_is_told),
		cmocka_unit_test(a_token_that_lies_is_no_answer),
		cmocka_unit_test(texts_in_canonical_form_verify),
	};

	return cmocka_run_group_tests(
	    tests, test_openpgp_make, test_openpgp_free);
}
