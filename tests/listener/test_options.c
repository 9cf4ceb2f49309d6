/* SPDX-License-Identifier: Apache-2.0 */
#include "listener/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include <cmocka.h>

#define PARSE(ret, ...) parse(ret, (char *[]){ program, __VA_ARGS__, NULL })

static char program[] = "countersignd";
static char minus_c[] = "-C", minus_d[] = "-D", minus_t[] = "-t";
static char cluster[] = "-dD", unknown[] = "-x", word[] = "now";
static char tmp[] = "/tmp/../tmp", nowhere[] = "/nonexistent/folder";

static int
parse(struct options *ret, char **argv)
{
	int argc = 0;

	while (argv[argc] != NULL)
		argc++;
	optind = 0;
	opterr = 0;
	return options_parse(ret, argc, argv);
}

static void
reads_every_option(void **state)
{
	struct options o;

	(void)state;
	assert_int_equal(PARSE(&o, minus_c, tmp, minus_d), -1);
	assert_true(o.foreground);
	assert_false(o.test);
	assert_false(o.debug);
	assert_int_equal(PARSE(&o, minus_c, tmp, minus_t), -1);
	assert_true(o.test);
	assert_false(o.foreground);
	assert_int_equal(PARSE(&o, cluster, minus_c, tmp), -1);
	assert_true(o.debug);
	assert_true(o.foreground);
}

static void
makes_the_folder_absolute(void **state)
{
	struct options o;
	char here[] = ".", *cwd = getcwd(NULL, 0);

	(void)state;
	assert_int_equal(PARSE(&o, minus_c, tmp), -1);
	assert_string_equal(o.dir, "/tmp");
	assert_int_equal(PARSE(&o, minus_c, here), -1);
	assert_string_equal(o.dir, cwd);
	free(cwd);
}

static void
refuses_what_it_does_not_know(void **state)
{
	struct options o;

	(void)state;
	assert_int_equal(PARSE(&o, unknown), EX_USAGE);
	assert_int_equal(PARSE(&o, minus_c), EX_USAGE);
	assert_int_equal(PARSE(&o, minus_d, word), EX_USAGE);
}

static void
refuses_a_folder_that_is_not_there(void **state)
{
	struct options o;

	(void)state;
	assert_int_equal(PARSE(&o, minus_c, nowhere), EXIT_FAILURE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_every_option),
		cmocka_unit_test(makes_the_folder_absolute),
		cmocka_unit_test(refuses_what_it_does_not_know),
		cmocka_unit_test(refuses_a_folder_that_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
