/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/broker/receipt.c src/broker/log_proof.c */
/*
 * Receipts: with the signatures, and later.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/text.h"
#include "support_audit.h"

static struct ends e;
static int worker, session;
static struct accept_reply accept_reply;
static struct answer answer;
static struct audit_job job;
static char text[MESSAGE_SIZE];

static int
set_up(void **state)
{
	(void)state;
	audit_make(&e, "checkpoint-interval = 1h\n");
	ends_start(&e);
	audit_worker(&e, &worker);
	ends_recv(&e, e.listener, WIRE_BROKER_READY);
	audit_serve_checkpoints(&e, worker, 1);
	session = ends_login(&e);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	ends_drop(&e);
	close(worker);
	close(session);
	return 0;
}

/* Proves a record that has this in it. */
static void
assert_proof(const void *proof, size_t len, const char *has)
{
	static struct proof_space space;
	struct tlog_proof read_back;
	struct text_error error = { .line = 0 };
	struct note_key key;

	audit_key_of("test/log", &key);
	if (proof_parse(proof, len, &read_back, &space, &error) == -1 ||
	    proof_check(&read_back, &key, 1, &error) == -1)
		fail_msg("line %u: %s", error.line, error.what);
	if (memmem(read_back.record, read_back.record_len, has, strlen(has)) ==
	    NULL)
		fail_msg("the record is another one: %.*s",
		    (int)read_back.record_len, read_back.record);
}

static void
open_sign(const char *command)
{
	ends_open(&e, session, 1, command);
	ends_accept(&e, session, 1, &accept_reply);
	assert_true(accept_reply.receipt);
}

/* So many answers, all with a signature and its receipt. */
static void
take_answers(unsigned count)
{
	struct answers_head head;
	char line[32];
	unsigned got = 0;

	while (got < count) {
		audit_serve(&e, worker, session);
		ends_recv(&e, session, WIRE_ANSWERS);
		assert_true(answers_head_get(&e.r, &head));
		for (unsigned i = 0; i < head.count; i++) {
			assert_true(answer_get(&e.r, &answer));
			assert_int_equal(answer.reason, REASON_OK);
			assert_true(answer.len > 0);
			snprintf(line, sizeof(line), " line=\"%u\"", ++got);
			assert_proof(answer.receipt, answer.receipt_len, line);
		}
	}
	assert_int_equal(got, count);
}

static void
a_receipt_comes_with_its_signature(void **state)
{
	(void)state;
	open_sign("sign --receipt -o json");
	ends_lines(&e, session, 1, 1, 1, "ok");
	take_answers(1);
	ends_channel(&e, session, WIRE_END, 1);
	assert_int_equal(ends_done(&e, session, text), 0);
	ends_await_record(&e, "CHECKPOINT", "why=\"receipt\"");
}

static void
many_lines_share_a_checkpoint(void **state)
{
	(void)state;
	open_sign("sign --receipt -o tar");
	ends_lines(&e, session, 1, 1, WIRE_WINDOW, "ok");
	take_answers(WIRE_WINDOW);
	assert_true(audit_count(&e) < WIRE_WINDOW / 8);
}

static void
an_atomic_request_larger_than_the_window(void **state)
{
	(void)state;
	open_sign("sign --receipt -o json --atomic");
	ends_lines(&e, session, 1, 1, 1000, "ok");
	ends_channel(&e, session, WIRE_END, 1);
	take_answers(1000);
	assert_int_equal(ends_done(&e, session, text), 0);
}

static void
no_answer_before_its_checkpoint(void **state)
{
	struct jobs jobs = { .count = 0 };

	(void)state;
	open_sign("sign --receipt -o json");
	ends_lines(&e, session, 1, 1, 1, "ok");
	ends_all_jobs(&e, worker, &jobs, 1);
	ends_result(&e, worker, jobs.job[0], REASON_OK);
	ends_await_record(&e, "SIGN", "outcome=\"ok\"");
	audit_job(&e, worker, &job);
	assert_true(ends_is_quiet(session, 50));
	audit_sign(&e, worker, &job);
	assert_int_equal(ends_answer(&e, session, &answer), REASON_OK);
	assert_proof(answer.receipt, answer.receipt_len, " SIGN [");
}

static void
sign_for_nothing(const char *command)
{
	struct jobs jobs = { .count = 0 };

	open_sign(command);
	ends_lines(&e, session, 1, 1, 2, "ok");
	ends_all_jobs(&e, worker, &jobs, 2);
	ends_result(&e, worker, jobs.job[0], REASON_OK);
	ends_result(&e, worker, jobs.job[1], REASON_OK);
	/* Their checkpoint does not come. */
	for (int i = 0; i < 2; i++) {
		int before = worker;

		audit_job(&e, worker, &job);
		ends_result(&e, worker, job.job, REASON_TOKEN_FAILED);
		ends_recv(&e, e.keeper, WIRE_WORKER_KILL);
		audit_worker(&e, &worker);
		close(before);
	}
}

static void
without_a_checkpoint_the_line_fails_and_says_why(void **state)
{
	(void)state;
	sign_for_nothing("sign --receipt -o json");
	assert_int_equal(
	    ends_answer(&e, session, &answer), REASON_TOKEN_FAILED);
	assert_non_null(strstr(answer.text, "it was signed and is on record"));
	assert_int_equal(ends_done(&e, session, text), 69);
	ends_await_record(&e, "SIGN", "outcome=\"ok\"");
}

static void
with_keep_going_each_line_fails_by_itself(void **state)
{
	struct answers_head head;
	unsigned got = 0;

	(void)state;
	sign_for_nothing("sign --receipt -o json --keep-going");
	while (got < 2) {
		ends_recv(&e, session, WIRE_ANSWERS);
		assert_true(answers_head_get(&e.r, &head));
		for (got += head.count; head.count > 0; head.count--) {
			assert_true(answer_get(&e.r, &answer));
			assert_int_equal(answer.reason, REASON_TOKEN_FAILED);
		}
	}
	ends_channel(&e, session, WIRE_END, 1);
	assert_int_equal(ends_done(&e, session, text), 1);
}

static void
a_client_that_goes_leaves_nothing_behind(void **state)
{
	struct jobs jobs = { .count = 0 };

	(void)state;
	open_sign("sign --receipt -o json");
	ends_lines(&e, session, 1, 1, 1, "ok");
	ends_all_jobs(&e, worker, &jobs, 1);
	ends_result(&e, worker, jobs.job[0], REASON_OK);
	audit_job(&e, worker, &job);
	close(session);
	session = ends_login(&e);
	audit_sign(&e, worker, &job);
	ends_await_record(&e, "CHECKPOINT", "why=\"receipt\"");
	open_sign("sign --receipt -o json");
	ends_lines(&e, session, 1, 1, 3, "ok");
	take_answers(3);
}

static void
a_line_that_is_refused_has_none(void **state)
{
	struct answers_head head;

	(void)state;
	open_sign("sign --receipt -o json --keep-going");
	ends_lines(&e, session, 1, 1, 1, "ok");
	ends_lines(&e, session, 1, 2, 1, "no");
	for (unsigned got = 0; got < 2;) {
		audit_serve(&e, worker, session);
		ends_recv(&e, session, WIRE_ANSWERS);
		assert_true(answers_head_get(&e.r, &head));
		for (; head.count > 0; head.count--) {
			assert_true(answer_get(&e.r, &answer));
			assert_int_equal(answer.reason,
			    got++ == 0 ? REASON_OK : REASON_NAME);
		}
	}
}

static void
check_promises_what_sign_would_give(void **state)
{
	(void)state;
	open_sign("check --receipt -o tar");
	ends_lines(&e, session, 1, 1, 1, "ok");
	assert_int_equal(ends_answer(&e, session, &answer), REASON_OK);
	assert_int_equal(answer.receipt_len, 0);
}

static void
sign_one(void)
{
	ends_open(&e, session, 1, "sign");
	ends_accept(&e, session, 1, &accept_reply);
	assert_false(accept_reply.receipt);
	ends_lines(&e, session, 1, 7, 1, "ok");
	audit_serve(&e, worker, session);
	assert_int_equal(ends_answer(&e, session, &answer), REASON_OK);
	assert_int_equal(answer.receipt_len, 0);
	ends_channel(&e, session, WIRE_END, 1);
	assert_int_equal(ends_done(&e, session, text), 0);
}

static void
ask_proof(uint32_t channel, uint8_t byte)
{
	uint8_t digest[32];
	char command[128] = "log proof ";

	memset(digest, byte, sizeof(digest));
	hex_encode(digest, sizeof(digest), command + strlen(command));
	ends_open(&e, session, channel, command);
}

static void
a_receipt_can_be_had_later(void **state)
{
	struct text_reply reply;

	(void)state;
	sign_one();
	/* The first needs a checkpoint, the second has one. */
	for (uint32_t channel = 2; channel < 4; channel++) {
		ask_proof(channel, 7);
		audit_serve(&e, worker, session);
		ends_recv(&e, session, WIRE_TEXT);
		assert_true(text_reply_get(&e.r, &reply));
		assert_proof(reply.bytes, reply.len, " digest=\"0707070707");
		assert_int_equal(ends_done(&e, session, text), 0);
		assert_int_equal(audit_count(&e), 2);
	}
}

static void
nothing_is_told_of_what_is_not_ones_own(void **state)
{
	(void)state;
	sign_one();
	/* A digest that nobody signed, */
	ask_proof(2, 8);
	assert_int_equal(ends_done(&e, session, text), 65);
	assert_string_equal(text, reason_text(REASON_NOT_FOUND));
	/* and one that was signed with a key that the profile lost. */
	ends_put(&e, "profiles.d/p.conf", "[profile ci]\nkeys = other\n");
	{
		struct writer w = ends_writer(&e);

		bare_put(&w, WIRE_RELOAD);
		ends_send(e.listener, &w);
	}
	ends_await_record(&e, "RELOAD", "outcome=\"ok\"");
	ask_proof(3, 7);
	assert_int_equal(ends_done(&e, session, text), 65);
	assert_string_equal(text, reason_text(REASON_NOT_FOUND));
}

static void
a_search_may_be_given_up(void **state)
{
	(void)state;
	sign_one();
	ask_proof(2, 7);
	ends_channel(&e, session, WIRE_CANCEL, 2);
	/* While its checkpoint is made, too. */
	ask_proof(3, 7);
	audit_job(&e, worker, &job);
	ends_channel(&e, session, WIRE_CANCEL, 3);
	ask_proof(4, 8);
	assert_int_equal(ends_done(&e, session, text), 65);
	audit_sign(&e, worker, &job);
	ends_await_record(&e, "CHECKPOINT", "why=\"receipt\"");
	assert_true(ends_is_quiet(session, 50));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_receipt_comes_with_its_signature),
		TEST(many_lines_share_a_checkpoint),
		TEST(an_atomic_request_larger_than_the_window),
		TEST(no_answer_before_its_checkpoint),
		TEST(without_a_checkpoint_the_line_fails_and_says_why),
		TEST(with_keep_going_each_line_fails_by_itself),
		TEST(a_client_that_goes_leaves_nothing_behind),
		TEST(a_line_that_is_refused_has_none),
		TEST(check_promises_what_sign_would_give),
		TEST(a_receipt_can_be_had_later),
		TEST(nothing_is_told_of_what_is_not_ones_own),
		TEST(a_search_may_be_given_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
