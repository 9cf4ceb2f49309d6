/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/lists/runs.c src/lists/run.c src/lists/said.c */
/*
 * Real commands, some of which misbehave.  What the jail alone forbids is
 * tested with the whole service, because a sanitizer has none.
 */
#include "lists/runs.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "lists/jail.h"

#define DEADLINE_US 20000000u

static char dir[] = "/tmp/cs-runs-XXXXXX", script[64];
static struct loop *loop;
static struct runs *runs;
static struct loop_timer *deadline;
static struct lists_query query;
static struct lists_answer answers[LISTS_QUEUE + 8];
static size_t answered, wanted;

static int
make_folder(void **state)
{
	char what[128];

	(void)state;
	umask(022);
	assert_non_null(mkdtemp(dir));
	snprintf(script, sizeof(script), "%s/command", dir);
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	return jail_command_prepare(what);
}

static int
drop_folder(void **state)
{
	(void)state;
	unlink(script);
	return rmdir(dir);
}

static void
take_answer(void *arg, const struct lists_answer *answer)
{
	(void)arg;
	assert_true(answered < sizeof(answers) / sizeof(answers[0]));
	answers[answered++] = *answer;
	if (answered == wanted)
		loop_stop(loop);
}

static void
too_late(void *arg)
{
	(void)arg;
	fail_msg("%zu of %zu answers", answered, wanted);
}

static int
set_up(void **state)
{
	(void)state;
	loop = loop_new();
	assert_non_null(loop);
	runs = runs_new(loop, false, take_answer, NULL);
	assert_non_null(runs);
	deadline = loop_timer_new(loop, too_late, NULL);
	answered = wanted = 0;
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	runs_free(runs);
	loop_timer_free(deadline);
	loop_free(loop);
	/* Whoever is left behind was ended, or the alarm ends us. */
	alarm(DEADLINE_US / 1000000);
	while (waitpid(-1, NULL, 0) > 0)
		;
	assert_int_equal(errno, ECHILD);
	alarm(0);
	return 0;
}

static void
put_script(const char *text, mode_t mode)
{
	int fd;

	unlink(script);
	fd = open(script, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static void
begin(const char *path, uint32_t timeout_ms)
{
	memset(&query, 0, sizeof(query));
	query.kind = LIST_COMMAND;
	query.timeout_ms = timeout_ms;
	query.count = 1;
	assert_true(list_words_add(&query.words, path));
}

static void
ask(void)
{
	query.id++;
	runs_ask(runs, &query);
}

static void
wait_for(size_t count)
{
	wanted = count;
	if (answered >= wanted)
		return;
	loop_timer_set(deadline, clock_mono_us() + DEADLINE_US);
	assert_int_equal(loop_run(loop), 0);
	loop_timer_stop(deadline);
}

/* Runs the script's text; what it comes to, and answers[0].text. */
static enum list_verdict
run(const char *text, uint32_t timeout_ms)
{
	char whole[2048];

	snprintf(whole, sizeof(whole), "#!/bin/sh\n%s\n", text);
	put_script(whole, 0755);
	begin(script, timeout_ms);
	ask();
	wait_for(1);
	assert_int_equal(answers[0].id, 1);
	assert_int_equal(answers[0].count, 1);
	return answers[0].listed[0];
}

static void
exit_status_0_allows(void **state)
{
	(void)state;
	assert_int_equal(run("echo fine; exit 0", 10000), LISTED_YES);
	assert_string_equal(answers[0].text, "");
}

static void
any_other_refuses_with_its_first_line(void **state)
{
	(void)state;
	assert_int_equal(
	    run("echo other >&2; echo 'not built'; echo more; exit 1", 10000),
	    LISTED_NO);
	assert_string_equal(answers[0].text, "not built");
}

static void
stderr_speaks_when_stdout_does_not(void **state)
{
	(void)state;
	assert_int_equal(
	    run("echo; printf 'from stderr\\r\\n' >&2; exit 255", 10000),
	    LISTED_NO);
	assert_string_equal(answers[0].text, "from stderr");
}

static void
silence_is_told_as_such(void **state)
{
	(void)state;
	assert_int_equal(run("exit 7", 10000), LISTED_NO);
	assert_non_null(strstr(answers[0].text, "refuses this digest"));
	assert_non_null(strstr(answers[0].text, "exit status 7"));
}

static void
what_it_says_is_escaped_and_bounded(void **state)
{
	(void)state;
	assert_int_equal(
	    run("printf 'a\\033[31mb\\0c'; yes x | tr -d '\\n' | head -c 9999;"
		"exit 1",
		10000),
	    LISTED_NO);
	assert_memory_equal(answers[0].text, "a\\x1b[31mb\\x00cxx", 17);
	assert_true(strlen(answers[0].text) < 400);
}

static void
gets_its_words_as_they_are(void **state)
{
	char text[] = "#!/bin/sh\n"
		      "[ $# = 4 ] && [ \"$1\" = '' ] && [ \"$2\" = 'a b' ] &&"
		      "[ \"$3\" = '$(id);*' ] && [ \"$4\" = -x ]\n";

	(void)state;
	put_script(text, 0755);
	begin(script, 10000);
	assert_true(list_words_add(&query.words, ""));
	assert_true(list_words_add(&query.words, "a b"));
	assert_true(list_words_add(&query.words, "$(id);*"));
	assert_true(list_words_add(&query.words, "-x"));
	ask();
	wait_for(1);
	assert_int_equal(answers[0].listed[0], LISTED_YES);
}

static void
gets_nothing_of_ours(void **state)
{
	(void)state;
	setenv("OF_THE_TEST", "x", 1);
	assert_int_equal(
	    run("e=$(tr '\\0' ' ' </proc/$$/environ)\n"
		"[ \"$e\" = 'PATH=/usr/bin:/bin LC_ALL=C ' ] || exit 1\n"
		"[ \"$(pwd)\" = / ] || exit 2\n"
		/* 10 is the script, 3 the pipe of $(). */
		"[ \"$(cd /proc/$$/fd && echo *)\" = '0 1 10 2 3' ] || exit 3\n"
		"[ \"$(cut -d ' ' -f 5,6 /proc/$$/stat)\" = \"$$ $$\" ] ||"
		" exit 4\n"
		"[ -z \"$(cat)\" ] || exit 5\n"
		"[ \"$(ulimit -c)$(ulimit -f)\" = 00 ] || exit 6\n"
		"[ \"$(awk '/^SigIgn|^SigBlk/ { s = s $2 } END { print s }'"
		" /proc/$$/status | tr -d 0)\" = '' ] || exit 7\n",
		10000),
	    LISTED_YES);
}

static void
one_that_hangs_is_ended(void **state)
{
	uint64_t before = clock_mono_us();

	(void)state;
	assert_int_equal(
	    run("trap '' TERM INT; while :; do sleep 100; done", 300),
	    LISTED_UNAVAILABLE);
	assert_non_null(strstr(answers[0].text, "did not end within 0.3 s"));
	assert_true(clock_mono_us() - before < DEADLINE_US / 2);
}

static bool
is_gone(pid_t pid)
{
	return kill(pid, 0) == -1 && errno == ESRCH;
}

static void
look_again(void *arg)
{
	struct loop_timer **timer = arg;

	loop_timer_set(*timer, clock_mono_us() + 5000);
	if (is_gone((pid_t)strtol(answers[0].text, NULL, 10)))
		loop_stop(loop);
}

static void
children_that_it_leaves_behind_are_ended(void **state)
{
	struct loop_timer *timer = loop_timer_new(loop, look_again, &timer);

	(void)state;
	assert_int_equal(
	    run("(sleep 1000) & echo $!; exit 1", 10000), LISTED_NO);
	assert_true(strtol(answers[0].text, NULL, 10) > 1);
	loop_timer_set(timer, clock_mono_us());
	loop_timer_set(deadline, clock_mono_us() + DEADLINE_US);
	assert_int_equal(loop_run(loop), 0);
	loop_timer_free(timer);
}

static void
a_child_that_holds_its_pipes_delays_nothing(void **state)
{
	uint64_t before = clock_mono_us();

	(void)state;
	assert_int_equal(run("sleep 1000 & echo no; exit 1", 15000), LISTED_NO);
	assert_string_equal(answers[0].text, "no");
	assert_true(clock_mono_us() - before < 10000000);
}

static void
one_that_prints_without_end_is_read(void **state)
{
	(void)state;
	assert_int_equal(run("yes y | head -c 10000000; yes n | head -c "
			     "10000000 >&2; exit 1",
			     15000),
	    LISTED_NO);
	assert_string_equal(answers[0].text, "y");
}

static void
one_that_closes_its_output_is_waited_for(void **state)
{
	(void)state;
	assert_int_equal(
	    run("exec >&- 2>&-; sleep 0.1; exit 0", 10000), LISTED_YES);
}

static void
one_that_dies_of_a_signal_says_nothing(void **state)
{
	(void)state;
	assert_int_equal(
	    run("echo no; kill -SEGV $$", 10000), LISTED_UNAVAILABLE);
	assert_non_null(strstr(answers[0].text, "killed by signal 11"));
}

static void
one_that_writes_a_file_dies_of_it(void **state)
{
	(void)state;
	assert_int_not_equal(
	    run("echo x >\"$0.written\"; test -s \"$0.written\"", 10000),
	    LISTED_YES);
	snprintf(answers[0].text, MESSAGE_SIZE, "%s.written", script);
	unlink(answers[0].text);
}

/* Asked with a file of this mode and text; why it is not run. */
static const char *
refused(const char *text, mode_t mode)
{
	put_script(text, mode);
	begin(script, 10000);
	answered = 0;
	ask();
	wait_for(1);
	assert_int_equal(answers[0].listed[0], LISTED_UNAVAILABLE);
	return answers[0].text;
}

static void
what_cannot_or_may_not_be_run_is_told(void **state)
{
	static const char good[] = "#!/bin/sh\nexit 0\n";

	(void)state;
	assert_non_null(strstr(refused(good, 0775), "must not be writable"));
	assert_non_null(strstr(refused(good, 0757), "must not be writable"));
	assert_non_null(strstr(refused(good, 0644), "Permission denied"));
	assert_non_null(strstr(refused("#!/nonexistent/sh\n", 0755),
	    "cannot be run: No such file or directory"));
	assert_non_null(strstr(refused("\177ELF", 0755), "Exec format error"));
	begin("/nonexistent/command", 10000);
	answered = 0;
	ask();
	assert_int_equal(answered, 1);
	assert_non_null(
	    strstr(answers[0].text, "/nonexistent/command: No such file"));
	begin("/tmp", 10000);
	ask();
	assert_int_equal(answered, 2);
	assert_non_null(strstr(answers[1].text, "is not a regular file"));
}

static void
refuses_the_command_of_somebody_else(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	put_script("#!/bin/sh\n", 0755);
	assert_int_equal(chown(script, 65534, 65534), 0);
	begin(script, 10000);
	ask();
	assert_int_equal(answered, 1);
	assert_non_null(strstr(answers[0].text, "must belong to root"));
}

static void
a_few_run_at_once_and_the_others_wait(void **state)
{
	(void)state;
	put_script("#!/bin/sh\nsleep 100\n", 0755);
	begin(script, 300);
	for (int i = 0; i < RUNS_MAX; i++)
		ask();
	begin("/bin/true", 10000);
	query.id = RUNS_MAX;
	ask();
	wait_for(RUNS_MAX + 1);
	/* One that was asked before it had to end first. */
	assert_int_not_equal(answers[0].id, query.id);
	for (int i = 0; i <= RUNS_MAX; i++)
		assert_int_equal(answers[i].listed[0],
		    answers[i].id == query.id ? LISTED_YES :
						LISTED_UNAVAILABLE);
}

static void
more_than_may_wait_are_told_at_once(void **state)
{
	(void)state;
	put_script("#!/bin/sh\nsleep 100\n", 0755);
	begin(script, 10000);
	for (int i = 0; i < RUNS_MAX + LISTS_QUEUE; i++)
		ask();
	assert_int_equal(answered, 0);
	ask();
	assert_int_equal(answered, 1);
	assert_int_equal(answers[0].id, RUNS_MAX + LISTS_QUEUE + 1);
	assert_int_equal(answers[0].listed[0], LISTED_UNAVAILABLE);
	assert_non_null(strstr(answers[0].text, "too many"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		CASE(exit_status_0_allows),
		CASE(any_other_refuses_with_its_first_line),
		CASE(stderr_speaks_when_stdout_does_not),
		CASE(silence_is_told_as_such),
		CASE(what_it_says_is_escaped_and_bounded),
		CASE(gets_its_words_as_they_are),
		CASE(gets_nothing_of_ours),
		CASE(one_that_hangs_is_ended),
		CASE(children_that_it_leaves_behind_are_ended),
		CASE(a_child_that_holds_its_pipes_delays_nothing),
		CASE(one_that_prints_without_end_is_read),
		CASE(one_that_closes_its_output_is_waited_for),
		CASE(one_that_dies_of_a_signal_says_nothing),
		CASE(one_that_writes_a_file_dies_of_it),
		CASE(what_cannot_or_may_not_be_run_is_told),
		CASE(refuses_the_command_of_somebody_else),
		CASE(a_few_run_at_once_and_the_others_wait),
		CASE(more_than_may_wait_are_told_at_once),
	};

	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
