/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "support_ends.h"
#include "support_samples.h"

#define OLD 3000 /* records of before the start */
#define WINDOW (256u << 10)

static struct ends e;
static struct samples log_;
static int worker[2] = { -1, -1 }, session = -1;
static struct buf got;
static size_t untaken;
static char text[MESSAGE_SIZE];

static void
put_profile(const char *words)
{
	char profile[256];

	snprintf(profile, sizeof(profile),
	    "[profile ci]\nkeys = release\nformats = raw\n%s", words);
	ends_put(&e, "profiles.d/p.conf", profile);
}

static void
make_log(void)
{
	char dir[80], file[96];
	uint64_t first;

	snprintf(dir, sizeof(dir), "%s/log", e.dir);
	snprintf(file, sizeof(file), "%s/audit.log", dir);
	samples_make_in(&log_, dir);
	first = samples_add(&log_, OLD);
	assert_int_equal(link(samples_path(&log_, first, false), file), 0);
}

static int
set_up(void **state)
{
	(void)state;
	ends_make(&e);
	make_log();
	put_profile("log = all\n");
	ends_start(&e);
	for (int i = 0; i < 2; i++)
		ends_ready_worker(&e, &worker[i]);
	ends_recv(&e, e.listener, WIRE_BROKER_READY);
	session = ends_login(&e);
	buf_init(&got, (size_t)64 << 20);
	untaken = 0;
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	ends_drop(&e);
	samples_drop(&log_);
	buf_release(&got);
	close(worker[0]);
	close(worker[1]);
	close(session);
	return 0;
}

/* The text at hand. */
static void
take_text(uint32_t channel)
{
	struct text_reply reply;

	assert_true(text_reply_get(&e.r, &reply));
	assert_int_equal(reply.channel, channel);
	assert_false(reply.to_stderr);
	assert_true(reply.len > 0);
	assert_int_equal(reply.bytes[reply.len - 1], '\n');
	buf_add(&got, reply.bytes, reply.len);
	untaken += reply.len;
}

static void
say_taken(uint32_t channel, size_t len)
{
	struct text_taken taken = { channel, (uint32_t)len };
	struct writer w = ends_writer(&e);

	text_taken_put(&w, &taken);
	ends_send(session, &w);
}

/* Up to DONE, whose exit it is. */
static int
read_all(uint32_t channel)
{
	struct done_reply done;

	while (ends_next(&e, session) == WIRE_TEXT) {
		take_text(channel);
		say_taken(channel, untaken);
		untaken = 0;
	}
	assert_true(done_reply_get(&e.r, &done));
	assert_int_equal(done.channel, channel);
	text_copy(text, sizeof(text), done.text);
	return done.exit;
}

/* As much as comes without a word from here. */
static void
read_window(uint32_t channel)
{
	while (untaken + (32u << 10) <= WINDOW) {
		ends_recv(&e, session, WIRE_TEXT);
		take_text(channel);
	}
	assert_true(ends_is_quiet(session, 50));
	assert_in_range(untaken, 1, WINDOW);
}

/* What came is the file's from there, and whole lines. */
static void
assert_file_from(uint64_t seq)
{
	char *records = ends_records(&e), *at = records;

	while (--seq > 0)
		at = strchr(at, '\n') + 1;
	assert_true(strlen(at) >= buf_len(&got));
	assert_memory_equal(at, buf_at(&got), buf_len(&got));
	assert_int_equal(buf_at(&got)[buf_len(&got) - 1], '\n');
	free(records);
}

static size_t
count_got(void)
{
	size_t count = 0;

	for (size_t i = 0; i < buf_len(&got); i++)
		count += buf_at(&got)[i] == '\n';
	return count;
}

static void
all_of_the_log(void **state)
{
	(void)state;
	ends_open(&e, session, 1, "log since 1");
	assert_int_equal(read_all(1), 0);
	assert_string_equal(text, "");
	assert_file_from(1);
	/* With the login that it came by. */
	assert_true(count_got() > OLD);
	assert_non_null(strstr(buf_at(&got), "build01 logged in"));
	buf_consume(&got, buf_len(&got));
	ends_open(&e, session, 2, "log since 2999");
	assert_int_equal(read_all(2), 0);
	assert_file_from(2999);
}

static uint64_t
last_seq(void)
{
	char *records = ends_records(&e), *at = records;
	uint64_t seq = 0;

	for (; (at = strchr(at, '\n')) != NULL; at++)
		seq++;
	free(records);
	return seq;
}

static int
ask_from(uint32_t channel, uint64_t seq)
{
	char command[64];

	snprintf(command, sizeof(command), "log since %ju", (uintmax_t)seq);
	ends_open(&e, session, channel, command);
	return read_all(channel);
}

static void
from_the_end_and_beyond(void **state)
{
	uint64_t last;

	(void)state;
	assert_int_equal(ask_from(1, 1), 0);
	buf_consume(&got, buf_len(&got));
	last = last_seq();
	assert_int_equal(ask_from(2, last), 0);
	assert_int_equal(count_got(), 1);
	assert_file_from(last);
	buf_consume(&got, buf_len(&got));
	assert_int_equal(ask_from(3, last + 1), 0);
	assert_int_equal(ask_from(4, last + 2), 65);
	assert_non_null(strstr(text, "the last record is "));
	assert_int_equal(ask_from(5, UINT64_MAX / 4), 65);
	assert_int_equal(buf_len(&got), 0);
}

static void
records_that_are_gone(void **state)
{
	(void)state;
	assert_int_equal(unlink(samples_path(&log_, 1, false)), 0);
	log_.chain.seq = 100;
	samples_add(&log_, 1);
	assert_int_equal(ask_from(1, 7), 65);
	assert_string_equal(
	    text, "the oldest record that is still here is 101");
	assert_int_equal(ask_from(2, 102), 69);
	assert_string_equal(
	    text, "the log cannot be read: the record 102 is missing");
	assert_int_equal(buf_len(&got), 0);
}

static void
only_where_the_profile_says_so(void **state)
{
	struct writer w = ends_writer(&e);

	(void)state;
	put_profile("log = own\n");
	bare_put(&w, WIRE_RELOAD);
	ends_send(e.listener, &w);
	ends_await_record(&e, "RELOAD", "outcome=\"ok\"");
	ends_open(&e, session, 1, "log since 1");
	assert_int_equal(read_all(1), 77);
	assert_string_equal(
	    text, "the profile ci has log = own; log since needs log = all");
	assert_int_equal(buf_len(&got), 0);
	ends_await_record(&e, "DENY", "verb=\"log\"");
	ends_await_record(&e, "DENY", "reason=\"verb\"");
	ends_await_record(&e, "DENY", "rule=\"profiles.d/p.conf:1\"");
}

static void
a_slow_reader_gets_no_more_than_it_takes(void **state)
{
	(void)state;
	ends_open(&e, session, 1, "log since 1");
	read_window(1);
	say_taken(1, 40000);
	untaken -= 40000;
	read_window(1);
	/* Others of the same connection go on. */
	ends_open(&e, session, 2, "whoami");
	ends_recv(&e, session, WIRE_TEXT);
	ends_recv(&e, session, WIRE_DONE);
	say_taken(1, untaken);
	untaken = 0;
	assert_int_equal(read_all(1), 0);
	assert_file_from(1);
	assert_true(count_got() > OLD);
}

static void
who_takes_more_than_came_is_dropped(void **state)
{
	(void)state;
	ends_open(&e, session, 1, "log since 1");
	read_window(1);
	/* A channel that is over, or was none of these, does not matter. */
	say_taken(1, 0);
	ends_open(&e, session, 2, "whoami");
	ends_recv(&e, session, WIRE_TEXT);
	ends_recv(&e, session, WIRE_DONE);
	say_taken(2, 1000000);
	say_taken(1, untaken + 1);
	assert_true(ends_is_closed(&e, session));
}

static void
lines_and_an_end_mean_nothing(void **state)
{
	(void)state;
	ends_open(&e, session, 1, "log since 1");
	read_window(1);
	ends_lines(&e, session, 1, 1, 100, "ok");
	ends_channel(&e, session, WIRE_END, 1);
	say_taken(1, untaken);
	untaken = 0;
	assert_int_equal(read_all(1), 0);
	assert_file_from(1);
}

static void
two_of_a_client_key_at_once(void **state)
{
	int others[2];

	(void)state;
	for (int i = 0; i < 2; i++)
		others[i] = ends_login(&e);
	ends_open(&e, session, 1, "log since 1");
	read_window(1);
	ends_open(&e, others[0], 1, "log since 1");
	ends_recv(&e, others[0], WIRE_TEXT);
	ends_open(&e, session, 2, "log since 1");
	assert_int_equal(ends_done(&e, session, text), 75);
	ends_open(&e, others[1], 1, "log since 1");
	assert_int_equal(ends_done(&e, others[1], text), 75);
	assert_string_equal(text, "too many read the log at once; try again");
	/* One that is given up leaves its place, and so does one that goes. */
	ends_channel(&e, session, WIRE_CANCEL, 1);
	close(others[0]);
	for (uint32_t i = 2, held = 0; held < 2; i++) {
		ends_open(&e, others[1], i, "log since 1");
		if (ends_next(&e, others[1]) == WIRE_DONE)
			continue;
		/* It waits for us to read on, and the next comes beside it. */
		for (int more = 0; more < 7; more++)
			ends_recv(&e, others[1], WIRE_TEXT);
		assert_true(ends_is_quiet(others[1], 20));
		held++;
	}
	close(others[1]);
}

static void
a_reload_that_takes_it_away_ends_it(void **state)
{
	struct writer w = ends_writer(&e);

	(void)state;
	ends_open(&e, session, 1, "log since 1");
	read_window(1);
	bare_put(&w, WIRE_RELOAD);
	ends_send(e.listener, &w);
	ends_await_record(&e, "RELOAD", "outcome=\"ok\"");
	assert_true(ends_is_quiet(session, 20));
	put_profile("log = own\n");
	ends_send(e.listener, &w);
	ends_recv(&e, session, WIRE_DONE);
	ends_await_record(&e, "DENY", "verb=\"log\"");
	say_taken(1, untaken);
	/* And one that takes the verb away. */
	ends_open(&e, session, 2, "log since 1");
	assert_int_equal(read_all(2), 77);
}

static void
a_drain_lets_it_finish(void **state)
{
	struct writer w = ends_writer(&e);

	(void)state;
	ends_open(&e, session, 1, "log since 1");
	read_window(1);
	bare_put(&w, WIRE_DRAIN);
	ends_send(e.listener, &w);
	say_taken(1, untaken);
	untaken = 0;
	assert_int_equal(read_all(1), 0);
	assert_file_from(1);
	ends_recv(&e, session, WIRE_LOGOUT);
	close(session);
	session = -1;
	ends_recv(&e, e.listener, WIRE_DRAINED);
	assert_int_equal(ends_wait(&e), 0);
}

static void
a_drain_does_not_wait_for_ever(void **state)
{
	struct writer w = ends_writer(&e);

	(void)state;
	ends_open(&e, session, 1, "log since 1");
	read_window(1);
	bare_put(&w, WIRE_DRAIN);
	ends_send(e.listener, &w);
	ends_recv(&e, session, WIRE_LOGOUT);
	close(session);
	session = -1;
	ends_recv(&e, e.listener, WIRE_DRAINED);
	assert_int_equal(ends_wait(&e), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(all_of_the_log),
		TEST(from_the_end_and_beyond),
		TEST(records_that_are_gone),
		TEST(only_where_the_profile_says_so),
		TEST(a_slow_reader_gets_no_more_than_it_takes),
		TEST(who_takes_more_than_came_is_dropped),
		TEST(lines_and_an_end_mean_nothing),
		TEST(two_of_a_client_key_at_once),
		TEST(a_reload_that_takes_it_away_ends_it),
		TEST(a_drain_lets_it_finish),
		TEST(a_drain_does_not_wait_for_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
