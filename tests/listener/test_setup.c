/* SPDX-License-Identifier: Apache-2.0 */
#include "listener/setup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct token_conf
sample(void)
{
	return (struct token_conf){ .name = "prod",
		.module = "/usr/lib/x.so",
		.label = "prod",
		.pin_file = "/etc/pin" };
}

static void
fills_in_what_an_admin_wrote(void **state)
{
	const char *environment[] = { "A=1", "B=2", NULL };
	struct token_conf conf = sample();
	static struct token_setup setup;

	(void)state;
	conf.environment = environment;
	conf.network = true;
	assert_int_equal(setup_fill(&conf, &setup), 0);
	assert_string_equal(setup.name, "prod");
	assert_string_equal(setup.module, "/usr/lib/x.so");
	assert_string_equal(setup.serial, "");
	assert_string_equal(setup.pin_file, "/etc/pin");
	assert_int_equal(setup.variables, 2);
	assert_string_equal(setup.environment[1], "B=2");
	assert_true(setup.network);
	/* A credential comes as a descriptor, without a name. */
	conf.pin_file = NULL;
	assert_int_equal(setup_fill(&conf, &setup), 0);
	assert_string_equal(setup.pin_file, "");
}

static void
refuses_what_does_not_fit(void **state)
{
	const char *environment[TOKEN_ENVIRONMENT + 2];
	struct token_conf conf = sample();
	static struct token_setup setup;
	char text[TOKEN_PATH + 1];

	(void)state;
	for (size_t i = 0; i <= TOKEN_ENVIRONMENT; i++)
		environment[i] = "A=1";
	environment[TOKEN_ENVIRONMENT + 1] = NULL;
	conf.environment = environment;
	assert_int_equal(setup_fill(&conf, &setup), -1);
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	conf = sample();
	conf.module = text;
	assert_int_equal(setup_fill(&conf, &setup), -1);
	conf = sample();
	conf.pin_file = text;
	assert_int_equal(setup_fill(&conf, &setup), -1);
	conf = sample();
	conf.serial = "12345678901234567";
	assert_int_equal(setup_fill(&conf, &setup), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fills_in_what_an_admin_wrote),
		cmocka_unit_test(refuses_what_does_not_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
