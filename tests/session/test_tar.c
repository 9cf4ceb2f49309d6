/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "session/tar.h"

static char what[MESSAGE_SIZE];

static void
refuses_names_that_leave_the_folder(void **state)
{
	static const char *const names[] = { "", "-", "/", "/etc/passwd", "..",
		"../x", "a/..", "a/../b", "a//../b", "a/" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (tar_name_ok(names[i], "sig", what))
			fail_msg("'%s' was accepted", names[i]);
}

static void
takes_names_that_only_look_like_it(void **state)
{
	static const char *const names[] = { "a", "..a", "a..", "a/..b/c",
		"...", "a/.../b", ".", "./a", "-x", "a b" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!tar_name_ok(names[i], "sig", what))
			fail_msg("'%s': %s", names[i], what);
}

static void
fill(char *name, size_t head, size_t tail)
{
	memset(name, 'h', head);
	name[head] = '/';
	memset(name + head + 1, 't', tail);
	name[head + 1 + tail] = '\0';
}

static void
bounds_names_by_what_a_header_holds(void **state)
{
	char name[LINE_NAME_SIZE];

	(void)state;
	memset(name, 'x', 96);
	name[96] = '\0';
	assert_true(tar_name_ok(name, "sig", what));
	name[96] = 'x';
	name[97] = '\0';
	assert_false(tar_name_ok(name, "sig", what));
	fill(name, 155, 96);
	assert_true(tar_name_ok(name, "sig", what));
	fill(name, 156, 96);
	assert_false(tar_name_ok(name, "sig", what));
	fill(name, 100, 97);
	assert_false(tar_name_ok(name, "sig", what));
}

static void
lets_tar_read_what_it_wrote(void **state)
{
	char long_name[LINE_NAME_SIZE], wanted[2048], got[2048] = "";
	static uint8_t bytes[513];
	char folder[] = "/tmp/test_tar.XXXXXX", command[128];
	struct buf b;
	FILE *f;
	size_t n;

	(void)state;
	fill(long_name, 150, 90);
	buf_init(&b, 1 << 20);
	tar_put(&b, "a", 1, "sig", bytes, 0);
	tar_put(&b, "d/b", 3, "sig", bytes, 512);
	tar_put(&b, long_name, strlen(long_name), "p7s", bytes, 513);
	tar_end(&b);
	assert_false(b.bad);
	assert_int_equal(buf_len(&b) % 512, 0);
	assert_non_null(mkdtemp(folder));
	snprintf(command, sizeof(command), "%s/x.tar", folder);
	assert_non_null(f = fopen(command, "w"));
	assert_int_equal(fwrite(buf_at(&b), 1, buf_len(&b), f), buf_len(&b));
	fclose(f);
	snprintf(command, sizeof(command),
	    "LC_ALL=C tar --numeric-owner -tvf %s/x.tar | "
	    "awk '{ print $1, $2, $3, $4, $6 }'; rm -r %s",
	    folder, folder);
	assert_non_null(f = popen(command, "r"));
	n = fread(got, 1, sizeof(got) - 1, f);
	got[n] = '\0';
	assert_int_equal(pclose(f), 0);
	snprintf(wanted, sizeof(wanted),
	    "-rw-r--r-- 0/0 0 1970-01-01 a.sig\n"
	    "-rw-r--r-- 0/0 512 1970-01-01 d/b.sig\n"
	    "-rw-r--r-- 0/0 513 1970-01-01 %s.p7s\n",
	    long_name);
	assert_string_equal(got, wanted);
	buf_release(&b);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_names_that_leave_the_folder),
		cmocka_unit_test(takes_names_that_only_look_like_it),
		cmocka_unit_test(bounds_names_by_what_a_header_holds),
		cmocka_unit_test(lets_tar_read_what_it_wrote),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
