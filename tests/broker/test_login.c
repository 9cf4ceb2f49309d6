/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Logins with two client keys, and sessions that would like to do with less.
 */
#include "broker/login.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "support_ends.h"

#define PERSON                                         \
	"AAAAC3NzaC1lZDI1NTE5AAAAIIJqaVrdYwX6W7lrFLtT" \
	"qu7ssvCkJNlaM7WtdzA/t6/m"
#define STRANGER                                       \
	"AAAAC3NzaC1lZDI1NTE5AAAAIMYmxKS01ZffFh16MVIN" \
	"Xpist+tCezRl2phiDGYOniTj"
#define EXPIRED                                        \
	"AAAAC3NzaC1lZDI1NTE5AAAAIO25BLlVvCkvP8L+CjBA" \
	"LSlBPVxcLol18RUdqHSwN7OR"
#define FAR                                            \
	"AAAAC3NzaC1lZDI1NTE5AAAAIKlaHeClOR6ako48nnGE" \
	"Ex7jqMpZtCaBS4Pz2a3LpMPq"
#define TWIN                                           \
	"AAAAC3NzaC1lZDI1NTE5AAAAIAEBAQEBAQEBAQEBAQEB" \
	"AQEBAQEBAQEBAQEBAQEBAQEB"

#define PERSON_LINE "profile=\"person\" ssh-ed25519 " PERSON " jane\n"

static struct ends e;
static int worker = -1, spare = -1, session = -1;
static struct accept_reply accept_reply;
static struct answer answer;
static char text[MESSAGE_SIZE];

static void
put_clients(const char *person)
{
	char clients[2048];

	snprintf(clients, sizeof(clients),
	    "profile=\"ci\" ssh-ed25519 " TEST_CLIENT " build01\n"
	    "profile=\"ci\" ssh-ed25519 " TWIN " build02\n"
	    "%s"
	    "profile=\"person\",expiry-time=\"20200101Z\" ssh-ed25519 " EXPIRED
	    " joe\n"
	    "profile=\"person\",from=\"10.0.0.0/8\" ssh-ed25519 " FAR " jim\n",
	    person);
	ends_put(&e, "authorized_keys.d/a", clients);
}

static void
put_profiles(const char *second)
{
	char profiles[1024];

	snprintf(profiles, sizeof(profiles),
	    "[profile ci]\nkeys = release\nformats = raw\nnames = ok*\n%s"
	    "[profile person]\nkeys = release\nformats = raw\nnames = fine*\n",
	    second);
	ends_put(&e, "profiles.d/p.conf", profiles);
}

static int
set_up(void **state)
{
	(void)state;
	ends_make(&e);
	put_profiles("require-second = person\n");
	put_clients(PERSON_LINE);
	ends_start(&e);
	ends_ready_worker(&e, &worker);
	ends_worker(&e, &spare);
	ends_recv(&e, e.listener, WIRE_BROKER_READY);
	session = ends_session(&e);
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

enum said {
	NO,
	PARTIAL,
	YES
};

static enum said
try_key(const char *key, bool proven)
{
	struct key_reply reply;

	ends_query_key(&e, session, key, proven);
	ends_recv(&e, session, WIRE_KEY_REPLY);
	assert_true(key_reply_get(&e.r, &reply));
	if (reply.partial)
		return PARTIAL;
	return reply.accepted ? YES : NO;
}

static void
log_in(void)
{
	assert_int_equal(try_key(TEST_CLIENT, true), PARTIAL);
	assert_int_equal(try_key(PERSON, true), YES);
	ends_recv(&e, e.listener, WIRE_LOGGED_IN);
}

static void
reload(void)
{
	struct writer w = ends_writer(&e);

	bare_put(&w, WIRE_RELOAD);
	ends_send(e.listener, &w);
}

static void
hang_up(void)
{
	close(session);
	session = -1;
}

static void
assert_logout(enum reason reason, const char *said)
{
	struct logout logout;

	ends_recv(&e, session, WIRE_LOGOUT);
	assert_true(logout_get(&e.r, &logout));
	assert_string_equal(reason_word(logout.reason), reason_word(reason));
	assert_string_equal(logout.text, said);
}

static void
lets_two_keys_in_as_the_first_and_records_both(void **state)
{
	struct jobs jobs;

	(void)state;
	assert_int_equal(try_key(TEST_CLIENT, false), YES);
	assert_int_equal(try_key(TEST_CLIENT, true), PARTIAL);
	assert_int_equal(try_key(PERSON, false), YES);
	assert_int_equal(try_key(PERSON, true), YES);
	ends_recv(&e, e.listener, WIRE_LOGGED_IN);
	ends_open(&e, session, 1, "sign");
	ends_accept(&e, session, 1, &accept_reply);
	ends_lines(&e, session, 1, 1, 1, "ok");
	ends_jobs(&e, worker, &jobs);
	ends_result(&e, worker, jobs.job[0], REASON_OK);
	assert_int_equal(ends_answer(&e, session, &answer), REASON_OK);
	ends_open(&e, session, 2, "sign -k nowhere");
	assert_int_equal(ends_done(&e, session, text), 77);
	ends_await_record(&e, "AUTH", " profile=\"ci\"");
	ends_await_record(&e, "AUTH", " principal=\"build01\" fp=\"SHA256:");
	ends_await_record(&e, "AUTH", "\" second-fp=\"SHA256:");
	ends_await_record(&e, "AUTH", " second-principal=\"jane\"");
	ends_await_record(&e, "SIGN", "\" second-fp=\"SHA256:");
	ends_await_record(&e, "DENY", "\" second-fp=\"SHA256:");
}

static void
one_key_is_not_enough(void **state)
{
	(void)state;
	assert_int_equal(try_key(TEST_CLIENT, true), PARTIAL);
	assert_true(ends_is_quiet(e.listener, 50));
	hang_up();
	ends_await_record(&e, "AUTHFAIL", " principal=\"build01\"");
	ends_await_record(&e, "AUTHFAIL", " reason=\"second-key\"");
}

static void
a_session_that_skips_the_second_key_is_dropped(void **state)
{
	(void)state;
	assert_int_equal(try_key(TEST_CLIENT, true), PARTIAL);
	ends_open(&e, session, 1, "whoami");
	assert_true(ends_is_closed(&e, session));
	ends_await_record(&e, "AUTHFAIL", " reason=\"second-key\"");
}

static void
the_same_key_twice_is_one_key(void **state)
{
	(void)state;
	assert_int_equal(try_key(TEST_CLIENT, true), PARTIAL);
	assert_int_equal(try_key(TEST_CLIENT, false), NO);
	assert_int_equal(try_key(TEST_CLIENT, true), NO);
	hang_up();
	ends_await_record(&e, "AUTHFAIL", " reason=\"second-key\"");
}

static void
a_key_of_another_profile_is_no_second(void **state)
{
	(void)state;
	assert_int_equal(try_key(TEST_CLIENT, true), PARTIAL);
	assert_int_equal(try_key(TWIN, false), NO);
	assert_int_equal(try_key(TWIN, true), NO);
	assert_int_equal(try_key(STRANGER, false), NO);
	assert_int_equal(try_key(STRANGER, true), NO);
	hang_up();
	ends_await_record(&e, "AUTHFAIL",
	    " reason=\"second-key\" rule=\"profiles.d/p.conf:5\"");
}

static void
a_refused_second_key_does_not_spoil_the_next(void **state)
{
	(void)state;
	assert_int_equal(try_key(TEST_CLIENT, true), PARTIAL);
	assert_int_equal(try_key(TWIN, true), NO);
	assert_int_equal(try_key(EXPIRED, true), NO);
	assert_int_equal(try_key(PERSON, true), YES);
	ends_recv(&e, e.listener, WIRE_LOGGED_IN);
	ends_await_record(&e, "AUTH", " second-principal=\"jane\"");
}

static void
an_expired_second_key_is_refused_and_named(void **state)
{
	(void)state;
	assert_int_equal(try_key(TEST_CLIENT, true), PARTIAL);
	assert_int_equal(try_key(EXPIRED, false), NO);
	assert_int_equal(try_key(EXPIRED, true), NO);
	hang_up();
	ends_await_record(&e, "AUTHFAIL",
	    " reason=\"expired\" rule=\"authorized_keys.d/a:4\"");
	ends_await_record(&e, "AUTHFAIL", " second-fp=\"SHA256:");
}

static void
a_second_key_from_elsewhere_is_refused(void **state)
{
	(void)state;
	assert_int_equal(try_key(TEST_CLIENT, true), PARTIAL);
	assert_int_equal(try_key(FAR, true), NO);
	hang_up();
	ends_await_record(&e, "AUTHFAIL",
	    " reason=\"source\" rule=\"authorized_keys.d/a:5\"");
}

static void
a_key_that_was_only_asked_about_counts_for_nothing(void **state)
{
	(void)state;
	assert_int_equal(try_key(TEST_CLIENT, false), YES);
	assert_int_equal(try_key(PERSON, true), YES);
	ends_recv(&e, e.listener, WIRE_LOGGED_IN);
	ends_await_record(&e, "AUTH", " profile=\"person\"");
}

static void
the_persons_key_first_is_that_keys_own_login(void **state)
{
	char *records;

	(void)state;
	assert_int_equal(try_key(PERSON, true), YES);
	ends_recv(&e, e.listener, WIRE_LOGGED_IN);
	ends_query_key(&e, session, TEST_CLIENT, true);
	assert_true(ends_is_closed(&e, session));
	ends_await_record(&e, "AUTH", " principal=\"jane\"");
	records = ends_records(&e);
	assert_null(ends_record(records, "AUTH", "second-"));
	free(records);
}

static void
a_third_key_is_a_broken_rule(void **state)
{
	(void)state;
	log_in();
	ends_query_key(&e, session, PERSON, true);
	assert_true(ends_is_closed(&e, session));
}

static void
waiting_in_vain_is_recorded_as_the_missing_key(void **state)
{
	struct login_failed failed = { .reason = REASON_LOGIN_GRACE };
	struct writer w;

	(void)state;
	assert_int_equal(try_key(TEST_CLIENT, true), PARTIAL);
	w = ends_writer(&e);
	login_failed_put(&w, &failed);
	ends_send(session, &w);
	hang_up();
	ends_await_record(&e, "AUTHFAIL", " reason=\"second-key\"");
}

static void
a_bad_signature_of_the_second_is_recorded_as_that(void **state)
{
	struct login_failed failed = { .reason = REASON_BAD_SIGNATURE };
	struct writer w;

	(void)state;
	assert_int_equal(try_key(TEST_CLIENT, true), PARTIAL);
	assert_int_equal(try_key(PERSON, false), YES);
	w = ends_writer(&e);
	login_failed_put(&w, &failed);
	ends_send(session, &w);
	hang_up();
	ends_await_record(&e, "AUTHFAIL", " reason=\"bad-signature\"");
}

static void
whoami_names_both(void **state)
{
	struct text_reply reply;

	(void)state;
	log_in();
	ends_open(&e, session, 1, "whoami --json");
	ends_recv(&e, session, WIRE_TEXT);
	assert_true(text_reply_get(&e.r, &reply));
	assert_non_null(memmem(reply.bytes, reply.len,
	    "\"second-principal\":\"jane\",\"second-fingerprint\":\"SHA256:",
	    53));
}

static void
removing_the_second_key_ends_the_session(void **state)
{
	(void)state;
	log_in();
	put_clients("");
	reload();
	assert_logout(REASON_REMOVED, reason_text(REASON_REMOVED));
}

static void
a_second_key_that_changes_hands_ends_the_session(void **state)
{
	(void)state;
	log_in();
	put_clients("profile=\"person\" ssh-ed25519 " PERSON " mallory\n");
	reload();
	assert_logout(
	    REASON_REMOVED, "the client key belongs to somebody else now");
}

static void
a_second_key_of_another_profile_now_ends_the_session(void **state)
{
	(void)state;
	log_in();
	put_clients("profile=\"ci\" ssh-ed25519 " PERSON " jane\n");
	reload();
	assert_logout(REASON_SECOND_KEY,
	    "the profile ci wants a second client key, whose profile is "
	    "person");
}

static void
a_second_key_that_expires_ends_the_session(void **state)
{
	struct logout logout;

	(void)state;
	log_in();
	put_clients(
	    "profile=\"person\",expiry-time=\"20200101Z\" ssh-ed25519 " PERSON
	    " jane\n");
	reload();
	ends_recv(&e, session, WIRE_LOGOUT);
	assert_true(logout_get(&e.r, &logout));
	assert_int_equal(logout.reason, REASON_EXPIRED);
}

static void
a_session_of_one_key_ends_when_two_are_wanted(void **state)
{
	(void)state;
	put_profiles("");
	reload();
	ends_await_record(&e, "RELOAD", "changes=\"");
	assert_int_equal(try_key(TEST_CLIENT, true), YES);
	ends_recv(&e, e.listener, WIRE_LOGGED_IN);
	put_profiles("require-second = person\n");
	reload();
	assert_logout(REASON_SECOND_KEY,
	    "the profile ci wants a second client key, whose profile is "
	    "person");
}

static void
a_half_login_whose_first_key_is_removed_ends(void **state)
{
	(void)state;
	assert_int_equal(try_key(TEST_CLIENT, true), PARTIAL);
	ends_put(&e, "authorized_keys.d/a", PERSON_LINE);
	reload();
	assert_logout(REASON_REMOVED, reason_text(REASON_REMOVED));
	hang_up();
	ends_await_record(&e, "AUTHFAIL", " reason=\"removed\"");
}

static void
a_half_login_goes_on_over_a_reload(void **state)
{
	(void)state;
	assert_int_equal(try_key(TEST_CLIENT, true), PARTIAL);
	put_clients(PERSON_LINE "# nothing else changed\n");
	reload();
	ends_await_record(&e, "RELOAD", "");
	assert_int_equal(try_key(PERSON, true), YES);
	ends_recv(&e, e.listener, WIRE_LOGGED_IN);
}

static void
suspend_principal(const char *name)
{
	struct admin_request request = { .verb = ADMIN_SUSPEND };
	char said[WIRE_CHUNK + 1];

	assert_true(admin_request_add(&request, "principal"));
	assert_true(admin_request_add(&request, name));
	assert_true(admin_request_add(&request, "gone"));
	assert_int_equal(ends_admin(&e, &request, said), 0);
	assert_non_null(strstr(said, "1 open connection ended"));
}

static void
logs_out_when_the_second_key_is_suspended(void **state)
{
	(void)state;
	log_in();
	suspend_principal("jane");
	assert_logout(
	    REASON_SUSPENDED, "the principal jane is suspended: gone");
}

static void
logs_out_half_way_when_the_first_key_is_suspended(void **state)
{
	(void)state;
	assert_int_equal(try_key(TEST_CLIENT, true), PARTIAL);
	suspend_principal("build01");
	assert_logout(
	    REASON_SUSPENDED, "the principal build01 is suspended: gone");
	ends_await_record(&e, "AUTHFAIL", "reason=\"suspended\"");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(lets_two_keys_in_as_the_first_and_records_both),
		TEST(one_key_is_not_enough),
		TEST(a_session_that_skips_the_second_key_is_dropped),
		TEST(the_same_key_twice_is_one_key),
		TEST(a_key_of_another_profile_is_no_second),
		TEST(a_refused_second_key_does_not_spoil_the_next),
		TEST(an_expired_second_key_is_refused_and_named),
		TEST(a_second_key_from_elsewhere_is_refused),
		TEST(a_key_that_was_only_asked_about_counts_for_nothing),
		TEST(the_persons_key_first_is_that_keys_own_login),
		TEST(a_third_key_is_a_broken_rule),
		TEST(waiting_in_vain_is_recorded_as_the_missing_key),
		TEST(a_bad_signature_of_the_second_is_recorded_as_that),
		TEST(whoami_names_both),
		TEST(removing_the_second_key_ends_the_session),
		TEST(a_second_key_that_changes_hands_ends_the_session),
		TEST(a_second_key_of_another_profile_now_ends_the_session),
		TEST(a_second_key_that_expires_ends_the_session),
		TEST(a_session_of_one_key_ends_when_two_are_wanted),
		TEST(a_half_login_whose_first_key_is_removed_ends),
		TEST(a_half_login_goes_on_over_a_reload),
		TEST(logs_out_when_the_second_key_is_suspended),
		TEST(logs_out_half_way_when_the_first_key_is_suspended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
