/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/token/copy.c */
#include "token/key.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "support_service.h"
#include "token/sign.h"

#define MINUTE_US (60 * 1000000ULL)

static struct login login;

static const struct odd_key loose = {
	.name = "loose", .bits = 3072, .modifiable = true
};

static int
enter(void **state)
{
	if (place_make(state) == -1)
		return -1;
	return place_enter(&login) ? 0 : -1;
}

static struct key *
load(const char *object)
{
	struct key_add add = { .key = 1 };
	struct key_facts facts;
	struct key *key;

	strcpy(add.object, object);
	key = key_load(&login, &add, &facts);
	assert_string_equal(facts.text, "");
	assert_non_null(key);
	return key;
}

/* The reason of one job. */
static enum reason
sign(struct key *key)
{
	static uint8_t space[WIRE_SIGNATURE];
	struct job job = { .job = 1,
		.key = 1,
		.mech = MECH_RSA_PSS,
		.hash = HASH_SHA256,
		.input = sample,
		.len = 32 };
	struct job_result result;

	assert_true(sign_job(&login, key, &job, space, &result));
	return result.reason;
}

/* SoftHSM 2.6 copies what may be modified only. */
static void
signs_with_a_copy_where_the_token_allows_one(void **state)
{
	static const struct odd_key fixed = { .name = "fixed", .bits = 3072 };
	static const struct odd_key single = { .name = "single",
		.bits = 3072,
		.modifiable = true,
		.not_copyable = true };
	struct key *key;

	(void)state;
	place_key(&loose);
	key = load("pkcs11:object=loose");
	assert_int_not_equal(key->handle, key->object);
	assert_int_equal(sign(key), REASON_OK);
	key_free(&login, key);
	place_key(&fixed);
	key = load("pkcs11:object=fixed");
	assert_int_equal(key->handle, key->object);
	assert_int_equal(sign(key), REASON_OK);
	key_free(&login, key);
	place_key(&single);
	key = load("pkcs11:object=single");
	assert_int_equal(key->handle, key->object);
	assert_int_equal(sign(key), REASON_OK);
	key_free(&login, key);
	place_delete("loose");
	place_delete("fixed");
	place_delete("single");
}

static void
a_copy_is_as_closed_as_its_key(void **state)
{
	struct key *key;
	bool value;
	size_t len;
	uint8_t bytes[512];

	(void)state;
	place_key(&loose);
	key = load("pkcs11:object=loose");
	assert_int_equal(
	    object_bool(&login.session, key->handle, CKA_EXTRACTABLE, &value),
	    CKR_OK);
	assert_false(value);
	assert_int_equal(object_bytes(&login.session, key->handle,
			     CKA_PRIVATE_EXPONENT, bytes, sizeof(bytes), &len),
	    CKR_ATTRIBUTE_SENSITIVE);
	key_free(&login, key);
	place_delete("loose");
}

static void
a_deleted_key_signs_no_longer_than_a_minute(void **state)
{
	struct text_error err;
	struct key *key;

	(void)state;
	place_key(&loose);
	key = load("pkcs11:object=loose");
	place_delete("loose");
	assert_int_equal(
	    key_recheck(&login, key, key->checked_us + MINUTE_US - 1, &err),
	    REASON_OK);
	assert_int_equal(
	    key_recheck(&login, key, key->checked_us + MINUTE_US, &err),
	    REASON_KEY_MISSING);
	key->checked_us -= MINUTE_US;
	assert_int_equal(sign(key), REASON_KEY_MISSING);
	assert_int_equal(sign(key), REASON_KEY_MISSING);
	key_free(&login, key);
}

static void
a_key_that_became_unfit_signs_no_longer_than_a_minute(void **state)
{
	CK_BBOOL no = CK_FALSE;
	CK_ATTRIBUTE template = { CKA_SIGN, &no, sizeof(no) };
	struct key *key;

	(void)state;
	place_key(&loose);
	key = load("pkcs11:object=loose");
	assert_int_equal(login.session.fn->C_SetAttributeValue(
			     login.session.handle, key->object, &template, 1),
	    CKR_OK);
	key->checked_us -= MINUTE_US;
	assert_int_equal(sign(key), REASON_KEY_UNFIT);
	key_free(&login, key);
	place_delete("loose");
}

/* A copy has the name of its key, and must not be taken for it. */
static void
two_of_the_brokers_keys_can_be_one_in_the_token(void **state)
{
	struct key *one, *two;

	(void)state;
	place_key(&loose);
	one = load("pkcs11:object=loose");
	two = load("pkcs11:object=loose");
	assert_int_equal(one->object, two->object);
	assert_int_not_equal(one->handle, two->handle);
	key_free(&login, one);
	assert_int_equal(sign(two), REASON_OK);
	key_free(&login, two);
	place_delete("loose");
}

static void
a_good_key_is_looked_at_and_goes_on(void **state)
{
	uint64_t checked;
	struct key *key;

	(void)state;
	place_key(&loose);
	key = load("pkcs11:object=loose");
	for (int i = 0; i < 3; i++) {
		checked = key->checked_us -= MINUTE_US;
		assert_int_equal(sign(key), REASON_OK);
		assert_true(key->checked_us >= checked + MINUTE_US);
		assert_int_not_equal(key->handle, key->object);
	}
	key_free(&login, key);
	place_delete("loose");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signs_with_a_copy_where_the_token_allows_one),
		cmocka_unit_test(a_copy_is_as_closed_as_its_key),
		cmocka_unit_test(a_deleted_key_signs_no_longer_than_a_minute),
		cmocka_unit_test(
		    a_key_that_became_unfit_signs_no_longer_than_a_minute),
		cmocka_unit_test(
		    two_of_the_brokers_keys_can_be_one_in_the_token),
		cmocka_unit_test(a_good_key_is_looked_at_and_goes_on),
	};

	return cmocka_run_group_tests(tests, enter, place_remove);
}
