/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/uri.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void
assert_refused(const char *uri, const char *what)
{
	struct text_error error;

	assert_int_equal(uri_check(uri, &error), -1);
	assert_string_equal(error.what, what);
}

static void
takes_what_names_a_key(void **state)
{
	static const char *const good[] = { "pkcs11:object=release",
		"pkcs11:id=%01", "pkcs11:id=%00%ff;object=a%20b",
		"pkcs11:type=private;object=a",
		"pkcs11:model=SoftHSM%20v2;manufacturer=SoftHSM%20project;"
		"serial=1a2b;token=demo;id=%01;object=a;type=private" };
	struct text_error error;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_int_equal(uri_check(good[i], &error), 0);
}

static void
refuses_what_names_no_key(void **state)
{
	(void)state;
	assert_refused(
	    "pkcs11:token=demo", "the URI needs object= or id= to name a key");
	assert_refused("release",
	    "object must be a URI such as pkcs11:object=release or "
	    "pkcs11:id=%01, not \"release\"");
	assert_refused("PKCS11:object=a",
	    "object must be a URI such as pkcs11:object=release or "
	    "pkcs11:id=%01, not \"PKCS11:object=a\"");
	assert_refused("pkcs11:object=a;type=public",
	    "a signing key's URI can only have type=private");
}

static void
refuses_what_it_does_not_understand(void **state)
{
	(void)state;
	assert_refused("pkcs11:object=a;slot-id=1",
	    "\"slot-id\" may not stand in the URI; known: object=, id=, "
	    "type=private, token=, serial=, manufacturer=, model=");
	assert_refused("pkcs11:object=a?pin-value=1234",
	    "'?' must be percent-encoded in a pkcs11: URI");
	assert_refused("pkcs11:object=a;",
	    "\"\" may not stand in the URI; known: object=, id=, "
	    "type=private, token=, serial=, manufacturer=, model=");
	assert_refused("pkcs11:object",
	    "\"object\" may not stand in the URI; known: object=, id=, "
	    "type=private, token=, serial=, manufacturer=, model=");
}

static void
refuses_malformed_values(void **state)
{
	char uri[700];

	(void)state;
	assert_refused("pkcs11:object=", "object= is empty");
	assert_refused("pkcs11:id=", "id= is empty");
	assert_refused("pkcs11:id=%1", "'%' without two hex digits in the URI");
	assert_refused(
	    "pkcs11:id=%0g", "'%' without two hex digits in the URI");
	assert_refused("pkcs11:object=a%00b", "object= holds a NUL");
	assert_refused("pkcs11:object=a b",
	    "' ' must be percent-encoded in a pkcs11: URI");
	assert_refused(
	    "pkcs11:object=a;object=b", "object= is given twice in the URI");
	memset(uri, 'a', sizeof(uri));
	memcpy(uri, "pkcs11:id=", 10);
	uri[10 + 65] = '\0';
	assert_refused(uri, "id= is over 64 bytes");
	uri[10 + 65] = 'a';
	uri[sizeof(uri) - 1] = '\0';
	assert_refused(uri, "the URI is over 511 bytes");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_what_names_a_key),
		cmocka_unit_test(refuses_what_names_no_key),
		cmocka_unit_test(refuses_what_it_does_not_understand),
		cmocka_unit_test(refuses_malformed_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
