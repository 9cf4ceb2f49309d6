/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/broker/log_watch.c src/broker/records_log.c */
#include "broker/log_watch.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "support_journal.h"

static struct home home;
static struct log_watch *watch;

static int
set_up(void **state)
{
	(void)state;
	home_make(&home);
	home_open(&home);
	watch = log_watch_new(home.journal);
	assert_non_null(watch);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	home_close(&home);
	log_watch_free(watch);
	home_drop(&home);
	return 0;
}

/* Until a record has this text. */
static void
await_record(const char *text)
{
	uint64_t until = clock_mono_us() + 5000000;

	while (!home_has(&home, text) && clock_mono_us() < until)
		home_round(&home);
	if (!home_has(&home, text))
		fail_msg("no record has %s", text);
}

static void
limit_file(rlim_t size)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = size;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void
a_clock_that_was_set_leaves_a_record(void **state)
{
	uint64_t wall = clock_wall_us(), mono = clock_mono_us();

	(void)state;
	log_watch_clock(watch, wall, mono);
	log_watch_clock(watch, wall + 3600000000u, mono);
	home_add(&home, 1);
	assert_true(home_has(&home,
	    " CLOCK [countersign@32473 seq=\"1\" "
	    "what=\"step\" from=\""));
	assert_true(home_has(&home, "step=\"3600000000\" "));
	/* The real one, which the next record looks at, is back. */
	assert_true(home_has(&home, "step=\"-3"));
	assert_int_equal(home_records(&home), 3);
}

static void
a_clock_that_is_behind_leaves_a_record(void **state)
{
	(void)state;
	log_watch_begin(watch, 0);
	log_watch_begin(watch, clock_wall_us() - 1000000);
	home_add(&home, 1);
	assert_false(home_has(&home, " CLOCK "));
	log_watch_begin(watch, clock_wall_us() + 86400000000u);
	home_add(&home, 1);
	assert_true(home_has(&home, " CLOCK "));
	assert_true(home_has(&home, "what=\"behind\" from=\""));
}

static void
little_space_is_told_once_and_its_end(void **state)
{
	(void)state;
	log_watch_limit(watch, UINT64_MAX / 2);
	await_record("what=\"disk\"");
	assert_true(home_has(&home, " LIMIT "));
	assert_true(home_has(&home, "outcome=\"low\""));
	home_add(&home, 1);
	assert_int_equal(home_records(&home), 2);
	/* What is free now is more than enough. */
	log_watch_limit(watch, 4096);
	await_record("outcome=\"ok\"");
	assert_int_equal(home_records(&home), 3);
}

static void
a_file_that_was_taken_away_leaves_a_record(void **state)
{
	(void)state;
	home_add(&home, 1);
	unlink(home.file);
	while (access(home.file, F_OK) == -1)
		home_round(&home);
	await_record("what=\"audit-file\" outcome=\"linked\"");
}

static void
a_time_without_records_is_told_first(void **state)
{
	struct journal_gap gap;
	struct stat st;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	home_add(&home, 2);
	assert_int_equal(stat(home.file, &st), 0);
	limit_file((rlim_t)st.st_size + 100);
	home_add(&home, 5);
	assert_int_equal(home.failed, 5);
	for (unsigned i = 0; i < 7; i++)
		journal_refused(home.journal);
	/* Tried, and still full: one gap, not two. */
	for (unsigned i = 0; i < 5; i++)
		home_round(&home);
	journal_gap(home.journal, &gap);
	assert_int_equal(gap.refused, 7);
	limit_file(RLIM_INFINITY);
	while (!journal_works(home.journal))
		home_round(&home);
	await_record("what=\"audit-gap\"");
	assert_true(home_has(&home,
	    " LIMIT [countersign@32473 seq=\"3\" "
	    "what=\"audit-gap\" from=\"2"));
	assert_true(home_has(&home, "refused=\"7\" error=\"File too large\""));
	journal_gap(home.journal, &gap);
	assert_int_equal(gap.from_us, 0);
	home_add(&home, 1);
	assert_int_equal(home_records(&home), 4);
	home_close(&home);
	home_check_tree(&home);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_clock_that_was_set_leaves_a_record),
		TEST(a_clock_that_is_behind_leaves_a_record),
		TEST(little_space_is_told_once_and_its_end),
		TEST(a_file_that_was_taken_away_leaves_a_record),
		TEST(a_time_without_records_is_told_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
