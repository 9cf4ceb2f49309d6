/* SPDX-License-Identifier: Apache-2.0 */
#include "base/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define NO_LANDLOCK 77

static char dir[] = "/tmp/test-landlock-XXXXXX";
static char inside[64], outside[64], file[80], program[80], secret[80];

static void
write_file(const char *name, const char *text, mode_t mode)
{
	int fd = open(name, O_WRONLY | O_CREAT, mode);

	assert_true(fd != -1);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static int
make_place(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(inside, sizeof(inside), "%s/inside", dir);
	snprintf(outside, sizeof(outside), "%s/outside", dir);
	snprintf(file, sizeof(file), "%s/file", inside);
	snprintf(program, sizeof(program), "%s/program", inside);
	snprintf(secret, sizeof(secret), "%s/secret", outside);
	if (mkdir(inside, 0755) == -1 || mkdir(outside, 0755) == -1)
		return -1;
	write_file(file, "x", 0644);
	write_file(program, "#!/bin/sh\n", 0755);
	write_file(secret, "x", 0644);
	return 0;
}

static int
remove_place(void **state)
{
	(void)state;
	unlink(file);
	unlink(program);
	unlink(secret);
	rmdir(inside);
	rmdir(outside);
	return rmdir(dir);
}

/* True when errno says that somebody forbade it. */
static bool
forbidden(int rv)
{
	return rv == -1 && errno == EACCES;
}

static int
try_open(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);

	if (fd != -1)
		close(fd);
	return fd;
}

/* What body thinks of the world behind these paths: 0 when it is content. */
static void
behind(const struct jail_path *paths, size_t count, int (*body)(void))
{
	bool landlock = false;
	int status;
	pid_t child = fork();

	if (child == 0) {
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ||
		    landlock_enter(paths, count, &landlock) == -1)
			_exit(99);
		_exit(landlock ? body() : NO_LANDLOCK);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == NO_LANDLOCK)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

static int
finds_nothing(void)
{
	if (!forbidden(try_open(file, O_RDONLY)))
		return 1;
	if (!forbidden(try_open("/", O_RDONLY | O_DIRECTORY)))
		return 2;
	if (!forbidden(try_open("/dev/null", O_RDWR)))
		return 3;
	if (!forbidden(mkdir("/tmp/test-landlock-never", 0700)))
		return 4;
	if (!forbidden(unlink(file)))
		return 5;
	return forbidden(truncate(file, 0)) ? 0 : 6;
}

static void
no_paths_are_no_files_at_all(void **state)
{
	(void)state;
	behind(NULL, 0, finds_nothing);
}

static int
only_reads_inside(void)
{
	if (try_open(file, O_RDONLY) == -1)
		return 1;
	if (try_open(inside, O_RDONLY | O_DIRECTORY) == -1)
		return 2;
	if (!forbidden(try_open(file, O_WRONLY)))
		return 3;
	if (!forbidden(truncate(file, 0)))
		return 4;
	if (!forbidden(unlink(file)))
		return 5;
	if (!forbidden(try_open(secret, O_RDONLY)))
		return 6;
	return forbidden(try_open(outside, O_RDONLY)) ? 0 : 7;
}

static void
a_folder_to_read_is_only_read(void **state)
{
	const struct jail_path paths[] = { { inside, false } };

	(void)state;
	behind(paths, 1, only_reads_inside);
}

static int
writes_inside(void)
{
	char made[96], moved[96];

	snprintf(made, sizeof(made), "%s/made", inside);
	snprintf(moved, sizeof(moved), "%s/moved", inside);
	if (try_open(made, O_WRONLY | O_CREAT | O_EXCL) == -1)
		return 1;
	if (truncate(made, 10) == -1 || rename(made, moved) == -1)
		return 2;
	if (unlink(moved) == -1)
		return 3;
	if (!forbidden(mknod(made, S_IFCHR | 0600, 0)))
		return 4;
	if (!forbidden(execl(program, program, (char *)NULL)))
		return 5;
	snprintf(made, sizeof(made), "%s/made", outside);
	return forbidden(try_open(made, O_WRONLY | O_CREAT)) ? 0 : 6;
}

static void
a_folder_to_write_runs_nothing_and_makes_no_device(void **state)
{
	const struct jail_path paths[] = { { inside, true } };

	(void)state;
	behind(paths, 1, writes_inside);
}

static int
has_one_file(void)
{
	if (try_open(secret, O_RDWR) == -1)
		return 1;
	if (!forbidden(try_open(outside, O_RDONLY)))
		return 2;
	return forbidden(try_open(file, O_RDONLY)) ? 0 : 3;
}

static void
a_path_may_be_one_file(void **state)
{
	const struct jail_path paths[] = { { secret, true } };

	(void)state;
	behind(paths, 1, has_one_file);
}

static void
a_path_that_is_not_there_is_passed_over(void **state)
{
	const struct jail_path paths[] = { { "/nowhere/at/all", true },
		{ inside, false } };

	(void)state;
	behind(paths, 2, only_reads_inside);
}

static int
stays_narrow(void)
{
	const struct jail_path all[] = { { "/", true } };
	bool landlock;

	if (landlock_enter(all, 1, &landlock) == -1)
		return forbidden(-1) ? 0 : 1;
	return finds_nothing();
}

static void
a_second_entry_widens_nothing(void **state)
{
	(void)state;
	behind(NULL, 0, stays_narrow);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_paths_are_no_files_at_all),
		cmocka_unit_test(a_folder_to_read_is_only_read),
		cmocka_unit_test(
		    a_folder_to_write_runs_nothing_and_makes_no_device),
		cmocka_unit_test(a_path_may_be_one_file),
		cmocka_unit_test(a_path_that_is_not_there_is_passed_over),
		cmocka_unit_test(a_second_entry_widens_nothing),
	};

	return cmocka_run_group_tests(tests, make_place, remove_place);
}
