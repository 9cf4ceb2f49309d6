/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/ctl/log_read.c */
#include "ctl/logs.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include <cmocka.h>

#include "support_logs.h"

#define OUT logs_out[0]
#define ERR logs_out[1]

static size_t
lines(const char *text)
{
	size_t count = 0;

	for (; *text != '\0'; text++)
		count += *text == '\n';
	return count;
}

static void
shows_every_record_in_a_line(void **state)
{
	(void)state;
	logs_put("a", "basfdc");
	assert_int_equal(LOGS_RUN(log_show, "a"), 0);
	assert_string_equal(OUT,
	    "2026-11-21T03:37:23Z  START       -              -        -"
	    "        -         -             text\n"
	    "2026-11-21T03:47:23Z  AUTH        ok             build01  -"
	    "        10.2.0.7  -             text\n"
	    "2026-11-21T03:57:23Z  SIGN        ok             build01  "
	    "release  10.2.0.7  8f434346648f  fw.bin\n"
	    "2026-11-21T04:07:23Z  SIGN        token-timeout  build01  "
	    "nightly  10.2.0.7  8f434346648f  fw.bin\n"
	    "2026-11-21T04:17:23Z  DENY        name           build01  "
	    "nightly  10.2.0.7  8f434346648f  fw.bin\n"
	    "2026-11-21T04:27:23Z  CHECKPOINT  -              -        -"
	    "        -         -             text\n");
	assert_string_equal(ERR, "6 of 6 records shown\n");
}

static void
filters_by_what_is_asked(void **state)
{
	(void)state;
	logs_put("a", "basfdc");
	assert_int_equal(LOGS_RUN(log_show, "--event", "sign", "a"), 0);
	assert_int_equal(lines(OUT), 2);
	assert_string_equal(ERR, "2 of 6 records shown\n");
	assert_int_equal(
	    LOGS_RUN(log_show, "--key", "nightly", "--key=release", "a"), 0);
	assert_int_equal(lines(OUT), 3);
	assert_int_equal(LOGS_RUN(log_show, "a", "--seq", "2-3"), 0);
	assert_int_equal(lines(OUT), 2);
	assert_int_equal(LOGS_RUN(log_show, "--reason", "name", "a"), 0);
	assert_non_null(strstr(OUT, "DENY"));
}

/* As the man page says it. */
static void
a_stolen_client_key_is_one_command(void **state)
{
	(void)state;
	logs_put("a", "battsatst");
	assert_int_equal(
	    LOGS_RUN(log_show, "--fp", LOGS_STOLEN, "--since",
		"2026-11-21 04:00", "--event=SIGN", "--outcome=ok", "a"),
	    0);
	assert_string_equal(OUT,
	    "2026-11-21T04:07:23Z  SIGN  ok  build01  release  192.0.2.66  "
	    "8f434346648f  evil.bin\n"
	    "2026-11-21T04:37:23Z  SIGN  ok  build01  release  192.0.2.66  "
	    "8f434346648f  evil.bin\n"
	    "2026-11-21T04:57:23Z  SIGN  ok  build01  release  192.0.2.66  "
	    "8f434346648f  evil.bin\n");
	assert_string_equal(ERR, "3 of 9 records shown\n");
}

static void
nothing_found_is_1(void **state)
{
	(void)state;
	logs_put("a", "bas");
	assert_int_equal(LOGS_RUN(log_show, "--key", "other", "a"), 1);
	assert_string_equal(OUT, "");
	assert_string_equal(ERR, "0 of 3 records shown\n");
	assert_int_equal(LOGS_RUN(log_show, "--json", "--seq", "9", "a"), 1);
	assert_string_equal(ERR, "");
}

static void
raw_is_what_was_written(void **state)
{
	char text[8192];
	ssize_t len;
	int fd;

	(void)state;
	logs_put("a", "basfdc");
	assert_int_equal(LOGS_RUN(log_show, "--raw", "a"), 0);
	assert_string_equal(ERR, "");
	fd = open("a", O_RDONLY | O_CLOEXEC);
	len = read(fd, text, sizeof(text) - 1);
	close(fd);
	assert_true(len > 0);
	text[len] = '\0';
	assert_string_equal(OUT, text);
}

static void
json_can_be_shown_again(void **state)
{
	static char first[1 << 16];
	FILE *file;

	(void)state;
	logs_put("a", "basfdc");
	assert_int_equal(LOGS_RUN(log_show, "--json", "a"), 0);
	assert_int_equal(lines(OUT), 6);
	assert_string_equal(ERR, "");
	memcpy(first, OUT, sizeof(first));
	file = fopen("j", "we");
	fputs(first, file);
	fclose(file);
	assert_int_equal(LOGS_RUN(log_show, "--json", "j"), 0);
	assert_string_equal(OUT, first);
}

static void
long_shows_every_field(void **state)
{
	(void)state;
	logs_put("a", "ba");
	assert_int_equal(LOGS_RUN(log_show, "--long", "--last=1", "a"), 0);
	assert_non_null(strstr(OUT,
	    "2026-11-21T03:47:23.123456Z  AUTH  signer1[812]\n"
	    "    seq        2\n"
	    "    profile    ci\n"
	    "    principal  build01\n"
	    "    fp         " LOGS_PRINT "\n"));
	assert_string_equal(ERR, "1 of 2 records shown\n");
}

static void
the_last_ones_of_those_that_match(void **state)
{
	(void)state;
	logs_put("a", "bsasasad");
	assert_int_equal(
	    LOGS_RUN(log_show, "--last", "2", "--event", "SIGN", "a"), 0);
	assert_int_equal(lines(OUT), 2);
	assert_memory_equal(OUT, "2026-11-21T04:07", 16);
	assert_int_equal(LOGS_RUN(log_show, "--last", "100", "a"), 0);
	assert_int_equal(lines(OUT), 8);
	assert_int_equal(LOGS_RUN(log_show, "--last=1", "--raw", "a"), 0);
	assert_int_equal(lines(OUT), 1);
}

static void
files_come_in_the_order_of_their_records(void **state)
{
	(void)state;
	logs_put("z", "ba");
	logs_put("y", "sd");
	assert_int_equal(LOGS_RUN(log_show, "y", "z"), 0);
	assert_int_equal(lines(OUT), 4);
	assert_memory_equal(OUT, "2026-11-21T03:37", 16);
}

static void
bad_lines_are_named_and_passed_over(void **state)
{
	(void)state;
	logs_put("a", "ba!\ns\n!");
	assert_int_equal(LOGS_RUN(log_show, "--raw", "a"), 1);
	assert_int_equal(lines(OUT), 3);
	assert_non_null(strstr(ERR, "a:3: not a record: "));
	assert_non_null(strstr(ERR, "a:5: "));
	assert_non_null(strstr(ERR, "a:6: the last line has no end\n"));
	assert_int_equal(lines(ERR), 3);
	/* They are lines of no interest to who asks for something else. */
	assert_int_equal(LOGS_RUN(log_show, "--raw", "--seq=2", "a"), 1);
	assert_int_equal(lines(OUT), 1);
}

static void
bad_lines_do_not_reach_the_terminal(void **state)
{
	FILE *file = fopen("a", "we");

	(void)state;
	fputs("{\"a\": \x1b[2J\xc2\x9b"
	      "31m}\n{\x1b]0;\a\n\x1b[31m\n",
	    file);
	fclose(file);
	assert_int_equal(LOGS_RUN(log_show, "a"), 1);
	assert_int_equal(lines(ERR), 4);
	for (const char *at = ERR; *at != '\0'; at++)
		assert_true(*at == '\n' || (*at >= ' ' && *at < 0x7f));
}

static void
a_wrong_file_does_not_fill_the_terminal(void **state)
{
	FILE *file = fopen("a", "we");

	(void)state;
	for (int i = 0; i < 250; i++)
		fputs("Nov 21 03:37:23 host sshd[1]: x\n", file);
	fclose(file);
	assert_int_equal(LOGS_RUN(log_show, "a"), 1);
	assert_int_equal(lines(ERR), 102);
	assert_non_null(
	    strstr(ERR, "countersignctl: 150 more lines are no records\n"));
}

static void
standard_input_is_read_too(void **state)
{
	int keep = dup(0), fd;

	(void)state;
	logs_put("a", "ba");
	fd = open("a", O_RDONLY | O_CLOEXEC);
	dup2(fd, 0);
	close(fd);
	assert_int_equal(LOGS_RUN(log_show, "-"), 0);
	assert_int_equal(lines(OUT), 2);
	dup2(keep, 0);
	close(keep);
}

static void
without_a_file_it_is_the_log_of_the_tree(void **state)
{
	char path[512], cwd[256];
	FILE *file;

	(void)state;
	assert_int_equal(LOGS_RUN(log_show, "--raw"), EX_DATAERR);
	assert_non_null(getcwd(cwd, sizeof(cwd)));
	assert_int_equal(mkdir("tree", 0755), 0);
	assert_int_equal(mkdir("tree/tokens.d", 0755), 0);
	snprintf(path, sizeof(path), "%s/log", cwd);
	file = fopen("tree/countersign.conf", "we");
	fprintf(
	    file, "[server]\nlisten = 127.0.0.1:0\n[audit]\nfile = %s\n", path);
	fclose(file);
	file = fopen("tree/tokens.d/soft.conf", "we");
	fputs("[token soft]\nmodule = /usr/lib/softhsm/libsofthsm2.so\n"
	      "token = prod\npin-file = pin\n",
	    file);
	fclose(file);
	logs_put("log.000000000001", "bas");
	logs_put("log.000000000004", "d");
	assert_int_equal(LOGS_RUN(log_show, "--raw"), 0);
	assert_int_equal(lines(OUT), 4);
}

/* As with head(1): what is written after it left goes nowhere, quietly. */
static void
a_reader_who_leaves_is_no_error(void **state)
{
	static const char *const words[] = { "show", "--json", "a", NULL };
	int keep = dup(1), err = dup(2), end[2], fd, rv;
	char *argv[4], space[3][16];
	struct stat st;

	(void)state;
	logs_put("a", "bas");
	for (int i = 0; i < 3; i++) {
		snprintf(space[i], sizeof(space[0]), "%s", words[i]);
		argv[i] = space[i];
	}
	argv[3] = NULL;
	assert_int_equal(pipe2(end, O_CLOEXEC), 0);
	close(end[0]);
	fflush(NULL);
	dup2(end[1], 1);
	close(end[1]);
	fd = open("err", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	dup2(fd, 2);
	rv = log_show("tree", 3, argv);
	dup2(keep, 1);
	dup2(err, 2);
	close(keep);
	close(err);
	assert_int_equal(rv, 0);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_size, 0);
	close(fd);
}

static void
a_full_disk_is_an_error(void **state)
{
	char word[] = "show", raw[] = "--raw", file[] = "a";
	char *argv[] = { word, raw, file, NULL };
	int keep = dup(1), fd, rv;

	(void)state;
	logs_put("a", "bas");
	if ((fd = open("/dev/full", O_WRONLY | O_CLOEXEC)) == -1)
		skip();
	fflush(NULL);
	dup2(fd, 1);
	close(fd);
	rv = log_show("tree", 3, argv);
	dup2(keep, 1);
	close(keep);
	assert_int_equal(rv, EX_IOERR);
}

static void
refuses_what_it_does_not_understand(void **state)
{
	(void)state;
	logs_put("a", "bas");
	assert_int_equal(LOGS_RUN(log_show, "--fast", "a"), EX_USAGE);
	assert_string_equal(
	    ERR, "countersignctl: log show: unknown option '--fast'\n");
	assert_int_equal(LOGS_RUN(log_show, "--event", "SING", "a"), EX_USAGE);
	assert_string_equal(
	    ERR, "countersignctl: log show: --event: \"SING\" is no event\n");
	assert_int_equal(LOGS_RUN(log_show, "--key"), EX_USAGE);
	assert_string_equal(
	    ERR, "countersignctl: log show: a value must follow '--key'\n");
	assert_int_equal(LOGS_RUN(log_show, "--last", "0", "a"), EX_USAGE);
	assert_int_equal(LOGS_RUN(log_show, "--last", "x", "a"), EX_USAGE);
	assert_int_equal(LOGS_RUN(log_show, "--json", "--raw", "a"), EX_USAGE);
	assert_string_equal(OUT, "");
	assert_int_equal(LOGS_RUN(log_show, "missing"), EX_DATAERR);
	assert_string_equal(
	    ERR, "countersignctl: missing: No such file or directory\n");
}

/* What can be asked for is what the filter knows. */
static void
every_question_is_an_option(void **state)
{
	static const char *const good[][2] = { { "--event", "SIGN" },
		{ "--outcome", "ok" }, { "--reason", "name" },
		{ "--key", "release" }, { "--keyfp", LOGS_PRINT },
		{ "--profile", "ci" }, { "--principal", "build01" },
		{ "--fp", LOGS_PRINT }, { "--source", "10.0.0.0/8" },
		{ "--digest", LOGS_DIGEST }, { "--name", "*" }, { "--id", "x" },
		{ "--seq", "1" }, { "--since", "today" },
		{ "--until", "-2h" } };

	(void)state;
	logs_put("a", "bas");
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(
		    LOGS_RUN(log_show, good[i][0], good[i][1], "a") <= 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, logs_set_up, logs_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(shows_every_record_in_a_line),
		TEST(filters_by_what_is_asked),
		TEST(a_stolen_client_key_is_one_command),
		TEST(nothing_found_is_1),
		TEST(raw_is_what_was_written),
		TEST(json_can_be_shown_again),
		TEST(long_shows_every_field),
		TEST(the_last_ones_of_those_that_match),
		TEST(files_come_in_the_order_of_their_records),
		TEST(bad_lines_are_named_and_passed_over),
		TEST(bad_lines_do_not_reach_the_terminal),
		TEST(a_wrong_file_does_not_fill_the_terminal),
		TEST(standard_input_is_read_too),
		TEST(without_a_file_it_is_the_log_of_the_tree),
		TEST(a_reader_who_leaves_is_no_error),
		TEST(a_full_disk_is_an_error),
		TEST(refuses_what_it_does_not_understand),
		TEST(every_question_is_an_option),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
