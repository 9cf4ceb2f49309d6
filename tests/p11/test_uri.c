/* SPDX-License-Identifier: Apache-2.0 */
#include "p11/uri.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void
reads_what_tools_print(void **state)
{
	struct text_error err = { 0 };
	struct p11_uri uri;

	(void)state;
	assert_int_equal(p11_uri_parse("pkcs11:model=SoftHSM%20v2;"
				       "manufacturer=SoftHSM%20project;"
				       "serial=290cb135729dd93f;token=prod;"
				       "id=%01%aB%00;object=rel-2026;"
				       "type=private",
			     &uri, &err),
	    0);
	assert_string_equal(uri.object, "rel-2026");
	assert_int_equal(uri.id_len, 3);
	assert_memory_equal(uri.id, "\x01\xab\x00", 3);
	assert_string_equal(uri.token, "prod");
	assert_string_equal(uri.serial, "290cb135729dd93f");
	assert_string_equal(uri.maker, "SoftHSM project");
	assert_string_equal(uri.model, "SoftHSM v2");
}

static void
reads_either_way_of_naming_a_key(void **state)
{
	struct text_error err = { 0 };
	struct p11_uri uri;

	(void)state;
	assert_int_equal(p11_uri_parse("pkcs11:object=a", &uri, &err), 0);
	assert_int_equal(uri.id_len, 0);
	assert_int_equal(p11_uri_parse("pkcs11:id=a%3b", &uri, &err), 0);
	assert_string_equal(uri.object, "");
	assert_memory_equal(uri.id, "a;", 2);
}

static void
refuses_what_it_does_not_understand(void **state)
{
	static const char *const bad[] = {
		"",
		"pkcs11",
		"pkcs11:",
		"PKCS11:object=a",
		"object=a",
		"pkcs11:object",
		"pkcs11:object=",
		"pkcs11:id=",
		"pkcs11:object=a;",
		"pkcs11:;object=a",
		"pkcs11:object=a;object=b",
		"pkcs11:object=a;id=%0",
		"pkcs11:object=a;id=%",
		"pkcs11:object=a;id=%zz",
		"pkcs11:object=a%00b",
		"pkcs11:object=a b",
		"pkcs11:object=a\"",
		"pkcs11:object=a/b",
		"pkcs11:object=a?pin-value=1234",
		"pkcs11:object=a;type=cert",
		"pkcs11:object=a;type=public",
		"pkcs11:object=a;type=privat",
		"pkcs11:object=a;slot-id=3",
		"pkcs11:object=a;x-vendor=3",
		"pkcs11:type=private",
		"pkcs11:token=prod",
		"pkcs11:object=a;serial=12345678901234567",
	};
	struct p11_uri uri = { .object = "untouched" };
	struct text_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		err.what[0] = '\0';
		assert_int_equal(p11_uri_parse(bad[i], &uri, &err), -1);
		assert_int_not_equal(err.what[0], '\0');
	}
	assert_string_equal(uri.object, "untouched");
}

static void
refuses_values_that_are_too_long(void **state)
{
	char text[1200] = "pkcs11:object=";
	struct text_error err;
	struct p11_uri uri;

	(void)state;
	memset(text + 14, 'x', P11_OBJECT_NAME - 1);
	assert_int_equal(p11_uri_parse(text, &uri, &err), 0);
	text[14 + P11_OBJECT_NAME - 1] = 'x';
	assert_int_equal(p11_uri_parse(text, &uri, &err), -1);
	strcpy(text, "pkcs11:id=");
	for (size_t i = 0; i < P11_OBJECT_ID; i++)
		strcat(text, "%41");
	assert_int_equal(p11_uri_parse(text, &uri, &err), 0);
	assert_int_equal(uri.id_len, P11_OBJECT_ID);
	strcat(text, "B");
	assert_int_equal(p11_uri_parse(text, &uri, &err), -1);
}

static void
fits_only_the_token_it_names(void **state)
{
	static const struct {
		const char *text;
		bool fits;
	} cases[] = {
		{ "pkcs11:object=a", true },
		{ "pkcs11:object=a;token=prod", true },
		{ "pkcs11:object=a;token=pro", false },
		{ "pkcs11:object=a;serial=1", true },
		{ "pkcs11:object=a;token=prod;serial=2", false },
		{ "pkcs11:object=a;model=m;manufacturer=v", true },
		{ "pkcs11:object=a;manufacturer=w", false },
	};
	struct p11_token token = {
		.label = "prod", .serial = "1", .maker = "v", .model = "m"
	};
	struct text_error err;
	struct p11_uri uri;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(p11_uri_parse(cases[i].text, &uri, &err), 0);
		assert_int_equal(p11_uri_fits(&uri, &token), cases[i].fits);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_tools_print),
		cmocka_unit_test(reads_either_way_of_naming_a_key),
		cmocka_unit_test(refuses_what_it_does_not_understand),
		cmocka_unit_test(refuses_values_that_are_too_long),
		cmocka_unit_test(fits_only_the_token_it_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
