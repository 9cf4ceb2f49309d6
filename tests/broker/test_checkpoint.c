/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/broker/checkpoint.c src/broker/notary.c src/broker/chore.c */
/* covers: src/broker/audit_key.c src/broker/note_file.c src/broker/newest.c */
/* covers: src/broker/records_checkpoint.c src/broker/log_verb.c */
/*
 * When the log is signed, and what happens when it cannot be.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "broker/note_file.h"
#include "support_audit.h"

#define DIGEST_OF_ONES                     \
	"11111111111111111111111111111111" \
	"11111111111111111111111111111111"

static struct ends e;
static int worker = -1, session = -1;
static struct audit_job job;
static struct accept_reply accept_reply;
static struct answer answer;
static char text[MESSAGE_SIZE];

static void
start(const char *words)
{
	audit_make(&e, words);
	ends_start(&e);
	audit_worker(&e, &worker);
	ends_recv(&e, e.listener, WIRE_BROKER_READY);
}

static int
tear_down(void **state)
{
	(void)state;
	ends_drop(&e);
	if (worker != -1)
		close(worker);
	if (session != -1)
		close(session);
	worker = session = -1;
	return 0;
}

static void
signs_what_is_there_at_the_start(void **state)
{
	struct checkpoint newest;
	struct note_key key;
	char vkey[NOTE_VKEY], field[256];
	char *records;
	const char *record;

	(void)state;
	start("");
	audit_job(&e, worker, &job);
	assert_memory_equal(job.text, "test/log\n", 9);
	audit_sign(&e, worker, &job);
	ends_await_record(&e, "CHECKPOINT", "why=\"start\"");
	records = ends_records(&e);
	record =
	    ends_record(records, "CHECKPOINT", " origin=\"test/log\" size=");
	assert_non_null(record);
	audit_key_of("test/log", &key);
	note_key_text(&key, vkey);
	snprintf(field, sizeof(field), "auditkey=\"%s\"", vkey);
	assert_non_null(ends_record(records, "CHECKPOINT", field));
	assert_non_null(ends_record(records, "CHECKPOINT", " nodes=\""));
	free(records);
	audit_await_newest(&e, &newest);
	assert_int_equal(strtoull(job.text + 9, NULL, 10), newest.size);
}

static void
signs_nothing_when_nothing_is_new(void **state)
{
	(void)state;
	start("checkpoint-interval = 1s\n");
	audit_serve_checkpoints(&e, worker, 1);
	/* What came while it was made is signed once more, at most. */
	if (!ends_is_quiet(worker, 1500)) {
		audit_job(&e, worker, &job);
		audit_sign(&e, worker, &job);
	}
	assert_true(ends_is_quiet(worker, 2500));
}

static void
signs_after_an_interval(void **state)
{
	(void)state;
	start("checkpoint-interval = 1s\n");
	audit_serve_checkpoints(&e, worker, 1);
	session = ends_login(&e);
	audit_job(&e, worker, &job);
	audit_sign(&e, worker, &job);
	ends_await_record(&e, "CHECKPOINT", "why=\"time\"");
}

static void
signs_after_so_many_records(void **state)
{
	(void)state;
	start("checkpoint-interval = 1h\ncheckpoint-records = 3\n");
	audit_serve_checkpoints(&e, worker, 1);
	for (int i = 0; i < 3; i++)
		close(ends_login(&e));
	audit_job(&e, worker, &job);
	audit_sign(&e, worker, &job);
	ends_await_record(&e, "CHECKPOINT", "why=\"records\"");
}

static void
the_last_one_covers_the_stop(void **state)
{
	struct checkpoint newest;
	struct writer w;
	char *records;

	(void)state;
	start("");
	audit_serve_checkpoints(&e, worker, 1);
	w = ends_writer(&e);
	bare_put(&w, WIRE_DRAIN);
	ends_send(e.listener, &w);
	audit_job(&e, worker, &job);
	records = ends_records(&e);
	assert_non_null(ends_record(records, "STOP", "why=\"drained\""));
	free(records);
	audit_sign(&e, worker, &job);
	ends_recv(&e, e.listener, WIRE_DRAINED);
	assert_int_equal(ends_wait(&e), 0);
	records = ends_records(&e);
	assert_non_null(ends_record(records, "CHECKPOINT", "why=\"stop\""));
	free(records);
	assert_int_equal(
	    audit_newest(&e, &newest), strtoull(job.text + 9, NULL, 10));
}

static void
a_stop_does_not_wait_for_a_token_for_ever(void **state)
{
	struct writer w;

	(void)state;
	start("");
	audit_serve_checkpoints(&e, worker, 1);
	w = ends_writer(&e);
	bare_put(&w, WIRE_DRAIN);
	ends_send(e.listener, &w);
	audit_job(&e, worker, &job);
	/* No answer, and the worker that comes after it gives none either. */
	ends_recv(&e, e.listener, WIRE_DRAINED);
	assert_int_equal(ends_wait(&e), 0);
	ends_await_record(&e, "STOP", "why=\"drained\"");
}

static void
a_wrong_signature_costs_the_worker_and_is_tried_again(void **state)
{
	struct audit_job again;
	int first;

	(void)state;
	start("");
	audit_job(&e, worker, &job);
	again = job;
	again.text[0] = 'X';
	audit_sign(&e, worker, &again);
	ends_recv(&e, e.keeper, WIRE_WORKER_KILL);
	first = worker;
	audit_worker(&e, &worker);
	close(first);
	audit_job(&e, worker, &again);
	assert_string_equal(job.text, again.text);
	audit_sign(&e, worker, &again);
	ends_await_record(&e, "CHECKPOINT", "why=\"start\"");
}

static void
a_worker_that_hangs_over_it_is_replaced(void **state)
{
	int first;

	(void)state;
	start("");
	audit_job(&e, worker, &job);
	ends_recv(&e, e.keeper, WIRE_WORKER_KILL);
	ends_await_record(&e, "TOKEN", "reason=\"token-timeout\"");
	first = worker;
	audit_worker(&e, &worker);
	close(first);
	audit_job(&e, worker, &job);
	audit_sign(&e, worker, &job);
	ends_await_record(&e, "CHECKPOINT", "why=\"start\"");
}

static void
two_failures_are_enough_for_a_while(void **state)
{
	int first;

	(void)state;
	start("");
	for (int i = 0; i < 2; i++) {
		audit_job(&e, worker, &job);
		ends_result(&e, worker, job.job, REASON_TOKEN_FAILED);
		ends_recv(&e, e.keeper, WIRE_WORKER_KILL);
		first = worker;
		audit_worker(&e, &worker);
		close(first);
	}
	assert_true(ends_is_quiet(worker, 300));
	session = ends_login(&e);
	ends_open(&e, session, 1, "log checkpoint");
	assert_int_equal(ends_done(&e, session, text), 69);
	assert_string_equal(text, reason_text(REASON_TOKEN_FAILED));
	audit_job(&e, worker, &job);
	audit_sign(&e, worker, &job);
	ends_await_record(&e, "CHECKPOINT", "why=\"start\"");
}

static void
a_line_goes_before_none_and_both_are_done(void **state)
{
	struct jobs jobs = { .count = 0 };

	(void)state;
	start("");
	audit_job(&e, worker, &job);
	session = ends_login(&e);
	ends_open(&e, session, 1, "sign");
	ends_accept(&e, session, 1, &accept_reply);
	ends_lines(&e, session, 1, 1, 1, "ok");
	ends_all_jobs(&e, worker, &jobs, 1);
	ends_result(&e, worker, jobs.job[0], REASON_OK);
	assert_int_equal(ends_answer(&e, session, &answer), REASON_OK);
	audit_sign(&e, worker, &job);
	ends_await_record(&e, "CHECKPOINT", "why=\"start\"");
}

static void
shows_the_newest(void **state)
{
	struct text_reply reply;
	struct signed_checkpoint read_back;
	struct checkpoint newest;
	struct text_error error;

	(void)state;
	start("");
	audit_job(&e, worker, &job);
	session = ends_login(&e);
	ends_open(&e, session, 1, "log checkpoint");
	assert_int_equal(ends_done(&e, session, text), 69);
	assert_string_equal(text, "there is no checkpoint yet; try again");
	audit_sign(&e, worker, &job);
	audit_await_newest(&e, &newest);
	ends_open(&e, session, 2, "log checkpoint");
	ends_recv(&e, session, WIRE_TEXT);
	assert_true(text_reply_get(&e.r, &reply));
	assert_int_equal(checkpoint_parse((const char *)reply.bytes, reply.len,
			     &read_back, &error),
	    0);
	assert_memory_equal(reply.bytes, job.text, strlen(job.text));
	assert_int_equal(ends_done(&e, session, text), 0);
}

static void
shows_the_one_of_before_a_restart(void **state)
{
	struct text_reply reply;
	struct checkpoint newest;

	(void)state;
	start("");
	audit_serve_checkpoints(&e, worker, 1);
	audit_await_newest(&e, &newest);
	kill(e.pid, SIGKILL);
	waitpid(e.pid, NULL, 0);
	close(worker);
	close(e.listener);
	close(e.keeper);
	ends_start(&e);
	audit_worker(&e, &worker);
	ends_recv(&e, e.listener, WIRE_BROKER_READY);
	audit_job(&e, worker, &job);
	session = ends_login(&e);
	ends_open(&e, session, 1, "log checkpoint");
	ends_recv(&e, session, WIRE_TEXT);
	assert_true(text_reply_get(&e.r, &reply));
	assert_int_equal(
	    strtoull((const char *)reply.bytes + 9, NULL, 10), newest.size);
	assert_int_equal(ends_done(&e, session, text), 0);
	assert_true(strtoull(job.text + 9, NULL, 10) > newest.size);
}

static void
no_audit_key_means_no_checkpoint_and_no_receipt(void **state)
{
	static const char *const commands[] = { "log checkpoint",
		"log proof " DIGEST_OF_ONES, "sign --receipt -o json",
		"check --receipt -o tar" };

	(void)state;
	ends_make(&e);
	ends_start(&e);
	ends_ready_worker(&e, &worker);
	ends_recv(&e, e.listener, WIRE_BROKER_READY);
	session = ends_login(&e);
	for (uint32_t i = 0; i < 4; i++) {
		ends_open(&e, session, i, commands[i]);
		assert_int_equal(ends_done(&e, session, text), 69);
		assert_non_null(strstr(text, "no audit key"));
	}
	ends_await_record(&e, "START", "audit-key=\"none\"");
}

static void
a_key_of_another_type_is_told_by_name(void **state)
{
	(void)state;
	audit_make(&e, "");
	ends_start(&e);
	ends_worker(&e, &worker);
	ends_token_state(&e, worker, REASON_OK);
	ends_facts(&e, worker, REASON_OK);
	ends_facts(&e, worker, REASON_OK);
	audit_facts(&e, worker, KEY_P256);
	ends_await_record(&e, "TOKEN", "key=\"log\"");
	ends_await_record(&e, "TOKEN", "reason=\"key-unfit\"");
	ends_recv(&e, e.listener, WIRE_BROKER_READY);
	session = ends_login(&e);
	ends_open(&e, session, 1, "sign --receipt -o json");
	assert_int_equal(ends_done(&e, session, text), 69);
	assert_non_null(strstr(text, "Ed25519"));
	ends_await_record(&e, "START", "audit-key=\"log\"");
}

static void
no_client_sees_the_audit_key(void **state)
{
	struct text_reply reply;

	(void)state;
	start("");
	audit_serve_checkpoints(&e, worker, 1);
	session = ends_login(&e);
	ends_open(&e, session, 1, "keys --json");
	ends_recv(&e, session, WIRE_TEXT);
	assert_true(text_reply_get(&e.r, &reply));
	assert_null(memmem(reply.bytes, reply.len, "\"log\"", 5));
	assert_int_equal(ends_done(&e, session, text), 0);
	ends_open(&e, session, 2, "pubkey log");
	assert_int_equal(ends_done(&e, session, text), 77);
	ends_open(&e, session, 3, "sign -k log -f raw");
	assert_int_equal(ends_done(&e, session, text), 77);
}

static size_t
load(char note[CHECKPOINT_NOTE])
{
	struct signed_checkpoint parsed;
	char path[128];

	snprintf(path, sizeof(path), "%s/state", e.dir);
	return note_file_load(path, note, &parsed);
}

static void
save(const char *note, size_t len)
{
	struct note_file *file;
	char path[128];

	snprintf(path, sizeof(path), "%s/state", e.dir);
	assert_non_null(file = note_file_new(path, NULL, NULL));
	note_file_write(file, "soon over", 9);
	note_file_write(file, note, len);
	note_file_free(file);
}

static void
a_file_is_replaced_as_a_whole(void **state)
{
	static const char good[] =
	    "o\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n"
	    "\xe2\x80\x94 o AAAAAAEC\n";
	char note[CHECKPOINT_NOTE];

	(void)state;
	ends_make(&e);
	assert_int_equal(load(note), 0);
	save(good, sizeof(good) - 1);
	assert_int_equal(load(note), sizeof(good) - 1);
	assert_memory_equal(note, good, sizeof(good) - 1);
	/* Anything else is not taken up: not a part of one, */
	save(good, sizeof(good) - 2);
	assert_int_equal(load(note), 0);
	/* not what is larger than any of ours. */
	memset(note, 'x', sizeof(note));
	save(note, sizeof(note));
	assert_int_equal(load(note), 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(signs_what_is_there_at_the_start),
		TEST(signs_nothing_when_nothing_is_new),
		TEST(signs_after_an_interval),
		TEST(signs_after_so_many_records),
		TEST(the_last_one_covers_the_stop),
		TEST(a_stop_does_not_wait_for_a_token_for_ever),
		TEST(a_wrong_signature_costs_the_worker_and_is_tried_again),
		TEST(a_worker_that_hangs_over_it_is_replaced),
		TEST(two_failures_are_enough_for_a_while),
		TEST(a_line_goes_before_none_and_both_are_done),
		TEST(shows_the_newest),
		TEST(shows_the_one_of_before_a_restart),
		TEST(no_audit_key_means_no_checkpoint_and_no_receipt),
		TEST(a_key_of_another_type_is_told_by_name),
		TEST(no_client_sees_the_audit_key),
		TEST(a_file_is_replaced_as_a_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
