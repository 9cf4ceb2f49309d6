/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/broker/session.c src/broker/on_session.c src/broker/surface.c */
/*
 * Sessions that break the rules, go away, or do not read.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "support_ends.h"

static struct ends e;
static int worker = -1, spare = -1, session = -1;
static struct accept_reply accept_reply;
static struct answer answer;
static char text[MESSAGE_SIZE];

static int
set_up(void **state)
{
	(void)state;
	ends_make(&e);
	ends_start(&e);
	ends_ready_worker(&e, &worker);
	ends_worker(&e, &spare);
	ends_recv(&e, e.listener, WIRE_BROKER_READY);
	session = -1;
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	ends_drop(&e);
	close(worker);
	close(spare);
	close(session);
	return 0;
}

static void
open_sign(uint32_t channel)
{
	ends_open(&e, session, channel, "sign");
	ends_accept(&e, session, channel, &accept_reply);
}

static void
drops_a_message_of_no_type(void **state)
{
	uint8_t junk[2] = { 0xff, 0xff };

	(void)state;
	session = ends_login(&e);
	channel_send(session, junk, sizeof(junk));
	assert_true(ends_is_closed(&e, session));
}

static void
drops_a_message_that_others_may_send(void **state)
{
	static const enum wire_type types[] = { WIRE_SESSION_NEW, WIRE_RELOAD,
		WIRE_DRAIN, WIRE_RESULTS, WIRE_WORKER_STARTED, WIRE_KEY_REPLY,
		WIRE_ADMIN_REQUEST, WIRE_LOGOUT };

	(void)state;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		struct writer w = ends_writer(&e);

		session = ends_login(&e);
		bare_put(&w, types[i]);
		w = ends_writer(&e);
		bare_put(&w, types[i]);
		ends_send(session, &w);
		assert_true(ends_is_closed(&e, session));
		close(session);
	}
	session = -1;
}

static void
drops_requests_before_the_login(void **state)
{
	(void)state;
	session = ends_session(&e);
	ends_open(&e, session, 1, "sign");
	assert_true(ends_is_closed(&e, session));
}

static void
drops_a_second_login(void **state)
{
	(void)state;
	session = ends_login(&e);
	ends_query(&e, session, "sign", true);
	assert_true(ends_is_closed(&e, session));
}

static void
drops_a_channel_number_that_comes_again(void **state)
{
	(void)state;
	session = ends_login(&e);
	ends_open(&e, session, 3, "whoami");
	ends_recv(&e, session, WIRE_TEXT);
	ends_done(&e, session, text);
	ends_open(&e, session, 3, "whoami");
	assert_true(ends_is_closed(&e, session));
}

static void
drops_lines_for_a_channel_never_opened(void **state)
{
	(void)state;
	session = ends_login(&e);
	ends_lines(&e, session, 1, 1, 1, "ok");
	assert_true(ends_is_closed(&e, session));
}

static void
drops_more_lines_than_the_window(void **state)
{
	(void)state;
	session = ends_login(&e);
	open_sign(1);
	ends_lines(&e, session, 1, 0, WIRE_WINDOW, "ok");
	ends_open(&e, session, 2, "whoami");
	ends_recv(&e, session, WIRE_TEXT);
	ends_done(&e, session, text);
	ends_lines(&e, session, 1, 0, 1, "ok");
	assert_true(ends_is_closed(&e, session));
}

/* A hash that is not finished, for a format that takes digests. */
static void
drops_a_line_with_what_its_format_does_not_take(void **state)
{
	const struct lines_head head = { .channel = 1, .count = 1 };

	(void)state;
	for (size_t digest = 0; digest <= 32; digest += 32) {
		struct line line = { .hash = HASH_SHA256,
			.digest_len = digest,
			.extra_len = 40 };
		struct writer w;

		session = ends_login(&e);
		open_sign(1);
		w = ends_writer(&e);
		lines_head_put(&w, &head);
		line_put(&w, &line);
		ends_send(session, &w);
		assert_true(ends_is_closed(&e, session));
		close(session);
	}
	session = -1;
}

static void
drops_more_channels_than_the_limit(void **state)
{
	(void)state;
	session = ends_login(&e);
	for (uint32_t i = 1; i <= 8; i++)
		open_sign(i);
	ends_open(&e, session, 9, "sign");
	assert_true(ends_is_closed(&e, session));
}

static void
drops_a_line_after_the_end(void **state)
{
	(void)state;
	session = ends_login(&e);
	open_sign(1);
	ends_lines(&e, session, 1, 0, 1, "ok");
	ends_channel(&e, session, WIRE_END, 1);
	ends_lines(&e, session, 1, 0, 1, "ok");
	assert_true(ends_is_closed(&e, session));
}

static void
drops_a_descriptor_that_comes_with_a_message(void **state)
{
	struct writer w;

	(void)state;
	session = ends_login(&e);
	w = ends_writer(&e);
	channel_put(&w, WIRE_END, 1);
	channel_send_fds(session, w.start, w.used, &session, 1);
	assert_true(ends_is_closed(&e, session));
}

static void
ignores_what_crossed_its_done(void **state)
{
	(void)state;
	session = ends_login(&e);
	ends_open(&e, session, 1, "sign -k nowhere");
	assert_int_equal(ends_done(&e, session, text), 77);
	ends_lines(&e, session, 1, 1, 3, "ok");
	ends_channel(&e, session, WIRE_END, 1);
	ends_channel(&e, session, WIRE_CANCEL, 1);
	ends_open(&e, session, 2, "whoami");
	ends_recv(&e, session, WIRE_TEXT);
	assert_int_equal(ends_done(&e, session, text), 0);
}

static void
drops_one_session_and_keeps_the_others(void **state)
{
	int other;

	(void)state;
	other = ends_login(&e);
	session = ends_login(&e);
	ends_lines(&e, session, 1, 1, 1, "ok");
	assert_true(ends_is_closed(&e, session));
	ends_open(&e, other, 1, "whoami");
	ends_recv(&e, other, WIRE_TEXT);
	assert_int_equal(ends_done(&e, other, text), 0);
	close(other);
}

static void
records_what_a_vanished_client_had_signed(void **state)
{
	struct jobs jobs;

	(void)state;
	session = ends_login(&e);
	open_sign(1);
	ends_lines(&e, session, 1, 1, 1, "ok");
	ends_jobs(&e, worker, &jobs);
	close(session);
	session = ends_login(&e);
	ends_result(&e, worker, jobs.job[0], REASON_OK);
	ends_await_record(&e, "SIGN", "delivered=\"no\"");
}

static void
drops_queued_lines_of_a_vanished_client(void **state)
{
	struct jobs jobs = { .count = 0 };
	struct answer mine;

	(void)state;
	session = ends_login(&e);
	open_sign(1);
	ends_lines(&e, session, 1, 1, 100, "ok");
	ends_all_jobs(&e, worker, &jobs, 2);
	close(session);
	session = ends_login(&e);
	open_sign(1);
	ends_lines(&e, session, 1, 0xee, 1, "ok");
	ends_result(&e, worker, jobs.job[0], REASON_OK);
	ends_result(&e, worker, jobs.job[1], REASON_OK);
	ends_all_jobs(&e, worker, &jobs, 3);
	assert_int_equal(jobs.first[2], 0xee);
	ends_result(&e, worker, jobs.job[2], REASON_OK);
	assert_int_equal(ends_answer(&e, session, &mine), REASON_OK);
}

static void
serves_others_while_one_does_not_read(void **state)
{
	struct jobs jobs = { .count = 0 };
	unsigned given = 0;
	int other;

	(void)state;
	session = ends_login(&e);
	open_sign(1);
	ends_lines(&e, session, 1, 0, WIRE_WINDOW, "ok");
	other = ends_login(&e);
	while (given < 100) {
		if (jobs.count - given == 0)
			ends_all_jobs(&e, worker, &jobs, given + 1);
		ends_result(&e, worker, jobs.job[given++], REASON_OK);
	}
	ends_open(&e, other, 1, "whoami");
	ends_recv(&e, other, WIRE_TEXT);
	assert_int_equal(ends_done(&e, other, text), 0);
	close(other);
}

static void
refuses_another_user_name(void **state)
{
	struct key_reply reply;

	(void)state;
	session = ends_session(&e);
	ends_query(&e, session, "root", true);
	ends_recv(&e, session, WIRE_KEY_REPLY);
	assert_true(key_reply_get(&e.r, &reply));
	assert_false(reply.accepted);
	close(session);
	session = -1;
	ends_await_record(&e, "AUTHFAIL", "reason=\"user\"");
	ends_await_record(&e, "AUTHFAIL", "user=\"root\"");
}

static void
records_a_login_that_was_given_up(void **state)
{
	struct login_failed failed = { .reason = REASON_BAD_SIGNATURE };
	struct writer w;

	(void)state;
	session = ends_session(&e);
	ends_query(&e, session, "sign", false);
	ends_recv(&e, session, WIRE_KEY_REPLY);
	w = ends_writer(&e);
	login_failed_put(&w, &failed);
	ends_send(session, &w);
	close(session);
	session = -1;
	ends_await_record(&e, "AUTHFAIL", "reason=\"bad-signature\"");
	ends_await_record(&e, "AUTHFAIL", "fp=\"SHA256:");
}

static void
records_nothing_of_who_only_connects(void **state)
{
	char *records;

	(void)state;
	session = ends_session(&e);
	close(session);
	session = ends_login(&e);
	ends_await_record(&e, "AUTH", "conn=\"2\"");
	records = ends_records(&e);
	assert_null(ends_record(records, "AUTHFAIL", ""));
	free(records);
}

static void
cancels_without_an_answer(void **state)
{
	struct jobs jobs;

	(void)state;
	session = ends_login(&e);
	open_sign(1);
	ends_lines(&e, session, 1, 1, 1, "ok");
	ends_jobs(&e, worker, &jobs);
	ends_channel(&e, session, WIRE_CANCEL, 1);
	ends_open(&e, session, 2, "whoami");
	ends_recv(&e, session, WIRE_TEXT);
	ends_done(&e, session, text);
	ends_result(&e, worker, jobs.job[0], REASON_OK);
	ends_await_record(&e, "SIGN", "delivered=\"no\"");
	assert_true(ends_is_quiet(session, 50));
}

static void
answers_many_channels_independently(void **state)
{
	struct jobs jobs = { .count = 0 };

	(void)state;
	session = ends_login(&e);
	for (uint32_t i = 1; i <= 8; i++)
		open_sign(i);
	ends_lines(&e, session, 8, 8, 1, "ok");
	ends_all_jobs(&e, worker, &jobs, 1);
	ends_result(&e, worker, jobs.job[0], REASON_OK);
	assert_int_equal(ends_answer(&e, session, &answer), REASON_OK);
	ends_channel(&e, session, WIRE_END, 8);
	assert_int_equal(ends_done(&e, session, text), 0);
	ends_channel(&e, session, WIRE_END, 1);
	assert_int_equal(ends_done(&e, session, text), 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(drops_a_message_of_no_type),
		TEST(drops_a_message_that_others_may_send),
		TEST(drops_requests_before_the_login),
		TEST(drops_a_second_login),
		TEST(drops_a_channel_number_that_comes_again),
		TEST(drops_lines_for_a_channel_never_opened),
		TEST(drops_more_lines_than_the_window),
		TEST(drops_a_line_with_what_its_format_does_not_take),
		TEST(drops_more_channels_than_the_limit),
		TEST(drops_a_line_after_the_end),
		TEST(drops_a_descriptor_that_comes_with_a_message),
		TEST(ignores_what_crossed_its_done),
		TEST(drops_one_session_and_keeps_the_others),
		TEST(records_what_a_vanished_client_had_signed),
		TEST(drops_queued_lines_of_a_vanished_client),
		TEST(serves_others_while_one_does_not_read),
		TEST(refuses_another_user_name),
		TEST(records_a_login_that_was_given_up),
		TEST(records_nothing_of_who_only_connects),
		TEST(cancels_without_an_answer),
		TEST(answers_many_channels_independently),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
