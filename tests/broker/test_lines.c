/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/broker/lines.c src/broker/lines_again.c */
/* What becomes of lines that wait, when one behind them ends their request. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "support_ends.h"

#define KEPT 10

static struct ends e;
static int worker = -1, spare = -1, session = -1;
static struct jobs jobs;
static char text[MESSAGE_SIZE];

static int
set_up(void **state)
{
	(void)state;
	ends_make(&e);
	ends_put(&e, "profiles.d/p.conf",
	    "[profile ci]\nkeys = release\nformats = raw\nper-day = 100\n");
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
open_sign(const char *command)
{
	struct accept_reply accept;

	jobs.count = 0;
	ends_open(&e, session, 1, command);
	ends_accept(&e, session, 1, &accept);
}

static enum reason
next_answer(void)
{
	struct answer answer;

	return ends_answer(&e, session, &answer);
}

/* The jobs come in the order of the lines. */
static enum reason
sign(unsigned line)
{
	ends_all_jobs(&e, worker, &jobs, line);
	assert_int_equal(jobs.first[line - 1], line);
	ends_result(&e, worker, jobs.job[line - 1], REASON_OK);
	return next_answer();
}

static bool
state_fails(void)
{
	const struct admin_request request = { .verb = ADMIN_STATUS };
	char said[WIRE_CHUNK + 1];

	assert_int_equal(ends_admin(&e, &request, said), 0);
	return strstr(said, "the file was removed or replaced") != NULL;
}

static void
lose_state(void)
{
	char from[PATH_MAX], to[PATH_MAX];

	snprintf(from, sizeof(from), "%s/state/state.db", e.dir);
	snprintf(to, sizeof(to), "%s/state/gone", e.dir);
	assert_int_equal(rename(from, to), 0);
}

static void
lines_before_one_that_cannot_be_charged_are_signed(void **state)
{
	(void)state;
	open_sign("sign");
	ends_lines(&e, session, 1, 1, KEPT, "ok");
	assert_int_equal(sign(1), REASON_OK);
	lose_state();
	/* Is charged, and tells that it is not kept; */
	ends_lines(&e, session, 1, KEPT + 1, 1, "ok");
	while (!state_fails())
		;
	/* and this one is not charged at all. */
	ends_lines(&e, session, 1, KEPT + 2, 1, "ok");
	for (unsigned line = 2; line <= KEPT; line++)
		assert_int_equal(sign(line), REASON_OK);
	assert_int_equal(sign(KEPT + 1), REASON_STATE_UNAVAILABLE);
	assert_int_equal(ends_done(&e, session, text), 69);
}

static int
tell(enum admin_verb verb, const char *const args[], unsigned count)
{
	struct admin_request request = { .verb = verb };
	char said[WIRE_CHUNK + 1];

	for (unsigned i = 0; i < count; i++)
		assert_true(admin_request_add(&request, args[i]));
	return ends_admin(&e, &request, said);
}

/* All jobs but the first are done; the reason of the last answer. */
static enum reason
answer_jobs(unsigned *ret_count)
{
	struct answers_head head;
	struct answer answer = { .reason = REASON_OK };

	for (unsigned i = 1; i < jobs.count; i++)
		ends_result(&e, worker, jobs.job[i], REASON_OK);
	for (*ret_count = 0; answer.reason == REASON_OK;
	     *ret_count += head.count) {
		ends_recv(&e, session, WIRE_ANSWERS);
		assert_true(answers_head_get(&e.r, &head));
		for (unsigned i = 0; i < head.count; i++)
			assert_true(answer_get(&e.r, &answer));
	}
	return answer.reason;
}

static void
they_are_refused_when_their_key_is_suspended(void **state)
{
	static const char *const key[] = { "key", "release", "why" };
	unsigned count;

	(void)state;
	open_sign("sign");
	ends_lines(&e, session, 1, 1, KEPT, "ok");
	assert_int_equal(sign(1), REASON_OK);
	ends_all_jobs(&e, worker, &jobs, 2);
	lose_state();
	ends_lines(&e, session, 1, KEPT + 1, 1, "ok");
	while (!state_fails())
		;
	ends_lines(&e, session, 1, KEPT + 2, 1, "ok");
	/* The state does not keep that, either. */
	assert_int_equal(tell(ADMIN_SUSPEND, key, 3), 69);
	assert_int_equal(answer_jobs(&count), REASON_SUSPENDED);
	assert_int_equal(count, jobs.count);
	assert_int_equal(ends_done(&e, session, text), 77);
}

static void
of_an_atomic_request_that_began_they_are_signed(void **state)
{
	(void)state;
	open_sign("sign --atomic");
	ends_lines(&e, session, 1, 1, KEPT, "ok");
	ends_lines(&e, session, 1, KEPT + 1, 2, "other");
	ends_channel(&e, session, WIRE_END, 1);
	ends_all_jobs(&e, worker, &jobs, 1);
	ends_put(&e, "profiles.d/p.conf",
	    "[profile ci]\nkeys = release\nnames = ok\n");
	assert_int_equal(tell(ADMIN_RELOAD, NULL, 0), 0);
	for (unsigned line = 1; line <= KEPT; line++)
		assert_int_equal(sign(line), REASON_OK);
	assert_int_equal(next_answer(), REASON_NAME);
	assert_int_equal(ends_done(&e, session, text), 77);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(lines_before_one_that_cannot_be_charged_are_signed),
		TEST(they_are_refused_when_their_key_is_suspended),
		TEST(of_an_atomic_request_that_began_they_are_signed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
