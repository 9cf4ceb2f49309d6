/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/ctl/token.c src/ctl/token_init.c src/ctl/token_keygen.c */
/* covers: src/ctl/token_list.c src/ctl/token_login.c */
/*
 * countersignctl token, as an admin runs it.
 */
#include "support_service.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include <cmocka.h>

#include "p11/object.h"

#define KEYGEN "keygen", "--module", SOFTHSM, "--label", LABEL
#define INIT "init", "--module", SOFTHSM

static const char *
pin(void)
{
	return place_path("pin");
}

static void
made_keys_can_sign_and_nothing_else(void **state)
{
	static const char *const names[] = { "rsa3072", "rsa4096", "p256",
		"p384", "p521", "ed25519" };
	static const struct {
		CK_ATTRIBUTE_TYPE type;
		bool value;
	} wanted[] = {
		{ CKA_TOKEN, true },
		{ CKA_PRIVATE, true },
		{ CKA_SENSITIVE, true },
		{ CKA_ALWAYS_SENSITIVE, true },
		{ CKA_NEVER_EXTRACTABLE, true },
		{ CKA_EXTRACTABLE, false },
		{ CKA_MODIFIABLE, false },
		{ CKA_SIGN, true },
		{ CKA_SIGN_RECOVER, false },
		{ CKA_DECRYPT, false },
		{ CKA_UNWRAP, false },
		{ CKA_DERIVE, false },
	};
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	char name[32];
	CK_ATTRIBUTE template[] = { { CKA_CLASS, &class, sizeof(class) },
		{ CKA_LABEL, name, 0 } };
	CK_MECHANISM_TYPE mechanisms[8];
	CK_OBJECT_HANDLE key;
	struct login login;
	CK_ULONG count;
	size_t len;
	bool value;

	(void)state;
	assert_true(place_enter(&login));
	for (size_t i = 0; i < 6; i++) {
		template[1].ulValueLen = strlen(strcpy(name, names[i]));
		assert_int_equal(
		    object_find(&login.session, template, 2, &key, 1, &count),
		    CKR_OK);
		assert_int_equal(count, 1);
		for (size_t j = 0; j < sizeof(wanted) / sizeof(wanted[0]);
		     j++) {
			assert_int_equal(object_bool(&login.session, key,
					     wanted[j].type, &value),
			    CKR_OK);
			assert_int_equal(value, wanted[j].value);
		}
		assert_int_equal(
		    object_bytes(&login.session, key, CKA_ALLOWED_MECHANISMS,
			mechanisms, sizeof(mechanisms), &len),
		    CKR_OK);
		assert_int_equal(len, (i < 2 ? 2 : 1) * sizeof(mechanisms[0]));
	}
	login.session.fn->C_CloseSession(login.session.handle);
}

static void
a_made_pin_is_long_and_closed(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(stat(pin(), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(st.st_size, 33);
	assert_int_equal(stat(place_path("so-pin"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
}

static void
refuses_a_name_or_id_that_is_taken(void **state)
{
	(void)state;
	assert_int_equal(place_ctl(KEYGEN, "--pin-file", pin(), "--name",
			     "p256", "--type", "p256", NULL),
	    EX_UNAVAILABLE);
	assert_int_equal(place_ctl(KEYGEN, "--pin-file", pin(), "--name",
			     "fresh", "--type", "p256", "--id", "c0ffee", NULL),
	    0);
	assert_int_equal(place_ctl(KEYGEN, "--pin-file", pin(), "--name",
			     "other", "--type", "p256", "--id", "C0FFEE", NULL),
	    EX_UNAVAILABLE);
}

static void
refuses_a_second_token_of_the_same_label(void **state)
{
	(void)state;
	assert_int_equal(place_ctl(INIT, "--label", LABEL, "--pin-file", pin(),
			     "--so-pin-file", place_path("so-pin"), NULL),
	    EX_UNAVAILABLE);
}

static void
refuses_words_it_does_not_know(void **state)
{
	static const char *const bad[][3] = {
		/* name, type, id */
		{ "a b", "p256", "01" },
		{ "", "p256", "01" },
		{ "../x", "p256", "01" },
		{ "x", "rsa:2048", "01" },
		{ "x", "dsa", "01" },
		{ "x", "P256", "01" },
		{ "x", "p256", "" },
		{ "x", "p256", "0" },
		{ "x", "p256", "zz" },
		{ "x", "p256",
		    "0123456789abcdef0123456789abcdef"
		    "0123456789abcdef0123456789abcdef00" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(
		    place_ctl(KEYGEN, "--pin-file", pin(), "--name", bad[i][0],
			"--type", bad[i][1], "--id", bad[i][2], NULL),
		    EX_USAGE);
}

static void
refuses_a_call_that_lacks_something(void **state)
{
	(void)state;
	assert_int_equal(place_ctl(NULL, NULL), EX_USAGE);
	assert_int_equal(place_ctl("nonsense", NULL), EX_USAGE);
	assert_int_equal(place_ctl("list", NULL), EX_USAGE);
	assert_int_equal(place_ctl("list", "extra", NULL), EX_USAGE);
	assert_int_equal(place_ctl(INIT, NULL), EX_USAGE);
	assert_int_equal(place_ctl(INIT, "--label", "x", NULL), EX_USAGE);
	assert_int_equal(place_ctl(INIT, "--label",
			     "a label that is longer than 32 bytes", NULL),
	    EX_USAGE);
	assert_int_equal(
	    place_ctl(KEYGEN, "--pin-file", pin(), "--name", "x", NULL),
	    EX_USAGE);
	assert_int_equal(place_ctl(KEYGEN, "--label", "twice", NULL), EX_USAGE);
	assert_int_equal(
	    place_ctl("list", "--module", SOFTHSM, "--pin", "1", NULL),
	    EX_USAGE);
}

static void
refuses_a_pin_file_that_is_not_a_secret(void **state)
{
	(void)state;
	assert_int_equal(chmod(pin(), 0644), 0);
	assert_int_equal(place_ctl(KEYGEN, "--pin-file", pin(), "--name", "x",
			     "--type", "p256", NULL),
	    EX_UNAVAILABLE);
	assert_int_equal(chmod(pin(), 0600), 0);
	/* keygen makes no PIN: the token has one already. */
	assert_int_equal(place_ctl(KEYGEN, "--pin-file", place_path("none"),
			     "--name", "x", "--type", "p256", NULL),
	    EX_UNAVAILABLE);
	assert_int_equal(access(place_path("none"), F_OK), -1);
}

static void
lists_tokens_and_keys(void **state)
{
	(void)state;
	assert_int_equal(place_ctl("list", "--module", SOFTHSM, NULL), 0);
	assert_int_equal(place_ctl("list", "--module", SOFTHSM, "--label",
			     LABEL, "--pin-file", pin(), NULL),
	    0);
	assert_int_equal(place_ctl("list", "--module", SOFTHSM, "--label",
			     "nobody", "--pin-file", pin(), NULL),
	    EX_UNAVAILABLE);
	assert_int_equal(place_ctl("list", "--module", "/nonexistent", NULL),
	    EX_UNAVAILABLE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_made_pin_is_long_and_closed),
		cmocka_unit_test(refuses_a_name_or_id_that_is_taken),
		cmocka_unit_test(refuses_a_second_token_of_the_same_label),
		cmocka_unit_test(refuses_words_it_does_not_know),
		cmocka_unit_test(refuses_a_call_that_lacks_something),
		cmocka_unit_test(refuses_a_pin_file_that_is_not_a_secret),
		cmocka_unit_test(lists_tokens_and_keys),
		cmocka_unit_test(made_keys_can_sign_and_nothing_else),
	};

	return cmocka_run_group_tests(tests, place_make, place_remove);
}
