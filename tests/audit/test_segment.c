/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/segment.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/test_segment.XXXXXX";

static int
enter_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL || chdir(folder) == -1 ? -1 : 0;
}

static int
leave_folder(void **state)
{
	(void)state;
	return chdir("/") == -1 || rmdir(folder) == -1 ? -1 : 0;
}

static void
touch(const char *name)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_EXCL, 0600);

	assert_true(fd >= 0);
	close(fd);
}

static void
paths_have_twelve_digits(void **state)
{
	struct segment plain = { 42, false }, packed = { 1, true };
	struct segment last = { UINT64_C(999999999999), false };
	char path[PATH_MAX];

	(void)state;
	assert_int_equal(segment_path("log/audit.log", &plain, path), 0);
	assert_string_equal(path, "log/audit.log.000000000042");
	assert_int_equal(segment_path("audit.log", &packed, path), 0);
	assert_string_equal(path, "audit.log.000000000001.gz");
	assert_int_equal(segment_path("/a", &last, path), 0);
	assert_string_equal(path, "/a.999999999999");
}

static void
a_path_that_does_not_fit_is_none(void **state)
{
	struct segment plain = { 42, false }, packed = { 42, true };
	struct segment beyond = { UINT64_C(1000000000000), false };
	char file[PATH_MAX], path[PATH_MAX];

	(void)state;
	assert_int_equal(segment_path("audit.log", &beyond, path), -1);
	memset(file, 'x', sizeof(file));
	file[PATH_MAX - 1 - SEGMENT_DIGITS - 1] = '\0';
	assert_int_equal(segment_path(file, &plain, path), 0);
	assert_int_equal(segment_path(file, &packed, path), -1);
	strcat(file, "x");
	assert_int_equal(segment_path(file, &plain, path), -1);
}

static void
names_read_back(void **state)
{
	struct segment s;

	(void)state;
	assert_true(segment_parse("audit.log.000000000042", "audit.log", &s));
	assert_int_equal(s.first, 42);
	assert_false(s.packed);
	assert_true(
	    segment_parse("audit.log.999999999999.gz", "audit.log", &s));
	assert_int_equal(s.first, UINT64_C(999999999999));
	assert_true(s.packed);
}

static void
other_names_are_no_pieces(void **state)
{
	static const char *const wrong[] = { "", "a", "audit.log", "audit.log.",
		"audit.log.gz", "audit.log.00000000004",
		"audit.log.0000000000042", "audit.log.000000000000",
		"audit.log.00000000004x", "audit.log.-00000000042",
		"audit.log.+00000000042", "audit.log. 00000000042",
		"audit.log.000000000042.", "audit.log.000000000042.g",
		"audit.log.000000000042.gz2", "audit.log.000000000042.gz.tmp",
		"audit.log.000000000042gz", "audit_log.000000000042",
		"xaudit.log.000000000042", "audit.logx000000000042",
		"audit.log.1.000000000042" };
	struct segment s = { 77, true };

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		assert_false(segment_parse(wrong[i], "audit.log", &s));
	assert_int_equal(s.first, 77);
	assert_true(s.packed);
}

static void
no_pieces_is_no_error(void **state)
{
	struct segments s;

	(void)state;
	touch("audit.log");
	assert_int_equal(segments_list("audit.log", &s), 0);
	assert_int_equal(s.count, 0);
	segments_release(&s);
	unlink("audit.log");
}

static void
no_folder_is_an_error(void **state)
{
	char file[PATH_MAX + 1];
	struct segments s;

	(void)state;
	assert_int_equal(segments_list("none/audit.log", &s), -1);
	assert_int_equal(errno, ENOENT);
	memset(file, '/', sizeof(file));
	file[PATH_MAX] = '\0';
	assert_int_equal(segments_list(file, &s), -1);
	assert_int_equal(errno, ENAMETOOLONG);
}

/* By their numbers; what is there twice, once. */
static void
pieces_come_in_their_order(void **state)
{
	static const char *const names[] = { "audit.log.000000000900",
		"audit.log.000000000020", "audit.log.000000000020.gz",
		"audit.log.000000000001.gz", "audit.log",
		"audit.log.000000000003.gz", "audit.log.000000000100.gz.tmp",
		"audit.log.000000000100.gz", "other.log.000000000007" };
	static const struct segment want[] = { { 1, true }, { 3, true },
		{ 20, false }, { 100, true }, { 900, false } };
	char file[PATH_MAX];
	struct segments s;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		touch(names[i]);
	snprintf(file, sizeof(file), "%s/audit.log", folder);
	for (int absolute = 0; absolute < 2; absolute++) {
		assert_int_equal(
		    segments_list(absolute ? file : "audit.log", &s), 0);
		assert_int_equal(s.count, sizeof(want) / sizeof(*want));
		for (size_t i = 0; i < s.count; i++) {
			assert_int_equal(s.list[i].first, want[i].first);
			assert_int_equal(s.list[i].packed, want[i].packed);
		}
		segments_release(&s);
		assert_int_equal(s.count, 0);
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		unlink(names[i]);
}

static void
a_thousand_pieces_are_listed(void **state)
{
	struct segment one = { 0 };
	char path[PATH_MAX];
	struct segments s;

	(void)state;
	for (one.first = 1; one.first <= 1000; one.first++) {
		segment_path("log", &one, path);
		touch(path);
	}
	assert_int_equal(segments_list("log", &s), 0);
	assert_int_equal(s.count, 1000);
	for (size_t i = 0; i < s.count; i++) {
		assert_int_equal(s.list[i].first, i + 1);
		segment_path("log", &s.list[i], path);
		unlink(path);
	}
	segments_release(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_have_twelve_digits),
		cmocka_unit_test(a_path_that_does_not_fit_is_none),
		cmocka_unit_test(names_read_back),
		cmocka_unit_test(other_names_are_no_pieces),
		cmocka_unit_test(no_pieces_is_no_error),
		cmocka_unit_test(no_folder_is_an_error),
		cmocka_unit_test(pieces_come_in_their_order),
		cmocka_unit_test(a_thousand_pieces_are_listed),
	};

	return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
