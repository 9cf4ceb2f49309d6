/* SPDX-License-Identifier: Apache-2.0 */
#include "listener/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include <cmocka.h>

/* Runs the shell with a script; what it wrote to stderr comes back. */
static int
run(const char *script, const char *user, int third, char *ret, size_t size)
{
	char shell[] = "sh", minus_c[] = "-c", *text = strdup(script);
	char *argv[] = { shell, minus_c, text, NULL };
	struct spawn s = {
		.user = user, .argv = argv, .fds = { third, -1, -1 }
	};
	int ends[2], status;
	size_t used = 0;
	ssize_t got;
	pid_t pid;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	s.err = ends[1];
	s.program = open("/bin/sh", O_PATH | O_CLOEXEC);
	assert_int_equal(spawn_start(&s, &pid), 0);
	close(ends[1]);
	close(s.program);
	while ((got = read(ends[0], ret + used, size - 1 - used)) > 0)
		used += (size_t)got;
	ret[used] = '\0';
	close(ends[0]);
	free(text);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 99;
}

static void
gives_exactly_the_descriptors_it_was_told(void **state)
{
	int many[20], ends[2];
	char said[256];

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	/* Without close-on-exec: even these must not get through. */
	for (size_t i = 0; i < 20; i++)
		many[i] = open("/dev/zero", O_RDONLY);
	assert_int_equal(
	    run("for i in 0 1 2 3 4 5 6 9 15 16 17 18 20 22; do "
		"[ ! -e /proc/$$/fd/$i ] || printf '%s ' $i >&2; done",
		NULL, ends[1], said, sizeof(said)),
	    0);
	assert_string_equal(said, "0 1 2 3 ");
	assert_int_equal(
	    run("a=$(readlink /proc/$$/fd/0 /proc/$$/fd/1); echo \"$a\" >&2",
		NULL, ends[1], said, sizeof(said)),
	    0);
	assert_string_equal(said, "/dev/null\n/dev/null\n");
	assert_int_equal(
	    run("echo hello >&3", NULL, ends[1], said, sizeof(said)), 0);
	assert_int_equal(read(ends[0], said, sizeof(said)), 6);
	for (size_t i = 0; i < 20; i++)
		close(many[i]);
	close(ends[0]);
	close(ends[1]);
}

static void
leaves_the_environment_behind(void **state)
{
	char said[4096];

	(void)state;
	setenv("LD_PRELOAD_OF_TEST", "x", 1);
	setenv("CREDENTIALS_DIRECTORY", "/x", 1);
	assert_int_equal(run("env >&2", NULL, -1, said, sizeof(said)), 0);
	assert_non_null(strstr(said, "PATH=/usr/bin:/bin\n"));
	assert_null(strstr(said, "LD_PRELOAD_OF_TEST"));
	assert_null(strstr(said, "CREDENTIALS_DIRECTORY"));
	assert_null(strstr(said, "HOME="));
}

static void
the_child_ignores_what_is_for_us(void **state)
{
	char said[256];

	(void)state;
	assert_int_equal(run("kill -TERM $$; kill -INT $$; kill -HUP $$; "
			     "echo alive >&2",
			     NULL, -1, said, sizeof(said)),
	    0);
	assert_string_equal(said, "alive\n");
	/* A group of its own, and the folder that nobody unmounts. */
	assert_int_equal(run("read -r p c s pp g r </proc/$$/stat; [ $g = $$ ]"
			     " && pwd >&2",
			     NULL, -1, said, sizeof(said)),
	    0);
	assert_string_equal(said, "/\n");
	assert_int_equal(run("grep -q 'NoNewPrivs:.1' /proc/$$/status", NULL,
			     -1, said, sizeof(said)),
	    0);
}

static void
says_why_it_cannot_become_somebody(void **state)
{
	char said[256];

	(void)state;
	assert_int_equal(
	    run("echo ran >&2", "no-such-user", -1, said, sizeof(said)),
	    EX_OSERR);
	assert_non_null(strstr(said, "no-such-user"));
	assert_null(strstr(said, "ran"));
}

static void
becomes_another_user_when_root(void **state)
{
	char said[256];

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(
	    run("id -un >&2; id -Gn >&2", "nobody", -1, said, sizeof(said)), 0);
	assert_string_equal(said, "nobody\nnogroup\n");
}

static void
says_why_it_cannot_execute(void **state)
{
	char name[] = "x", *argv[] = { name, NULL };
	struct spawn s = { .argv = argv, .fds = { -1, -1, -1 } };
	int ends[2], status;
	char said[128] = "";
	pid_t pid;

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	s.err = ends[1];
	s.program = open("/etc/passwd", O_PATH | O_CLOEXEC);
	assert_int_equal(spawn_start(&s, &pid), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(WEXITSTATUS(status), EX_OSERR);
	assert_true(read(ends[0], said, sizeof(said) - 1) > 0);
	assert_non_null(strstr(said, "exec"));
	close(s.program);
	close(ends[0]);
	close(ends[1]);
}

static void
finds_a_program_beside_this_one(void **state)
{
	int fd = spawn_open("test_spawn");

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(spawn_open("no-such-program"), -1);
	assert_int_equal(errno, ENOENT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_exactly_the_descriptors_it_was_told),
		cmocka_unit_test(leaves_the_environment_behind),
		cmocka_unit_test(the_child_ignores_what_is_for_us),
		cmocka_unit_test(says_why_it_cannot_become_somebody),
		cmocka_unit_test(becomes_another_user_when_root),
		cmocka_unit_test(says_why_it_cannot_execute),
		cmocka_unit_test(finds_a_program_beside_this_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
