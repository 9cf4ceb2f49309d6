/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/broker/on_lists.c src/broker/lists_turns.c */
/*
 * Lists of digests, whose keeper and server are the test itself: what is
 * asked, what comes of the answers, and what a server that lies achieves.
 */
#include "broker/lists.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/text.h"
#include "support_ends.h"

#define FILED "digests-from = /list\n"
#define ASKED "digests-from = !/command %d %n\n"
#define PROFILE "[profile ci]\nkeys = release\nformats = raw\nnames = ok*\n"

static struct ends e;
static int worker[2], session;
static struct lists_query query, queries[16];
static struct answer answer;
static struct accept_reply accept_reply;
static char text[MESSAGE_SIZE];

static void
begin(const char *word)
{
	char profile[512];

	snprintf(profile, sizeof(profile), "%s%s", PROFILE, word);
	ends_make(&e);
	ends_put(&e, "profiles.d/p.conf", profile);
	ends_put(&e, "countersign.conf",
	    "[server]\nlisten = 127.0.0.1:0\nhost-key = key\n"
	    "state-dir = state\nrun-dir = run\n"
	    "[limits]\nchannels = 8\ndigests-timeout = 1s\n"
	    "[audit]\nfile = log/audit.log\n");
	ends_start(&e);
	ends_ready_worker(&e, &worker[0]);
	ends_ready_worker(&e, &worker[1]);
	ends_recv(&e, e.listener, WIRE_BROKER_READY);
	session = ends_login(&e);
}

static int
with_file(void **state)
{
	(void)state;
	begin(FILED);
	return 0;
}

static int
with_command(void **state)
{
	(void)state;
	begin(ASKED);
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

static void
open_request(const char *command)
{
	ends_open(&e, session, 1, command);
	ends_accept(&e, session, 1, &accept_reply);
}

static void
take_query(struct lists_query *ret)
{
	ends_recv(&e, e.server, WIRE_LISTS_QUERY);
	assert_true(lists_query_get(&e.r, ret));
}

/* All digests of the query get the same. */
static void
say(const struct lists_query *to, enum list_verdict verdict, const char *words)
{
	struct lists_answer m = { .id = to->id, .count = to->count };
	struct writer w = ends_writer(&e);

	for (uint8_t i = 0; i < m.count; i++)
		m.listed[i] = verdict;
	text_copy(m.text, sizeof(m.text), words);
	lists_answer_put(&w, &m);
	ends_send(e.server, &w);
}

/* Signs one line that is at a worker. */
static void
sign_next(void)
{
	struct jobs jobs;

	for (;;)
		for (int i = 0; i < 2; i++) {
			if (channel_wait(worker[i], 20) != 1)
				continue;
			ends_jobs(&e, worker[i], &jobs);
			for (unsigned j = 0; j < jobs.count; j++)
				ends_result(
				    &e, worker[i], jobs.job[j], REASON_OK);
			return;
		}
}

static struct answer got[4];

/* The next answers, in however many messages they come. */
static void
take_answers(unsigned count)
{
	struct answers_head head;

	for (unsigned have = 0; have < count;) {
		ends_recv(&e, session, WIRE_ANSWERS);
		assert_true(answers_head_get(&e.r, &head));
		assert_true(have + head.count <= count);
		for (unsigned i = 0; i < head.count; i++)
			assert_true(answer_get(&e.r, &got[have++]));
	}
}

static bool
no_job(void)
{
	return ends_is_quiet(worker[0], 30) && ends_is_quiet(worker[1], 30);
}

static void
a_batch_is_asked_for_before_anything_is_signed(void **state)
{
	(void)state;
	open_request("sign -k release");
	ends_lines(&e, session, 1, 1, 5, "ok");
	take_query(&query);
	assert_int_equal(query.kind, LIST_FILE);
	assert_string_equal(list_words_at(&query.words, 0), "/list");
	assert_int_equal(query.count, 5);
	assert_int_equal(query.digests[0].len, 32);
	assert_int_equal(query.digests[4].bytes[31], 5);
	assert_true(no_job());
	say(&query, LISTED_YES, "");
	sign_next();
}

static void
what_is_not_listed_is_refused_with_its_rule(void **state)
{
	char *records;

	(void)state;
	open_request("sign -k release --keep-going");
	ends_lines(&e, session, 1, 1, 1, "ok");
	take_query(&query);
	say(&query, LISTED_NO, "");
	assert_int_equal(ends_answer(&e, session, &answer), REASON_NOT_LISTED);
	assert_string_equal(
	    answer.text, "the list /list does not have this digest");
	records = ends_records(&e);
	assert_non_null(ends_record(records, "DENY", "reason=\"not-listed\""));
	assert_non_null(
	    ends_record(records, "DENY", "rule=\"profiles.d/p.conf:5\""));
	free(records);
	assert_true(no_job());
}

static void
a_command_is_asked_for_each_and_speaks_for_itself(void **state)
{
	(void)state;
	open_request("sign -k release --keep-going");
	ends_lines(&e, session, 1, 1, 2, "ok x");
	take_query(&queries[0]);
	take_query(&queries[1]);
	assert_int_equal(queries[1].kind, LIST_COMMAND);
	assert_int_equal(queries[1].count, 1);
	assert_int_equal(queries[1].timeout_ms, 1000);
	assert_false(queries[1].network);
	assert_int_equal(queries[1].words.count, 3);
	assert_memory_equal(list_words_at(&queries[1].words, 1), "020202", 6);
	assert_string_equal(list_words_at(&queries[1].words, 2), "ok x");
	/* The second first: answers keep the order of the lines. */
	say(&queries[1], LISTED_NO, "not \033built");
	assert_true(ends_is_quiet(session, 50));
	say(&queries[0], LISTED_UNAVAILABLE, "it hangs");
	take_answers(2);
	assert_int_equal(got[0].reason, REASON_LIST_UNAVAILABLE);
	assert_string_equal(got[0].text, "it hangs");
	assert_int_equal(got[1].reason, REASON_NOT_LISTED);
	assert_string_equal(got[1].text, "not ?built");
}

static void
nobody_is_asked_for_what_policy_refuses(void **state)
{
	(void)state;
	open_request("sign -k release --keep-going");
	ends_lines(&e, session, 1, 1, 3, "bad");
	take_answers(3);
	assert_int_equal(got[2].reason, REASON_NAME);
	assert_true(ends_is_quiet(e.server, 50));
}

static void
check_asks_and_signs_nothing(void **state)
{
	(void)state;
	open_request("check -k release --keep-going");
	ends_lines(&e, session, 1, 1, 2, "ok");
	take_query(&query);
	say(&query, LISTED_YES, "");
	ends_recv(&e, session, WIRE_ANSWERS);
	assert_true(no_job());
}

static void
atomic_waits_for_the_last_answer(void **state)
{
	(void)state;
	open_request("sign -k release --atomic");
	ends_lines(&e, session, 1, 1, 2, "ok");
	take_query(&queries[0]);
	take_query(&queries[1]);
	ends_channel(&e, session, WIRE_END, 1);
	say(&queries[0], LISTED_YES, "");
	assert_true(no_job());
	say(&queries[1], LISTED_NO, "no");
	assert_int_equal(ends_done(&e, session, text), 77);
	assert_string_equal(text, "no; nothing was signed");
	assert_true(no_job());
}

static void
one_request_asks_a_bounded_number_at_once(void **state)
{
	(void)state;
	open_request("sign -k release");
	ends_lines(&e, session, 1, 1, 20, "ok");
	for (int i = 0; i < LISTS_OF_REQUEST; i++)
		take_query(&queries[i]);
	assert_true(ends_is_quiet(e.server, 50));
	say(&queries[3], LISTED_YES, "");
	take_query(&query);
	assert_true(ends_is_quiet(e.server, 50));
}

static void
all_requests_together_do_too_and_take_turns(void **state)
{
	uint32_t channel = 1;

	(void)state;
	for (; channel <= LISTS_AT_ONCE / LISTS_OF_REQUEST; channel++) {
		ends_open(&e, session, channel, "sign -k release");
		ends_accept(&e, session, channel, &accept_reply);
		ends_lines(&e, session, channel, 1, 20, "ok");
		for (int i = 0; i < LISTS_OF_REQUEST; i++)
			take_query(channel == 1 ? &queries[i] : &query);
	}
	close(session);
	session = ends_login(&e);
	/* Their answers are still awaited, so there is no room yet. */
	open_request("sign -k release");
	ends_lines(&e, session, 1, 9, 1, "ok");
	assert_true(ends_is_quiet(e.server, 50));
	say(&queries[0], LISTED_YES, "");
	take_query(&query);
	assert_memory_equal(list_words_at(&query.words, 1), "090909", 6);
	say(&query, LISTED_YES, "");
	sign_next();
	assert_int_equal(ends_answer(&e, session, &answer), REASON_OK);
}

static void
an_answer_to_a_cancelled_request_is_no_harm(void **state)
{
	(void)state;
	open_request("sign -k release");
	ends_lines(&e, session, 1, 1, 3, "ok");
	take_query(&query);
	ends_channel(&e, session, WIRE_CANCEL, 1);
	ends_open(&e, session, 2, "sign -k release");
	ends_accept(&e, session, 2, &accept_reply);
	say(&query, LISTED_YES, "");
	assert_true(no_job());
	ends_lines(&e, session, 2, 7, 1, "ok");
	take_query(&query);
	say(&query, LISTED_YES, "");
	sign_next();
	assert_int_equal(ends_answer(&e, session, &answer), REASON_OK);
}

static void
a_reload_asks_anew_and_forgets_what_was_said(void **state)
{
	struct writer w;

	(void)state;
	open_request("sign -k release --keep-going");
	ends_lines(&e, session, 1, 1, 2, "ok");
	take_query(&queries[0]);
	ends_put(&e, "profiles.d/p.conf", PROFILE "digests-from = /other\n");
	w = ends_writer(&e);
	bare_put(&w, WIRE_RELOAD);
	ends_send(e.listener, &w);
	take_query(&queries[1]);
	assert_string_equal(list_words_at(&queries[1].words, 0), "/other");
	assert_int_equal(queries[1].count, 2);
	say(&queries[0], LISTED_YES, "");
	assert_true(no_job());
	say(&queries[1], LISTED_NO, "");
	take_answers(2);
	assert_int_equal(got[0].reason, REASON_NOT_LISTED);
	assert_non_null(strstr(got[0].text, "/other"));
}

static void
what_was_refused_may_be_allowed_after_a_reload(void **state)
{
	struct writer w;

	(void)state;
	open_request("check -k release");
	ends_lines(&e, session, 1, 1, 2, "ok");
	take_query(&queries[0]);
	take_query(&queries[1]);
	/* The second is refused, but not before the first is decided. */
	say(&queries[1], LISTED_NO, "no");
	assert_true(ends_is_quiet(session, 50));
	ends_put(&e, "profiles.d/p.conf", PROFILE);
	w = ends_writer(&e);
	bare_put(&w, WIRE_RELOAD);
	ends_send(e.listener, &w);
	take_answers(2);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(got[i].reason, REASON_OK);
		assert_int_equal(got[i].len, 0);
	}
}

static void
say_garbage(int fd)
{
	assert_int_equal(channel_send(fd, "garbage", 7), CHANNEL_OK);
}

static void
a_keeper_that_breaks_the_rules_costs_only_itself(void **state)
{
	(void)state;
	say_garbage(e.lists);
	assert_true(ends_is_closed(&e, e.lists));
	/* Its server is none the worse for it. */
	assert_true(ends_is_quiet(e.server, 50));
	open_request("sign -k release");
	ends_lines(&e, session, 1, 1, 1, "ok");
	take_query(&query);
	say(&query, LISTED_YES, "");
	sign_next();
}

/* Dropped; the next server is asked the same, and its word counts. */
static void
dropped_and_asked_again(void)
{
	struct lists_query again;

	assert_true(ends_is_closed(&e, e.server));
	ends_recv(&e, e.lists, WIRE_LISTS_DROP);
	assert_true(no_job());
	ends_lists_server(&e);
	take_query(&again);
	assert_int_equal(again.count, query.count);
	assert_memory_equal(again.digests[0].bytes, query.digests[0].bytes, 32);
	say(&again, LISTED_YES, "");
	sign_next();
}

static void
ask_three(void)
{
	open_request("sign -k release");
	ends_lines(&e, session, 1, 1, 3, "ok");
	take_query(&query);
}

static void
a_server_that_says_garbage_is_dropped(void **state)
{
	(void)state;
	ask_three();
	say_garbage(e.server);
	dropped_and_asked_again();
}

static void
a_server_that_answers_what_nobody_asked_is_dropped(void **state)
{
	struct lists_query other;

	(void)state;
	ask_three();
	other = query;
	other.id++;
	say(&other, LISTED_YES, "");
	dropped_and_asked_again();
}

static void
a_server_that_answers_fewer_or_more_is_dropped(void **state)
{
	struct lists_query other;

	(void)state;
	ask_three();
	other = query;
	other.count = 2;
	say(&other, LISTED_YES, "");
	assert_true(ends_is_closed(&e, e.server));
	ends_lists_server(&e);
	take_query(&other);
	other.count = 4;
	say(&other, LISTED_YES, "");
	/* Twice is enough. */
	take_answers(1);
	assert_int_equal(got[0].reason, REASON_LIST_UNAVAILABLE);
	assert_non_null(strstr(got[0].text, "failed"));
	assert_int_equal(ends_done(&e, session, text), 77);
	assert_true(no_job());
}

static void
a_server_that_answers_twice_is_dropped(void **state)
{
	(void)state;
	ask_three();
	say(&query, LISTED_YES, "");
	say(&query, LISTED_YES, "");
	assert_true(ends_is_closed(&e, e.server));
	sign_next();
}

static void
a_server_that_is_silent_is_dropped(void **state)
{
	(void)state;
	ask_three();
	dropped_and_asked_again();
}

static void
a_server_that_dies_of_a_question_twice_is_not_asked_again(void **state)
{
	struct lists_query again;

	(void)state;
	open_request("sign -k release --keep-going");
	ends_lines(&e, session, 1, 1, 1, "ok");
	take_query(&query);
	ends_lists_server(&e);
	take_query(&again);
	ends_lists_server(&e);
	assert_int_equal(
	    ends_answer(&e, session, &answer), REASON_LIST_UNAVAILABLE);
	assert_true(ends_is_quiet(e.server, 50));
	ends_lines(&e, session, 1, 2, 1, "ok");
	take_query(&query);
	say(&query, LISTED_YES, "");
	sign_next();
	assert_int_equal(ends_answer(&e, session, &answer), REASON_OK);
}

static void
without_a_server_it_waits_for_the_next(void **state)
{
	(void)state;
	close(e.server);
	e.server = -1;
	open_request("sign -k release");
	ends_lines(&e, session, 1, 1, 1, "ok");
	assert_true(ends_is_quiet(session, 50));
	ends_lists_server(&e);
	take_query(&query);
	say(&query, LISTED_YES, "");
	sign_next();
	assert_int_equal(ends_answer(&e, session, &answer), REASON_OK);
}

static void
without_keeper_and_server_it_refuses_at_once(void **state)
{
	(void)state;
	ask_three();
	close(e.lists);
	close(e.server);
	e.lists = e.server = -1;
	take_answers(1);
	assert_int_equal(got[0].reason, REASON_LIST_UNAVAILABLE);
	assert_non_null(strstr(got[0].text, "is not there"));
	assert_int_equal(ends_done(&e, session, text), 77);
	ends_open(&e, session, 2, "sign -k release --keep-going");
	ends_accept(&e, session, 2, &accept_reply);
	ends_lines(&e, session, 2, 1, 1, "ok");
	assert_int_equal(
	    ends_answer(&e, session, &answer), REASON_LIST_UNAVAILABLE);
	assert_true(no_job());
}

static void
a_session_that_goes_away_takes_its_questions_along(void **state)
{
	(void)state;
	ask_three();
	close(session);
	session = ends_login(&e);
	say(&query, LISTED_NO, "");
	ask_three();
	say(&query, LISTED_YES, "");
	sign_next();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define FILE_CASE(name) \
	cmocka_unit_test_setup_teardown(name, with_file, tear_down)
#define COMMAND_CASE(name) \
	cmocka_unit_test_setup_teardown(name, with_command, tear_down)
		FILE_CASE(a_batch_is_asked_for_before_anything_is_signed),
		FILE_CASE(what_is_not_listed_is_refused_with_its_rule),
		COMMAND_CASE(a_command_is_asked_for_each_and_speaks_for_itself),
		FILE_CASE(nobody_is_asked_for_what_policy_refuses),
		FILE_CASE(check_asks_and_signs_nothing),
		COMMAND_CASE(atomic_waits_for_the_last_answer),
		COMMAND_CASE(one_request_asks_a_bounded_number_at_once),
		COMMAND_CASE(all_requests_together_do_too_and_take_turns),
		FILE_CASE(an_answer_to_a_cancelled_request_is_no_harm),
		FILE_CASE(a_reload_asks_anew_and_forgets_what_was_said),
		COMMAND_CASE(what_was_refused_may_be_allowed_after_a_reload),
		FILE_CASE(a_keeper_that_breaks_the_rules_costs_only_itself),
		FILE_CASE(a_server_that_says_garbage_is_dropped),
		FILE_CASE(a_server_that_answers_what_nobody_asked_is_dropped),
		FILE_CASE(a_server_that_answers_fewer_or_more_is_dropped),
		FILE_CASE(a_server_that_answers_twice_is_dropped),
		FILE_CASE(a_server_that_is_silent_is_dropped),
		FILE_CASE(
		    a_server_that_dies_of_a_question_twice_is_not_asked_again),
		FILE_CASE(without_a_server_it_waits_for_the_next),
		FILE_CASE(without_keeper_and_server_it_refuses_at_once),
		FILE_CASE(a_session_that_goes_away_takes_its_questions_along),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
