/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/replace.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[] = "/tmp/countersign-replace.XXXXXX";
static char path[80], next[80], target[80];

static int
make(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/file", dir);
	snprintf(next, sizeof(next), "%s/file.new", dir);
	snprintf(target, sizeof(target), "%s/target", dir);
	return 0;
}

static int
drop(void **state)
{
	(void)state;
	unlink(path);
	unlink(next);
	unlink(target);
	return rmdir(dir);
}

static void
assert_file(const char *text)
{
	char in[64] = "";
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	assert_int_equal(fread(in, 1, sizeof(in) - 1, file), strlen(text));
	fclose(file);
	assert_string_equal(in, text);
}

static void
puts_the_new_in_the_place_of_the_old(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(replace_file(path, 0600, "a longer text", 13), 0);
	assert_file("a longer text");
	assert_int_equal(replace_file(path, 0600, "short", 5), 0);
	assert_file("short");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(access(next, F_OK), -1);
}

static void
what_a_crash_left_is_overwritten(void **state)
{
	FILE *file = fopen(next, "w");

	(void)state;
	assert_non_null(file);
	fputs("half of something that was longer", file);
	fclose(file);
	assert_int_equal(replace_file(path, 0600, "whole", 5), 0);
	assert_file("whole");
}

static void
follows_no_link_and_says_what_failed(void **state)
{
	char far[5000];

	(void)state;
	assert_int_equal(replace_file(path, 0600, "kept", 4), 0);
	assert_int_equal(symlink(target, next), 0);
	assert_int_equal(replace_file(path, 0600, "led away", 8), -1);
	assert_int_equal(errno, ELOOP);
	assert_int_equal(access(target, F_OK), -1);
	unlink(next);
	assert_file("kept");
	memset(far, 'x', sizeof(far) - 1);
	far[sizeof(far) - 1] = '\0';
	assert_int_equal(replace_file(far, 0600, "x", 1), -1);
	assert_int_equal(errno, ENAMETOOLONG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(puts_the_new_in_the_place_of_the_old),
		cmocka_unit_test(what_a_crash_left_is_overwritten),
		cmocka_unit_test(follows_no_link_and_says_what_failed),
	};

	return cmocka_run_group_tests(tests, make, drop);
}
