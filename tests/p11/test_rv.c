/* SPDX-License-Identifier: Apache-2.0 */
#include "p11/rv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void
names_codes(void **state)
{
	(void)state;
	assert_string_equal(rv_name(CKR_OK), "CKR_OK");
	assert_string_equal(rv_name(CKR_PIN_INCORRECT), "CKR_PIN_INCORRECT");
	assert_string_equal(rv_name(0x80000001), "CKR 0x80000001");
}

static void
tells_the_pin_from_the_device(void **state)
{
	(void)state;
	assert_true(rv_is_pin(CKR_PIN_INCORRECT));
	assert_true(rv_is_pin(CKR_PIN_LOCKED));
	assert_true(rv_is_pin(CKR_PIN_EXPIRED));
	assert_false(rv_is_pin(CKR_GENERAL_ERROR));
	assert_false(rv_is_pin(CKR_USER_NOT_LOGGED_IN));
	assert_false(rv_is_pin(CKR_OK));
}

static void
tells_arguments_from_the_token(void **state)
{
	(void)state;
	assert_true(rv_is_argument(CKR_DATA_LEN_RANGE));
	assert_true(rv_is_argument(CKR_MECHANISM_INVALID));
	assert_false(rv_is_argument(CKR_OBJECT_HANDLE_INVALID));
	assert_false(rv_is_argument(CKR_OPERATION_ACTIVE));
	assert_false(rv_is_argument(CKR_FUNCTION_FAILED));
	assert_false(rv_is_argument(0x80000001));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_codes),
		cmocka_unit_test(tells_the_pin_from_the_device),
		cmocka_unit_test(tells_arguments_from_the_token),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
