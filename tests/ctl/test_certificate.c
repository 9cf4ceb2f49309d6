/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/certificate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support_certificate.h"

/* How many warnings, and that the text has this in it. */
static unsigned
warn(const char *pem, bool wrapped, const char *want)
{
	const struct generation *own[1];
	struct signing_key key = { .name = "release",
		.generations = own,
		.count = 1,
		.wrapped = wrapped,
		.use_rule = { "keys.d/a.conf", 4 } };
	const struct generation generation = { .name = "",
		.of = "release",
		.key = &key,
		.file[KEY_FILE_CERTIFICATE] = pem,
		.rule = { "keys.d/a.conf", 1 } };
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	const struct hearer hearer = { tell_warning_line, out };
	unsigned warnings;

	own[0] = &generation;
	warnings = certificate_warn(&hearer, &generation, NOW);
	fclose(out);
	if (want == NULL)
		assert_string_equal(text, "");
	else
		assert_non_null(strstr(text, want));
	free(text);
	return warnings;
}

static void
check(const char *constraints, const char *usage, bool wrapped,
    unsigned warnings, const char *want)
{
	char *pem = make_certificate(constraints, usage, -1, 1);

	assert_int_equal(warn(pem, wrapped, want), warnings);
	free(pem);
}

static void
a_signer_of_code_is_fine(void **state)
{
	(void)state;
	check(NULL, NULL, false, 0, NULL);
	check("critical,CA:FALSE", "digitalSignature", false, 0, NULL);
	assert_int_equal(warn(NULL, false, NULL), 0);
}

static void
warns_of_a_raw_key_that_may_sign_certificates(void **state)
{
	(void)state;
	check("critical,CA:TRUE", NULL, false, 1,
	    "keys.d/a.conf:4: warning: use = raw");
	check("critical,CA:TRUE", "keyCertSign", false, 1, "(CA:TRUE)");
	check(NULL, "digitalSignature,keyCertSign", false, 1, "(keyCertSign)");
}

static void
a_wrapped_key_may_sign_certificates(void **state)
{
	(void)state;
	check("critical,CA:TRUE", "keyCertSign", true, 0, NULL);
}

static void
warns_of_dates(void **state)
{
	char *old = make_certificate(NULL, NULL, -2, -1),
	     *new = make_certificate(NULL, NULL, 1, 2);
	char *both = make_certificate("CA:TRUE", NULL, -2, -1);

	(void)state;
	assert_int_equal(warn(old, true, "release has expired"), 1);
	assert_int_equal(warn(new, false, "release is not valid yet"), 1);
	assert_int_equal(warn(both, false, "release has expired"), 2);
	free(old);
	free(new);
	free(both);
}

static void
warns_of_what_is_no_certificate(void **state)
{
	(void)state;
	assert_int_equal(warn("", false, "not a PEM certificate"), 1);
	assert_int_equal(warn("-----BEGIN CERTIFICATE-----\nAAAA\n"
			      "-----END CERTIFICATE-----\n",
			     false, "not a PEM certificate"),
	    1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signer_of_code_is_fine),
		cmocka_unit_test(warns_of_a_raw_key_that_may_sign_certificates),
		cmocka_unit_test(a_wrapped_key_may_sign_certificates),
		cmocka_unit_test(warns_of_dates),
		cmocka_unit_test(warns_of_what_is_no_certificate),
	};

	return cmocka_run_group_tests(tests, make_pkey, free_pkey);
}
