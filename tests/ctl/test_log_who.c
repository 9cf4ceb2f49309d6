/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/logs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include <cmocka.h>

#include "support_logs.h"

#define OUT logs_out[0]
#define ERR logs_out[1]
#define NEVER "5f82b1ad5d4b1ab0bbe4dbd4e1cd3ca9a1a7d9b3a4c9d2c5b1e8f7a6c5d4e3f2"

static void
says_who_had_it_signed(void **state)
{
	(void)state;
	logs_put("a", "basfdc");
	assert_int_equal(LOGS_RUN(log_who, LOGS_DIGEST, "a"), 0);
	assert_memory_equal(OUT, "Signed once:\n\n2026-11-21T03:57:23", 33);
	assert_non_null(strstr(OUT, "    principal     build01\n"));
	assert_non_null(strstr(OUT, "    fp            " LOGS_PRINT "\n"));
	assert_non_null(strstr(
	    OUT, "3 of signer1, covered by the checkpoint in record 6\n"));
	assert_non_null(strstr(OUT, "Refused or failed 2 times:\n"));
	assert_string_equal(ERR, "");
}

static void
never_is_1(void **state)
{
	(void)state;
	logs_put("a", "basfdc");
	assert_int_equal(LOGS_RUN(log_who, NEVER, "a"), 1);
	assert_string_equal(
	    OUT, "Never signed, as far as the 6 records say that were read.\n");
	assert_int_equal(LOGS_RUN(log_who, "--json", NEVER, "a"), 1);
	assert_string_equal(OUT, "");
	logs_begin();
	logs_put("a", "bafd");
	assert_int_equal(LOGS_RUN(log_who, LOGS_DIGEST, "a"), 1);
	assert_memory_equal(OUT, "Refused or failed 2 times:\n", 27);
	assert_non_null(strstr(OUT, "\nNever signed, "));
}

static void
goes_through_all_files(void **state)
{
	(void)state;
	logs_put("a", "bas");
	logs_put("b", "c");
	assert_int_equal(LOGS_RUN(log_who, LOGS_DIGEST, "b", "a"), 0);
	assert_non_null(strstr(OUT, "covered by the checkpoint in record 4"));
}

static void
json_is_a_line_each(void **state)
{
	(void)state;
	logs_put("a", "basc");
	assert_int_equal(LOGS_RUN(log_who, "--json", LOGS_DIGEST, "a"), 0);
	assert_non_null(strstr(OUT, ",\"countersign.checkpoint\":4,"));
	assert_ptr_equal(strchr(OUT, '\n') + 1, OUT + strlen(OUT));
}

static void
a_file_is_hashed_here(void **state)
{
	FILE *file;

	(void)state;
	logs_put("a", "bas");
	file = fopen("fw", "we");
	fputs("hi", file); /* LOGS_DIGEST is its SHA-256 */
	fclose(file);
	assert_int_equal(LOGS_RUN(log_who, "--file", "fw", "a"), 0);
	assert_memory_equal(OUT, "Signed once:\n", 13);
	assert_int_equal(LOGS_RUN(log_who, "--file", "a", "a"), 1);
	assert_int_equal(LOGS_RUN(log_who, "--file", "b", "a"), EX_DATAERR);
	assert_string_equal(
	    ERR, "countersignctl: b: No such file or directory\n");
}

static void
bad_lines_are_named(void **state)
{
	(void)state;
	logs_put("a", "ba!\ns");
	assert_int_equal(LOGS_RUN(log_who, LOGS_DIGEST, "a"), 0);
	assert_memory_equal(ERR, "a:3: ", 5);
	assert_int_equal(LOGS_RUN(log_who, LOGS_DIGEST, "missing"), EX_DATAERR);
	assert_string_equal(OUT, "");
}

static void
refuses_wrong_usage(void **state)
{
	(void)state;
	logs_put("a", "bas");
	assert_int_equal(LOGS_RUN(log_who, "8f434346", "a"), EX_USAGE);
	assert_non_null(strstr(ERR, "no whole digest"));
	assert_int_equal(LOGS_RUN(log_who, "--json"), EX_USAGE);
	assert_int_equal(LOGS_RUN(log_who, "--all", NEVER, "a"), EX_USAGE);
	assert_int_equal(
	    LOGS_RUN(log_who, "--file", "a", "--file", "a", "a"), EX_USAGE);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, logs_set_up, logs_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(says_who_had_it_signed),
		TEST(never_is_1),
		TEST(goes_through_all_files),
		TEST(json_is_a_line_each),
		TEST(a_file_is_hashed_here),
		TEST(bad_lines_are_named),
		TEST(refuses_wrong_usage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
