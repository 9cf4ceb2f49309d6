/* SPDX-License-Identifier: Apache-2.0 */
/*
 * covers: src/broker/open.c src/broker/lines.c src/broker/slot.c
 * covers: src/broker/allow.c src/broker/ask.c src/broker/answer.c
 */
/* covers: src/broker/request.c src/broker/answers.c src/broker/verbs.c */
/* covers: src/broker/keys_text.c */
/*
 * Lines, their order, their records, as a session sees them.
 */
#include <setjmp.h>
#include <stdarg.h>
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

static void
sign_one(const char *name)
{
	struct jobs jobs;
	int who;

	ends_lines(&e, session, 1, 7, 1, name);
	who = ends_any_jobs(&e, worker, &jobs);
	assert_int_equal(jobs.count, 1);
	assert_int_equal(jobs.first[0], 7);
	ends_result(&e, who, jobs.job[0], REASON_OK);
}

static void
signs_a_line_whose_record_is_on_disk_before_the_answer(void **state)
{
	char *records;

	(void)state;
	ends_open(&e, session, 1, "sign -k release -f raw");
	ends_accept(&e, session, 1, &accept_reply);
	assert_string_equal(accept_reply.key, "release");
	assert_string_equal(accept_reply.extension, "sig");
	sign_one("ok.bin");
	assert_int_equal(ends_answer(&e, session, &answer), REASON_OK);
	/* SEQUENCE { INTEGER r, INTEGER s } of 32 bytes each. */
	assert_int_equal(answer.len, 70);
	records = ends_records(&e);
	assert_non_null(ends_record(records, "AUTH", "principal=\"build01\""));
	assert_non_null(ends_record(records, "SIGN", "name=\"ok.bin\""));
	assert_non_null(ends_record(records, "SIGN", "outcome=\"ok\""));
	free(records);
	ends_channel(&e, session, WIRE_END, 1);
	assert_int_equal(ends_done(&e, session, text), 0);
	assert_string_equal(text, "");
}

static void
answers_line_1_while_line_2_has_not_come(void **state)
{
	(void)state;
	ends_open(&e, session, 1, "sign");
	ends_accept(&e, session, 1, &accept_reply);
	sign_one("ok1");
	assert_int_equal(ends_answer(&e, session, &answer), REASON_OK);
	sign_one("ok2");
	assert_int_equal(ends_answer(&e, session, &answer), REASON_OK);
}

static void
keeps_the_order_when_workers_do_not(void **state)
{
	struct jobs jobs[2];
	struct answers_head head;
	int who[2];

	(void)state;
	ends_open(&e, session, 1, "sign");
	ends_accept(&e, session, 1, &accept_reply);
	ends_lines(&e, session, 1, 1, 2, "ok");
	who[0] = ends_any_jobs(&e, worker, &jobs[0]);
	who[1] = ends_any_jobs(&e, worker, &jobs[1]);
	assert_true(who[0] != who[1]);
	if (jobs[0].first[0] == 1)
		ends_result(&e, who[1], jobs[1].job[0], REASON_OK);
	else
		ends_result(&e, who[0], jobs[0].job[0], REASON_OK);
	ends_await_record(&e, "SIGN", "line=\"2\"");
	assert_true(ends_is_quiet(session, 50));
	if (jobs[0].first[0] == 1)
		ends_result(&e, who[0], jobs[0].job[0], REASON_OK);
	else
		ends_result(&e, who[1], jobs[1].job[0], REASON_OK);
	ends_recv(&e, session, WIRE_ANSWERS);
	assert_true(answers_head_get(&e.r, &head));
	assert_int_equal(head.count, 2);
}

static void
answers_the_lines_before_a_refused_one_and_ends(void **state)
{
	struct jobs jobs;
	char *records;
	int who;

	(void)state;
	ends_open(&e, session, 1, "sign");
	ends_accept(&e, session, 1, &accept_reply);
	ends_lines(&e, session, 1, 1, 1, "ok");
	ends_lines(&e, session, 1, 2, 1, "forbidden");
	ends_lines(&e, session, 1, 3, 1, "ok");
	who = ends_any_jobs(&e, worker, &jobs);
	records = ends_records(&e);
	assert_null(ends_record(records, "DENY", ""));
	free(records);
	ends_result(&e, who, jobs.job[0], REASON_OK);
	assert_int_equal(ends_answer(&e, session, &answer), REASON_OK);
	assert_int_equal(ends_answer(&e, session, &answer), REASON_NAME);
	assert_non_null(strstr(answer.text, "ok*"));
	assert_int_equal(ends_done(&e, session, text), 77);
	records = ends_records(&e);
	assert_non_null(
	    ends_record(records, "DENY", "rule=\"profiles.d/p.conf:4\""));
	assert_null(ends_record(records, "SIGN", "line=\"3\""));
	free(records);
	assert_true(ends_is_quiet(worker[0], 20));
	assert_true(ends_is_quiet(worker[1], 20));
}

static void
goes_on_behind_a_refused_line_when_asked_to(void **state)
{
	struct jobs jobs;
	int who;

	(void)state;
	ends_open(&e, session, 1, "sign --keep-going");
	ends_accept(&e, session, 1, &accept_reply);
	assert_true(accept_reply.keep_going);
	ends_lines(&e, session, 1, 1, 1, "forbidden");
	ends_lines(&e, session, 1, 2, 1, "ok");
	ends_channel(&e, session, WIRE_END, 1);
	assert_int_equal(ends_answer(&e, session, &answer), REASON_NAME);
	who = ends_any_jobs(&e, worker, &jobs);
	assert_int_equal(jobs.first[0], 2);
	ends_result(&e, who, jobs.job[0], REASON_OK);
	assert_int_equal(ends_answer(&e, session, &answer), REASON_OK);
	assert_int_equal(ends_done(&e, session, text), 1);
}

static void
signs_nothing_of_an_atomic_request_with_a_refused_line(void **state)
{
	char *records;

	(void)state;
	ends_open(&e, session, 1, "sign --atomic");
	ends_accept(&e, session, 1, &accept_reply);
	assert_true(accept_reply.atomic);
	ends_lines(&e, session, 1, 1, 600, "ok");
	ends_lines(&e, session, 1, 2, 1, "forbidden");
	assert_int_equal(ends_done(&e, session, text), 77);
	assert_non_null(strstr(text, "nothing was signed"));
	assert_int_equal(ends_done_line(&e), 601);
	records = ends_records(&e);
	assert_non_null(ends_record(records, "DENY", "line=\"601\""));
	assert_null(ends_record(records, "SIGN", ""));
	free(records);
	assert_true(ends_is_quiet(worker[0], 20));
	assert_true(ends_is_quiet(worker[1], 20));
}

static void
begins_an_atomic_request_only_at_its_end(void **state)
{
	struct jobs jobs;
	int who;

	(void)state;
	ends_open(&e, session, 1, "sign --atomic");
	ends_accept(&e, session, 1, &accept_reply);
	ends_lines(&e, session, 1, 1, 1, "ok");
	assert_true(ends_is_quiet(worker[0], 20));
	assert_true(ends_is_quiet(worker[1], 20));
	ends_channel(&e, session, WIRE_END, 1);
	who = ends_any_jobs(&e, worker, &jobs);
	ends_result(&e, who, jobs.job[0], REASON_OK);
	assert_int_equal(ends_answer(&e, session, &answer), REASON_OK);
	assert_int_equal(ends_done(&e, session, text), 0);
}

static void
checks_without_signing_or_recording(void **state)
{
	char *records;

	(void)state;
	ends_open(&e, session, 1, "check --keep-going");
	ends_accept(&e, session, 1, &accept_reply);
	assert_true(accept_reply.check);
	ends_lines(&e, session, 1, 1, 1, "ok");
	assert_int_equal(ends_answer(&e, session, &answer), REASON_OK);
	assert_int_equal(answer.len, 0);
	ends_lines(&e, session, 1, 1, 1, "forbidden");
	assert_int_equal(ends_answer(&e, session, &answer), REASON_NAME);
	ends_channel(&e, session, WIRE_END, 1);
	assert_int_equal(ends_done(&e, session, text), 1);
	records = ends_records(&e);
	assert_null(ends_record(records, "SIGN", ""));
	assert_null(ends_record(records, "DENY", ""));
	free(records);
	assert_true(ends_is_quiet(worker[0], 20));
}

static void
refuses_what_the_profile_does_not_grant(void **state)
{
	static const struct {
		const char *command;
		int exit;
		const char *reason;
	} cases[] = {
		{ "sign -k other -f raw", 77, "key-unknown" },
		{ "sign -k nowhere -f raw", 77, "key-unknown" },
		{ "sign -f p1363", 77, "format" },
		{ "sign -f cms", 77, NULL },
		{ "nonsense", 64, NULL },
		{ "sign -k", 64, NULL },
	};
	char *records;

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ends_open(&e, session, i + 1, cases[i].command);
		assert_int_equal(ends_done(&e, session, text), cases[i].exit);
		assert_string_not_equal(text, "");
		records = ends_records(&e);
		if (cases[i].reason != NULL)
			assert_non_null(
			    ends_record(records, "DENY", cases[i].reason));
		else if (cases[i].exit == 64)
			assert_null(
			    ends_record(records, "DENY", cases[i].command));
		free(records);
	}
}

static void
tells_an_unknown_key_and_one_not_granted_alike(void **state)
{
	char first[MESSAGE_SIZE], *at;

	(void)state;
	ends_open(&e, session, 1, "sign -k other -f raw");
	ends_done(&e, session, first);
	ends_open(&e, session, 2, "sign -k ether -f raw");
	ends_done(&e, session, text);
	assert_non_null(at = strstr(first, "other"));
	*at = 'e';
	assert_string_equal(first, text);
}

static void
refuses_a_hash_that_the_token_cannot_sign(void **state)
{
	struct lines_head head = { .channel = 1, .count = 1 };
	struct line line = {
		.hash = HASH_SHA384, .digest_len = 48, .name = "ok"
	};
	struct writer w;

	(void)state;
	ends_open(&e, session, 1, "sign");
	ends_accept(&e, session, 1, &accept_reply);
	w = ends_writer(&e);
	lines_head_put(&w, &head);
	line_put(&w, &line);
	ends_send(session, &w);
	assert_int_equal(ends_answer(&e, session, &answer), REASON_HASH);
	assert_int_equal(ends_done(&e, session, text), 77);
}

static void
greets_when_no_line_came(void **state)
{
	struct open_request msg = { .channel = 1, .how = OPEN_SHELL };
	struct writer w = ends_writer(&e);
	struct text_reply reply;

	(void)state;
	open_request_put(&w, &msg);
	ends_send(session, &w);
	ends_accept(&e, session, 1, &accept_reply);
	assert_true(accept_reply.greet_if_empty);
	ends_channel(&e, session, WIRE_END, 1);
	ends_recv(&e, session, WIRE_TEXT);
	assert_true(text_reply_get(&e.r, &reply));
	assert_non_null(memmem(reply.bytes, reply.len, "build01", 7));
	assert_int_equal(ends_done(&e, session, text), 0);
}

static void
answers_each_informational_verb(void **state)
{
	static const struct {
		const char *command, *says;
	} cases[] = {
		{ "", "Your profile is ci" },
		{ "whoami", "principal: build01" },
		{ "whoami --json", "\"profile\":\"ci\"" },
		{ "keys", "state        ok" },
		{ "keys --json",
		    "\"formats\":[\"raw\"],\"hashes\":[\"sha256\"]" },
		{ "pubkey", "-----BEGIN PUBLIC KEY-----" },
		{ "pubkey release --form ssh", "ecdsa-sha2-nistp256 AAAA" },
		{ "pubkey release --form der", "0Y0" },
		{ "help", "pubkey" },
		{ "help sign", "--keep-going" },
	};
	struct text_reply reply;

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ends_open(&e, session, i + 1, cases[i].command);
		ends_recv(&e, session, WIRE_TEXT);
		assert_true(text_reply_get(&e.r, &reply));
		if (memmem(reply.bytes, reply.len, cases[i].says,
			strlen(cases[i].says)) == NULL)
			fail_msg("%s does not say %s but %.*s",
			    cases[i].command, cases[i].says, (int)reply.len,
			    reply.bytes);
		assert_int_equal(ends_done(&e, session, text), 0);
	}
	ends_open(&e, session, 99, "cert release");
	assert_int_equal(ends_done(&e, session, text), 64);
	assert_non_null(strstr(text, "no certificate"));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(signs_a_line_whose_record_is_on_disk_before_the_answer),
		TEST(answers_line_1_while_line_2_has_not_come),
		TEST(keeps_the_order_when_workers_do_not),
		TEST(answers_the_lines_before_a_refused_one_and_ends),
		TEST(goes_on_behind_a_refused_line_when_asked_to),
		TEST(signs_nothing_of_an_atomic_request_with_a_refused_line),
		TEST(begins_an_atomic_request_only_at_its_end),
		TEST(checks_without_signing_or_recording),
		TEST(refuses_what_the_profile_does_not_grant),
		TEST(tells_an_unknown_key_and_one_not_granted_alike),
		TEST(refuses_a_hash_that_the_token_cannot_sign),
		TEST(greets_when_no_line_came),
		TEST(answers_each_informational_verb),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
