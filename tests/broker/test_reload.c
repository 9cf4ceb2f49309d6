/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/broker/lines_again.c */
/*
 * A reload that changes what requests under way stand on: their key's token,
 * its object, their names.
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
static int first = -1, second = -1, session = -1;
static struct accept_reply accept_reply;
static struct answer answer;
static char text[MESSAGE_SIZE];
static const char *use; /* of all keys, which are one to the test */

static void
put_keys(const char *token, const char *object)
{
	char keys[1024];

	snprintf(keys, sizeof(keys),
	    "[key release]\ntoken = %s\nobject = pkcs11:object=%s\nuse = %s\n"
	    "[key one]\ntoken = t\nobject = pkcs11:object=one\nuse = %s\n"
	    "[key two]\ntoken = u\nobject = pkcs11:object=two\nuse = %s\n",
	    token, object, use, use, use);
	ends_put(&e, "keys.d/k.conf", keys);
}

/* The worker of the token of which one is asked for, logged in. */
static void
start_worker(const char *token, int *ret)
{
	struct worker_started started = { .pid = 4711 };
	struct worker_start start;
	struct writer w;
	int pair[2];

	ends_recv(&e, e.keeper, WIRE_WORKER_START);
	assert_true(worker_start_get(&e.r, &start));
	assert_string_equal(start.token, token);
	assert_int_equal(channel_pair(pair, true), 0);
	started.worker = start.worker;
	w = ends_writer(&e);
	worker_started_put(&w, &started);
	assert_int_equal(
	    channel_send_fds(e.keeper, w.start, w.used, &pair[1], 1),
	    CHANNEL_OK);
	close(pair[1]);
	*ret = pair[0];
	ends_token_state(&e, *ret, REASON_OK);
}

static void
begin(void)
{
	ends_put(&e, "tokens.d/t.conf",
	    "[token t]\nmodule = /lib/m.so\ntoken = t\npin-file = pin\n"
	    "workers = 1\ntimeout = 5s\n"
	    "[token u]\nmodule = /lib/m.so\ntoken = u\npin-file = pin\n"
	    "workers = 1\ntimeout = 5s\n");
	put_keys("t", "release");
	ends_start(&e);
	start_worker("t", &first);
	ends_facts(&e, first, REASON_OK);
	ends_facts(&e, first, REASON_OK);
	start_worker("u", &second);
	ends_facts(&e, second, REASON_OK);
	ends_recv(&e, e.listener, WIRE_BROKER_READY);
	session = ends_login(&e);
}

static int
set_up(void **state)
{
	(void)state;
	use = "raw";
	ends_make(&e);
	begin();
	return 0;
}

#define STATEMENTS "wrapped\nformats = dsse\npredicate-type = https://a.example"

static int
set_up_statements(void **state)
{
	(void)state;
	use = STATEMENTS;
	ends_make(&e);
	ends_put(&e, "profiles.d/p.conf",
	    "[profile ci]\nkeys = release\ndefault = sign -f dsse\n");
	begin();
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

static void
reload(void)
{
	struct writer w = ends_writer(&e);

	bare_put(&w, WIRE_RELOAD);
	ends_send(e.listener, &w);
	ends_await_record(&e, "RELOAD", "outcome=\"ok\"");
}

static void
open_sign(const char *command, unsigned lines)
{
	ends_open(&e, session, 1, command);
	ends_accept(&e, session, 1, &accept_reply);
	ends_lines(&e, session, 1, 1, lines, "ok");
}

static void
moves_queued_lines_to_the_token_that_their_key_moved_to(void **state)
{
	struct jobs jobs = { .count = 0 };

	(void)state;
	open_sign("sign", 3);
	ends_all_jobs(&e, first, &jobs, 2);
	put_keys("u", "release");
	reload();
	ends_recv(&e, first, WIRE_KEY_DROP);
	ends_facts(&e, second, REASON_OK);
	ends_result(&e, first, jobs.job[0], REASON_OK);
	assert_int_equal(ends_answer(&e, session, &answer), REASON_OK);
	ends_result(&e, first, jobs.job[1], REASON_OK);
	assert_int_equal(ends_answer(&e, session, &answer), REASON_OK);
	ends_jobs(&e, second, &jobs);
	assert_int_equal(jobs.count, 1);
	assert_int_equal(jobs.first[0], 3);
	ends_result(&e, second, jobs.job[0], REASON_OK);
	assert_int_equal(ends_answer(&e, session, &answer), REASON_OK);
	assert_true(ends_is_quiet(first, 50));
}

static void
answers_a_line_that_failed_after_its_key_was_changed(void **state)
{
	struct jobs jobs = { .count = 0 };

	(void)state;
	open_sign("sign", 1);
	ends_all_jobs(&e, first, &jobs, 1);
	put_keys("t", "another");
	reload();
	close(first);
	first = -1;
	assert_int_equal(ends_answer(&e, session, &answer), REASON_KEY_MISSING);
	assert_int_equal(ends_done(&e, session, text), 69);
}

static void
answers_a_line_that_failed_after_its_key_moved(void **state)
{
	struct jobs jobs = { .count = 0 };

	(void)state;
	open_sign("sign", 1);
	ends_all_jobs(&e, first, &jobs, 1);
	put_keys("u", "release");
	reload();
	close(first);
	first = -1;
	assert_int_equal(ends_answer(&e, session, &answer), REASON_KEY_MISSING);
	assert_int_equal(ends_done(&e, session, text), 69);
}

static void
never_says_that_nothing_was_signed_when_something_was(void **state)
{
	struct jobs jobs = { .count = 0 };
	char *records;

	(void)state;
	open_sign("sign --atomic", 50);
	ends_channel(&e, session, WIRE_END, 1);
	ends_all_jobs(&e, first, &jobs, 2);
	ends_result(&e, first, jobs.job[0], REASON_OK);
	assert_int_equal(ends_answer(&e, session, &answer), REASON_OK);
	ends_put(&e, "profiles.d/p.conf",
	    "[profile ci]\nkeys = release\nformats = raw\nnames = new*\n"
	    "default = sign -k release -f raw\n");
	reload();
	ends_all_jobs(&e, first, &jobs, 3);
	ends_result(&e, first, jobs.job[1], REASON_OK);
	assert_int_equal(ends_answer(&e, session, &answer), REASON_OK);
	ends_result(&e, first, jobs.job[2], REASON_OK);
	assert_int_equal(ends_answer(&e, session, &answer), REASON_OK);
	assert_int_equal(ends_answer(&e, session, &answer), REASON_NAME);
	assert_int_equal(ends_done(&e, session, text), 77);
	assert_null(strstr(text, "nothing was signed"));
	records = ends_records(&e);
	assert_non_null(ends_record(records, "DENY", "line=\"4\""));
	free(records);
}

/* The tree that said them is gone before the token answers. */
static void
what_an_admin_said_of_a_line_under_way_is_kept(void **state)
{
	struct jobs jobs = { .count = 0 };

	(void)state;
	open_sign("sign", 2);
	ends_all_jobs(&e, first, &jobs, 2);
	use = "wrapped\nformats = dsse manifest";
	put_keys("t", "release");
	ends_put(&e, "profiles.d/p.conf",
	    "[profile ci]\nkeys = release\nformats = manifest\n");
	reload();
	assert_int_equal(ends_done(&e, session, text), 77);
	ends_result(&e, first, jobs.job[0], REASON_OK);
	ends_await_record(&e, "SIGN", "outcome=\"ok\"");
	ends_result(&e, first, jobs.job[1], REASON_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    moves_queued_lines_to_the_token_that_their_key_moved_to,
		    set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    answers_a_line_that_failed_after_its_key_was_changed,
		    set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    answers_a_line_that_failed_after_its_key_moved, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    never_says_that_nothing_was_signed_when_something_was,
		    set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    what_an_admin_said_of_a_line_under_way_is_kept,
		    set_up_statements, tear_down),
	};

	return cmocka_run_group_tests_name("broker: reload", tests, NULL, NULL);
}
