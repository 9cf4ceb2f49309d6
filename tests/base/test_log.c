/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* What a child wrote to its stderr while doing something, and its status. */
static char told[8192];
static int status;

static void
listen_to(void (*body)(void))
{
	size_t used = 0;
	int pipes[2];
	ssize_t n;
	pid_t child;

	assert_int_equal(pipe(pipes), 0);
	if ((child = fork()) == 0) {
		dup2(pipes[1], STDERR_FILENO);
		close(pipes[0]);
		close(pipes[1]);
		body();
		_exit(0);
	}
	close(pipes[1]);
	while ((n = read(pipes[0], told + used, sizeof(told) - 1 - used)) > 0)
		used += (size_t)n;
	told[used] = '\0';
	close(pipes[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
}

static void
say_three(void)
{
	log_init("prog", false, false);
	log_info("ready, port %d", 22);
	log_debug("not this");
	log_warn("careful");
}

static void
each_line_has_the_program(void **state)
{
	(void)state;
	listen_to(say_three);
	assert_string_equal(told, "prog: ready, port 22\nprog: careful\n");
}

static void
say_debug(void)
{
	log_init("prog", false, true);
	log_debug("x%c", 'y');
}

static void
debug_is_told_when_asked_for(void **state)
{
	(void)state;
	listen_to(say_debug);
	assert_string_equal(told, "prog: xy\n");
}

static void
say_forged(void)
{
	log_init("prog", false, false);
	log_info("%s", "one\nprog: ready, \x1b[2Jlistening\r\n");
}

static void
a_line_stays_one_line(void **state)
{
	(void)state;
	listen_to(say_forged);
	assert_string_equal(told, "prog: one prog: ready, ?[2Jlistening  \n");
}

static void
say_long(void)
{
	char text[3000];

	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	log_init("prog", false, false);
	log_info("%s", text);
	log_info("next");
}

static void
a_long_line_is_cut_and_still_ends(void **state)
{
	char *end;

	(void)state;
	listen_to(say_long);
	end = strchr(told, '\n');
	assert_non_null(end);
	assert_true(end - told > 1000);
	assert_string_equal(end, "\nprog: next\n");
}

static void
say_fatal(void)
{
	log_init("prog", false, false);
	log_fatal("row %d is missing", 3);
}

static void
fatal_ends_with_70(void **state)
{
	(void)state;
	listen_to(say_fatal);
	assert_string_equal(told, "prog: row 3 is missing\n");
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 70);
}

static void
say_with_errno(void)
{
	log_init("prog", false, false);
	errno = ENOENT;
	log_info("x");
	_exit(errno == ENOENT ? 0 : 1);
}

static void
leaves_errno_alone(void **state)
{
	(void)state;
	listen_to(say_with_errno);
	assert_int_equal(status, 0);
}

static int
syslog_socket(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX,
		.sun_path = "/dev/log" };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) == -1)
		_exit(4);
	return fd;
}

/* A /dev of our own, where the system allows that. */
static void
own_dev(void)
{
	if (unshare(CLONE_NEWNS) == -1 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1 ||
	    mount("tmpfs", "/dev", "tmpfs", 0, NULL) == -1)
		_exit(77);
}

static void
expect(int fd, int priority, pid_t pid, const char *text)
{
	char expected[128], line[2048];
	ssize_t n = recv(fd, line, sizeof(line) - 1, MSG_DONTWAIT);

	if (n < 0)
		_exit(2);
	line[n] = '\0';
	snprintf(expected, sizeof(expected), "<%d>prog[%ld]: %s", priority,
	    (long)pid, text);
	if (strcmp(line, expected) != 0) {
		dprintf(STDERR_FILENO, "%s", line);
		_exit(3);
	}
}

static void
talk_to_syslog(void)
{
	int fd, child_status;
	pid_t child;

	own_dev();
	fd = syslog_socket();
	log_init("prog", true, false);
	log_info("one");
	expect(fd, 30, getpid(), "one");
	log_warn("two\n");
	expect(fd, 28, getpid(), "two ");
	if ((child = fork()) == 0) {
		log_info("from a child");
		_exit(0);
	}
	waitpid(child, &child_status, 0);
	expect(fd, 30, child, "from a child");
	/* The daemon is started anew: another socket at the same place. */
	close(fd);
	unlink("/dev/log");
	log_info("nobody is there");
	fd = syslog_socket();
	log_info("back");
	expect(fd, 30, getpid(), "back");
}

static void
syslog_gets_lines_and_survives_its_restart(void **state)
{
	(void)state;
	listen_to(talk_to_syslog);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		skip();
	/* Told to stderr only while there was no daemon. */
	assert_string_equal(told, "prog: nobody is there\n");
	assert_int_equal(status, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_line_has_the_program),
		cmocka_unit_test(debug_is_told_when_asked_for),
		cmocka_unit_test(a_line_stays_one_line),
		cmocka_unit_test(a_long_line_is_cut_and_still_ends),
		cmocka_unit_test(fatal_ends_with_70),
		cmocka_unit_test(leaves_errno_alone),
		cmocka_unit_test(syslog_gets_lines_and_survives_its_restart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
