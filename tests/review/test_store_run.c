/* SPDX-License-Identifier: Apache-2.0 */
/*
 * covers: src/review/store_feed.c src/review/store_ask.c
 *
 * The signer is a script that is called ssh.
 */
#include "review/store_run.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "audit/verify.h"
#include "base/clock.h"
#include "review/input.h"

#define RECORDS 30

static char dir[] = "/tmp/storerun.XXXXXX";
static char record[RECORDS + 1][RECORD_MAX + 1]; /* with LF */
static char told[4096];
static char *only[] = { (char[]){ "signer1" } };
static char path[1024];

static void
keep_told(void *arg, const char *text)
{
	size_t len = strlen(told);

	(void)arg;
	snprintf(told + len, sizeof(told) - len, "%s\n", text);
}

static void
write_file(const char *name, const char *text)
{
	FILE *file = fopen(name, "we");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void
write_records(const char *name, unsigned from, unsigned to)
{
	FILE *file = fopen(name, "we");

	assert_non_null(file);
	for (unsigned i = from; i <= to; i++)
		assert_true(fputs(record[i], file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/* It leaves its words in "asked"; what it says is up to the rest. */
static void
ssh_says(const char *script)
{
	char text[512];

	snprintf(text, sizeof(text),
	    "#!/bin/sh\nprintf '%%s|' \"$@\" >>asked\necho >>asked\n%s\n",
	    script);
	write_file("bin/ssh", text);
	assert_int_equal(chmod("bin/ssh", 0755), 0);
}

static int
set_up(void **state)
{
	struct record_origin origin = { "signer1", 812 };
	struct chain chain;
	struct record r;

	(void)state;
	memcpy(strrchr(dir, '.') + 1, "XXXXXX", 6);
	if (mkdtemp(dir) == NULL || chdir(dir) == -1 ||
	    mkdir("bin", 0755) == -1 || mkdir("store", 0755) == -1)
		return -1;
	snprintf(path, sizeof(path), "%s/bin:%s", dir, getenv("PATH"));
	setenv("PATH", path, 1);
	chain_init(&chain);
	for (unsigned i = 1; i <= RECORDS; i++) {
		record_begin(&r, EVENT_SIGN, &origin, &chain,
		    UINT64_C(1795232243123456));
		if (record_finish(&r, &chain, "signed") == -1)
			return -1;
		memcpy(record[i], r.line, r.len);
		record[i][r.len] = '\0';
	}
	told[0] = '\0';
	write_records("all", 1, RECORDS);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	setenv("PATH", path + strcspn(path, ":") + 1, 1);
	return chdir("/") == 0 && system("rm -rf /tmp/storerun.??????") == 0 ?
	    0 :
	    -1;
}

struct running {
	pid_t feeder;
	int fd, write_end;
};

/* What is stored comes out of this pipe, as from a syslog daemon. */
static void
pipe_open(struct running *r)
{
	int ends[2];

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	r->fd = ends[0];
	r->write_end = ends[1];
}

static void
say(const struct running *r, unsigned from, unsigned to)
{
	for (unsigned i = from; i <= to; i++)
		assert_int_equal(
		    write(r->write_end, record[i], strlen(record[i])),
		    strlen(record[i]));
}

/* Closes the pipe as soon as the store holds that record, or after 20 s. */
static void
end_when_stored(struct running *r, unsigned seq)
{
	char name[] = "store/2026-11-21/signer1.json", want[64];

	snprintf(want, sizeof(want), "\"event.sequence\":%u,", seq);
	r->feeder = fork();
	assert_int_not_equal(r->feeder, -1);
	if (r->feeder != 0) {
		close(r->write_end);
		return;
	}
	for (unsigned i = 0; i < 1000; i++) {
		static char text[1 << 20];
		int fd = open(name, O_RDONLY | O_CLOEXEC);
		ssize_t len = fd != -1 ? read(fd, text, sizeof(text) - 1) : 0;

		if (fd != -1)
			close(fd);
		text[len > 0 ? len : 0] = '\0';
		if (strstr(text, want) != NULL)
			_exit(0);
		usleep(20000);
	}
	_exit(1);
}

static int
run_it(struct running *r, const struct ask_how *how)
{
	const struct store_options o = { .hosts = only,
		.host_count = 1,
		.can_ask = how->destination != NULL,
		.tell = keep_told };
	struct text_error err;
	struct store *s = store_new("store", &o, &err);
	int rv, status = 0;

	assert_non_null(s);
	rv = store_run(s, r->fd, how, keep_told, NULL);
	store_free(s);
	close(r->fd);
	if (r->feeder > 0)
		assert_int_equal(waitpid(r->feeder, &status, 0), r->feeder);
	assert_int_equal(status, 0);
	return rv;
}

static void
assert_stored(unsigned to)
{
	char name[] = "store/2026-11-21/signer1.json", *names[] = { name };
	struct text_error err = { 0 };
	struct input_line line;
	struct input *in = input_open(NULL, 1, names, &err);

	assert_non_null(in);
	for (unsigned i = 1; i <= to; i++) {
		assert_int_equal(input_next(in, &line), INPUT_RECORD);
		assert_int_equal(line.len, strlen(record[i]) - 1);
		assert_memory_equal(line.record, record[i], line.len);
	}
	assert_int_equal(input_next(in, &line), INPUT_END);
	input_close(in);
}

static void
assert_asked(const char *text)
{
	char asked[4096];
	FILE *file = fopen("asked", "re");
	size_t len;

	assert_non_null(file);
	len = fread(asked, 1, sizeof(asked) - 1, file);
	asked[len] = '\0';
	assert_int_equal(fclose(file), 0);
	if (strstr(asked, text) == NULL)
		fail_msg("'%s' is not in '%s'", text, asked);
}

static const struct ask_how nobody = { .interval_s = 60 };
static char option_p[] = "-p", option_2222[] = "2222";
static char *ssh_options[] = { option_p, option_2222 };
static const struct ask_how somebody = { .destination = "sign@signer1",
	.options = ssh_options,
	.option_count = 2,
	.interval_s = 60 };

static const struct ask_how eager = { .destination = "sign@signer1",
	.interval_s = 1 };

static void
a_pipe_is_stored_to_its_end(void **state)
{
	struct running r = { 0 };

	(void)state;
	pipe_open(&r);
	say(&r, 1, 9);
	/* The last line needs no end, and one that is no record no mercy. */
	assert_int_equal(write(r.write_end, record[10], strlen(record[10]) - 1),
	    strlen(record[10]) - 1);
	close(r.write_end);
	assert_int_equal(run_it(&r, &nobody), 0);
	assert_stored(10);
	assert_string_equal(told, "");
}

static void
a_line_without_end_takes_no_memory(void **state)
{
	struct running r = { 0 };
	char *flood = calloc(1, 60000);

	(void)state;
	pipe_open(&r);
	memset(flood, 'a', 60000);
	assert_int_equal(write(r.write_end, flood, 60000), 60000);
	assert_int_equal(write(r.write_end, "\n", 1), 1);
	say(&r, 1, 2);
	close(r.write_end);
	assert_int_equal(run_it(&r, &nobody), 1);
	assert_stored(2);
	free(flood);
}

static void
what_is_missing_at_the_end_is_told(void **state)
{
	struct running r = { 0 };

	(void)state;
	pipe_open(&r);
	say(&r, 1, 3);
	say(&r, 5, 6);
	close(r.write_end);
	assert_int_equal(run_it(&r, &nobody), 1);
	assert_non_null(strstr(told, "seq 4 is missing"));
	assert_stored(3);
}

static void
a_gap_is_asked_for(void **state)
{
	struct running r = { 0 };

	(void)state;
	ssh_says("tail -n +4 all");
	pipe_open(&r);
	say(&r, 1, 3);
	say(&r, 10, RECORDS);
	end_when_stored(&r, RECORDS);
	assert_int_equal(run_it(&r, &somebody), 0);
	assert_asked("-oBatchMode=yes|-p|2222|-T|");
	assert_asked("|--|sign@signer1|log since 4|");
	assert_stored(RECORDS);
}

/* The end of a log that went missing is no gap: it is found all the same. */
static void
a_missing_end_is_asked_for(void **state)
{
	struct running r = { 0 };

	(void)state;
	ssh_says("tail -n +8 all");
	pipe_open(&r);
	say(&r, 1, 7);
	end_when_stored(&r, RECORDS);
	assert_int_equal(run_it(&r, &eager), 0);
	assert_asked("|log since 8|");
	assert_stored(RECORDS);
}

static void
a_signer_that_fails_is_asked_again(void **state)
{
	struct running r = { 0 };

	(void)state;
	ssh_says("test -e later || { touch later; exit 69; }\n"
		 "tail -n +2 all");
	pipe_open(&r);
	say(&r, 1, 1);
	end_when_stored(&r, RECORDS);
	assert_int_equal(run_it(&r, &eager), 0);
	assert_non_null(strstr(told, "it failed (exit 69)"));
	assert_stored(RECORDS);
}

/* It is ended with us. */
static void
a_signer_that_hangs_holds_nobody(void **state)
{
	struct running r = { 0 };
	uint64_t begun = clock_mono_us();

	(void)state;
	ssh_says("tail -n +2 all\nexec sleep 1000");
	pipe_open(&r);
	say(&r, 1, 1);
	end_when_stored(&r, RECORDS);
	assert_int_equal(run_it(&r, &eager), 0);
	assert_stored(RECORDS);
	assert_true(clock_mono_us() - begun < 20000000);
}

static void
when_to_ask(void **state)
{
	const uint64_t s = 1000000;
	struct ask a;

	(void)state;
	ask_init(&a, &nobody, 100 * s);
	assert_true(ask_when(&a, true, 0) == UINT64_MAX);
	ask_init(&a, &somebody, 100 * s);
	assert_true(ask_when(&a, false, 0) == 102 * s);
	ask_heard(&a, 101 * s);
	assert_true(ask_when(&a, false, 0) == 161 * s);
	assert_true(ask_when(&a, true, 110 * s) == 112 * s);
	/* Later and later, but no later than usual. */
	ask_judge(&a, false, 120 * s);
	assert_true(ask_when(&a, true, 110 * s) == 125 * s);
	ask_judge(&a, false, 130 * s);
	assert_true(ask_when(&a, true, 110 * s) == 140 * s);
	for (unsigned i = 0; i < 9; i++)
		ask_judge(&a, false, 200 * s);
	assert_true(ask_when(&a, true, 110 * s) == 260 * s);
	ask_judge(&a, true, 300 * s);
	assert_true(ask_when(&a, true, 310 * s) == 312 * s);
	ask_release(&a);
}

static void
sigterm_empties_the_pipe(void **state)
{
	struct running r = { 0 };
	uint64_t begun = clock_mono_us();
	pid_t self = getpid(), killer;

	(void)state;
	pipe_open(&r);
	say(&r, 1, 5);
	killer = fork();
	assert_int_not_equal(killer, -1);
	if (killer == 0) {
		/* The handler is there once something was stored. */
		while (access("store/2026-11-21/signer1.json", F_OK) == -1)
			usleep(10000);
		kill(self, SIGTERM);
		say(&r, 6, 9);
		_exit(0);
	}
	assert_int_equal(run_it(&r, &nobody), 0);
	assert_int_equal(waitpid(killer, NULL, 0), killer);
	close(r.write_end);
	assert_stored(9);
	assert_true(clock_mono_us() - begun < 10000000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(a_pipe_is_stored_to_its_end),
		TEST(a_line_without_end_takes_no_memory),
		TEST(what_is_missing_at_the_end_is_told),
		TEST(a_gap_is_asked_for),
		TEST(a_missing_end_is_asked_for),
		TEST(a_signer_that_fails_is_asked_again),
		TEST(a_signer_that_hangs_holds_nobody),
		TEST(when_to_ask),
		TEST(sigterm_empties_the_pipe),
	};

	return cmocka_run_group_tests_name("store_run", tests, NULL, NULL);
}
