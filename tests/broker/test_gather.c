/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/broker/gather.c src/broker/maker.c src/broker/slot_signed.c */
/*
 * One signature for all lines of a request, as a session and a worker see it.
 */
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "support_ends.h"

static struct ends e;
static int worker[2], session;
static struct accept_reply accept_reply;
static struct answer answer;
static char text[MESSAGE_SIZE];

static int
set_up(void **state)
{
	(void)state;
	ends_make(&e);
	ends_put(&e, "keys.d/k.conf",
	    "[key release]\ntoken = t\nobject = pkcs11:object=release\n"
	    "use = wrapped\nformats = manifest, sums-sshsig\n"
	    "namespaces = file\n"
	    "[key other]\ntoken = t\nobject = pkcs11:object=other\n"
	    "use = wrapped\nformats = manifest\n");
	ends_put(&e, "profiles.d/p.conf",
	    "[profile ci]\nkeys = release\nnamespaces = file\n"
	    "names = ok*\n");
	ends_start(&e);
	ends_ready_worker(&e, &worker[0]);
	ends_ready_worker(&e, &worker[1]);
	ends_recv(&e, e.listener, WIRE_BROKER_READY);
	session = ends_login(&e);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	ends_drop(&e);
	close(worker[0]);
	close(worker[1]);
	close(session);
	return 0;
}

/* How many records of an event have this in them. */
static size_t
count_records(const char *event, const char *what)
{
	char *records = ends_records(&e);
	const char *at = records;
	size_t count = 0;

	while ((at = ends_record(at, event, what)) != NULL) {
		count++;
		if ((at = strchr(at, '\n')) == NULL)
			break;
	}
	free(records);
	return count;
}

static void
ask(const char *command, unsigned lines)
{
	ends_open(&e, session, 1, command);
	ends_accept(&e, session, 1, &accept_reply);
	ends_lines(&e, session, 1, 1, lines, "ok");
}

static void
gets_answers(unsigned count)
{
	struct answers_head head;

	while (count > 0) {
		ends_recv(&e, session, WIRE_ANSWERS);
		assert_true(answers_head_get(&e.r, &head));
		assert_true(head.count <= count);
		count -= head.count;
		for (unsigned i = 0; i < head.count; i++) {
			assert_true(answer_get(&e.r, &answer));
			assert_int_equal(answer.reason, REASON_OK);
		}
	}
}

static void
many_lines_are_one_job_and_have_an_answer_and_a_record_each(void **state)
{
	struct jobs jobs;
	int who;

	(void)state;
	ask("sign -f manifest", 300);
	assert_false(accept_reply.whole);
	assert_true(accept_reply.atomic);
	assert_true(ends_is_quiet(worker[0], 50));
	ends_channel(&e, session, WIRE_END, 1);
	who = ends_any_jobs(&e, worker, &jobs);
	assert_int_equal(jobs.count, 1);
	ends_result(&e, who, jobs.job[0], REASON_OK);
	gets_answers(300);
	assert_memory_equal(answer.bytes, "countersign-manifest v1\n", 24);
	assert_int_equal(ends_done(&e, session, text), 0);
	assert_int_equal(count_records("SIGN", "outcome=\"ok\""), 300);
	assert_true(ends_is_quiet(worker[0], 20));
	assert_true(ends_is_quiet(worker[1], 20));
}

static bool
has_answer(void)
{
	return channel_wait(session, 0) == 1;
}

/* Its records are many, and others wait for them; they are not sent away. */
static void
a_long_list_sends_nobody_else_away(void **state)
{
	int other = ends_login(&e), who;
	struct jobs jobs;
	char name[200];

	(void)state;
	memset(name, 'k', sizeof(name) - 1);
	name[0] = 'o';
	name[sizeof(name) - 1] = '\0';
	ends_open(&e, session, 1, "sign -f manifest");
	ends_accept(&e, session, 1, &accept_reply);
	for (unsigned i = 0; i < WIRE_ATOMIC_MAX / 100; i++) {
		struct pollfd room = { .fd = session, .events = POLLOUT };

		assert_int_equal(poll(&room, 1, 10000), 1);
		ends_lines(&e, session, 1, 1, 100, name);
	}
	ends_channel(&e, session, WIRE_END, 1);
	who = ends_any_jobs(&e, worker, &jobs);
	ends_result(&e, who, jobs.job[0], REASON_OK);
	for (uint32_t channel = 1; !has_answer(); channel++) {
		ends_open(&e, other, channel, "whoami");
		ends_recv(&e, other, WIRE_TEXT);
		assert_int_equal(ends_done(&e, other, text), 0);
	}
	close(other);
}

static void
a_list_is_one_text_and_a_record_for_each_line(void **state)
{
	struct text_reply reply;
	struct jobs jobs;
	int who;

	(void)state;
	ask("sign -f sums-sshsig", 3);
	assert_true(accept_reply.whole);
	ends_channel(&e, session, WIRE_END, 1);
	who = ends_any_jobs(&e, worker, &jobs);
	assert_int_equal(jobs.count, 1);
	ends_result(&e, who, jobs.job[0], REASON_OK);
	gets_answers(3);
	assert_int_equal(answer.len, 0);
	ends_recv(&e, session, WIRE_TEXT);
	assert_true(text_reply_get(&e.r, &reply));
	assert_memory_equal(reply.bytes, "-----BEGIN SSH SIGNATURE-----", 29);
	assert_int_equal(ends_done(&e, session, text), 0);
	assert_int_equal(count_records("SIGN", "outcome=\"ok\""), 3);
}

static void
one_line_that_is_refused_and_nothing_is_signed(void **state)
{
	(void)state;
	ask("sign -f manifest", 3);
	ends_lines(&e, session, 1, 9, 1, "bad.bin");
	ends_channel(&e, session, WIRE_END, 1);
	assert_int_equal(ends_done(&e, session, text), 77);
	assert_non_null(strstr(text, "nothing was signed"));
	assert_int_equal(ends_done_line(&e), 4);
	assert_true(ends_is_quiet(worker[0], 20));
	assert_true(ends_is_quiet(worker[1], 20));
	assert_int_equal(count_records("SIGN", ""), 0);
	assert_int_equal(count_records("DENY", "name=\"bad.bin\""), 1);
}

static void
a_line_without_a_name_is_refused(void **state)
{
	(void)state;
	ask("sign -f manifest", 1);
	ends_lines(&e, session, 1, 9, 1, "");
	ends_channel(&e, session, WIRE_END, 1);
	assert_int_equal(ends_done(&e, session, text), 77);
	assert_int_equal(count_records("SIGN", ""), 0);
}

static void
a_worker_that_fails_hands_all_to_another(void **state)
{
	struct jobs jobs;
	int who, other;

	(void)state;
	ask("sign -f manifest", 5);
	ends_channel(&e, session, WIRE_END, 1);
	who = ends_any_jobs(&e, worker, &jobs);
	close(who);
	other = who == worker[0] ? worker[1] : worker[0];
	if (who == worker[0])
		worker[0] = -1;
	else
		worker[1] = -1;
	ends_jobs(&e, other, &jobs);
	assert_int_equal(jobs.count, 1);
	ends_result(&e, other, jobs.job[0], REASON_OK);
	gets_answers(5);
	assert_int_equal(ends_done(&e, session, text), 0);
	assert_int_equal(count_records("SIGN", "outcome=\"ok\""), 5);
}

static void
nothing_becomes_of_any_line_when_the_token_fails_twice(void **state)
{
	struct jobs jobs;

	(void)state;
	ask("sign -f manifest", 5);
	ends_channel(&e, session, WIRE_END, 1);
	for (int i = 0; i < 2; i++) {
		int who = ends_any_jobs(&e, worker, &jobs);

		ends_result(&e, who, jobs.job[0], REASON_TOKEN_FAILED);
	}
	assert_int_equal(
	    ends_answer(&e, session, &answer), REASON_TOKEN_FAILED);
	assert_int_equal(ends_done(&e, session, text), 69);
	assert_int_equal(count_records("SIGN", "outcome=\"ok\""), 0);
	assert_int_equal(count_records("SIGN", "outcome=\"failed\""), 1);
	/* The session goes on. */
	ends_open(&e, session, 2, "whoami");
	ends_recv(&e, session, WIRE_TEXT);
}

static void
who_went_away_has_every_line_on_record(void **state)
{
	struct jobs jobs;
	int who;

	(void)state;
	ask("sign -f manifest", 40);
	ends_channel(&e, session, WIRE_END, 1);
	who = ends_any_jobs(&e, worker, &jobs);
	ends_channel(&e, session, WIRE_CANCEL, 1);
	ends_open(&e, session, 2, "whoami");
	ends_recv(&e, session, WIRE_TEXT);
	ends_result(&e, who, jobs.job[0], REASON_OK);
	ends_await_record(&e, "SIGN", "line=\"40\"");
	assert_int_equal(count_records("SIGN", "delivered=\"no\""), 40);
}

static void
a_connection_that_ends_has_every_line_on_record(void **state)
{
	struct jobs jobs;
	int who;

	(void)state;
	ask("sign -f sums-sshsig", 7);
	ends_channel(&e, session, WIRE_END, 1);
	who = ends_any_jobs(&e, worker, &jobs);
	close(session);
	session = -1;
	ends_result(&e, who, jobs.job[0], REASON_OK);
	ends_await_record(&e, "SIGN", "line=\"7\"");
	assert_int_equal(count_records("SIGN", "outcome=\"ok\""), 7);
}

static void
leaves_no_line_when_it_went_away_and_the_token_failed(void **state)
{
	struct jobs jobs;
	int who;

	(void)state;
	ask("sign -f manifest", 5);
	ends_channel(&e, session, WIRE_END, 1);
	who = ends_any_jobs(&e, worker, &jobs);
	ends_channel(&e, session, WIRE_CANCEL, 1);
	ends_open(&e, session, 2, "whoami");
	ends_recv(&e, session, WIRE_TEXT);
	assert_int_equal(ends_done(&e, session, text), 0);
	ends_result(&e, who, jobs.job[0], REASON_TOKEN_FAILED);
	ends_open(&e, session, 3, "sign -f manifest");
	ends_accept(&e, session, 3, &accept_reply);
	assert_int_equal(count_records("SIGN", ""), 0);
}

static void
fails(const char *command, const char *what)
{
	static uint32_t channel = 10;

	ends_open(&e, session, ++channel, command);
	assert_int_equal(ends_done(&e, session, text), 64);
	assert_non_null(strstr(text, what));
}

static void
options_without_a_meaning_are_usage_errors(void **state)
{
	(void)state;
	fails("sign -f manifest --keep-going", "--keep-going");
	fails("sign -f manifest -i raw", "raw input");
	fails("sign -f sums-sshsig -o tar", "one text");
	fails("sign -f sums-sshsig -o json", "one text");
	fails("sign -f sums-sshsig --keep-going", "--keep-going");
}

static void
check_answers_each_line_and_signs_nothing(void **state)
{
	(void)state;
	ask("check -f sums-sshsig", 3);
	ends_channel(&e, session, WIRE_END, 1);
	gets_answers(3);
	assert_int_equal(ends_done(&e, session, text), 0);
	assert_true(ends_is_quiet(worker[0], 20));
	assert_true(ends_is_quiet(worker[1], 20));
}

static void
no_line_is_no_list(void **state)
{
	(void)state;
	ask("sign -f sums-sshsig", 0);
	ends_channel(&e, session, WIRE_END, 1);
	assert_int_equal(ends_done(&e, session, text), 65);
	assert_true(ends_is_quiet(worker[0], 20));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(
		    many_lines_are_one_job_and_have_an_answer_and_a_record_each),
		CASE(a_long_list_sends_nobody_else_away),
		CASE(a_list_is_one_text_and_a_record_for_each_line),
		CASE(one_line_that_is_refused_and_nothing_is_signed),
		CASE(a_line_without_a_name_is_refused),
		CASE(a_worker_that_fails_hands_all_to_another),
		CASE(nothing_becomes_of_any_line_when_the_token_fails_twice),
		CASE(who_went_away_has_every_line_on_record),
		CASE(a_connection_that_ends_has_every_line_on_record),
		CASE(leaves_no_line_when_it_went_away_and_the_token_failed),
		CASE(options_without_a_meaning_are_usage_errors),
		CASE(check_answers_each_line_and_signs_nothing),
		CASE(no_line_is_no_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
