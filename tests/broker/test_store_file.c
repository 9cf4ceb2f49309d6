/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/broker/store_schema.c */
#include "broker/store_file.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[64], path[96], wal[96], target[96];
static struct store_file file;
static struct text_error error;

static int
make(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/countersign-store.XXXXXX");
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/state.db", dir);
	snprintf(wal, sizeof(wal), "%s/state.db-wal", dir);
	snprintf(target, sizeof(target), "%s/target", dir);
	return 0;
}

static int
drop(void **state)
{
	char left[128];

	(void)state;
	unlink(path);
	unlink(wal);
	unlink(target);
	snprintf(left, sizeof(left), "%s.new", path);
	unlink(left);
	return rmdir(dir);
}

static void
make_one(void)
{
	if (store_file_open(&file, dir, &error) == -1)
		fail_msg("%s", error.what);
	store_file_close(&file);
}

static void
refuses(const char *why)
{
	error.what[0] = '\0';
	assert_int_equal(store_file_open(&file, dir, &error), -1);
	if (strstr(error.what, why) == NULL)
		fail_msg("'%s' is not in '%s'", why, error.what);
}

/* What another program does to the file. */
static void
run(const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s", sqlite3_errmsg(db));
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void
overwrite(off_t at, const char *text)
{
	int fd = open(path, O_WRONLY);

	assert_int_not_equal(fd, -1);
	assert_int_equal(
	    pwrite(fd, text, strlen(text), at), (ssize_t)strlen(text));
	close(fd);
}

static void
makes_one_that_is_ours_alone(void **state)
{
	struct stat st;

	(void)state;
	make_one();
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(access(wal, F_OK), -1);
	make_one();
}

static void
what_a_crash_left_of_a_new_one_is_no_harm(void **state)
{
	char left[128];
	FILE *f;

	(void)state;
	snprintf(left, sizeof(left), "%s.new", path);
	f = fopen(left, "w");
	assert_non_null(f);
	fputs("half of it", f);
	fclose(f);
	make_one();
	assert_int_equal(access(left, F_OK), -1);
}

static void
refuses_what_others_may_write_or_lead_elsewhere(void **state)
{
	(void)state;
	make_one();
	chmod(path, 0660);
	refuses("may be written by group");
	chmod(path, 0600);
	assert_int_equal(rename(path, target), 0);
	assert_int_equal(symlink(target, path), 0);
	refuses("symbolic link");
	unlink(path);
	assert_int_equal(mkdir(path, 0700), 0);
	refuses("directory");
	rmdir(path);
}

static void
refuses_a_log_that_others_may_write(void **state)
{
	int fd;

	(void)state;
	make_one();
	fd = open(wal, O_CREAT | O_WRONLY, 0666);
	assert_int_not_equal(fd, -1);
	fchmod(fd, 0666);
	close(fd);
	refuses("may be written by group");
}

static void
an_empty_file_is_no_new_one(void **state)
{
	(void)state;
	make_one();
	assert_int_equal(truncate(path, 0), 0);
	refuses("it is empty");
	refuses("restore it from a backup");
}

static void
a_log_without_its_database_is_not_applied_to_a_new_one(void **state)
{
	FILE *f;

	(void)state;
	f = fopen(wal, "w");
	assert_non_null(f);
	fputs("frames", f);
	fclose(f);
	refuses("state.db-wal is there");
	assert_int_equal(access(path, F_OK), -1);
}

static void
refuses_what_is_no_database(void **state)
{
	(void)state;
	make_one();
	overwrite(0, "This is no database at all, but a text.");
	refuses("is damaged");
	refuses("move it away");
}

/* A byte here and there: it is refused, or harmless; it is never emptied. */
static void
every_damaged_page_is_refused_or_read(void **state)
{
	struct stat before, after;
	unsigned refused = 0;

	(void)state;
	make_one();
	assert_int_equal(stat(path, &before), 0);
	for (off_t at = 0; at < before.st_size; at += 4096) {
		unlink(path);
		make_one();
		overwrite(at + (at == 0 ? 100 : 0), "\xff\xff\xff\xff\xff");
		if (store_file_open(&file, dir, &error) == -1)
			refused++;
		else
			store_file_close(&file);
		assert_int_equal(stat(path, &after), 0);
		assert_true(after.st_size >= before.st_size);
	}
	assert_true(refused > 3);
}

static void
refuses_one_that_is_cut_off(void **state)
{
	struct stat st;

	(void)state;
	make_one();
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(truncate(path, st.st_size / 2), 0);
	refuses("is damaged");
}

static void
refuses_one_that_is_far_too_large(void **state)
{
	(void)state;
	make_one();
	assert_int_equal(truncate(path, (off_t)1 << 30), 0);
	refuses("too large");
}

static void
refuses_a_newer_version(void **state)
{
	(void)state;
	make_one();
	run("PRAGMA user_version = 1000");
	refuses("newer countersign (version 1000");
}

static void
refuses_tables_that_are_not_ours(void **state)
{
	static const char *const changes[] = {
		"CREATE TABLE more(a)",
		"CREATE TRIGGER t AFTER INSERT ON budgets BEGIN DELETE FROM "
		"suspensions; END",
		"CREATE VIEW v AS SELECT 1",
		"CREATE INDEX i ON budgets(used)",
		"DROP TABLE repeats",
		"ALTER TABLE budgets ADD COLUMN more INTEGER",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		unlink(path);
		make_one();
		run(changes[i]);
		refuses("its tables are others");
	}
}

static void
somebody_elses_database_is_not_taken_over(void **state)
{
	int fd;

	(void)state;
	fd = open(path, O_CREAT | O_WRONLY, 0600);
	assert_int_not_equal(fd, -1);
	close(fd);
	run("CREATE TABLE theirs(a); INSERT INTO theirs VALUES(1)");
	refuses("its tables are others");
}

static void
two_do_not_share_it(void **state)
{
	struct store_file second;

	(void)state;
	assert_int_equal(store_file_open(&file, dir, &error), 0);
	/* Locks are a process's, so another one has to ask. */
	if (fork() == 0)
		_exit(store_file_open(&second, dir, &error) == -1 &&
			    strstr(error.what, "another process") != NULL ?
			0 :
			1);
	{
		int status;

		wait(&status);
		assert_int_equal(status, 0);
	}
	store_file_close(&file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, drop)
		TEST(makes_one_that_is_ours_alone),
		TEST(what_a_crash_left_of_a_new_one_is_no_harm),
		TEST(refuses_what_others_may_write_or_lead_elsewhere),
		TEST(refuses_a_log_that_others_may_write),
		TEST(an_empty_file_is_no_new_one),
		TEST(a_log_without_its_database_is_not_applied_to_a_new_one),
		TEST(refuses_what_is_no_database),
		TEST(every_damaged_page_is_refused_or_read),
		TEST(refuses_one_that_is_cut_off),
		TEST(refuses_one_that_is_far_too_large),
		TEST(refuses_a_newer_version),
		TEST(refuses_tables_that_are_not_ours),
		TEST(somebody_elses_database_is_not_taken_over),
		TEST(two_do_not_share_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
