/* SPDX-License-Identifier: Apache-2.0 */
#include "p11/module.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "support_fake.h"

static void
add(const char *label, const char *serial, CK_FLAGS flags)
{
	struct p11_token *t = &fake.tokens[fake.ntokens++];

	strcpy(t->label, label);
	strcpy(t->serial, serial);
	t->flags = flags;
}

static void
finds_a_token_by_label_and_serial(void **state)
{
	struct p11_session s = fake_session();
	struct text_error err;
	struct p11_token token;

	(void)state;
	add("prod", "1", CKF_TOKEN_INITIALIZED);
	add("test", "2", CKF_TOKEN_INITIALIZED);
	assert_int_equal(module_find(s.fn, "test", NULL, &token, &err), 0);
	assert_int_equal(token.slot, 1);
	assert_string_equal(token.firmware, "2.6");
	assert_int_equal(module_find(s.fn, "prod", "1", &token, &err), 0);
	assert_int_equal(module_find(s.fn, "prod", "", &token, &err), 0);
	assert_int_equal(module_find(s.fn, "prod", "2", &token, &err), -1);
	assert_string_equal(err.what, "no token \"prod\" with serial 2");
	assert_int_equal(module_find(s.fn, "pro", NULL, &token, &err), -1);
}

static void
refuses_to_guess_between_two(void **state)
{
	struct p11_session s = fake_session();
	struct text_error err;
	struct p11_token token;

	(void)state;
	add("prod", "1", CKF_TOKEN_INITIALIZED);
	add("prod", "2", CKF_TOKEN_INITIALIZED);
	assert_int_equal(module_find(s.fn, "prod", NULL, &token, &err), -1);
	assert_string_equal(
	    err.what, "2 tokens are called \"prod\": give the serial");
	assert_int_equal(module_find(s.fn, "prod", "2", &token, &err), 0);
	assert_int_equal(token.slot, 1);
}

static void
takes_no_blank_token(void **state)
{
	struct p11_session s = fake_session();
	struct text_error err;
	struct p11_token token;

	(void)state;
	add("prod", "1", 0);
	assert_int_equal(module_find(s.fn, "prod", NULL, &token, &err), -1);
}

static void
says_what_the_slots_said(void **state)
{
	struct p11_session s = fake_session();
	struct text_error err;
	struct p11_token token;

	(void)state;
	fake.rv = CKR_DEVICE_REMOVED;
	assert_int_equal(module_find(s.fn, "prod", NULL, &token, &err), -1);
	assert_string_equal(err.what, "C_GetSlotList: CKR_DEVICE_REMOVED");
}

static void
trims_fields_that_fill_their_width(void **state)
{
	unsigned char field[4] = { 'a', 'b', 'c', 'd' };
	char text[5];

	(void)state;
	module_trim(field, 4, text);
	assert_string_equal(text, "abcd");
	memcpy(field, "a \0 ", 4);
	module_trim(field, 4, text);
	assert_string_equal(text, "a");
	memset(field, ' ', 4);
	module_trim(field, 4, text);
	assert_string_equal(text, "");
}

static void
refuses_what_is_no_module(void **state)
{
	CK_FUNCTION_LIST *fn = NULL;
	struct text_error err;

	(void)state;
	assert_int_equal(module_load("/nonexistent.so", &fn, &err), -1);
	assert_int_equal(module_load("/etc/passwd", &fn, &err), -1);
	assert_int_equal(module_load("libcmocka.so.0", &fn, &err), -1);
	assert_string_equal(err.what, "libcmocka.so.0: not a PKCS#11 module");
	assert_null(fn);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_a_token_by_label_and_serial),
		cmocka_unit_test(refuses_to_guess_between_two),
		cmocka_unit_test(takes_no_blank_token),
		cmocka_unit_test(says_what_the_slots_said),
		cmocka_unit_test(trims_fields_that_fill_their_width),
		cmocka_unit_test(refuses_what_is_no_module),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
