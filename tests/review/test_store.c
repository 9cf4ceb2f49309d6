/* SPDX-License-Identifier: Apache-2.0 */
/*
 * covers: src/review/store_place.c src/review/store_days.c
 * covers: src/review/store_scan.c src/review/store_find.c
 * covers: src/review/store_held.c src/review/store_odd.c
 */
#include "review/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
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
#include "review/store_days.h"

#define RECORDS 40
#define DAY_US UINT64_C(86400000000)
#define START_US UINT64_C(1795232243123456) /* 2026-11-21T03:37:23 */
#define FIRST_DAY "2026-11-21/signer1.json"

static char dir[] = "/tmp/store.XXXXXX";
static char record[RECORDS + 1][RECORD_MAX + 1]; /* by seq, without LF */
static char told[4096];
static char *only[] = { (char[]){ "signer1" } };
static struct store *store;

static void
keep_told(void *arg, const char *text)
{
	size_t len = strlen(told);

	(void)arg;
	snprintf(told + len, sizeof(told) - len, "%s\n", text);
}

/* Records with the given times, each 1 s after the one before if 0. */
static void
make_records(char ret[][RECORD_MAX + 1], unsigned count, const uint64_t *times)
{
	struct record_origin origin = { "signer1", 812 };
	struct chain chain;
	struct record r;

	chain_init(&chain);
	for (unsigned i = 1; i <= count; i++) {
		uint64_t at = times != NULL ? times[i] : START_US + i * 1000000;

		record_begin(&r, EVENT_SIGN, &origin, &chain, at);
		record_add(&r, "name", "a \"b\" \\ ]\xc3\xa9");
		assert_int_equal(record_finish(&r, &chain, "signed"), 0);
		memcpy(ret[i], r.line, r.len - 1);
		ret[i][r.len - 1] = '\0';
	}
}

static int
set_up(void **state)
{
	(void)state;
	memcpy(strrchr(dir, '.') + 1, "XXXXXX", 6);
	if (mkdtemp(dir) == NULL || chdir(dir) == -1)
		return -1;
	make_records(record, RECORDS, NULL);
	told[0] = '\0';
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	store_free(store);
	store = NULL;
	return chdir("/") == 0 && system("rm -rf /tmp/store.??????") == 0 ? 0 :
									    -1;
}

static void
reopen_with(const struct store_options *more)
{
	struct store_options o = *more;
	struct text_error err = { 0 };

	store_free(store);
	o.tell = keep_told;
	if (o.host_count == 0) {
		o.hosts = only;
		o.host_count = 1;
	}
	store = store_new(".", &o, &err);
	if (store == NULL)
		fail_msg("%s: %s", err.file, err.what);
}

static void
reopen(void)
{
	reopen_with(&(struct store_options){ 0 });
}

static enum store_status
give(const char *line)
{
	return store_line(store, line, strlen(line), 0);
}

static void
give_range(unsigned from, unsigned to, enum store_status wanted)
{
	for (unsigned i = from; i <= to; i++)
		assert_int_equal(give(record[i]), wanted);
}

static void
assert_told(const char *text)
{
	if (strstr(told, text) == NULL)
		fail_msg("'%s' is not in '%s'", text, told);
	told[0] = '\0';
}

/* The records in the files of a pattern, in the order of their first seq. */
static void
assert_stored(const char *pattern, unsigned from, unsigned to)
{
	struct text_error err = { 0 };
	struct input_line line;
	struct input *in;
	glob_t g;

	assert_int_equal(glob(pattern, 0, NULL, &g), 0);
	in = input_open(NULL, (int)g.gl_pathc, g.gl_pathv, &err);
	assert_non_null(in);
	for (unsigned i = from; i <= to; i++) {
		assert_int_equal(input_next(in, &line), INPUT_RECORD);
		assert_int_equal(line.len, strlen(record[i]));
		assert_memory_equal(line.record, record[i], line.len);
	}
	assert_int_equal(input_next(in, &line), INPUT_END);
	input_close(in);
	globfree(&g);
}

static size_t
files(const char *pattern)
{
	glob_t g = { 0 };
	size_t count;

	glob(pattern, 0, NULL, &g);
	count = g.gl_pathc;
	globfree(&g);
	return count;
}

static void
assert_log(unsigned from, unsigned to)
{
	assert_int_equal(store_sync(store), 0);
	assert_stored("2026-*/*.json", from, to);
}

static void
each_record_is_stored_once(void **state)
{
	(void)state;
	reopen();
	give_range(1, 10, STORE_ADDED);
	give_range(5, 10, STORE_REPEAT);
	give_range(11, 20, STORE_ADDED);
	give_range(1, 20, STORE_REPEAT);
	assert_log(1, 20);
	assert_int_equal(store_counts(store)->added, 20);
	assert_int_equal(store_counts(store)->repeated, 26);
	assert_string_equal(told, "");
}

static void
what_is_early_waits(void **state)
{
	uint64_t since;

	(void)state;
	reopen();
	give_range(20, 30, STORE_HELD);
	assert_true(store_gap(store, &since));
	assert_int_equal(store_due(store), 1);
	give_range(1, 10, STORE_ADDED);
	give_range(12, 19, STORE_HELD);
	assert_log(1, 10);
	give_range(11, 11, STORE_ADDED);
	assert_false(store_gap(store, &since));
	assert_log(1, 30);
}

static void
any_order_becomes_the_same(void **state)
{
	unsigned order[RECORDS];

	(void)state;
	srand(7);
	for (unsigned i = 0; i < RECORDS; i++)
		order[i] = i + 1;
	for (unsigned i = RECORDS - 1; i > 0; i--) {
		unsigned j = (unsigned)rand() % (i + 1), k = order[i];

		order[i] = order[j];
		order[j] = k;
	}
	for (unsigned i = 0; i < RECORDS; i++) {
		if (i % 7 == 0)
			reopen();
		assert_int_not_equal(give(record[order[i]]), STORE_ODD);
		assert_int_equal(store_sync(store), 0);
	}
	assert_log(1, RECORDS);
}

static void
the_files_are_all_its_memory(void **state)
{
	(void)state;
	for (unsigned i = 1; i <= RECORDS; i++) {
		reopen();
		give_range(i, i, STORE_ADDED);
		if (i > 1)
			give_range(i - 1, i - 1, STORE_REPEAT);
		assert_int_equal(store_sync(store), 0);
	}
	assert_log(1, RECORDS);
}

/* As if it had been killed within a write, at every byte of the last lines. */
static void
a_torn_line_is_written_again(void **state)
{
	struct stat st;

	(void)state;
	reopen();
	give_range(1, 3, STORE_ADDED);
	assert_log(1, 3);
	assert_int_equal(stat(FIRST_DAY, &st), 0);
	for (off_t cut = st.st_size - 1; cut >= 0; cut -= cut > 9 ? 3 : 1) {
		uint64_t due;

		store_free(store);
		store = NULL;
		assert_int_equal(truncate(FIRST_DAY, cut), 0);
		reopen();
		due = store_due(store);
		assert_true(due >= 1 && due <= 3);
		give_range(1, (unsigned)due - 1, STORE_REPEAT);
		give_range((unsigned)due, 3, STORE_ADDED);
		assert_log(1, 3);
	}
}

static void
what_waits_outlives_a_kill(void **state)
{
	struct stat st;

	(void)state;
	reopen();
	give_range(1, 2, STORE_ADDED);
	give_range(4, 6, STORE_HELD);
	assert_int_equal(store_sync(store), 0);
	assert_int_equal(stat("held/signer1", &st), 0);
	store_free(store);
	store = NULL;
	assert_int_equal(truncate("held/signer1", st.st_size - 5), 0);
	reopen();
	assert_int_equal(store_counts(store)->added, 0);
	give_range(3, 3, STORE_ADDED);
	assert_int_equal(store_due(store), 6);
	assert_log(1, 5);
	assert_int_equal(stat("held/signer1", &st), 0);
	assert_int_equal(st.st_size, 0);
}

static void
each_day_has_its_folder(void **state)
{
	static char made[7][RECORD_MAX + 1];
	/* Forward a day, back into the first, and forward again. */
	const uint64_t times[] = { 0, START_US, START_US + 1, START_US + DAY_US,
		START_US + 2, START_US + DAY_US + 3, START_US + 2 * DAY_US };

	(void)state;
	make_records(made, 6, times);
	memcpy(record[1], made[1], sizeof(made) - sizeof(made[0]));
	for (unsigned i = 1; i <= 6; i++) {
		reopen();
		give_range(i, i, STORE_ADDED);
		give_range(1, i, STORE_REPEAT);
		assert_int_equal(store_sync(store), 0);
	}
	assert_stored(FIRST_DAY, 1, 2);
	assert_stored("2026-11-22/signer1.json", 3, 3);
	assert_stored("2026-11-21/signer1@000000000004.json", 4, 4);
	assert_stored("2026-11-22/signer1@000000000005.json", 5, 5);
	assert_stored("2026-11-23/signer1.json", 6, 6);
	assert_log(1, 6);
}

/* The same number, another record: the log stays, both are shown. */
static void
a_fork_is_kept_apart(void **state)
{
	char *other;

	(void)state;
	reopen();
	give_range(1, 9, STORE_ADDED);
	other = strdup(record[5]);
	memcpy(strstr(other, "signer1 countersign 812") + 20, "813", 3);
	assert_int_equal(give(other), STORE_ODD);
	assert_told("signer1: seq 5: FORK");
	assert_int_equal(give(other), STORE_REPEAT);
	give_range(10, 10, STORE_ADDED);
	assert_log(1, 10);
	assert_int_equal(files("conflicts/signer1/000000000005-*.json"), 2);
	free(other);
}

static void
a_broken_link_is_told(void **state)
{
	char *other, *prev;

	(void)state;
	reopen();
	give_range(1, 4, STORE_ADDED);
	other = strdup(record[5]);
	prev = strstr(other, "prev=\"") + 6;
	*prev = *prev == 'a' ? 'b' : 'a';
	assert_int_equal(give(other), STORE_ADDED);
	assert_told("signer1: seq 5: prev is not the hash of seq 4");
	free(other);
	assert_int_equal(give(record[6]), STORE_ADDED);
	assert_told("signer1: seq 6: prev is not");
}

static void
a_gap_is_given_up_when_told_so(void **state)
{
	const struct store_options o = { .has_give_up = true, .give_up_s = 5 };

	(void)state;
	reopen_with(&o);
	give_range(1, 3, STORE_ADDED);
	give_range(6, 8, STORE_HELD);
	assert_int_equal(store_tick(store, 4999999), 0);
	assert_int_equal(store_due(store), 4);
	assert_int_equal(store_tick(store, 5000000), 0);
	assert_told("signer1: seq 4 to 5 never came: given up");
	assert_int_equal(store_due(store), 9);
	assert_int_equal(store_sync(store), 0);
	reopen_with(&o);
	give_range(9, 9, STORE_ADDED);
	assert_int_equal(store_sync(store), 0);
	assert_stored("2026-11-21/signer1@000000000006.json", 6, 9);
	assert_string_equal(told, "");
	/* Too late. */
	assert_int_equal(give(record[5]), STORE_ODD);
	assert_told("seq 5: its gap had been given up; kept in late/signer1");
	assert_int_equal(give(record[5]), STORE_REPEAT);
	assert_stored("late/signer1/000000000005-*.json", 5, 5);
}

static void
a_gap_is_never_given_up_otherwise(void **state)
{
	(void)state;
	reopen();
	give_range(2, 3, STORE_HELD);
	assert_int_equal(store_tick(store, UINT64_MAX / 2), 0);
	assert_int_equal(store_due(store), 1);
}

static void
what_is_no_record_is_told(void **state)
{
	(void)state;
	reopen();
	assert_int_equal(give(""), STORE_ODD);
	assert_int_equal(give("<13>1 - - - - - -"), STORE_ODD);
	assert_told("not a record");
	assert_int_equal(give("{\"event.original\":1}"), STORE_ODD);
	assert_told("event.original");
	assert_int_equal(store_counts(store)->odd, 3);
}

static void
other_hosts_are_not_stored(void **state)
{
	char *other, *at;

	(void)state;
	reopen();
	other = strdup(record[1]);
	at = strstr(other, "signer1");
	at[6] = '2';
	assert_int_equal(give(other), STORE_ODD);
	assert_told("signer2, which is not wanted");
	free(other);
}

/* Without --host, each has its own files; a name cannot leave the folder. */
static void
hosts_are_kept_apart(void **state)
{
	const struct store_options o = { .tell = keep_told };
	char name[DAYS_NAME], line[RECORD_MAX + 64];
	const char *rest = strstr(record[1], "signer1") + 7;
	struct text_error err;

	(void)state;
	store = store_new(".", &o, &err);
	assert_non_null(store);
	give_range(1, 1, STORE_ADDED);
	snprintf(line, sizeof(line), "%.*s../../etc%s",
	    (int)(strstr(record[1], "signer1") - record[1]), record[1], rest);
	assert_int_equal(give(line), STORE_ADDED);
	assert_int_equal(store_sync(store), 0);
	assert_int_equal(access("2026-11-21/%2E.%2F..%2Fetc.json", F_OK), 0);
	assert_int_equal(days_name("a b/\xff", name), 0);
	assert_string_equal(name, "a%20b%2F%FF");
	assert_int_equal(days_name("", name), -1);
}

static void
two_processes_do_not_share_a_log(void **state)
{
	const struct store_options o = {
		.hosts = only, .host_count = 1, .tell = keep_told
	};
	struct text_error err;

	(void)state;
	reopen();
	assert_null(store_new(".", &o, &err));
	assert_string_equal(
	    err.what, "held/signer1: another process stores there");
}

static void
a_foreign_file_is_left_alone(void **state)
{
	const struct store_options o = {
		.hosts = only, .host_count = 1, .tell = keep_told
	};
	struct text_error err;
	FILE *file;

	(void)state;
	assert_int_equal(mkdir("2026-11-21", 0700), 0);
	file = fopen(FIRST_DAY, "we");
	assert_non_null(file);
	assert_int_equal(fputs("{\"event.original\":\"mine\"}\n", file) < 0, 0);
	assert_int_equal(fclose(file), 0);
	assert_null(store_new(".", &o, &err));
	assert_string_equal(err.file, FIRST_DAY);
	assert_int_equal(access(FIRST_DAY, F_OK), 0);
}

/* What does not fit is given again; readers see whole lines only. */
static void
a_full_disk_loses_nothing(void **state)
{
	struct rlimit old, small;
	struct stat st;

	(void)state;
	reopen();
	give_range(1, 3, STORE_ADDED);
	assert_log(1, 3);
	assert_int_equal(stat(FIRST_DAY, &st), 0);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = (rlim_t)st.st_size + 50;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	give_range(4, 5, STORE_ADDED);
	assert_int_equal(store_sync(store), -1);
	assert_int_equal(store_sync(store), -1);
	assert_stored(FIRST_DAY, 1, 3);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_log(1, 5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(each_record_is_stored_once),
		TEST(what_is_early_waits),
		TEST(any_order_becomes_the_same),
		TEST(the_files_are_all_its_memory),
		TEST(a_torn_line_is_written_again),
		TEST(what_waits_outlives_a_kill),
		TEST(each_day_has_its_folder),
		TEST(a_fork_is_kept_apart),
		TEST(a_broken_link_is_told),
		TEST(a_gap_is_given_up_when_told_so),
		TEST(a_gap_is_never_given_up_otherwise),
		TEST(what_is_no_record_is_told),
		TEST(other_hosts_are_not_stored),
		TEST(hosts_are_kept_apart),
		TEST(two_processes_do_not_share_a_log),
		TEST(a_foreign_file_is_left_alone),
		TEST(a_full_disk_loses_nothing),
	};

	signal(SIGXFSZ, SIG_IGN);
	return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
