/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A reload while the token has a line: it is finished with the words that it
 * was begun with, which the tree that is gone had.
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
static int worker[2], session;
static struct accept_reply accept_reply;
static struct answer answer;
static char text[MESSAGE_SIZE];

static void
put_words(const char *type, const char *namespace)
{
	char keys[512];

	snprintf(keys, sizeof(keys),
	    "[key release]\ntoken = t\nobject = pkcs11:object=release\n"
	    "use = wrapped\nformats = dsse, sshsig\nnamespaces = %s\n"
	    "predicate-type = %s\n"
	    "[key other]\ntoken = t\nobject = pkcs11:object=other\n"
	    "use = wrapped\nformats = manifest\n",
	    namespace, type);
	ends_put(&e, "keys.d/k.conf", keys);
}

static int
set_up(void **state)
{
	(void)state;
	ends_make(&e);
	put_words("https://example.com/one", "file");
	ends_put(&e, "profiles.d/p.conf", "[profile ci]\nkeys = release\n");
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
reload(void)
{
	struct writer w = ends_writer(&e);

	bare_put(&w, WIRE_RELOAD);
	ends_send(e.listener, &w);
	ends_await_record(&e, "RELOAD", "outcome=\"ok\"");
}

/* One line is with a worker; which. */
static int
begin(const char *command, struct jobs *jobs)
{
	ends_open(&e, session, 1, command);
	ends_accept(&e, session, 1, &accept_reply);
	ends_lines(&e, session, 1, 1, 1, "ok");
	for (;;)
		for (int i = 0; i < 2; i++)
			if (channel_wait(worker[i], 20) == 1) {
				ends_jobs(&e, worker[i], jobs);
				return worker[i];
			}
}

/* The payload of the envelope has this in it. */
static bool
states(const char *what)
{
	static const char head[] = "{\"payload\":\"";
	char payload[4096];
	const char *at = memmem(answer.bytes, answer.len, head, strlen(head));
	const char *end = at != NULL ? strchr(at + strlen(head), '"') : NULL;
	size_t len;

	assert_non_null(end);
	at += strlen(head);
	assert_int_equal(base64_decode(at, (size_t)(end - at),
			     (uint8_t *)payload, sizeof(payload), &len),
	    0);
	return memmem(payload, len, what, strlen(what)) != NULL;
}

static void
a_statement_says_what_was_signed(void **state)
{
	struct jobs jobs;
	int who;

	(void)state;
	who = begin("sign -f dsse", &jobs);
	put_words("https://example.com/two", "file");
	reload();
	ends_result(&e, who, jobs.job[0], REASON_OK);
	assert_int_equal(ends_answer(&e, session, &answer), REASON_OK);
	assert_true(states("https://example.com/one"));
	/* And the next one says what is true now. */
	ends_lines(&e, session, 1, 2, 1, "ok");
	ends_jobs(&e, who, &jobs);
	ends_result(&e, who, jobs.job[0], REASON_OK);
	assert_int_equal(ends_answer(&e, session, &answer), REASON_OK);
	assert_true(states("https://example.com/two"));
}

static void
a_record_has_the_namespace_that_was_signed(void **state)
{
	struct jobs jobs;
	int who;

	(void)state;
	who = begin("sign -f sshsig", &jobs);
	put_words("https://example.com/one", "git");
	reload();
	ends_result(&e, who, jobs.job[0], REASON_OK);
	assert_int_equal(ends_answer(&e, session, &answer), REASON_OK);
	ends_await_record(&e, "SIGN", "namespace=\"file\"");
}

static void
who_went_away_has_it_on_record_all_the_same(void **state)
{
	struct jobs jobs;
	int who;

	(void)state;
	who = begin("sign -f dsse", &jobs);
	ends_channel(&e, session, WIRE_CANCEL, 1);
	put_words("https://example.com/two", "file");
	reload();
	ends_open(&e, session, 2, "whoami");
	ends_recv(&e, session, WIRE_TEXT);
	assert_int_equal(ends_done(&e, session, text), 0);
	ends_result(&e, who, jobs.job[0], REASON_OK);
	ends_await_record(&e, "SIGN", "delivered=\"no\"");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_statement_says_what_was_signed),
		CASE(a_record_has_the_namespace_that_was_signed),
		CASE(who_went_away_has_it_on_record_all_the_same),
	};

	return cmocka_run_group_tests_name("broker: terms", tests, NULL, NULL);
}
