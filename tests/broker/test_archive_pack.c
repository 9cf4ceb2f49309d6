/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/broker/archive_gzip.c */
#include "broker/archive_task.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "audit/lines.h"
#include "base/clock.h"
#include "support_samples.h"

#define LEFTOVER ".audit.log.000000000001.gz.tmp"

static struct samples log_;
static struct pack_report report;

static int
set_up(void **state)
{
	(void)state;
	samples_make(&log_);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	samples_drop(&log_);
	return 0;
}

static void
pack(uint64_t active, uint32_t after_s)
{
	struct task *task = pack_new(log_.file, active, after_s);
	struct archive_answer answer;
	unsigned turns = 0;

	while (task->run(task, &answer) == TURN_AGAIN)
		assert_true(++turns < 10000);
	report = *pack_report(task);
	task->free(task);
}

/* A file in the folder of the log. */
static const char *
beside(const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", log_.dir, name);
	return path;
}

static void
set_age(uint64_t first, time_t seconds)
{
	struct timespec times[2] = { 0 };

	times[0].tv_sec = times[1].tv_sec =
	    (time_t)(clock_wall_us() / 1000000) - seconds;
	times[1].tv_nsec = 123456789;
	assert_int_equal(
	    utimensat(AT_FDCWD, samples_path(&log_, first, false), times, 0),
	    0);
}

/* The packed piece has exactly these records. */
static void
assert_packed(uint64_t first, uint64_t last)
{
	const char *text = samples_text(&log_, first), *line;
	int fd = open(samples_path(&log_, first, true), O_RDONLY | O_CLOEXEC);
	struct lines lines;
	size_t len;

	assert_int_not_equal(fd, -1);
	assert_int_equal(lines_init(&lines, fd), 0);
	for (; first <= last; first++) {
		assert_int_equal(lines_next(&lines, &line, &len), LINES_OK);
		assert_memory_equal(line, text, len);
		assert_int_equal(text[len], '\n');
		text += len + 1;
	}
	assert_int_equal(lines_next(&lines, &line, &len), LINES_END);
	lines_release(&lines);
	close(fd);
}

static void
closed_pieces_become_gzip(void **state)
{
	uint64_t second, active;
	struct stat before, after;

	(void)state;
	samples_add(&log_, 1000);
	second = samples_add(&log_, 1);
	active = samples_add(&log_, 10);
	set_age(1, 5000);
	assert_int_equal(stat(samples_path(&log_, 1, false), &before), 0);
	pack(active, 0);
	assert_string_equal(report.error, "");
	assert_int_equal(report.packed, 2);
	assert_true(report.due_s == UINT64_MAX);
	assert_packed(1, 1000);
	assert_packed(second, second);
	assert_false(samples_has(&log_, 1, false));
	assert_false(samples_has(&log_, second, false));
	assert_true(samples_has(&log_, active, false));
	assert_false(samples_has(&log_, active, true));
	assert_int_equal(access(beside(LEFTOVER), F_OK), -1);
	assert_int_equal(stat(samples_path(&log_, 1, true), &after), 0);
	assert_int_equal(after.st_mode, S_IFREG | 0640);
	assert_int_equal(after.st_mtim.tv_sec, before.st_mtim.tv_sec);
	assert_int_equal(after.st_mtim.tv_nsec, before.st_mtim.tv_nsec);
	assert_true(after.st_size < before.st_size / 3);
}

static void
not_before_their_time(void **state)
{
	uint64_t now = clock_wall_us() / 1000000, second, active;

	(void)state;
	samples_add(&log_, 10);
	second = samples_add(&log_, 10);
	active = samples_add(&log_, 10);
	set_age(1, 3601);
	set_age(second, 600);
	pack(active, 3600);
	assert_int_equal(report.packed, 1);
	assert_true(samples_has(&log_, 1, true));
	assert_true(samples_has(&log_, second, false));
	assert_in_range(report.due_s, now + 2999, now + 3010);
	/* A clock that was set back. */
	set_age(second, -100000);
	pack(active, 3600);
	assert_int_equal(report.packed, 0);
	assert_true(report.due_s > now + 100000);
}

static void
a_piece_in_both_forms_is_packed_again(void **state)
{
	uint64_t active;
	int fd;

	(void)state;
	samples_add(&log_, 100);
	active = samples_add(&log_, 1);
	fd = open(
	    samples_path(&log_, 1, true), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(write(fd, "half", 4), 4);
	close(fd);
	pack(active, 0);
	assert_int_equal(report.packed, 1);
	assert_false(samples_has(&log_, 1, false));
	assert_packed(1, 100);
}

static void
put(const char *name)
{
	int fd = open(beside(name), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	assert_int_not_equal(fd, -1);
	close(fd);
}

static void
leftovers_go_and_others_stay(void **state)
{
	static const char *const others[] = { ".audit.log.gz.tmp",
		".audit.log.000000000001.tmp", ".audit.log.00000000001.gz.tmp",
		"audit.log.000000000001.gz.tmp", ".other.000000000001.gz.tmp",
		".audit.log.000000000000.gz.tmp", ".tmp",
		".audit.log.000000000001.gz.tmp2" };
	uint64_t active;

	(void)state;
	samples_add(&log_, 100);
	active = samples_add(&log_, 1);
	put(LEFTOVER);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		put(others[i]);
	pack(active, 100000);
	assert_int_equal(access(beside(LEFTOVER), F_OK), -1);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_int_equal(access(beside(others[i]), F_OK), 0);
	put(LEFTOVER);
	pack(active, 0);
	assert_packed(1, 100);
}

/* Stopped after any number of turns, each record is there once more. */
static void
cut_short_anywhere_nothing_is_lost(void **state)
{
	uint64_t active;
	bool over = false;

	(void)state;
	samples_add(&log_, 600);
	active = samples_add(&log_, 1);
	for (unsigned turns = 1; !over; turns++) {
		struct task *task = pack_new(log_.file, active, 0);
		struct archive_answer answer;

		for (unsigned i = 0; i < turns && !over; i++)
			over = task->run(task, &answer) == TURN_TELL;
		task->free(task);
		if (samples_has(&log_, 1, true))
			assert_packed(1, 600);
		else
			assert_true(samples_has(&log_, 1, false));
		assert_int_equal(access(beside(LEFTOVER), F_OK), -1);
	}
	assert_true(samples_has(&log_, 1, true));
}

/* A process that dies after so many turns; did it come to the end? */
static bool
die_after(unsigned turns, uint64_t active)
{
	pid_t pid = fork();
	int status;

	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		struct task *task = pack_new(log_.file, active, 0);
		struct archive_answer answer;

		while (turns > 0 && task->run(task, &answer) == TURN_AGAIN)
			turns--;
		_exit(turns > 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status) != 0;
}

static void
what_a_crash_leaves_is_cleaned_up(void **state)
{
	uint64_t active;
	unsigned turns = 1;

	(void)state;
	samples_add(&log_, 600);
	active = samples_add(&log_, 1);
	while (!die_after(turns++, active))
		if (samples_has(&log_, 1, true))
			assert_packed(1, 600);
		else
			assert_true(samples_has(&log_, 1, false));
	assert_true(turns > 8);
	assert_packed(1, 600);
	assert_false(samples_has(&log_, 1, false));
	assert_int_equal(access(beside(LEFTOVER), F_OK), -1);
}

static void
a_piece_that_changes_meanwhile_stays(void **state)
{
	struct archive_answer answer;
	struct task *task;
	uint64_t active;
	unsigned turns = 0;

	(void)state;
	samples_add(&log_, 600);
	active = samples_add(&log_, 1);
	task = pack_new(log_.file, active, 0);
	while (task->run(task, &answer) == TURN_AGAIN)
		if (turns++ == 3)
			samples_append(&log_, 1, "more\n", 5);
	assert_string_not_equal(pack_report(task)->error, "");
	task->free(task);
	assert_true(samples_has(&log_, 1, false));
	assert_false(samples_has(&log_, 1, true));
}

static void
without_room_the_piece_stays(void **state)
{
	struct rlimit limit, small;
	uint64_t active;

	(void)state;
	samples_add(&log_, 2000);
	active = samples_add(&log_, 1);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	small = limit;
	small.rlim_cur = 4096;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	pack(active, 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_string_equal(
	    report.error, "audit.log.000000000001: File too large");
	assert_int_equal(report.packed, 0);
	assert_true(samples_has(&log_, 1, false));
	assert_false(samples_has(&log_, 1, true));
	assert_int_equal(access(beside(LEFTOVER), F_OK), -1);
	pack(active, 0);
	assert_string_equal(report.error, "");
	assert_packed(1, 2000);
}

static void
one_bad_piece_does_not_stop_the_others(void **state)
{
	uint64_t second, active;

	(void)state;
	samples_add(&log_, 10);
	second = samples_add(&log_, 10);
	active = samples_add(&log_, 1);
	assert_int_equal(unlink(samples_path(&log_, 1, false)), 0);
	assert_int_equal(
	    symlink("/etc/passwd", samples_path(&log_, 1, false)), 0);
	pack(active, 0);
	assert_int_equal(report.packed, 1);
	assert_packed(second, second + 9);
	assert_string_not_equal(report.error, "");
	assert_false(samples_has(&log_, 1, true));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(closed_pieces_become_gzip),
		TEST(not_before_their_time),
		TEST(a_piece_in_both_forms_is_packed_again),
		TEST(leftovers_go_and_others_stay),
		TEST(cut_short_anywhere_nothing_is_lost),
		TEST(what_a_crash_leaves_is_cleaned_up),
		TEST(a_piece_that_changes_meanwhile_stays),
		TEST(without_room_the_piece_stays),
		TEST(one_bad_piece_does_not_stop_the_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
