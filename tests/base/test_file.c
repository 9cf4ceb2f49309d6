/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[] = "/tmp/test-file-XXXXXX";
static char path[64], other[64];
static struct text_error err;
static char *text;
static size_t len;

static int
make_place(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/file", dir);
	snprintf(other, sizeof(other), "%s/other", dir);
	return 0;
}

static int
clear_place(void **state)
{
	(void)state;
	unlink(path);
	rmdir(path);
	unlink(other);
	rmdir(other);
	free(text);
	text = NULL;
	return 0;
}

static int
remove_place(void **state)
{
	(void)state;
	return rmdir(dir);
}

static void
write_file(const char *name, const char *content, mode_t mode)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_EXCL, 0600);

	assert_true(fd != -1);
	assert_int_equal(write(fd, content, strlen(content)), strlen(content));
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static void
is_refused(enum file_trust trust, size_t max, const char *why)
{
	memset(&err, 0, sizeof(err));
	assert_int_equal(file_load(path, trust, max, &text, &len, &err), -1);
	assert_null(text);
	assert_string_equal(err.file, path);
	assert_int_equal(err.line, 0);
	if (strstr(err.what, why) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", err.what, why);
}

static void
loads_a_file_whole(void **state)
{
	(void)state;
	write_file(path, "a = b\n", 0644);
	assert_int_equal(file_load(path, FILE_CONFIG, 6, &text, &len, &err), 0);
	assert_int_equal(len, 6);
	assert_string_equal(text, "a = b\n");
}

static void
loads_an_empty_file(void **state)
{
	(void)state;
	write_file(path, "", 0400);
	assert_int_equal(file_load(path, FILE_SECRET, 0, &text, &len, &err), 0);
	assert_int_equal(len, 0);
	assert_string_equal(text, "");
}

static void
follows_a_link_to_a_configuration(void **state)
{
	(void)state;
	write_file(other, "x", 0644);
	assert_int_equal(symlink(other, path), 0);
	assert_int_equal(
	    file_load(path, FILE_CONFIG, 10, &text, &len, &err), 0);
	assert_string_equal(text, "x");
}

static void
refuses_a_link_to_a_secret(void **state)
{
	(void)state;
	write_file(other, "x", 0400);
	assert_int_equal(symlink(other, path), 0);
	is_refused(FILE_SECRET, 10, "symbolic link");
}

static void
refuses_a_file_that_others_may_write(void **state)
{
	(void)state;
	write_file(path, "x", 0664);
	is_refused(FILE_CONFIG, 10, "writable by group or others");
	assert_int_equal(chmod(path, 0646), 0);
	is_refused(FILE_CONFIG, 10, "writable by group or others");
}

static void
refuses_a_secret_that_others_may_read(void **state)
{
	static const mode_t modes[] = { 0440, 0404, 0620, 0602, 0610, 0601 };

	(void)state;
	write_file(path, "x", 0400);
	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
		assert_int_equal(chmod(path, modes[i]), 0);
		is_refused(FILE_SECRET, 10, "closed to group and others");
	}
}

static void
refuses_a_file_of_somebody_else(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	write_file(path, "x", 0600);
	assert_int_equal(chown(path, 65534, 65534), 0);
	is_refused(FILE_CONFIG, 10, "owned by root");
	is_refused(FILE_SECRET, 10, "owned by root");
}

static void
refuses_what_is_no_regular_file(void **state)
{
	(void)state;
	assert_int_equal(mkdir(path, 0700), 0);
	is_refused(FILE_CONFIG, 10, "not a regular file");
	assert_int_equal(rmdir(path), 0);
	/* Nobody writes to it, and still it must not block. */
	assert_int_equal(mkfifo(path, 0600), 0);
	is_refused(FILE_CONFIG, 10, "not a regular file");
}

static void
refuses_what_is_not_there(void **state)
{
	(void)state;
	is_refused(FILE_CONFIG, 10, "No such file");
}

static void
refuses_a_file_that_is_too_large(void **state)
{
	(void)state;
	write_file(path, "12345678901", 0600);
	is_refused(FILE_CONFIG, 10, "too large");
}

static void
checks_an_open_descriptor(void **state)
{
	int fd;

	(void)state;
	write_file(path, "x", 0640);
	fd = open(path, O_RDONLY);
	assert_int_equal(file_check(fd, path, FILE_CONFIG, &err), 0);
	assert_int_equal(file_check(fd, path, FILE_SECRET, &err), -1);
	close(fd);
	assert_int_equal(file_check(-1, path, FILE_CONFIG, &err), -1);
}

static void
a_path_that_is_too_long_to_name_is_still_told(void **state)
{
	char longest[400];

	(void)state;
	memset(longest, 'x', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(
	    file_load(longest, FILE_CONFIG, 1, &text, &len, &err), -1);
	assert_string_equal(err.file, "(long path)");
}

static void
finds_files_beside_others(void **state)
{
	char ret[16];

	(void)state;
	assert_int_equal(file_beside("/etc/x.ini", "pin", ret, 16), 0);
	assert_string_equal(ret, "/etc/pin");
	assert_int_equal(file_beside("/etc/x.ini", "/run/pin", ret, 16), 0);
	assert_string_equal(ret, "/run/pin");
	assert_int_equal(file_beside("x.ini", "d/pin", ret, 16), 0);
	assert_string_equal(ret, "d/pin");
	assert_int_equal(file_beside("/x", "pin", ret, 16), 0);
	assert_string_equal(ret, "/pin");
}

static void
refuses_paths_without_room(void **state)
{
	char ret[9];

	(void)state;
	assert_int_equal(file_beside("/etc/x", "pins", ret, sizeof(ret)), -1);
	assert_int_equal(file_beside("/etc/x", "pin", ret, sizeof(ret)), 0);
	assert_int_equal(file_beside("x", "/run/pins", ret, sizeof(ret)), -1);
}

static void
makes_a_folder_of_the_wanted_mode(void **state)
{
	mode_t before = umask(0177);
	struct stat st;

	(void)state;
	assert_int_equal(file_make_dir(path, 0750, geteuid(), getegid()), 0);
	umask(before);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0750);
	assert_int_equal(st.st_uid, geteuid());
}

static void
leaves_the_mode_of_a_folder_that_is_there(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(file_make_dir(path, 0750, geteuid(), getegid()), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
}

static void
gives_a_folder_to_its_user(void **state)
{
	struct stat st;

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(file_make_dir(path, 0750, 65534, 65533), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_uid, 65534);
	assert_int_equal(st.st_gid, 65533);
}

static void
refuses_what_is_no_folder(void **state)
{
	(void)state;
	write_file(path, "", 0600);
	assert_int_equal(file_make_dir(path, 0750, geteuid(), getegid()), -1);
	assert_int_equal(errno, ENOTDIR);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink(dir, path), 0);
	assert_int_equal(file_make_dir(path, 0750, geteuid(), getegid()), -1);
}

#define FILE_TEST(f) cmocka_unit_test_teardown(f, clear_place)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FILE_TEST(loads_a_file_whole),
		FILE_TEST(loads_an_empty_file),
		FILE_TEST(follows_a_link_to_a_configuration),
		FILE_TEST(refuses_a_link_to_a_secret),
		FILE_TEST(refuses_a_file_that_others_may_write),
		FILE_TEST(refuses_a_secret_that_others_may_read),
		FILE_TEST(refuses_a_file_of_somebody_else),
		FILE_TEST(refuses_what_is_no_regular_file),
		FILE_TEST(refuses_what_is_not_there),
		FILE_TEST(refuses_a_file_that_is_too_large),
		FILE_TEST(checks_an_open_descriptor),
		FILE_TEST(a_path_that_is_too_long_to_name_is_still_told),
		FILE_TEST(finds_files_beside_others),
		FILE_TEST(refuses_paths_without_room),
		FILE_TEST(makes_a_folder_of_the_wanted_mode),
		FILE_TEST(leaves_the_mode_of_a_folder_that_is_there),
		FILE_TEST(gives_a_folder_to_its_user),
		FILE_TEST(refuses_what_is_no_folder),
	};

	return cmocka_run_group_tests(tests, make_place, remove_place);
}
