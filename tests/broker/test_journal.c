/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/broker/journal_work.c src/broker/journal_file.c */
/* covers: src/broker/batches.c src/broker/scribe.c */
/* covers: src/broker/scribe_work.c */
#include "broker/journal.h"

#include <fcntl.h>
#include <ftw.h>
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

#include "audit/verify.h"
#include "base/clock.h"

#define WAITERS 3000

static const struct record_origin origin = { "host", 1 };
static char folder[64], path[80];
static struct loop *loop;
static struct journal *journal;
static struct waiter waiters[WAITERS];
static unsigned called, succeeded, freed;
static struct journal_conf conf = { .file = path, .state_dir = folder };
static struct journal_opened opened;

static void
on_freed(void *arg)
{
	(void)arg;
	freed++;
	loop_stop(loop);
}

static void
flush(void *arg)
{
	(void)arg;
	journal_flush(journal);
}

static void
open_journal(void)
{
	struct text_error error;

	journal = journal_open(&conf, &origin, &opened, &error);
	if (journal == NULL)
		fail_msg("%s", error.what);
	assert_int_equal(
	    journal_start(journal, loop, NULL, NULL, on_freed, NULL), 0);
	loop_after_round(loop, flush, NULL);
}

static int
set_up(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/countersign-journal.XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/audit.log", folder);
	conf.file = path;
	conf.rotate_size = 0;
	loop = loop_new();
	journal = NULL;
	memset(waiters, 0, sizeof(waiters));
	called = succeeded = freed = 0;
	return 0;
}

static int
remove_one(const char *name, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(name);
}

static int
tear_down(void **state)
{
	(void)state;
	journal_close(journal);
	loop_free(loop);
	nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	return 0;
}

static void
on_recorded(struct waiter *w, bool ok)
{
	/* In the order of the records. */
	assert_ptr_equal(w, &waiters[called]);
	called++;
	succeeded += ok;
}

static int
add(unsigned number)
{
	struct record *r = journal_begin(journal, EVENT_DENY);

	if (r == NULL)
		return -1;
	record_add_number(r, "number", number);
	waiters[number].fn = on_recorded;
	return journal_end(journal, "text", &waiters[number]);
}

static void
stop(void *arg)
{
	(void)arg;
	loop_stop(loop);
}

/* Rounds until so many were called, or five seconds. */
static void
run_until(unsigned count)
{
	struct loop_timer *timer = loop_timer_new(loop, stop, NULL);
	uint64_t until = clock_mono_us() + 5000000;

	while (called < count && clock_mono_us() < until) {
		loop_timer_set(timer, clock_mono_us() + 1000);
		assert_int_equal(loop_run(loop), 0);
	}
	loop_timer_free(timer);
	assert_int_equal(called, count);
}

/* How many records the file has; its chain must hold. */
static uint64_t
count_records(void)
{
	static char line[RECORD_MAX + 1];
	struct verifier verifier;
	struct text_error error;
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	verifier_init(&verifier, true);
	while (fgets(line, sizeof(line), file) != NULL) {
		size_t len = strlen(line);

		assert_int_equal(line[len - 1], '\n');
		if (verify_line(&verifier, line, len - 1, &error) == -1)
			fail_msg("%s", error.what);
	}
	fclose(file);
	return verifier.records;
}

static void
tells_each_waiter_in_order_once(void **state)
{
	(void)state;
	open_journal();
	for (unsigned i = 0; i < WAITERS; i++)
		assert_int_equal(add(i), 0);
	assert_int_equal(called, 0);
	run_until(WAITERS);
	assert_int_equal(succeeded, WAITERS);
	assert_int_equal(count_records(), WAITERS);
}

static void
takes_up_the_chain_of_the_file(void **state)
{
	(void)state;
	open_journal();
	add(0);
	journal_close(journal);
	assert_int_equal(called, 1);
	open_journal();
	assert_int_equal(opened.repaired, 0);
	add(1);
	run_until(2);
	assert_int_equal(count_records(), 2);
}

static void
cuts_off_a_torn_record(void **state)
{
	FILE *file;

	(void)state;
	open_journal();
	add(0);
	journal_close(journal);
	file = fopen(path, "a");
	fputs("<86>1 2026", file);
	fclose(file);
	open_journal();
	assert_int_equal(opened.repaired, 10);
	add(1);
	run_until(2);
	assert_int_equal(count_records(), 2);
}

static void
refuses_a_file_that_another_writes(void **state)
{
	struct text_error error;

	(void)state;
	open_journal();
	assert_null(journal_open(&conf, &origin, &opened, &error));
	assert_non_null(strstr(error.what, "another"));
}

static void
refuses_what_is_no_log(void **state)
{
	static const char *const others[] = { "/dev/full", "/dev/null", "/tmp",
		"/nonexistent/audit.log" };
	struct text_error error;
	FILE *file = fopen(path, "w");

	(void)state;
	fputs("hello\n", file);
	fclose(file);
	assert_null(journal_open(&conf, &origin, &opened, &error));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		conf.file = others[i];
		assert_null(journal_open(&conf, &origin, &opened, &error));
	}
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
fails_all_that_wait_and_keeps_whole_records(void **state)
{
	struct journal_state how;
	struct stat st;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	open_journal();
	add(0);
	run_until(1);
	assert_int_equal(stat(path, &st), 0);
	limit_file((rlim_t)st.st_size + 300);
	for (unsigned i = 1; i < 50; i++)
		assert_int_equal(add(i), 0);
	run_until(50);
	assert_int_equal(succeeded, 1);
	assert_false(journal_works(journal));
	assert_false(journal_has_room(journal));
	assert_null(journal_begin(journal, EVENT_SIGN));
	journal_state(journal, &how);
	assert_true(how.failing);
	assert_int_equal(how.seq, 1);
	assert_string_not_equal(how.error, "");
	assert_int_equal(count_records(), 1);
	limit_file(RLIM_INFINITY);

	/* And comes back by itself, with the chain where it was. */
	while (!journal_works(journal))
		assert_int_equal(loop_run(loop), 0);
	assert_int_equal(freed, 1);
	add(50);
	run_until(51);
	assert_int_equal(succeeded, 2);
	assert_int_equal(count_records(), 2);
}

static void
has_no_room_when_the_disk_is_slow(void **state)
{
	unsigned count = 0;

	(void)state;
	open_journal();
	/* Nothing is handed over before the loop runs: the slowest disk. */
	while (journal_has_room(journal) && count < 1000000) {
		struct record *r = journal_begin(journal, EVENT_SIGN);

		assert_non_null(r);
		record_add(r, "value", "0123456789012345678901234567890123456");
		assert_int_equal(journal_end(journal, "", NULL), 0);
		count++;
	}
	assert_in_range(count, 1000, 20000);
	assert_true(journal_works(journal));
	assert_false(journal_is_flooded(journal));
	while (!journal_is_flooded(journal) && count < 1000000) {
		assert_non_null(journal_begin(journal, EVENT_DENY));
		assert_int_equal(journal_end(journal, "", NULL), 0);
		count++;
	}
	assert_in_range(count, 100000, 500000);
	journal_flush(journal);
	while (freed == 0)
		assert_int_equal(loop_run(loop), 0);
	assert_true(journal_has_room(journal));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(tells_each_waiter_in_order_once),
		TEST(takes_up_the_chain_of_the_file),
		TEST(cuts_off_a_torn_record),
		TEST(refuses_a_file_that_another_writes),
		TEST(refuses_what_is_no_log),
		TEST(fails_all_that_wait_and_keeps_whole_records),
		TEST(has_no_room_when_the_disk_is_slow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
