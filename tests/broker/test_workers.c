/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/broker/worker.c src/broker/token.c src/broker/dispatch.c */
/* covers: src/broker/on_worker.c src/broker/on_keeper.c */
/*
 * Workers that die, hang, lie or refuse their PIN.
 */
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "support_ends.h"

static struct ends e;
static int first = -1, second = -1, session = -1;
static struct accept_reply accept_reply;
static struct answer answer;
static char text[MESSAGE_SIZE];

static int
set_up(void **state)
{
	(void)state;
	first = second = session = -1;
	ends_make(&e);
	ends_start(&e);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	ends_drop(&e);
	close(first);
	close(second);
	close(session);
	return 0;
}

/* One worker, and a request. */
static void
begin(void)
{
	ends_ready_worker(&e, &first);
	ends_recv(&e, e.listener, WIRE_BROKER_READY);
	session = ends_login(&e);
	ends_open(&e, session, 1, "sign");
	ends_accept(&e, session, 1, &accept_reply);
}

static uint32_t
killed(void)
{
	uint32_t number;

	ends_recv(&e, e.keeper, WIRE_WORKER_KILL);
	assert_true(number_get(&e.r, &number));
	return number;
}

static void
starts_one_worker_after_the_other(void **state)
{
	(void)state;
	ends_worker(&e, &first);
	assert_true(ends_is_quiet(e.keeper, 100));
	ends_token_state(&e, first, REASON_OK);
	ends_worker(&e, &second);
}

static void
is_ready_only_when_the_first_login_was_tried(void **state)
{
	(void)state;
	ends_worker(&e, &first);
	assert_true(ends_is_quiet(e.listener, 100));
	ends_token_state(&e, first, REASON_TOKEN_UNAVAILABLE);
	ends_recv(&e, e.listener, WIRE_BROKER_READY);
}

static void
is_ready_without_a_worker_that_never_logs_in(void **state)
{
	(void)state;
	ends_worker(&e, &first);
	/* The token's timeout is one second. */
	ends_recv(&e, e.listener, WIRE_BROKER_READY);
	assert_true(ends_is_closed(&e, first));
}

static void
gives_the_line_of_a_dead_worker_to_another(void **state)
{
	struct jobs jobs;
	char *records;

	(void)state;
	begin();
	ends_worker(&e, &second);
	ends_lines(&e, session, 1, 5, 1, "ok");
	ends_jobs(&e, first, &jobs);
	close(first);
	first = -1;
	assert_int_equal(killed(), 0);
	ends_token_state(&e, second, REASON_OK);
	ends_facts(&e, second, REASON_OK);
	ends_facts(&e, second, REASON_OK);
	ends_jobs(&e, second, &jobs);
	assert_int_equal(jobs.first[0], 5);
	ends_result(&e, second, jobs.job[0], REASON_OK);
	assert_int_equal(ends_answer(&e, session, &answer), REASON_OK);
	records = ends_records(&e);
	assert_non_null(
	    ends_record(records, "TOKEN", "reason=\"token-failed\""));
	free(records);
}

static void
gives_up_a_line_that_two_workers_died_of(void **state)
{
	struct jobs jobs;
	char *records;

	(void)state;
	begin();
	ends_worker(&e, &second);
	ends_lines(&e, session, 1, 5, 1, "ok");
	ends_jobs(&e, first, &jobs);
	close(first);
	first = -1;
	killed();
	ends_token_state(&e, second, REASON_OK);
	ends_facts(&e, second, REASON_OK);
	ends_facts(&e, second, REASON_OK);
	ends_jobs(&e, second, &jobs);
	close(second);
	second = -1;
	assert_int_equal(
	    ends_answer(&e, session, &answer), REASON_TOKEN_FAILED);
	assert_int_equal(ends_done(&e, session, text), 69);
	records = ends_records(&e);
	assert_non_null(ends_record(records, "SIGN", "outcome=\"failed\""));
	free(records);
}

static void
kills_a_worker_that_does_not_answer_in_time(void **state)
{
	struct jobs jobs;

	(void)state;
	begin();
	ends_ready_worker(&e, &second);
	ends_lines(&e, session, 1, 5, 1, "ok");
	if (channel_wait(first, 100) == 1)
		ends_jobs(&e, first, &jobs);
	else
		ends_jobs(&e, second, &jobs);
	killed();
	ends_await_record(&e, "TOKEN", "reason=\"token-timeout\"");
}

static void
replaces_a_worker_whose_signature_is_wrong(void **state)
{
	struct jobs jobs;

	(void)state;
	begin();
	ends_lines(&e, session, 1, 5, 1, "ok");
	ends_jobs(&e, first, &jobs);
	ends_result(&e, first, jobs.job[0], REASON_TOKEN_WRONG);
	assert_true(ends_is_closed(&e, first));
	ends_await_record(&e, "TOKEN", "reason=\"token-wrong-answer\"");
}

static void
replaces_a_worker_that_answers_what_was_not_asked(void **state)
{
	struct jobs jobs;

	(void)state;
	begin();
	ends_lines(&e, session, 1, 5, 1, "ok");
	ends_jobs(&e, first, &jobs);
	ends_result(&e, first, jobs.job[0] + 1, REASON_OK);
	assert_true(ends_is_closed(&e, first));
	assert_true(ends_is_quiet(session, 50));
}

static void
replaces_a_worker_that_answers_twice(void **state)
{
	struct jobs jobs;

	(void)state;
	begin();
	ends_lines(&e, session, 1, 5, 1, "ok");
	ends_jobs(&e, first, &jobs);
	ends_result(&e, first, jobs.job[0], REASON_OK);
	assert_int_equal(ends_answer(&e, session, &answer), REASON_OK);
	ends_result(&e, first, jobs.job[0], REASON_OK);
	assert_true(ends_is_closed(&e, first));
}

static void
keeps_a_worker_whose_key_failed_once(void **state)
{
	struct jobs jobs;

	(void)state;
	begin();
	ends_lines(&e, session, 1, 5, 1, "ok");
	ends_jobs(&e, first, &jobs);
	ends_result(&e, first, jobs.job[0], REASON_KEY_UNFIT);
	ends_jobs(&e, first, &jobs);
	assert_int_equal(jobs.first[0], 5);
	ends_result(&e, first, jobs.job[0], REASON_OK);
	assert_int_equal(ends_answer(&e, session, &answer), REASON_OK);
}

/* It starts anew by itself, but is still there for a moment. */
static void
gives_the_line_of_a_failed_token_to_another(void **state)
{
	struct jobs jobs;

	(void)state;
	begin();
	ends_worker(&e, &second);
	ends_lines(&e, session, 1, 5, 1, "ok");
	ends_jobs(&e, first, &jobs);
	ends_result(&e, first, jobs.job[0], REASON_TOKEN_FAILED);
	assert_true(ends_is_closed(&e, first));
	assert_int_equal(killed(), 0);
	ends_token_state(&e, second, REASON_OK);
	ends_facts(&e, second, REASON_OK);
	ends_facts(&e, second, REASON_OK);
	ends_jobs(&e, second, &jobs);
	assert_int_equal(jobs.first[0], 5);
	ends_result(&e, second, jobs.job[0], REASON_OK);
	assert_int_equal(ends_answer(&e, session, &answer), REASON_OK);
	ends_await_record(&e, "TOKEN", "reason=\"token-failed\"");
}

static void
names_the_incident_of_its_own_mistake(void **state)
{
	struct jobs jobs;

	(void)state;
	begin();
	ends_lines(&e, session, 1, 5, 1, "ok");
	for (int tries = 0; tries < 2; tries++) {
		ends_jobs(&e, first, &jobs);
		ends_result(&e, first, jobs.job[0], REASON_INTERNAL);
	}
	assert_int_equal(ends_answer(&e, session, &answer), REASON_INTERNAL);
	assert_non_null(strstr(answer.text, "incident "));
	assert_int_equal(ends_done(&e, session, text), 70);
}

static void
refuses_a_worker_that_speaks_out_of_turn(void **state)
{
	(void)state;
	ends_worker(&e, &first);
	ends_result(&e, first, 1, REASON_OK);
	assert_true(ends_is_closed(&e, first));
	killed();
}

static bool
has_stamp(void)
{
	char path[PATH_MAX];
	struct stat st;

	snprintf(path, sizeof(path), "%s/state/pin-refused-t", e.dir);
	return stat(path, &st) == 0;
}

static void
tries_a_refused_pin_never_again(void **state)
{
	struct worker_start start;

	(void)state;
	ends_worker(&e, &first);
	ends_token_state(&e, first, REASON_TOKEN_PIN);
	ends_recv(&e, e.listener, WIRE_BROKER_READY);
	killed();
	ends_await_record(&e, "TOKEN", "reason=\"token-pin\"");
	assert_true(has_stamp());
	assert_true(ends_is_quiet(e.keeper, 300));

	/* Another broker knows of it. */
	close(e.listener);
	e.listener = -1;
	assert_int_equal(ends_wait(&e), 70);
	close(e.keeper);
	ends_start(&e);
	ends_recv(&e, e.keeper, WIRE_WORKER_START);
	assert_true(worker_start_get(&e.r, &start));
	assert_int_equal(start.refused_len, 5);
	assert_memory_equal(start.refused, "stamp", 5);
}

/* The keeper's word and the worker's come by two channels. */
static void
hears_of_a_refused_pin_after_the_worker_is_gone(void **state)
{
	struct worker_gone gone = { .status = 1 << 8 };
	struct writer w;

	(void)state;
	gone.worker = ends_worker(&e, &first);
	assert_int_equal(kill(e.pid, SIGSTOP), 0);
	w = ends_writer(&e);
	worker_gone_put(&w, &gone);
	ends_send(e.keeper, &w);
	ends_token_state(&e, first, REASON_TOKEN_PIN);
	assert_int_equal(kill(e.pid, SIGCONT), 0);
	ends_await_record(&e, "TOKEN", "reason=\"token-pin\"");
	assert_true(has_stamp());
}

static void
forgets_a_refused_pin_when_another_works(void **state)
{
	(void)state;
	ends_worker(&e, &first);
	ends_token_state(&e, first, REASON_TOKEN_PIN);
	ends_await_record(&e, "TOKEN", "reason=\"token-pin\"");
	close(e.listener);
	e.listener = -1;
	assert_int_equal(ends_wait(&e), 70);
	close(e.keeper);
	close(first);
	ends_start(&e);
	ends_ready_worker(&e, &first);
	ends_recv(&e, e.listener, WIRE_BROKER_READY);
	assert_false(has_stamp());
}

static void
answers_69_when_the_token_is_away(void **state)
{
	(void)state;
	ends_worker(&e, &first);
	ends_token_state(&e, first, REASON_TOKEN_UNAVAILABLE);
	ends_recv(&e, e.listener, WIRE_BROKER_READY);
	session = ends_login(&e);
	ends_open(&e, session, 1, "sign");
	ends_accept(&e, session, 1, &accept_reply);
	ends_lines(&e, session, 1, 1, 1, "ok");
	assert_int_equal(
	    ends_answer(&e, session, &answer), REASON_TOKEN_UNAVAILABLE);
	assert_int_equal(ends_done(&e, session, text), 69);
	ends_await_record(&e, "SIGN", "reason=\"token-unavailable\"");
	ends_open(&e, session, 2, "pubkey");
	assert_int_equal(ends_done(&e, session, text), 69);
}

static void
answers_69_for_a_key_that_the_token_has_not(void **state)
{
	(void)state;
	ends_worker(&e, &first);
	ends_token_state(&e, first, REASON_OK);
	ends_facts(&e, first, REASON_KEY_MISSING);
	ends_facts(&e, first, REASON_OK);
	ends_recv(&e, e.listener, WIRE_BROKER_READY);
	session = ends_login(&e);
	ends_open(&e, session, 1, "sign");
	ends_accept(&e, session, 1, &accept_reply);
	ends_lines(&e, session, 1, 1, 1, "ok");
	assert_int_equal(ends_answer(&e, session, &answer), REASON_KEY_MISSING);
	assert_int_equal(ends_done(&e, session, text), 69);
}

static void
serves_a_single_line_soon_beside_a_long_batch(void **state)
{
	struct jobs jobs = { .count = 0 };
	int other;
	unsigned seen = 0;

	(void)state;
	begin();
	ends_worker(&e, &second);
	ends_lines(&e, session, 1, 0, 128, "ok");
	ends_lines(&e, session, 1, 0, 128, "ok");
	ends_all_jobs(&e, first, &jobs, 2);
	other = ends_login(&e);
	ends_open(&e, other, 1, "sign");
	ends_accept(&e, other, 1, &accept_reply);
	ends_lines(&e, other, 1, 0xee, 1, "ok");
	/* The broker has it when it answers what was asked afterwards. */
	ends_open(&e, other, 2, "whoami");
	ends_recv(&e, other, WIRE_TEXT);
	for (;;) {
		ends_result(&e, first, jobs.job[seen], REASON_OK);
		seen++;
		ends_all_jobs(&e, first, &jobs, seen + 2);
		if (jobs.first[jobs.count - 1] == 0xee)
			break;
	}
	assert_in_range(seen, 1, 4);
	close(other);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(starts_one_worker_after_the_other),
		TEST(is_ready_only_when_the_first_login_was_tried),
		TEST(is_ready_without_a_worker_that_never_logs_in),
		TEST(gives_the_line_of_a_dead_worker_to_another),
		TEST(gives_up_a_line_that_two_workers_died_of),
		TEST(kills_a_worker_that_does_not_answer_in_time),
		TEST(replaces_a_worker_whose_signature_is_wrong),
		TEST(replaces_a_worker_that_answers_what_was_not_asked),
		TEST(replaces_a_worker_that_answers_twice),
		TEST(keeps_a_worker_whose_key_failed_once),
		TEST(gives_the_line_of_a_failed_token_to_another),
		TEST(names_the_incident_of_its_own_mistake),
		TEST(refuses_a_worker_that_speaks_out_of_turn),
		TEST(tries_a_refused_pin_never_again),
		TEST(hears_of_a_refused_pin_after_the_worker_is_gone),
		TEST(forgets_a_refused_pin_when_another_works),
		TEST(answers_69_when_the_token_is_away),
		TEST(answers_69_for_a_key_that_the_token_has_not),
		TEST(serves_a_single_line_soon_beside_a_long_batch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
