/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/broker/on_suspend.c src/broker/records_suspend.c */
/* covers: src/broker/suspend_text.c */
#include "broker/suspend.h"

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

#include "broker/store.h"
#include "support_ends.h"

static struct ends e;
static int worker = -1, spare = -1, session = -1;
static struct accept_reply accept_reply;
static struct answer answer;
static char text[MESSAGE_SIZE];
static char said[WIRE_CHUNK + 1];

static void
begin(void)
{
	ends_start(&e);
	ends_ready_worker(&e, &worker);
	ends_worker(&e, &spare);
	ends_recv(&e, e.listener, WIRE_BROKER_READY);
}

static int
set_up(void **state)
{
	(void)state;
	ends_make(&e);
	begin();
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

static int
ask(enum admin_verb verb, const char *what, const char *name, const char *why)
{
	struct admin_request request = { .verb = verb };

	assert_true(admin_request_add(&request, what));
	assert_true(admin_request_add(&request, name));
	assert_true(admin_request_add(&request, why));
	return ends_admin(&e, &request, said);
}

static int
list(void)
{
	const struct admin_request request = { .verb = ADMIN_SUSPENDED };

	return ends_admin(&e, &request, said);
}

static void
open_sign(uint32_t channel, const char *command)
{
	ends_open(&e, session, channel, command);
	ends_accept(&e, session, channel, &accept_reply);
}

static void
assert_logged_out(const char *why)
{
	struct logout logout;

	ends_recv(&e, session, WIRE_LOGOUT);
	assert_true(logout_get(&e.r, &logout));
	assert_int_equal(logout.reason, REASON_SUSPENDED);
	assert_string_equal(logout.text, why);
}

static void
ends_the_connections_of_who_is_suspended(void **state)
{
	static const char *const cases[][3] = {
		{ "principal", "build01",
		    "the principal build01 is suspended: gone" },
		{ "profile", "ci", "the profile ci is suspended: gone" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(
		    ask(ADMIN_SUSPEND, cases[i][0], cases[i][1], "gone"), 0);
		assert_non_null(strstr(said, "1 open connection ended"));
		assert_logged_out(cases[i][2]);
		/* What it says now counts for nothing. */
		ends_open(&e, session, 1, "whoami");
		assert_true(ends_is_quiet(session, 20));
		assert_int_equal(
		    ask(ADMIN_RESUME, cases[i][0], cases[i][1], ""), 0);
		close(session);
		session = ends_login(&e);
	}
	ends_await_record(&e, "SUSPEND",
	    "what=\"principal\" principal=\"build01\" by=\"root\" "
	    "why=\"gone\" sessions=\"1\"");
	ends_await_record(&e, "RESUME", "profile=\"ci\" by=\"root\"");
}

static void
records_what_a_worker_had_when_its_client_was_suspended(void **state)
{
	struct jobs jobs = { .count = 0 };

	(void)state;
	open_sign(1, "sign");
	ends_lines(&e, session, 1, 1, 3, "ok");
	ends_all_jobs(&e, worker, &jobs, 2);
	assert_int_equal(ask(ADMIN_SUSPEND, "profile", "ci", "gone"), 0);
	ends_result(&e, worker, jobs.job[0], REASON_OK);
	ends_result(&e, worker, jobs.job[1], REASON_TOKEN_FAILED);
	ends_await_record(&e, "SIGN", "delivered=\"no\"");
	assert_logged_out("the profile ci is suspended: gone");
}

static void
refuses_queued_lines_of_a_suspended_key(void **state)
{
	struct jobs jobs = { .count = 0 };
	struct answers_head head;
	struct done_reply done;
	enum wire_type type;
	unsigned answers = 0;

	(void)state;
	open_sign(1, "sign");
	ends_lines(&e, session, 1, 1, 50, "ok");
	ends_all_jobs(&e, worker, &jobs, 2);
	assert_int_equal(ask(ADMIN_SUSPEND, "key", "release", "why"), 0);
	assert_string_equal(said, "the key release is suspended\n");
	for (unsigned i = 0; i < jobs.count; i++)
		ends_result(&e, worker, jobs.job[i], REASON_OK);
	for (; (type = ends_next(&e, session)) == WIRE_ANSWERS;
	     answers += head.count) {
		assert_true(answers_head_get(&e.r, &head));
		for (unsigned i = 0; i < head.count; i++)
			assert_true(answer_get(&e.r, &answer));
	}
	assert_int_equal(answers, 3);
	assert_int_equal(answer.reason, REASON_SUSPENDED);
	assert_string_equal(answer.text, "the key release is suspended: why");
	assert_int_equal(type, WIRE_DONE);
	assert_true(done_reply_get(&e.r, &done));
	assert_int_equal(done.exit, 77);
	ends_await_record(&e, "DENY", "line=\"3\"");
	ends_open(&e, session, 2, "sign");
	assert_int_equal(ends_done(&e, session, text), 77);
	assert_string_equal(text, "the key release is suspended: why");
}

static void
signs_what_is_still_queued_when_its_key_is_resumed(void **state)
{
	struct jobs jobs = { .count = 0 };

	(void)state;
	open_sign(1, "sign");
	ends_lines(&e, session, 1, 1, 5, "ok");
	ends_all_jobs(&e, worker, &jobs, 2);
	assert_int_equal(ask(ADMIN_SUSPEND, "key", "release", "why"), 0);
	assert_int_equal(ask(ADMIN_RESUME, "key", "release", "for now"), 0);
	assert_string_equal(
	    said, "the key release is not suspended any more\n");
	for (unsigned i = 0; i < 5; i++) {
		ends_all_jobs(&e, worker, &jobs, i + 1);
		ends_result(&e, worker, jobs.job[i], REASON_OK);
		assert_int_equal(ends_answer(&e, session, &answer), REASON_OK);
	}
}

/* The key is suspended before the worker gives the line back, or after. */
static void
give_back(bool before)
{
	struct jobs jobs = { .count = 0 };

	open_sign(1, "sign --keep-going");
	ends_lines(&e, session, 1, 1, 1, "ok");
	ends_all_jobs(&e, worker, &jobs, 1);
	if (before)
		assert_int_equal(
		    ask(ADMIN_SUSPEND, "key", "release", "why"), 0);
	ends_result(&e, worker, jobs.job[0], REASON_TOKEN_FAILED);
	if (!before)
		assert_int_equal(
		    ask(ADMIN_SUSPEND, "key", "release", "why"), 0);
	assert_int_equal(ends_answer(&e, session, &answer), REASON_SUSPENDED);
	assert_string_equal(answer.text, "the key release is suspended: why");
	ends_await_record(&e, "SIGN", "reason=\"suspended\"");
}

static void
does_not_try_again_with_a_suspended_key(void **state)
{
	(void)state;
	give_back(true);
}

static void
gives_up_what_waits_to_be_tried_again(void **state)
{
	(void)state;
	give_back(false);
}

static void
leaves_others_alone(void **state)
{
	struct jobs jobs = { .count = 0 };

	(void)state;
	open_sign(1, "sign");
	ends_lines(&e, session, 1, 1, 1, "ok");
	ends_all_jobs(&e, worker, &jobs, 1);
	assert_int_equal(ask(ADMIN_SUSPEND, "key", "other", "why"), 0);
	assert_int_equal(ask(ADMIN_SUSPEND, "principal", "build02", "why"), 0);
	assert_string_equal(said, "the principal build02 is suspended\n");
	ends_result(&e, worker, jobs.job[0], REASON_OK);
	assert_int_equal(ends_answer(&e, session, &answer), REASON_OK);
	ends_open(&e, session, 2, "whoami");
	ends_recv(&e, session, WIRE_TEXT);
	assert_int_equal(ends_done(&e, session, text), 0);
	assert_int_equal(list(), 0);
	assert_non_null(strstr(said, "suspended key other: why (by root, "));
	assert_non_null(strstr(said, "suspended principal build02: why"));
}

static void
refuses_a_login_and_records_why(void **state)
{
	struct key_reply reply;

	(void)state;
	assert_int_equal(ask(ADMIN_SUSPEND, "profile", "ci", "why"), 0);
	close(session);
	session = ends_session(&e);
	ends_query(&e, session, "sign", true);
	ends_recv(&e, session, WIRE_KEY_REPLY);
	assert_true(key_reply_get(&e.r, &reply));
	assert_false(reply.accepted);
	close(session);
	session = -1;
	ends_await_record(&e, "AUTHFAIL", "reason=\"suspended\"");
}

static void
refuses_what_nobody_could_mean(void **state)
{
	static const struct {
		const char *what, *name, *why;
		int exit;
	} cases[] = {
		{ "keys", "release", "why", 64 },
		{ "", "release", "why", 64 },
		{ "key", "", "why", 64 },
		{ "key", "release", "", 64 },
		{ "key", "release", "two\nlines", 64 },
		{ "key", "release", "\xff", 64 },
		{ "principal", "a\tb", "why", 64 },
		{ "client", "SHA256:short", "why", 64 },
		{ "client", "MD5:0123456789012345678901234567890123456789012",
		    "why", 64 },
		{ "client",
		    "SHA256:012345678901234567890123456789012345678901!", "why",
		    64 },
		{ "key", "nosuch", "why", 1 },
		{ "profile", "release", "why", 1 },
		{ "tenant", "ci", "why", 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(ask(ADMIN_SUSPEND, cases[i].what,
				     cases[i].name, cases[i].why),
		    cases[i].exit);
	assert_int_equal(ask(ADMIN_RESUME, "key", "release", ""), 1);
	assert_string_equal(
	    said, "countersignctl: the key release is not suspended\n");
	assert_int_equal(list(), 0);
	assert_string_equal(said, "");
}

/* How long a file the broker may write. */
static void
limit_file(rlim_t size)
{
	struct rlimit limit = { size, RLIM_INFINITY };

	assert_int_equal(prlimit(e.pid, RLIMIT_FSIZE, &limit, NULL), 0);
}

static rlim_t
audit_size(void)
{
	char path[PATH_MAX];
	struct stat st;

	snprintf(path, sizeof(path), "%s/log/audit.log", e.dir);
	assert_int_equal(stat(path, &st), 0);
	return (rlim_t)st.st_size;
}

static void
what_cannot_be_recorded_is_in_force_and_recorded_later(void **state)
{
	(void)state;
	ends_await_record(&e, "AUTH", "");
	limit_file(audit_size() + 10);
	assert_int_equal(ask(ADMIN_SUSPEND, "profile", "ci", "why"), 69);
	assert_non_null(strstr(said, "it is not on record yet"));
	assert_logged_out("the profile ci is suspended: why");
	limit_file(RLIM_INFINITY);
	ends_await_record(&e, "SUSPEND", "why=\"why\"");
}

static void
what_cannot_be_kept_is_in_force_all_the_same(void **state)
{
	(void)state;
	ends_await_record(&e, "AUTH", "");
	/* A page of the database is larger than that. */
	assert_true(audit_size() < 2500);
	limit_file(4000);
	assert_int_equal(ask(ADMIN_SUSPEND, "profile", "ci", "why"), 69);
	assert_non_null(strstr(said, "a restart now would resume it"));
	assert_null(strstr(said, "on record"));
	assert_logged_out("the profile ci is suspended: why");
	limit_file(RLIM_INFINITY);
}

static void
put_row(const char *kind, const char *name)
{
	const struct store_suspension row = {
		.kind = kind,
		.name = name,
		.text = "why",
		.by = "root",
		.since = 1,
	};
	struct loop *loop = loop_new();
	struct text_error error;
	struct store *store;
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/state", e.dir);
	assert_non_null(loop);
	store = store_open(path, &error);
	assert_non_null(store);
	assert_int_equal(store_start(store, loop, NULL, NULL), 0);
	assert_int_not_equal(store_put_suspension(store, &row), 0);
	store_close(store);
	loop_free(loop);
}

static void
stop(void)
{
	close(e.listener);
	assert_int_equal(ends_wait(&e), 70);
	close(e.keeper);
	e.listener = e.keeper = -1;
	close(worker);
	close(spare);
}

static void
begins_with_what_was_kept(void **state)
{
	(void)state;
	assert_int_equal(ask(ADMIN_SUSPEND, "key", "other", "why"), 0);
	stop();
	put_row("principal", "ann");
	begin();
	assert_int_equal(list(), 0);
	assert_non_null(strstr(said, "suspended key other: why"));
	assert_non_null(strstr(said, "suspended principal ann: why"));
}

static void
does_not_begin_with_what_it_cannot_read(void **state)
{
	(void)state;
	stop();
	put_row("nonsense", "ann");
	ends_start(&e);
	assert_int_equal(ends_wait(&e), 1);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(ends_the_connections_of_who_is_suspended),
		TEST(records_what_a_worker_had_when_its_client_was_suspended),
		TEST(refuses_queued_lines_of_a_suspended_key),
		TEST(signs_what_is_still_queued_when_its_key_is_resumed),
		TEST(does_not_try_again_with_a_suspended_key),
		TEST(gives_up_what_waits_to_be_tried_again),
		TEST(leaves_others_alone),
		TEST(refuses_a_login_and_records_why),
		TEST(refuses_what_nobody_could_mean),
		TEST(what_cannot_be_recorded_is_in_force_and_recorded_later),
		TEST(what_cannot_be_kept_is_in_force_all_the_same),
		TEST(begins_with_what_was_kept),
		TEST(does_not_begin_with_what_it_cannot_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
