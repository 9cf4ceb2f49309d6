/* SPDX-License-Identifier: Apache-2.0 */
#include "p11/object.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "support_fake.h"

static void
finds_no_more_than_asked_for(void **state)
{
	struct p11_session s = fake_session();
	CK_OBJECT_HANDLE found[2];
	CK_ULONG count;

	(void)state;
	fake.nfound = 5;
	fake.portion = 1;
	memcpy(fake.found, (CK_OBJECT_HANDLE[]){ 5, 6, 7, 8, 9 },
	    5 * sizeof(found[0]));
	assert_int_equal(object_find(&s, NULL, 0, found, 2, &count), CKR_OK);
	assert_int_equal(count, 2);
	assert_int_equal(found[1], 6);
}

static void
refuses_a_module_that_finds_more_than_there_is_room(void **state)
{
	struct p11_session s = fake_session();
	CK_OBJECT_HANDLE found[2];
	CK_ULONG count;

	(void)state;
	fake.portion = 1000;
	assert_int_equal(
	    object_find(&s, NULL, 0, found, 2, &count), CKR_GENERAL_ERROR);
}

static void
hands_errors_on(void **state)
{
	struct p11_session s = fake_session();
	CK_OBJECT_HANDLE found[2];
	CK_ULONG count, number;
	uint8_t bytes[4];
	size_t len;
	bool value;

	(void)state;
	fake.rv = CKR_DEVICE_ERROR;
	assert_int_equal(
	    object_find(&s, NULL, 0, found, 2, &count), CKR_DEVICE_ERROR);
	assert_int_equal(
	    object_bool(&s, 1, CKA_SIGN, &value), CKR_DEVICE_ERROR);
	assert_int_equal(
	    object_number(&s, 1, CKA_KEY_TYPE, &number), CKR_DEVICE_ERROR);
	assert_int_equal(
	    object_bytes(&s, 1, CKA_ID, bytes, 4, &len), CKR_DEVICE_ERROR);
}

static void
refuses_values_that_do_not_fit(void **state)
{
	struct p11_session s = fake_session();
	uint8_t bytes[4];
	size_t len = 77;

	(void)state;
	fake_set(1, CKA_ID, "1234", 4);
	fake_set(2, CKA_ID, "12345", 5);
	fake_set(3, CKA_ID, "", CK_UNAVAILABLE_INFORMATION);
	assert_int_equal(object_bytes(&s, 1, CKA_ID, bytes, 4, &len), CKR_OK);
	assert_int_equal(len, 4);
	len = 77;
	assert_int_equal(
	    object_bytes(&s, 2, CKA_ID, bytes, 4, &len), CKR_BUFFER_TOO_SMALL);
	assert_int_equal(object_bytes(&s, 3, CKA_ID, bytes, 4, &len),
	    CKR_ATTRIBUTE_TYPE_INVALID);
	assert_int_equal(len, 77);
}

static void
refuses_a_bool_or_number_of_another_size(void **state)
{
	struct p11_session s = fake_session();
	static const CK_BBOOL yes = 7;
	static const CK_ULONG many = 99;
	CK_ULONG number = 5;
	bool value = false;

	(void)state;
	fake_set(1, CKA_SIGN, &yes, 1);
	fake_set(2, CKA_SIGN, &yes, 0);
	fake_set(1, CKA_KEY_TYPE, &many, sizeof(many));
	fake_set(2, CKA_KEY_TYPE, &many, 4);
	assert_int_equal(object_bool(&s, 1, CKA_SIGN, &value), CKR_OK);
	assert_true(value);
	assert_int_equal(
	    object_bool(&s, 2, CKA_SIGN, &value), CKR_ATTRIBUTE_VALUE_INVALID);
	assert_int_equal(object_number(&s, 2, CKA_KEY_TYPE, &number),
	    CKR_ATTRIBUTE_VALUE_INVALID);
	assert_int_equal(number, 5);
	assert_int_equal(object_number(&s, 1, CKA_KEY_TYPE, &number), CKR_OK);
	assert_int_equal(number, 99);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_no_more_than_asked_for),
		cmocka_unit_test(
		    refuses_a_module_that_finds_more_than_there_is_room),
		cmocka_unit_test(hands_errors_on),
		cmocka_unit_test(refuses_values_that_do_not_fit),
		cmocka_unit_test(refuses_a_bool_or_number_of_another_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
