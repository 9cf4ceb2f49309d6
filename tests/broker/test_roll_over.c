/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A key's next generation starts while requests are under way.
 */
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "policy/date.h"
#include "support_ends.h"

/* Seconds to the start: time enough to have lines under way. */
#define AHEAD 2

static struct ends e;
static int first = -1, second = -1, session = -1;
static struct accept_reply accept_reply;
static struct answer answer;
static char text[MESSAGE_SIZE];

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

/* The key's own object is in t, that of its next generation in u. */
static void
put_keys(const char *own, int64_t start)
{
	char keys[512], date[DATE_TEXT];

	date_text(start, date);
	snprintf(keys, sizeof(keys),
	    "[key release]\ntoken = t\n%suse = raw\n"
	    "[generation next]\nkey = release\ntoken = u\n"
	    "object = pkcs11:object=next\nstart = %s\n",
	    own, date);
	ends_put(&e, "keys.d/k.conf", keys);
}

static void
start_broker(const char *own, int64_t start)
{
	ends_make(&e);
	ends_put(&e, "tokens.d/t.conf",
	    "[token t]\nmodule = /lib/m.so\ntoken = t\npin-file = pin\n"
	    "workers = 1\ntimeout = 9s\n"
	    "[token u]\nmodule = /lib/m.so\ntoken = u\npin-file = pin\n"
	    "workers = 1\ntimeout = 9s\n");
	put_keys(own, start);
	ends_start(&e);
	start_worker("t", &first);
	if (own[0] != '\0')
		ends_facts(&e, first, REASON_OK);
	start_worker("u", &second);
	/* Long before it starts. */
	ends_facts(&e, second, REASON_OK);
	ends_recv(&e, e.listener, WIRE_BROKER_READY);
	session = ends_login(&e);
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

#define OWN "object = pkcs11:object=release\n"

static void
goes_on_with_the_next_when_it_starts(void **state)
{
	struct jobs jobs = { .count = 0 }, later;

	(void)state;
	start_broker(OWN, time(NULL) + AHEAD);
	ends_open(&e, session, 1, "sign");
	ends_accept(&e, session, 1, &accept_reply);
	ends_lines(&e, session, 1, 1, 4, "ok");
	ends_all_jobs(&e, first, &jobs, 2);
	assert_int_equal(jobs.first[0], 1);
	/* Nobody says anything: the time comes. */
	ends_jobs(&e, second, &later);
	assert_int_equal(later.count, 2);
	assert_int_equal(later.first[0], 3);
	/* What the old one has stays there. */
	assert_true(ends_is_quiet(first, 50));
	for (unsigned i = 0; i < 4; i++) {
		ends_result(&e, i < 2 ? first : second,
		    i < 2 ? jobs.job[i] : later.job[i - 2], REASON_OK);
		assert_int_equal(ends_answer(&e, session, &answer), REASON_OK);
	}
	ends_channel(&e, session, WIRE_END, 1);
	assert_int_equal(ends_done(&e, session, text), 0);
}

static void
tries_a_line_of_the_old_one_again_with_the_old_one(void **state)
{
	struct jobs jobs = { .count = 0 }, later;

	(void)state;
	start_broker(OWN, time(NULL) + AHEAD);
	ends_open(&e, session, 1, "sign");
	ends_accept(&e, session, 1, &accept_reply);
	ends_lines(&e, session, 1, 1, 3, "ok");
	ends_all_jobs(&e, first, &jobs, 2);
	ends_jobs(&e, second, &later);
	ends_result(&e, first, jobs.job[0], REASON_TOKEN_FAILED);
	ends_recv(&e, e.keeper, WIRE_WORKER_KILL);
	start_worker("t", &first);
	ends_facts(&e, first, REASON_OK);
	for (unsigned i = 0; i < 2; i++) {
		ends_jobs(&e, first, &jobs);
		assert_int_equal(jobs.count, 1);
		assert_int_equal(jobs.first[0], i + 1);
		ends_result(&e, first, jobs.job[0], REASON_OK);
		assert_int_equal(ends_answer(&e, session, &answer), REASON_OK);
	}
	ends_result(&e, second, later.job[0], REASON_OK);
	assert_int_equal(ends_answer(&e, session, &answer), REASON_OK);
}

static void
refuses_before_the_first_one_starts(void **state)
{
	struct jobs jobs;
	char *records;
	int code;

	(void)state;
	start_broker("", time(NULL) + AHEAD);
	ends_open(&e, session, 1, "sign");
	assert_int_equal(ends_done(&e, session, text), 77);
	assert_non_null(strstr(text, "first generation of the key release"));
	records = ends_records(&e);
	assert_non_null(ends_record(records, "DENY", "reason=\"not-before\""));
	assert_non_null(
	    ends_record(records, "DENY", "rule=\"keys.d/k.conf:4\""));
	free(records);
	/* It is tried until it works, with a bound. */
	for (unsigned i = 0; i < 100; i++) {
		enum wire_type type;

		ends_open(&e, session, 2 + i, "sign");
		type = ends_next(&e, session);
		if (type == WIRE_ACCEPT) {
			ends_lines(&e, session, 2 + i, 1, 1, "ok");
			break;
		}
		assert_int_equal(type, WIRE_DONE);
		poll(NULL, 0, 50);
	}
	ends_jobs(&e, second, &jobs);
	ends_result(&e, second, jobs.job[0], REASON_OK);
	code = (int)ends_answer(&e, session, &answer);
	assert_int_equal(code, REASON_OK);
}

static void
follows_a_start_that_a_reload_moves(void **state)
{
	struct jobs jobs = { .count = 0 }, later;
	struct writer w;

	(void)state;
	start_broker(OWN, time(NULL) + 3600);
	ends_open(&e, session, 1, "sign");
	ends_accept(&e, session, 1, &accept_reply);
	ends_lines(&e, session, 1, 1, 3, "ok");
	ends_all_jobs(&e, first, &jobs, 2);
	put_keys(OWN, time(NULL) - 5);
	w = ends_writer(&e);
	bare_put(&w, WIRE_RELOAD);
	ends_send(e.listener, &w);
	ends_jobs(&e, second, &later);
	assert_int_equal(later.count, 1);
	assert_int_equal(later.first[0], 3);
	ends_await_record(&e, "RELOAD", "words=\"start\"");
	ends_await_record(&e, "RELOAD",
	    "object=\"generation\" of=\"next\" "
	    "key=\"release\"");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(
		    goes_on_with_the_next_when_it_starts, tear_down),
		cmocka_unit_test_teardown(
		    tries_a_line_of_the_old_one_again_with_the_old_one,
		    tear_down),
		cmocka_unit_test_teardown(
		    refuses_before_the_first_one_starts, tear_down),
		cmocka_unit_test_teardown(
		    follows_a_start_that_a_reload_moves, tear_down),
	};

	return cmocka_run_group_tests_name(
	    "broker: roll-over", tests, NULL, NULL);
}
