/* SPDX-License-Identifier: Apache-2.0 */
#include "token/pinfile.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char path[] = "/tmp/countersign-pin-XXXXXX";

static int
make(void **state)
{
	int fd;

	(void)state;
	strcpy(path + sizeof(path) - 7, "XXXXXX");
	if ((fd = mkstemp(path)) == -1)
		return -1;
	assert_int_equal(write(fd, "1234\n", 5), 5);
	return close(fd);
}

static int
drop(void **state)
{
	(void)state;
	return unlink(path);
}

static void
stamps_the_file_as_it_is(void **state)
{
	struct pinfile one, two;
	struct text_error err;

	(void)state;
	assert_int_equal(pinfile_load(path, -1, &one, &err), 0);
	assert_int_equal(pinfile_load(path, -1, &two, &err), 0);
	assert_string_equal(one.pin, "1234");
	assert_memory_equal(one.stamp, two.stamp, WIRE_STAMP);
	pinfile_release(&one);
	pinfile_release(&two);
	assert_null(one.pin);
	pinfile_release(&one);
}

static void
a_touched_file_has_another_stamp(void **state)
{
	static const struct timespec old[2] = { { .tv_sec = 5 },
		{ .tv_sec = 5 } };
	struct pinfile one, two;
	struct text_error err;

	(void)state;
	assert_int_equal(pinfile_load(path, -1, &one, &err), 0);
	assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
	assert_int_equal(pinfile_load(path, -1, &two, &err), 0);
	assert_memory_not_equal(one.stamp, two.stamp, WIRE_STAMP);
	pinfile_release(&one);
	pinfile_release(&two);
}

static void
reads_a_descriptor_again_and_again(void **state)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct text_error err;
	struct pinfile p;

	(void)state;
	/* Whoever opened it answers for its owner and mode. */
	assert_int_equal(fchmod(fd, 0644), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(pinfile_load("", fd, &p, &err), 0);
		assert_string_equal(p.pin, "1234");
		pinfile_release(&p);
	}
	assert_int_equal(close(fd), 0);
}

static void
refuses_files_that_others_can_reach(void **state)
{
	static const mode_t modes[] = { 0640, 0620, 0604, 0602, 0610, 0601 };
	struct text_error err;
	struct pinfile p;

	(void)state;
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		assert_int_equal(chmod(path, modes[i]), 0);
		assert_int_equal(pinfile_load(path, -1, &p, &err), -1);
	}
	assert_int_equal(chmod(path, 0400), 0);
	assert_int_equal(pinfile_load(path, -1, &p, &err), 0);
	pinfile_release(&p);
}

static void
refuses_what_is_not_a_file(void **state)
{
	struct text_error err;
	struct pinfile p;

	(void)state;
	assert_int_equal(pinfile_load("/tmp", -1, &p, &err), -1);
	assert_int_equal(pinfile_load("/dev/zero", -1, &p, &err), -1);
	assert_int_equal(pinfile_load("/nonexistent", -1, &p, &err), -1);
	assert_string_equal(
	    err.what, "/nonexistent: No such file or directory");
	assert_int_equal(pinfile_load("", -1, &p, &err), -1);
}

int
main(void)
{
#define PIN_TEST(name) cmocka_unit_test_setup_teardown(name, make, drop)
	const struct CMUnitTest tests[] = {
		PIN_TEST(stamps_the_file_as_it_is),
		PIN_TEST(a_touched_file_has_another_stamp),
		PIN_TEST(reads_a_descriptor_again_and_again),
		PIN_TEST(refuses_files_that_others_can_reach),
		PIN_TEST(refuses_what_is_not_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
