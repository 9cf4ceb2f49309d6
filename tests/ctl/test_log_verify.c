/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/logs.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include <cmocka.h>

#include "audit/verify.h"

#define LINES 5

static char dir[] = "/tmp/logverify.XXXXXX";
static char line[LINES][RECORD_MAX + 1];
static char out[4096]; /* both streams of the last run */

static int
set_up(void **state)
{
	struct record_origin origin = { "signer1", 812 };
	struct chain chain;
	struct record r;

	(void)state;
	if (mkdtemp(dir) == NULL || chdir(dir) == -1)
		return -1;
	chain_init(&chain);
	for (size_t i = 0; i < LINES; i++) {
		record_begin(&r, EVENT_SIGN, &origin, &chain,
		    UINT64_C(1795232243123456));
		if (record_finish(&r, &chain, "signed") == -1)
			return -1;
		memcpy(line[i], r.line, r.len);
		line[i][r.len] = '\0';
	}
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	unlink("a");
	unlink("b");
	unlink("out");
	return chdir("/") == 0 ? rmdir(dir) : -1;
}

/* Lines by number, one digit each; other text as it is. */
static void
put(const char *name, const char *lines)
{
	FILE *file = fopen(name, "we");

	assert_non_null(file);
	for (; *lines != '\0'; lines++) {
		if (*lines >= '1' && *lines <= '5')
			fputs(line[*lines - '1'], file);
		else
			fputc(*lines, file);
	}
	assert_int_equal(fclose(file), 0);
}

/* Runs it with stdout and stderr in out. */
static int
verify(int argc, const char *one, const char *two)
{
	char word[] = "verify", first[64], second[64];
	char *argv[] = { word, first, second, NULL };
	int keep[2] = { dup(1), dup(2) }, fd, rv;
	ssize_t len;

	snprintf(first, sizeof(first), "%s", one);
	snprintf(second, sizeof(second), "%s", two);
	fd = open("out", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	fflush(NULL);
	dup2(fd, 1);
	dup2(fd, 2);
	rv = log_verify("/nonexistent", argc, argv);
	fflush(NULL);
	for (int i = 0; i < 2; i++) {
		dup2(keep[i], i + 1);
		close(keep[i]);
	}
	len = pread(fd, out, sizeof(out) - 1, 0);
	assert_true(len >= 0);
	out[len] = '\0';
	close(fd);
	return rv;
}

static void
accepts_an_intact_chain(void **state)
{
	(void)state;
	put("a", "12345");
	assert_int_equal(verify(2, "a", ""), 0);
	assert_string_equal(out, "5 records, seq 1 to 5, chain intact\n");
}

static void
follows_the_chain_across_files(void **state)
{
	(void)state;
	put("a", "23");
	put("b", "45");
	assert_int_equal(verify(3, "a", "b"), 0);
	assert_string_equal(out, "4 records, seq 2 to 5, chain intact\n");
	assert_int_equal(verify(3, "b", "a"), 1);
	assert_string_equal(
	    out, "a:1: seq 2: comes after seq 5: repeated or out of order\n");
	put("b", "5");
	assert_int_equal(verify(3, "a", "b"), 1);
	assert_string_equal(out, "b:1: seq 5: comes after seq 3: 1 missing\n");
}

static void
reads_standard_input(void **state)
{
	int keep = dup(0), fd;

	(void)state;
	put("a", "123");
	fd = open("a", O_RDONLY | O_CLOEXEC);
	dup2(fd, 0);
	close(fd);
	assert_int_equal(verify(2, "-", ""), 0);
	assert_string_equal(out, "3 records, seq 1 to 3, chain intact\n");
	put("a", "12x");
	fd = open("a", O_RDONLY | O_CLOEXEC);
	dup2(fd, 0);
	close(fd);
	assert_int_equal(verify(2, "-", ""), 1);
	assert_memory_equal(out, "(standard input):3: ", 20);
	dup2(keep, 0);
	close(keep);
}

static void
names_the_first_bad_record(void **state)
{
	char kept = line[2][20];

	(void)state;
	line[2][20] = kept == '9' ? '8' : '9';
	put("a", "12345");
	line[2][20] = kept;
	assert_int_equal(verify(2, "a", ""), 1);
	assert_string_equal(out,
	    "a:4: seq 4: prev is not the hash of seq 3: one of the two was "
	    "changed\n");
}

static void
says_which_record_was_due_where_there_is_none(void **state)
{
	(void)state;
	put("a", "12\n345");
	assert_int_equal(verify(2, "a", ""), 1);
	assert_string_equal(out, "a:3: seq 3 expected: an empty line\n");
	put("a", "root:x:\n");
	assert_int_equal(verify(2, "a", ""), 1);
	assert_string_equal(out, "a:1: not a record: bad header\n");
}

static void
calls_a_torn_record_torn(void **state)
{
	(void)state;
	put("a", "12<86>");
	put("b", "3");
	assert_int_equal(verify(3, "a", "b"), 1);
	assert_memory_equal(out, "a:3: seq 3 expected: torn record, 4 bytes",
	    strlen("a:3: seq 3 expected: torn record, 4 bytes"));
}

static void
an_emptied_log_is_not_intact(void **state)
{
	(void)state;
	put("a", "");
	assert_int_equal(verify(2, "a", ""), 1);
	assert_string_equal(out, "countersignctl: a: no records\n");
	put("b", "1");
	assert_int_equal(verify(3, "a", "b"), 0);
}

static void
refuses_what_it_cannot_read(void **state)
{
	(void)state;
	assert_int_equal(verify(2, "missing", ""), 1);
	assert_string_equal(
	    out, "countersignctl: missing: No such file or directory\n");
	assert_int_equal(verify(2, ".", ""), 1);
	assert_string_equal(out, "countersignctl: .: Is a directory\n");
}

static void
refuses_wrong_usage(void **state)
{
	(void)state;
	assert_int_equal(verify(1, "", ""), EX_USAGE);
	assert_int_equal(verify(2, "--fast", ""), EX_USAGE);
	assert_non_null(strstr(out, "unknown option '--fast'"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepts_an_intact_chain),
		cmocka_unit_test(follows_the_chain_across_files),
		cmocka_unit_test(reads_standard_input),
		cmocka_unit_test(names_the_first_bad_record),
		cmocka_unit_test(says_which_record_was_due_where_there_is_none),
		cmocka_unit_test(calls_a_torn_record_torn),
		cmocka_unit_test(an_emptied_log_is_not_intact),
		cmocka_unit_test(refuses_what_it_cannot_read),
		cmocka_unit_test(refuses_wrong_usage),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
