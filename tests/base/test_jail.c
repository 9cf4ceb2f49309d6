/* SPDX-License-Identifier: Apache-2.0 */
#include "base/jail.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#ifdef __SANITIZE_ADDRESS__
#define SANITIZED true
#else
#define SANITIZED false
#endif

#define ANY (~0UL)

static const struct jail_call few[] = {
	{ .name = "write", .why = "the answer" },
	{ .name = "exit_group", .why = "the end" },
	{ .name = "prctl", .why = "this test" },
	{ .name = "prlimit64", .why = "this test" },
	{ .name = "getrlimit", .why = "this test" },
	{ .name = "socket",
	    .why = "local only",
	    .has_arg = true,
	    .arg = 0,
	    .mask = ANY,
	    .value = AF_UNIX },
	{ .name = "socket",
	    .why = "the same call twice",
	    .has_arg = true,
	    .arg = 0,
	    .mask = ANY,
	    .value = AF_NETLINK },
	/* On this list, but not on every architecture. */
	{ .name = "socketcall", .why = "i386" },
	{ .name = NULL },
};

static const struct jail_call dangerous[] = {
	{ .name = "execve", .why = "programs" },
	{ .name = "getppid", .why = "this test" },
	{ .name = "clone3", .why = "flags behind a pointer" },
	{ .name = "socket",
	    .why = "the network",
	    .has_arg = true,
	    .arg = 0,
	    .mask = ANY,
	    .value = AF_INET },
	{ .name = NULL },
};

static const struct jail strict = {
	.name = "strict",
	.calls = few,
	.open_files = 1,
	.memory = UINT64_C(1) << 32,
};

static const struct jail loose = {
	.name = "loose",
	.denied = dangerous,
	.processes = true,
};

/* Runs body in the jail; its exit status, or -1000 - signal. */
static int
run_in(const struct jail *jail, int (*body)(void))
{
	struct jail_filter *filter;
	char what[128];
	int status;
	pid_t child;

	assert_int_equal(jail_prepare(jail, &filter, what), 0);
	if ((child = fork()) == 0) {
		if (jail_enter(jail, filter, NULL, 0, NULL, what) == -1) {
			fprintf(stderr, "%s\n", what);
			_exit(99);
		}
		_exit(body());
	}
	jail_filter_free(filter);
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) :
				   -1000 - WTERMSIG(status);
}

static bool
limit_is(int resource, rlim_t value)
{
	struct rlimit rl;

	return getrlimit((__rlimit_resource_t)resource, &rl) == 0 &&
	    rl.rlim_cur == value && rl.rlim_max == value;
}

static int
has_given_up_everything(void)
{
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		return 1;
	if (!limit_is(RLIMIT_CORE, 0) || !limit_is(RLIMIT_NOFILE, 1))
		return 2;
	if (SANITIZED)
		return 0;
	if (prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0)
		return 3;
	if (!limit_is(RLIMIT_NPROC, 0) || !limit_is(RLIMIT_AS, 1UL << 32))
		return 4;
	return prctl(PR_GET_SECCOMP, 0, 0, 0, 0) == 2 ? 0 : 5;
}

static void
entering_gives_up_everything(void **state)
{
	(void)state;
	assert_int_equal(run_in(&strict, has_given_up_everything), 0);
}

static int
opens_a_file(void)
{
	return open("/dev/null", O_RDONLY) == -1 ? 1 : 2;
}

static int
asks_who_it_is(void)
{
	return syscall(SYS_getppid) == -1 && errno == EPERM ? 7 : 8;
}

static int
makes_a_local_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM, 0) == -1 && errno != EMFILE ? 1 : 0;
}

static int
makes_a_network_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0) == -1 && errno == EPERM ? 7 : 8;
}

/* The kernel makes the same socket of it. */
static int
hides_the_network_in_the_upper_half(void)
{
	long domain = AF_INET | 1L << 32;

	return syscall(SYS_socket, domain, SOCK_STREAM, 0) == -1 &&
		errno == EPERM ?
	    7 :
	    8;
}

static void
a_call_off_the_allow_list_kills(void **state)
{
	(void)state;
	if (SANITIZED)
		skip();
	assert_int_equal(run_in(&strict, opens_a_file), -1000 - SIGSYS);
	assert_int_equal(run_in(&strict, asks_who_it_is), -1000 - SIGSYS);
}

static void
an_argument_off_the_allow_list_kills(void **state)
{
	(void)state;
	if (SANITIZED)
		skip();
	assert_int_equal(run_in(&strict, makes_a_local_socket), 0);
	assert_int_equal(
	    run_in(&strict, makes_a_network_socket), -1000 - SIGSYS);
	assert_int_equal(run_in(&strict, hides_the_network_in_the_upper_half),
	    -1000 - SIGSYS);
}

static int
makes_a_call_of_the_x32_architecture(void)
{
	(void)syscall(0x40000000 | SYS_write, STDERR_FILENO, "x", 1);
	return 8;
}

static void
a_call_of_another_architecture_kills(void **state)
{
	(void)state;
	if (SANITIZED)
		skip();
#ifdef __x86_64__
	assert_int_equal(run_in(&strict, makes_a_call_of_the_x32_architecture),
	    -1000 - SIGSYS);
	assert_int_equal(run_in(&loose, makes_a_call_of_the_x32_architecture),
	    -1000 - SIGSYS);
#else
	skip();
#endif
}

static int
calls_clone3(void)
{
	return syscall(SYS_clone3, NULL, 0) == -1 && errno == ENOSYS ? 7 : 8;
}

static int
still_forks(void)
{
	int status;
	pid_t child = fork();

	if (child == 0)
		_exit(5);
	return waitpid(child, &status, 0) == child ? WEXITSTATUS(status) : 8;
}

static void
a_call_on_the_deny_list_fails(void **state)
{
	(void)state;
	if (SANITIZED)
		skip();
	assert_int_equal(run_in(&loose, asks_who_it_is), 7);
	assert_int_equal(run_in(&loose, makes_a_network_socket), 7);
	assert_int_equal(
	    run_in(&loose, hides_the_network_in_the_upper_half), 7);
	assert_int_equal(run_in(&loose, makes_a_local_socket), 0);
	/* As if the kernel were old: the C library then uses clone. */
	assert_int_equal(run_in(&loose, calls_clone3), 7);
	assert_int_equal(run_in(&loose, still_forks), 5);
}

static int
forks(void)
{
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	return child == -1 && errno == EAGAIN ? 7 : 8;
}

static int
lists_processes_only(void)
{
	/* Root may always fork, so this is an ordinary user by now. */
	return getuid() == 0 ? 9 : forks();
}

static int
become_nobody_and_fork(void)
{
	static const struct jail_call none[] = { { .name = "acct" },
		{ .name = NULL } };
	static const struct jail jail = { .name = "j", .denied = none };

	if (jail_become("nobody") == -1)
		return 10;
	return run_in(&jail, lists_processes_only);
}

/* In a child, because it cannot come back. */
static int
in_child(int (*body)(void))
{
	int status;
	pid_t child = fork();

	if (child == 0)
		_exit(body());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
who_may_not_fork_cannot(void **state)
{
	(void)state;
	if (SANITIZED || geteuid() != 0)
		skip();
	assert_int_equal(in_child(become_nobody_and_fork), 7);
}

static void
refuses_a_call_that_nobody_knows(void **state)
{
	static const struct jail_call unknown[] = { { .name = "opne" },
		{ .name = NULL } };
	static const struct jail jail = { .name = "typo", .calls = unknown };
	struct jail_filter *filter = NULL;
	char what[128] = "";

	(void)state;
	assert_int_equal(jail_prepare(&jail, &filter, what), -1);
	assert_null(filter);
	assert_non_null(strstr(what, "opne"));
	assert_non_null(strstr(what, "typo"));
}

static void
refuses_no_list_and_two(void **state)
{
	static const struct jail none = { .name = "none" };
	static const struct jail two = {
		.name = "two", .calls = few, .denied = dangerous
	};
	struct jail_filter *filter = NULL;
	char what[128];

	(void)state;
	assert_int_equal(jail_prepare(&none, &filter, what), -1);
	assert_int_equal(jail_prepare(&two, &filter, what), -1);
	assert_null(filter);
}

static int
becomes_nobody(void)
{
	struct passwd *pw = getpwnam("nobody");
	uid_t r, e, s;
	gid_t groups[64];

	if (jail_become("nobody") == -1)
		return 1;
	if (getresuid(&r, &e, &s) == -1 || r != pw->pw_uid || e != r || s != r)
		return 2;
	if (getgid() != pw->pw_gid || getegid() != pw->pw_gid)
		return 3;
	if (getgroups(64, groups) != 1 || groups[0] != pw->pw_gid)
		return 4;
	if (setuid(0) == 0 || seteuid(0) == 0 || setgid(0) == 0)
		return 5;
	return setgroups(0, NULL) == 0 ? 6 : 0;
}

static void
becomes_another_user_for_good(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(in_child(becomes_nobody), 0);
}

static void
refuses_to_become_root_or_nobody_known(void **state)
{
	(void)state;
	errno = 0;
	assert_int_equal(jail_become("root"), -1);
	assert_int_equal(errno, EPERM);
	assert_int_equal(jail_become("no-such-user-here"), -1);
	assert_int_equal(errno, ENOENT);
}

static int
becomes_root_again(void)
{
	return jail_become("nobody") == 0 && jail_become("daemon") == -1 ? 0 :
									   1;
}

static void
an_ordinary_user_becomes_nobody_else(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(in_child(becomes_root_again), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entering_gives_up_everything),
		cmocka_unit_test(a_call_off_the_allow_list_kills),
		cmocka_unit_test(an_argument_off_the_allow_list_kills),
		cmocka_unit_test(a_call_of_another_architecture_kills),
		cmocka_unit_test(a_call_on_the_deny_list_fails),
		cmocka_unit_test(who_may_not_fork_cannot),
		cmocka_unit_test(refuses_a_call_that_nobody_knows),
		cmocka_unit_test(refuses_no_list_and_two),
		cmocka_unit_test(becomes_another_user_for_good),
		cmocka_unit_test(refuses_to_become_root_or_nobody_known),
		cmocka_unit_test(an_ordinary_user_becomes_nobody_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
