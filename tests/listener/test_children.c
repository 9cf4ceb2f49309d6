/* SPDX-License-Identifier: Apache-2.0 */
#include "listener/children.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static pid_t
child(int status)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(status);
	return pid;
}

/* Until it can be reaped; it stays to be reaped. */
static void
ended(pid_t pid)
{
	siginfo_t info;

	assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
}

static void
tells_which_ended_and_how(void **state)
{
	struct children c = { .pid = { 0 } };
	enum child which = CHILD_COUNT;
	int status = 0;

	(void)state;
	assert_true(children_gone(&c));
	c.pid[CHILD_PARENT] = child(3);
	assert_false(children_gone(&c));
	ended(c.pid[CHILD_PARENT]);
	assert_true(children_reap(&c, &which, &status));
	assert_int_equal(which, CHILD_PARENT);
	assert_int_equal(WEXITSTATUS(status), 3);
	assert_true(children_gone(&c));
	assert_false(children_reap(&c, &which, &status));
}

static void
passes_over_a_process_that_is_none_of_them(void **state)
{
	struct children c = { .pid = { 0 } };
	enum child which;
	int status;

	(void)state;
	ended(child(1));
	assert_false(children_reap(&c, &which, &status));
}

static void
says_how_in_words(void **state)
{
	char text[64];

	(void)state;
	child_status_text(3 << 8, text, sizeof(text));
	assert_string_equal(text, "ended with status 3");
	child_status_text(SIGKILL, text, sizeof(text));
	assert_string_equal(text, "was killed by signal 9 (Killed)");
	assert_string_equal(child_program(CHILD_KEEPER), "countersign-token");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_which_ended_and_how),
		cmocka_unit_test(passes_over_a_process_that_is_none_of_them),
		cmocka_unit_test(says_how_in_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
