/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/logs.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include <cmocka.h>

#include "audit/verify.h"

#define LINES 5
#define WORDS_MAX 16

static char dir[] = "/tmp/logstore.XXXXXX";
static char out[4096]; /* both streams of the last run */

static int
set_up(void **state)
{
	struct record_origin origin = { "signer1", 812 };
	struct chain chain;
	struct record r;
	FILE *file;

	(void)state;
	memcpy(strrchr(dir, '.') + 1, "XXXXXX", 6);
	if (mkdtemp(dir) == NULL || chdir(dir) == -1 ||
	    mkdir("store", 0755) == -1 || (file = fopen("in", "we")) == NULL)
		return -1;
	chain_init(&chain);
	for (size_t i = 0; i < LINES; i++) {
		record_begin(&r, EVENT_SIGN, &origin, &chain,
		    UINT64_C(1795232243123456));
		if (record_finish(&r, &chain, "signed") == -1)
			return -1;
		fwrite(r.line, 1, r.len, file);
	}
	return fclose(file);
}

static int
tear_down(void **state)
{
	(void)state;
	return chdir("/") == 0 && system("rm -rf /tmp/logstore.??????") == 0 ?
	    0 :
	    -1;
}

/* With the words after "store", blanks between them; the records come in. */
static int
store(const char *words)
{
	char text[256], name[] = "store", *argv[WORDS_MAX] = { name };
	int keep[3] = { dup(0), dup(1), dup(2) }, argc = 1, fd, rv;
	ssize_t len;

	snprintf(text, sizeof(text), "%s", words);
	for (char *at = text; argc < WORDS_MAX - 1 && *at != '\0';) {
		argv[argc++] = at;
		at += strcspn(at, " ");
		if (*at == ' ')
			*at++ = '\0';
	}
	fflush(NULL);
	fd = open("out", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	dup2(fd, 1);
	dup2(fd, 2);
	close(fd);
	fd = open("in", O_RDONLY | O_CLOEXEC);
	dup2(fd, 0);
	close(fd);
	rv = log_store("tree", argc, argv);
	fflush(NULL);
	for (int i = 0; i < 3; i++) {
		dup2(keep[i], i);
		close(keep[i]);
	}
	fd = open("out", O_RDONLY | O_CLOEXEC);
	len = read(fd, out, sizeof(out) - 1);
	close(fd);
	assert_true(len >= 0);
	out[len] = '\0';
	return rv;
}

static void
stores_what_comes_in(void **state)
{
	(void)state;
	assert_int_equal(store("store"), 0);
	assert_string_equal(
	    out, "countersignctl: 5 stored, 0 repeated, 0 not taken\n");
	assert_int_equal(access("store/2026-11-21/signer1.json", R_OK), 0);
	assert_int_equal(store("--host signer1 store"), 0);
	assert_string_equal(
	    out, "countersignctl: 0 stored, 5 repeated, 0 not taken\n");
}

static void
takes_only_the_named_host(void **state)
{
	(void)state;
	assert_int_equal(store("--host signer2 store"), 1);
	assert_non_null(strstr(out,
	    "countersignctl: a record of the host signer1, which is not "
	    "wanted\n"));
	if (strstr(out, "0 stored, 0 repeated, 5 not taken") == NULL)
		fail_msg("%s", out);
}

/* Or a hostile sender would fill the log of the collector. */
static void
says_so_much_and_no_more(void **state)
{
	FILE *file = fopen("in", "we");
	size_t lines = 0;

	(void)state;
	assert_non_null(file);
	for (unsigned i = 0; i < 10000; i++)
		fputs("nonsense\n", file);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(store("store"), 1);
	for (const char *at = out; *at != '\0'; at++)
		lines += *at == '\n';
	assert_true(lines < 100);
	assert_non_null(strstr(out, "10000 not taken"));
}

static void
a_folder_that_is_not_there_is_made(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(store("new"), 0);
	assert_int_equal(stat("new", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0750);
	/* Not a whole path: that would be a mistake in the name. */
	assert_int_equal(store("nowhere/new"), EX_CANTCREAT);
	assert_string_equal(
	    out, "countersignctl: nowhere/new: No such file or directory\n");
}

static void
says_it_to_a_file(void **state)
{
	char text[256] = "";
	FILE *file;

	(void)state;
	assert_int_equal(store("--log said store"), 0);
	assert_string_equal(out, "");
	assert_int_equal(store("--log said nowhere/x"), EX_CANTCREAT);
	file = fopen("said", "re");
	assert_non_null(file);
	assert_true(fread(text, 1, sizeof(text) - 1, file) > 0);
	fclose(file);
	assert_non_null(strstr(
	    text, "Z countersignctl: 5 stored, 0 repeated, 0 not taken\n20"));
	assert_non_null(strstr(
	    text, "Z countersignctl: nowhere/x: No such file or directory\n"));
}

static void
usage(void **state)
{
	static const char *const bad[] = { "", "store more", "--what store",
		"--host", "--ask sign@signer1 store",
		"--host a --host b --ask sign@a store",
		"--host a --ask -oProxyCommand=x store",
		"--ask-interval 0 store", "--ask-interval x store",
		"--give-up-after -1 store" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (store(bad[i]) != EX_USAGE)
			fail_msg("'%s': %s", bad[i], out);
		assert_memory_equal(out, "countersignctl: log store: ", 27);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(stores_what_comes_in),
		TEST(takes_only_the_named_host),
		TEST(says_so_much_and_no_more),
		TEST(a_folder_that_is_not_there_is_made),
		TEST(says_it_to_a_file),
		TEST(usage),
	};

	return cmocka_run_group_tests_name("log_store", tests, NULL, NULL);
}
