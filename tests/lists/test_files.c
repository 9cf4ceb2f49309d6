/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/lists/files.c src/lists/file.c */
#include "lists/files.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "lists/file.h"

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static char dir[] = "/tmp/cs-lists-XXXXXX", path[64], other[64];
static struct files *files;
static struct text_error error;

static int
make_folder(void **state)
{
	(void)state;
	umask(022);
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/list", dir);
	snprintf(other, sizeof(other), "%s/other", dir);
	return 0;
}

static int
drop_folder(void **state)
{
	(void)state;
	return rmdir(dir);
}

static int
set_up(void **state)
{
	(void)state;
	files = files_new();
	memset(&error, 0, sizeof(error));
	return files == NULL;
}

static int
tear_down(void **state)
{
	(void)state;
	files_free(files);
	unlink(path);
	unlink(other);
	return 0;
}

static void
put(const char *file, const char *text)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

/* Until its times cannot be those of another change. */
static void
let_it_age(const char *file)
{
	struct list_stamp stamp;

	do
		assert_int_equal(list_stamp_take(file, &stamp), 0);
	while (list_stamp_is_fresh(&stamp));
}

/* Is the digest of all such bytes in the list?  -1: nobody can say. */
static int
has(uint8_t byte)
{
	const struct set *set = files_get(files, path, &error);
	uint8_t digest[32];

	memset(digest, byte, sizeof(digest));
	return set == NULL ? -1 : set_has(set, digest, sizeof(digest));
}

static void
reads_a_file_once_as_long_as_it_is_the_same(void **state)
{
	(void)state;
	put(path, "# a list\n\n" A "  a.bin\r\nSHA256 (b) = " B);
	let_it_age(path);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(has(0xaa), 1);
		assert_int_equal(has(0xbb), 1);
		assert_int_equal(has(0xcc), 0);
	}
	assert_int_equal(files_read(files), 1);
}

static void
sees_a_file_that_was_replaced(void **state)
{
	(void)state;
	put(path, A "\n");
	let_it_age(path);
	assert_int_equal(has(0xaa), 1);
	put(other, B "\n");
	assert_int_equal(rename(other, path), 0);
	assert_int_equal(has(0xaa), 0);
	assert_int_equal(has(0xbb), 1);
}

static void
sees_changes_in_place_however_fast_they_come(void **state)
{
	(void)state;
	/* The same size, the same inode and, in one tick, the same times. */
	for (int i = 0; i < 50; i++) {
		put(path, A "\n");
		assert_int_equal(has(0xaa), 1);
		put(path, B "\n");
		assert_int_equal(has(0xaa), 0);
		assert_int_equal(has(0xbb), 1);
	}
}

static void
sees_a_change_that_sets_the_time_back(void **state)
{
	const struct timespec times[2] = { { .tv_sec = 1000 },
		{ .tv_sec = 1000 } };

	(void)state;
	put(path, A "\n");
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
	let_it_age(path);
	assert_int_equal(has(0xaa), 1);
	put(path, B "\n");
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
	assert_int_equal(has(0xaa), 0);
}

static void
an_absent_file_is_no_list_until_it_is_there(void **state)
{
	(void)state;
	assert_int_equal(has(0xaa), -1);
	assert_string_equal(error.what, "No such file or directory");
	put(path, A "\n");
	assert_int_equal(has(0xaa), 1);
	unlink(path);
	assert_int_equal(has(0xaa), -1);
}

static void
one_bad_line_makes_it_unreadable(void **state)
{
	(void)state;
	put(path, A "\n# x\n" B "\nabc  short\n" A "\n");
	let_it_age(path);
	assert_int_equal(has(0xaa), -1);
	assert_int_equal(error.line, 4);
	assert_non_null(strstr(error.what, "64, 96 or 128 digits"));
	/* It is not read again and again for that. */
	assert_int_equal(has(0xbb), -1);
	assert_int_equal(error.line, 4);
	assert_int_equal(files_read(files), 1);
	put(path, A "\n");
	assert_int_equal(has(0xaa), 1);
}

static void
the_last_line_is_held_to_the_same_rules(void **state)
{
	(void)state;
	put(path, A "\n" B " x");
	assert_int_equal(has(0xaa), -1);
	assert_int_equal(error.line, 2);
}

static void
refuses_what_everybody_may_write_and_what_is_no_file(void **state)
{
	(void)state;
	put(path, A "\n");
	assert_int_equal(chmod(path, 0646), 0);
	assert_int_equal(has(0xaa), -1);
	assert_non_null(strstr(error.what, "everybody may write it"));
	assert_int_equal(chmod(path, 0664), 0);
	assert_int_equal(has(0xaa), 1);
	unlink(path);
	assert_int_equal(mkfifo(path, 0644), 0);
	assert_int_equal(has(0xaa), -1);
	assert_string_equal(error.what, "it is not a regular file");
	unlink(path);
	assert_int_equal(mkdir(path, 0755), 0);
	assert_int_equal(has(0xaa), -1);
	rmdir(path);
}

static void
refuses_a_line_and_a_file_without_end(void **state)
{
	static char line[LIST_LINE_MAX + 2] = { 0 };

	(void)state;
	memcpy(line, A "  ", 66);
	memset(line + 66, 'n', LIST_LINE_MAX - 66);
	put(path, line);
	assert_int_equal(has(0xaa), 1);
	line[LIST_LINE_MAX] = 'n';
	put(path, line);
	assert_int_equal(has(0xaa), -1);
	assert_int_equal(error.line, 1);
	assert_int_equal(truncate(path, LIST_FILE_MAX + 1), 0);
	assert_int_equal(has(0xaa), -1);
	assert_non_null(strstr(error.what, "over 256 MiB"));
}

/* However the bytes come: all lines, whole. */
static void
lines_are_the_same_wherever_reads_cut_them(void **state)
{
	static const char text[] = A "  x\n\n" B "\r\n# c\n" A;
	static struct list_reader r;

	(void)state;
	for (size_t cut = 0; cut <= sizeof(text) - 1; cut++) {
		struct set *set = set_new();

		list_reader_init(&r, set);
		assert_int_equal(list_reader_take(&r, text, cut, &error), 0);
		assert_int_equal(list_reader_take(&r, text + cut,
				     sizeof(text) - 1 - cut, &error),
		    0);
		assert_int_equal(list_reader_end(&r, &error), 0);
		assert_int_equal(set_count(set), 3);
		assert_int_equal(r.line, 5);
		set_free(set);
	}
}

static void
more_files_than_are_kept_are_read_again(void **state)
{
	char name[80];

	(void)state;
	put(path, A "\n");
	let_it_age(path);
	assert_int_equal(has(0xaa), 1);
	for (int i = 0; i < FILES_MAX; i++) {
		snprintf(name, sizeof(name), "%s/%d", dir, i);
		put(name, B "\n");
		assert_non_null(files_get(files, name, &error));
		unlink(name);
	}
	assert_int_equal(files_read(files), FILES_MAX + 1);
	assert_int_equal(has(0xaa), 1);
	assert_int_equal(files_read(files), FILES_MAX + 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		CASE(reads_a_file_once_as_long_as_it_is_the_same),
		CASE(sees_a_file_that_was_replaced),
		CASE(sees_changes_in_place_however_fast_they_come),
		CASE(sees_a_change_that_sets_the_time_back),
		CASE(an_absent_file_is_no_list_until_it_is_there),
		CASE(one_bad_line_makes_it_unreadable),
		CASE(the_last_line_is_held_to_the_same_rules),
		CASE(refuses_what_everybody_may_write_and_what_is_no_file),
		CASE(refuses_a_line_and_a_file_without_end),
		CASE(lines_are_the_same_wherever_reads_cut_them),
		CASE(more_files_than_are_kept_are_read_again),
	};

	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
