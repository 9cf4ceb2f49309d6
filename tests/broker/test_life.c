/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/broker/main.c src/broker/service.c src/broker/drain.c */
/* covers: src/broker/reload.c src/broker/loader.c src/broker/admin.c */
/* covers: src/broker/on_admin.c src/broker/on_listener.c src/broker/status.c */
/* covers: src/broker/status_keys.c */
/* covers: src/broker/records_start.c */
/* covers: src/broker/jail.c */
/*
 * From the first record to the last: reload, drain, a disk that is full.
 */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
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
	session = ends_login(&e);
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
tell(enum wire_type type)
{
	struct writer w = ends_writer(&e);

	bare_put(&w, type);
	ends_send(e.listener, &w);
}

static int
ask_admin(enum admin_verb verb, char ret[WIRE_CHUNK + 1])
{
	const struct admin_request request = { .verb = verb };

	return ends_admin(&e, &request, ret);
}

static void
drains_accepted_requests_and_refuses_new_ones(void **state)
{
	struct logout logout;
	struct jobs jobs;
	char *records;

	(void)state;
	open_sign(1);
	ends_lines(&e, session, 1, 1, 1, "ok");
	ends_jobs(&e, worker, &jobs);
	tell(WIRE_DRAIN);
	/* Listener and session have channels of their own. */
	do
		ends_open(&e, session, ++jobs.count, "whoami");
	while (ends_next(&e, session) == WIRE_TEXT &&
	    ends_next(&e, session) == WIRE_DONE);
	ends_result(&e, worker, jobs.job[0], REASON_OK);
	assert_int_equal(ends_answer(&e, session, &answer), REASON_OK);
	ends_channel(&e, session, WIRE_END, 1);
	assert_int_equal(ends_done(&e, session, text), 0);
	ends_recv(&e, session, WIRE_LOGOUT);
	assert_true(logout_get(&e.r, &logout));
	assert_int_equal(logout.reason, REASON_DRAINING);
	assert_true(ends_is_quiet(e.listener, 20));
	close(session);
	session = -1;
	ends_recv(&e, e.listener, WIRE_DRAINED);
	assert_int_equal(ends_wait(&e), 0);
	records = ends_records(&e);
	assert_non_null(ends_record(records, "STOP", "signatures=\"1\""));
	free(records);
}

static void
ends_a_drain_that_takes_too_long(void **state)
{
	(void)state;
	open_sign(1);
	ends_lines(&e, session, 1, 1, 100, "ok");
	tell(WIRE_DRAIN);
	ends_recv(&e, session, WIRE_LOGOUT);
	close(session);
	session = -1;
	ends_recv(&e, e.listener, WIRE_DRAINED);
	assert_int_equal(ends_wait(&e), 0);
}

static void
reloads_a_profile_for_an_open_request(void **state)
{
	struct jobs jobs;

	(void)state;
	open_sign(1);
	ends_put(&e, "profiles.d/p.conf",
	    "[profile ci]\nkeys = release\nformats = raw\nnames = new*\n"
	    "default = sign -k release -f raw\n");
	tell(WIRE_RELOAD);
	ends_await_record(&e, "RELOAD", "outcome=\"ok\"");
	ends_lines(&e, session, 1, 1, 1, "new");
	ends_jobs(&e, worker, &jobs);
	ends_result(&e, worker, jobs.job[0], REASON_OK);
	assert_int_equal(ends_answer(&e, session, &answer), REASON_OK);
	ends_lines(&e, session, 1, 1, 1, "ok");
	assert_int_equal(ends_answer(&e, session, &answer), REASON_NAME);
}

static void
decides_queued_lines_again_after_a_reload(void **state)
{
	struct jobs jobs = { .count = 0 };
	unsigned given = 0;
	struct answers_head head;
	enum wire_type type;

	(void)state;
	open_sign(1);
	ends_lines(&e, session, 1, 1, 50, "ok");
	ends_all_jobs(&e, worker, &jobs, 2);
	ends_put(&e, "profiles.d/p.conf",
	    "[profile ci]\nkeys = release\nformats = raw\nnames = new*\n"
	    "default = sign -k release -f raw\n");
	tell(WIRE_RELOAD);
	ends_await_record(&e, "RELOAD", "outcome=\"ok\"");
	while (given < jobs.count)
		ends_result(&e, worker, jobs.job[given++], REASON_OK);
	while ((type = ends_next(&e, session)) == WIRE_ANSWERS)
		assert_true(answers_head_get(&e.r, &head));
	assert_int_equal(type, WIRE_DONE);
	assert_int_equal(given, 2);
	ends_await_record(&e, "DENY", "line=\"3\"");
}

static void
ends_the_request_whose_key_was_taken_away(void **state)
{
	(void)state;
	open_sign(1);
	ends_put(&e, "profiles.d/p.conf", "[profile ci]\nkeys = other\n");
	tell(WIRE_RELOAD);
	assert_int_equal(ends_done(&e, session, text), 77);
}

static void
logs_out_a_client_that_a_reload_removed(void **state)
{
	struct logout logout;

	(void)state;
	open_sign(1);
	ends_put(&e, "authorized_keys.d/a", "# nobody\n");
	tell(WIRE_RELOAD);
	ends_recv(&e, session, WIRE_LOGOUT);
	assert_true(logout_get(&e.r, &logout));
	assert_int_equal(logout.reason, REASON_REMOVED);
	/* What it says now counts for nothing. */
	ends_lines(&e, session, 1, 1, 1, "ok");
	ends_open(&e, session, 2, "whoami");
	assert_true(ends_is_quiet(worker, 50));
	assert_true(ends_is_quiet(session, 50));
}

static void
keeps_the_running_tree_when_the_next_is_bad(void **state)
{
	char said[WIRE_CHUNK + 1];

	(void)state;
	ends_put(&e, "keys.d/k.conf", "[key release]\nnonsense = 1\n");
	assert_int_equal(ask_admin(ADMIN_RELOAD, said), 1);
	assert_non_null(strstr(said, "keys.d/k.conf:2: "));
	ends_await_record(&e, "RELOADFAIL", "nonsense");
	ends_open(&e, session, 1, "whoami");
	ends_recv(&e, session, WIRE_TEXT);
	assert_int_equal(ends_done(&e, session, text), 0);
}

static void
refuses_to_reload_what_needs_a_restart(void **state)
{
	char said[WIRE_CHUNK + 1];

	(void)state;
	ends_put(&e, "tokens.d/t.conf",
	    "[token t]\nmodule = /lib/m.so\ntoken = u\npin-file = pin\n");
	assert_int_equal(ask_admin(ADMIN_RELOAD, said), 1);
	assert_non_null(strstr(said, "tokens.d needs a restart"));
}

static void
tells_the_admin_its_state(void **state)
{
	char said[WIRE_CHUNK + 1];

	(void)state;
	assert_int_equal(ask_admin(ADMIN_STATUS, said), 0);
	assert_non_null(strstr(said, "1 connections, 1 logged in"));
	assert_non_null(strstr(said, "token t: 1 of 2 workers logged in"));
	assert_non_null(strstr(said, "key release: ok"));
	assert_int_equal(ask_admin(ADMIN_RELOAD, said), 0);
	assert_string_equal(said, "reloaded\n");
}

static void
refuses_arguments_that_a_verb_does_not_take(void **state)
{
	struct admin_request request = { .verb = ADMIN_RELOAD };
	char said[WIRE_CHUNK + 1];

	(void)state;
	assert_true(admin_request_add(&request, "now"));
	assert_int_equal(ends_admin(&e, &request, said), 64);
	assert_string_equal(said, "too few or too many arguments\n");
}

static void
tells_workers_of_new_and_dropped_keys(void **state)
{
	struct key_add add;
	uint32_t number;

	(void)state;
	ends_put(&e, "keys.d/k.conf",
	    "[key release]\ntoken = t\nobject = pkcs11:object=release\n"
	    "use = raw\n"
	    "[key third]\ntoken = t\nobject = pkcs11:object=third\n"
	    "use = raw\n");
	tell(WIRE_RELOAD);
	ends_recv(&e, worker, WIRE_KEY_DROP);
	assert_true(number_get(&e.r, &number));
	assert_int_equal(number, 1);
	ends_recv(&e, worker, WIRE_KEY_ADD);
	assert_true(key_add_get(&e.r, &add));
	assert_int_equal(add.key, 2);
	assert_string_equal(add.object, "pkcs11:object=third");
}

static void
goes_on_with_another_object_of_the_same_name(void **state)
{
	struct jobs jobs = { .count = 0 }, more = { .count = 0 };

	(void)state;
	open_sign(1);
	ends_lines(&e, session, 1, 1, 4, "ok");
	ends_all_jobs(&e, worker, &jobs, 2);
	ends_put(&e, "keys.d/k.conf",
	    "[key release]\ntoken = t\nobject = pkcs11:object=next\n"
	    "use = raw\n"
	    "[key other]\ntoken = t\nobject = pkcs11:object=other\n"
	    "use = raw\n");
	tell(WIRE_RELOAD);
	ends_recv(&e, worker, WIRE_KEY_DROP);
	ends_facts(&e, worker, REASON_OK);
	/* What the worker had is the old key's, and cannot be tried again. */
	ends_result(&e, worker, jobs.job[0], REASON_OK);
	ends_all_jobs(&e, worker, &more, 1);
	assert_int_equal(ends_answer(&e, session, &answer), REASON_OK);
	ends_result(&e, worker, jobs.job[1], REASON_TOKEN_FAILED);
	assert_int_equal(ends_answer(&e, session, &answer), REASON_KEY_MISSING);
	assert_int_equal(ends_done(&e, session, text), 69);
}

/* How long a file the broker may write. */
static void
limit_file(rlim_t size)
{
	struct rlimit limit = { size, RLIM_INFINITY };

	assert_int_equal(prlimit(e.pid, RLIMIT_FSIZE, &limit, NULL), 0);
}

static off_t
audit_size(void)
{
	char path[PATH_MAX];
	struct stat st;

	snprintf(path, sizeof(path), "%s/log/audit.log", e.dir);
	assert_int_equal(stat(path, &st), 0);
	return st.st_size;
}

static void
signs_nothing_that_it_cannot_record(void **state)
{
	struct jobs jobs;
	char said[WIRE_CHUNK + 1], *records;
	uint32_t channel = 1;

	(void)state;
	open_sign(channel);
	ends_await_record(&e, "AUTH", "");
	limit_file((rlim_t)audit_size() + 10);
	ends_lines(&e, session, 1, 1, 1, "ok1");
	ends_jobs(&e, worker, &jobs);
	ends_result(&e, worker, jobs.job[0], REASON_OK);
	assert_int_equal(
	    ends_answer(&e, session, &answer), REASON_AUDIT_UNAVAILABLE);
	assert_int_equal(answer.len, 0);
	assert_int_equal(ends_done(&e, session, text), 69);
	assert_int_equal(ask_admin(ADMIN_STATUS, said), 0);
	assert_non_null(strstr(said, "failing"));

	/* The token is not even asked any more. */
	open_sign(++channel);
	ends_lines(&e, session, channel, 1, 1, "ok2");
	assert_int_equal(
	    ends_answer(&e, session, &answer), REASON_AUDIT_UNAVAILABLE);
	assert_int_equal(ends_done(&e, session, text), 69);
	ends_open(&e, session, ++channel, "sign -k nowhere");
	assert_int_equal(ends_done(&e, session, text), 69);

	/* And goes on by itself. */
	limit_file(RLIM_INFINITY);
	do
		assert_int_equal(ask_admin(ADMIN_STATUS, said), 0);
	while (strstr(said, "failing") != NULL);
	open_sign(++channel);
	ends_lines(&e, session, channel, 1, 1, "ok3");
	ends_jobs(&e, worker, &jobs);
	ends_result(&e, worker, jobs.job[0], REASON_OK);
	assert_int_equal(ends_answer(&e, session, &answer), REASON_OK);
	records = ends_records(&e);
	assert_null(ends_record(records, "SIGN", "ok1"));
	assert_null(ends_record(records, "SIGN", "ok2"));
	assert_non_null(ends_record(records, "SIGN", "ok3"));
	free(records);
}

static void
takes_up_the_chain_and_cuts_off_a_torn_record(void **state)
{
	char path[PATH_MAX], *records;
	FILE *file;

	(void)state;
	ends_await_record(&e, "AUTH", "");
	close(e.listener);
	e.listener = -1;
	assert_int_equal(ends_wait(&e), 70);
	snprintf(path, sizeof(path), "%s/log/audit.log", e.dir);
	file = fopen(path, "a");
	assert_non_null(file);
	fputs("<86>1 2026-11-21T", file);
	fclose(file);
	close(e.keeper);
	ends_start(&e);
	ends_await_record(&e, "START", "repaired=\"17\"");
	records = ends_records(&e);
	assert_non_null(ends_record(records, "STOP", "listener-gone"));
	free(records);
}

static void
runs_once_only(void **state)
{
	struct ends second = e;

	(void)state;
	ends_start(&second);
	assert_int_equal(ends_wait(&second), 1);
	close(second.listener);
	close(second.keeper);
}

static void
ends_when_the_keeper_does(void **state)
{
	(void)state;
	close(e.keeper);
	e.keeper = -1;
	assert_int_equal(ends_wait(&e), 70);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(drains_accepted_requests_and_refuses_new_ones),
		TEST(ends_a_drain_that_takes_too_long),
		TEST(reloads_a_profile_for_an_open_request),
		TEST(decides_queued_lines_again_after_a_reload),
		TEST(ends_the_request_whose_key_was_taken_away),
		TEST(logs_out_a_client_that_a_reload_removed),
		TEST(keeps_the_running_tree_when_the_next_is_bad),
		TEST(refuses_to_reload_what_needs_a_restart),
		TEST(tells_the_admin_its_state),
		TEST(refuses_arguments_that_a_verb_does_not_take),
		TEST(tells_workers_of_new_and_dropped_keys),
		TEST(goes_on_with_another_object_of_the_same_name),
		TEST(signs_nothing_that_it_cannot_record),
		TEST(takes_up_the_chain_and_cuts_off_a_torn_record),
		TEST(runs_once_only),
		TEST(ends_when_the_keeper_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
