/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/broker/open_read.c */
/*
 * The verb agent as a session sees it, one that lies among them: keys, then a
 * request for each message.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/text.h"
#include "support_ends.h"

#define WHOLE "sign -k release -f sshsig --namespace git -o raw"

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
	ends_put(&e, "keys.d/k.conf",
	    "[key release]\ntoken = t\nobject = pkcs11:object=release\n"
	    "use = wrapped\nformats = sshsig\nnamespaces = git\n"
	    "[key other]\ntoken = t\nobject = pkcs11:object=other\n"
	    "use = raw\n");
	ends_put(
	    &e, "profiles.d/p.conf", "[profile ci]\nkeys = release other\n");
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
open_agent(uint32_t channel, const char *command)
{
	struct open_request msg = { .channel = channel, .how = OPEN_AGENT };
	struct writer w = ends_writer(&e);

	text_copy(msg.command, sizeof(msg.command), command);
	open_request_put(&w, &msg);
	ends_send(session, &w);
}

static void
gives_the_keys_that_can_sign(void **state)
{
	struct text_reply reply;
	struct reader r;
	size_t len;

	(void)state;
	ends_open(&e, session, 1, "agent");
	ends_accept(&e, session, 1, &accept_reply);
	assert_true(accept_reply.agent);
	ends_recv(&e, session, WIRE_TEXT);
	assert_true(text_reply_get(&e.r, &reply));
	reader_init(&r, reply.bytes, reply.len);
	assert_int_equal(get_u32(&r), 1);
	assert_non_null(get_view(&r, 4096, &len));
	assert_int_equal(len, 4 + 19 + 4 + 8 + 4 + 65);
	assert_memory_equal(get_view(&r, 63, &len), "release", 7);
	assert_true(reader_done(&r));
	assert_int_equal(ends_done(&e, session, text), 0);
}

static void
says_so_when_there_are_none(void **state)
{
	(void)state;
	ends_open(&e, session, 1, "agent -k other");
	assert_int_equal(ends_done(&e, session, text), 77);
	ends_open(&e, session, 2, "agent -k unknown");
	assert_int_equal(ends_done(&e, session, text), 77);
}

static void
signs_one_message_as_a_request(void **state)
{
	struct jobs jobs;
	char *records;
	int who;

	(void)state;
	open_agent(1, WHOLE);
	ends_accept(&e, session, 1, &accept_reply);
	assert_false(accept_reply.agent);
	assert_int_equal(accept_reply.output, OUTPUT_RAW);
	ends_lines(&e, session, 1, 7, 1, "");
	who = channel_wait(worker[0], 100) == 1 ? worker[0] : worker[1];
	ends_jobs(&e, who, &jobs);
	assert_int_equal(jobs.count, 1);
	/* Not the digest that came, but one of the message around it. */
	assert_int_not_equal(jobs.first[0], 7);
	ends_result(&e, who, jobs.job[0], REASON_OK);
	assert_int_equal(ends_answer(&e, session, &answer), REASON_OK);
	assert_memory_equal(answer.bytes, "-----BEGIN SSH SIGNATURE", 24);
	ends_channel(&e, session, WIRE_END, 1);
	assert_int_equal(ends_done(&e, session, text), 0);
	records = ends_records(&e);
	assert_non_null(ends_record(records, "SIGN", "verb=\"agent\""));
	assert_non_null(ends_record(
	    records, "SIGN", "format=\"sshsig\" namespace=\"git\""));
	free(records);
}

static void
takes_no_other_commands_for_a_message(void **state)
{
	static const char *const bad[] = { "", "agent", "whoami", "log since 1",
		"sign -k release", "sign -k release -f sshsig",
		"sign -f sshsig --namespace git",
		"check -k release -f sshsig "
		"--namespace git",
		"sign -k other -f raw --namespace git", "pubkey release",
		"tsa -k release" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		open_agent((uint32_t)i, bad[i]);
		assert_int_equal(ends_done(&e, session, text), 64);
	}
}

static void
policy_decides_each_message(void **state)
{
	char *records;

	(void)state;
	open_agent(1, "sign -k release -f sshsig --namespace file -o raw");
	assert_int_equal(ends_done(&e, session, text), 77);
	assert_string_equal(text,
	    "you may not use namespace file with key release; allowed: git");
	open_agent(2, "sign -k other -f sshsig --namespace git -o raw");
	assert_int_equal(ends_done(&e, session, text), 77);
	records = ends_records(&e);
	assert_non_null(ends_record(records, "DENY", "verb=\"agent\""));
	assert_non_null(ends_record(records, "DENY", "reason=\"namespace\""));
	free(records);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    gives_the_keys_that_can_sign, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    says_so_when_there_are_none, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    signs_one_message_as_a_request, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    takes_no_other_commands_for_a_message, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    policy_decides_each_message, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
