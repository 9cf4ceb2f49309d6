/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/broker/lines_ring.c */
/*
 * Whose line a worker gets next, and who has too many that wait.
 */
#include "broker/queue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "broker/schedule.h"
#include "support_ends.h"

#define URGENT                                         \
	"AAAAC3NzaC1lZDI1NTE5AAAAIIJqaVrdYwX6W7lrFLtT" \
	"qu7ssvCkJNlaM7WtdzA/t6/m"
#define PATIENT                                        \
	"AAAAC3NzaC1lZDI1NTE5AAAAIMYmxKS01ZffFh16MVIN" \
	"Xpist+tCezRl2phiDGYOniTj"

#define TWIN                                           \
	"AAAAC3NzaC1lZDI1NTE5AAAAIAEBAQEBAQEBAQEBAQEB" \
	"AQEBAQEBAQEBAQEBAQEBAQEB"

static struct ends e;
static int worker = -1, spare = -1, session = -1, urgent = -1, patient = -1;
static struct jobs jobs;
static struct accept_reply accept_reply;
static char text[MESSAGE_SIZE];

static int
login(const char *key)
{
	int fd = ends_session(&e);
	struct key_reply reply;

	ends_query_key(&e, fd, key, true);
	ends_recv(&e, fd, WIRE_KEY_REPLY);
	assert_true(key_reply_get(&e.r, &reply));
	assert_true(reply.accepted);
	ends_recv(&e, e.listener, WIRE_LOGGED_IN);
	return fd;
}

static int
set_up(void **state)
{
	(void)state;
	ends_make(&e);
	ends_put(&e, "countersign.conf",
	    "[server]\nlisten = 127.0.0.1:0\nhost-key = key\n"
	    "state-dir = state\nrun-dir = run\n"
	    "[limits]\nchannels = 8\nqueue = 40\n"
	    "[audit]\nfile = log/audit.log\n");
	ends_put(&e, "profiles.d/p.conf",
	    "[profile ci]\nkeys = release\nformats = raw\n"
	    "[profile urgent]\nkeys = release\nformats = raw\n"
	    "priority = high\n"
	    "[profile patient]\nkeys = release\nformats = raw\n"
	    "priority = low\n");
	ends_put(&e, "authorized_keys.d/a",
	    "profile=\"ci\" ssh-ed25519 " TEST_CLIENT " build01\n"
	    "profile=\"ci\" ssh-ed25519 " TWIN " build02\n"
	    "profile=\"urgent\" ssh-ed25519 " URGENT " fixer\n"
	    "profile=\"patient\" ssh-ed25519 " PATIENT " nightly\n");
	ends_start(&e);
	ends_ready_worker(&e, &worker);
	ends_worker(&e, &spare);
	ends_recv(&e, e.listener, WIRE_BROKER_READY);
	session = login(TEST_CLIENT);
	urgent = login(URGENT);
	patient = login(PATIENT);
	jobs.count = 0;
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
	close(urgent);
	close(patient);
	return 0;
}

static void
ask(int fd, uint32_t channel, uint8_t first, unsigned count)
{
	ends_open(&e, fd, channel, "sign");
	ends_accept(&e, fd, channel, &accept_reply);
	ends_lines(&e, fd, channel, first, count, "ok");
}

/* Every message so far was handled: the answer to another one came. */
static void
settle(int fd, uint32_t channel)
{
	ends_open(&e, fd, channel, "whoami");
	ends_recv(&e, fd, WIRE_TEXT);
	ends_done(&e, fd, text);
}

/* Answers the oldest job that was not answered; what comes instead of it. */
static uint8_t
turn(unsigned done)
{
	ends_result(&e, worker, jobs.job[done], REASON_OK);
	ends_all_jobs(&e, worker, &jobs, done + 3);
	return jobs.first[done + 2];
}

static void
a_line_of_a_higher_class_overtakes(void **state)
{
	unsigned i;

	(void)state;
	ask(patient, 1, 0x00, 20);
	ends_all_jobs(&e, worker, &jobs, 2);
	ask(session, 1, 0x40, 10);
	settle(session, 2);
	ask(urgent, 1, 0x80, 2);
	settle(urgent, 2);
	assert_int_equal(turn(0), 0x80);
	assert_int_equal(turn(1), 0x81);
	/* Nothing of the high class is left. */
	for (i = 2; i < 8; i++)
		assert_int_equal(turn(i), 0x40 + i - 2);
	/* The low class was passed over often enough. */
	assert_int_equal(turn(i), 0x02);
	assert_int_equal(turn(i + 1), 0x46);
}

static void
connections_of_one_key_share_its_turns(void **state)
{
	int more = login(TEST_CLIENT), twin = login(TWIN);
	unsigned theirs = 0;

	(void)state;
	ask(session, 1, 0x00, 12);
	ends_all_jobs(&e, worker, &jobs, 2);
	ask(more, 1, 0x40, 12);
	settle(more, 2);
	ask(twin, 1, 0x80, 12);
	settle(twin, 2);
	for (unsigned i = 0; i < 12; i++)
		theirs += turn(i) >= 0x80;
	assert_int_equal(theirs, 6);
	close(more);
	close(twin);
}

static void
a_full_queue_is_busy_for_its_client_alone(void **state)
{
	(void)state;
	ask(session, 1, 0, 40);
	ends_all_jobs(&e, worker, &jobs, 2);
	ends_lines(&e, session, 1, 40, 2, "ok");
	settle(session, 2);
	ends_open(&e, session, 3, "sign");
	assert_int_equal(ends_done(&e, session, text), 75);
	assert_string_equal(text,
	    "busy, try again in 1 s: of this client key's lines 40 wait to be "
	    "signed, and 40 may");
	/* What needs no worker is not held up. */
	ends_open(&e, session, 4, "check");
	ends_accept(&e, session, 4, &accept_reply);
	ask(urgent, 1, 0x80, 1);
	assert_int_equal(turn(0), 0x80);
}

static void
a_line_beyond_the_bound_ends_its_request(void **state)
{
	(void)state;
	ask(session, 1, 0, 40);
	ends_all_jobs(&e, worker, &jobs, 2);
	ends_lines(&e, session, 1, 40, 3, "ok");
	assert_int_equal(ends_done(&e, session, text), 75);
	assert_memory_equal(text, "busy, try again in 1 s: ", 24);
	/* Then there is room again. */
	ask(session, 2, 0x60, 1);
	assert_int_equal(turn(0), 0x60);
}

static void
what_was_signed_or_dropped_waits_no_more(void **state)
{
	unsigned done = 0;

	(void)state;
	for (uint32_t channel = 1; channel <= 6; channel++) {
		ask(session, channel, 0, 39);
		ends_channel(&e, session, WIRE_CANCEL, channel);
	}
	settle(session, 7);
	ask(session, 8, 0x50, 40);
	do {
		ends_all_jobs(&e, worker, &jobs, done + 1);
		ends_result(&e, worker, jobs.job[done], REASON_OK);
	} while (jobs.first[done++] != 0x50 + 39);
	ends_lines(&e, session, 8, 0xa0, 40, "ok");
	while (jobs.first[jobs.count - 1] != 0xa0 + 39) {
		ends_all_jobs(&e, worker, &jobs, done + 1);
		ends_result(&e, worker, jobs.job[done++], REASON_OK);
	}
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_line_of_a_higher_class_overtakes),
		TEST(connections_of_one_key_share_its_turns),
		TEST(a_full_queue_is_busy_for_its_client_alone),
		TEST(a_line_beyond_the_bound_ends_its_request),
		TEST(what_was_signed_or_dropped_waits_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
