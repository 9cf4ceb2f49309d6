/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/broker/probe_subject.c */
/* covers: src/broker/key_test.c src/broker/canary.c */
/*
 * countersignctl test and the canary, with workers that are the test itself:
 * what they sign with, and whether they do, is its choice.
 */
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "support_ends.h"

static struct ends e;
static EVP_PKEY *pkey;
static int workers[2] = { -1, -1 }, admin = -1;
static uint8_t seen[8][DIGEST_MAX]; /* inputs of jobs so far */
static unsigned jobs_seen;
static char said[WIRE_CHUNK + 1];

static void
send_facts(int worker)
{
	struct key_facts facts = { .type = KEY_P256,
		.bits = 256,
		.mechs = mech_bit(MECH_ECDSA, HASH_SHA256) |
		    mech_bit(MECH_ECDSA, HASH_SHA384) };
	struct key_add add;
	struct writer w;
	uint8_t *spki = NULL;
	int len = i2d_PUBKEY(pkey, &spki);

	ends_recv(&e, worker, WIRE_KEY_ADD);
	assert_true(key_add_get(&e.r, &add));
	facts.key = add.key;
	facts.spki_len = (size_t)len;
	memcpy(facts.spki, spki, facts.spki_len);
	OPENSSL_free(spki);
	w = ends_writer(&e);
	key_facts_put(&w, &facts);
	ends_send(worker, &w);
}

static void
start_worker(int *ret)
{
	ends_worker(&e, ret);
	ends_token_state(&e, *ret, REASON_OK);
	send_facts(*ret);
}

static int
make_pkey(void **state)
{
	(void)state;
	return (pkey = EVP_EC_gen("P-256")) != NULL ? 0 : -1;
}

static int
free_pkey(void **state)
{
	(void)state;
	EVP_PKEY_free(pkey);
	return 0;
}

static void
start(const char *words, unsigned count)
{
	char conf[512];

	jobs_seen = 0;
	ends_make(&e);
	snprintf(conf, sizeof(conf),
	    "[server]\nlisten = 127.0.0.1:0\nhost-key = key\n"
	    "state-dir = state\nrun-dir = run\n%s"
	    "[audit]\nfile = log/audit.log\n",
	    words);
	ends_put(&e, "countersign.conf", conf);
	ends_put(&e, "keys.d/k.conf",
	    "[key release]\ntoken = t\nobject = pkcs11:object=release\n"
	    "use = raw\nformats = raw p1363\n");
	snprintf(conf, sizeof(conf),
	    "[token t]\nmodule = /lib/m.so\ntoken = t\npin-file = pin\n"
	    "workers = %u\ntimeout = 5s\n",
	    count);
	ends_put(&e, "tokens.d/t.conf", conf);
	ends_start(&e);
	/* The one that came last is asked first. */
	if (count > 1)
		start_worker(&workers[1]);
	start_worker(&workers[0]);
	ends_recv(&e, e.listener, WIRE_BROKER_READY);
}

static int
tear_down(void **state)
{
	(void)state;
	ends_drop(&e);
	close(workers[0]);
	if (workers[1] != -1)
		close(workers[1]);
	workers[0] = workers[1] = -1;
	if (admin != -1)
		close(admin);
	admin = -1;
	return 0;
}

static void
ask(const char *key)
{
	struct admin_request request = { .verb = ADMIN_TEST };
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct writer w;

	assert_true(admin_request_add(&request, key));
	snprintf(address.sun_path, sizeof(address.sun_path),
	    "%s/run/admin.sock", e.dir);
	admin = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	assert_int_equal(
	    connect(admin, (struct sockaddr *)&address, sizeof(address)), 0);
	w = ends_writer(&e);
	admin_request_put(&w, &request);
	ends_send(admin, &w);
}

/* All that is said on stdout and stderr; the exit status. */
static int
hear(void)
{
	struct admin_reply reply = { .last = false };

	said[0] = '\0';
	while (!reply.last) {
		size_t used = strlen(said);

		ends_recv(&e, admin, WIRE_ADMIN_REPLY);
		assert_true(admin_reply_get(&e.r, &reply));
		assert_true(used + reply.len < sizeof(said));
		memcpy(said + used, reply.bytes, reply.len);
		said[used + reply.len] = '\0';
	}
	return reply.exit;
}

/* A job for that worker; its digest is none that came before. */
static void
take(int worker, struct job *ret)
{
	struct batch_head head;

	ends_recv(&e, worker, WIRE_JOBS);
	assert_true(batch_head_get(&e.r, &head));
	assert_int_equal(head.count, 1);
	assert_true(job_get(&e.r, ret));
	for (unsigned i = 0; i < jobs_seen; i++)
		assert_memory_not_equal(seen[i], ret->input, 32);
	assert_true(jobs_seen < 8);
	memcpy(seen[jobs_seen++], ret->input, ret->len);
}

/* r || s over the input, or (lie) over something else. */
static void
answer_job(int worker, const struct job *job, bool lie)
{
	struct batch_head head = { .count = 1 };
	struct job_result result = { .job = job->job, .us = 321, .len = 64 };
	uint8_t input[DIGEST_MAX], der[160], signature[64];
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
	const uint8_t *at = der;
	size_t len = sizeof(der);
	struct writer w;
	ECDSA_SIG *sig;

	memcpy(input, job->input, job->len);
	input[0] ^= lie;
	assert_int_equal(EVP_PKEY_sign_init(ctx), 1);
	assert_int_equal(EVP_PKEY_sign(ctx, der, &len, input, job->len), 1);
	EVP_PKEY_CTX_free(ctx);
	sig = d2i_ECDSA_SIG(NULL, &at, (long)len);
	BN_bn2binpad(ECDSA_SIG_get0_r(sig), signature, 32);
	BN_bn2binpad(ECDSA_SIG_get0_s(sig), signature + 32, 32);
	ECDSA_SIG_free(sig);
	result.signature = signature;
	w = ends_writer(&e);
	results_head_put(&w, &head);
	job_result_put(&w, &result);
	ends_send(worker, &w);
}

static void
says_that_a_key_signs_in_all_formats_and_hashes(void **state)
{
	struct job job;
	char *records;

	(void)state;
	start("", 2);
	ask("release");
	/* raw and p1363, sha256 and sha384. */
	for (unsigned i = 0; i < 4; i++) {
		take(workers[0], &job);
		assert_int_equal(job.mech, MECH_ECDSA);
		answer_job(workers[0], &job, false);
	}
	assert_int_equal(hear(), 0);
	assert_string_equal(said,
	    "release raw sha256: ok, 321 us\n"
	    "release raw sha384: ok, 321 us\n"
	    "release p1363 sha256: ok, 321 us\n"
	    "release p1363 sha384: ok, 321 us\n");
	ends_await_record(&e, "TOKEN",
	    "what=\"test\" token=\"t\" "
	    "key=\"release\"");
	records = ends_records(&e);
	assert_null(ends_record(records, "SIGN", ""));
	free(records);
}

static void
believes_no_signature_of_something_else(void **state)
{
	struct job job;

	(void)state;
	start("", 2);
	ask("release");
	take(workers[0], &job);
	answer_job(workers[0], &job, true);
	ends_recv(&e, e.keeper, WIRE_WORKER_KILL);
	/* The same digest, once more, by another worker. */
	jobs_seen--;
	take(workers[1], &job);
	answer_job(workers[1], &job, true);
	assert_int_equal(hear(), 69);
	assert_string_equal(said,
	    "release raw sha256: failed, token-wrong-answer: the token's "
	    "signature did not verify\n"
	    "release raw sha384: untried\n"
	    "release p1363 sha256: untried\n"
	    "release p1363 sha384: untried\n"
	    "release: 1 of 1 failed\n");
	ends_await_record(&e, "TOKEN", "outcome=\"failed\"");
}

static void
goes_on_when_nobody_waits_for_the_answer(void **state)
{
	struct job job;

	(void)state;
	start("", 2);
	ask("release");
	take(workers[0], &job);
	close(admin);
	admin = -1;
	answer_job(workers[0], &job, false);
	for (unsigned i = 1; i < 4; i++) {
		take(workers[0], &job);
		answer_job(workers[0], &job, false);
	}
	ends_await_record(&e, "TOKEN", "what=\"test\"");
}

static void
tells_of_a_key_that_a_reload_took_away(void **state)
{
	struct writer w;
	struct job job;

	(void)state;
	start("", 2);
	ask("release");
	take(workers[0], &job);
	ends_put(&e, "keys.d/k.conf",
	    "[key other]\ntoken = t\nobject = pkcs11:object=other\n"
	    "use = raw\nformats = raw p1363\n");
	ends_put(&e, "profiles.d/p.conf", "[profile ci]\nkeys = other\n");
	w = ends_writer(&e);
	bare_put(&w, WIRE_RELOAD);
	ends_send(e.listener, &w);
	ends_await_record(&e, "RELOAD", "outcome=\"ok\"");
	answer_job(workers[0], &job, false);
	assert_int_equal(hear(), 69);
	assert_non_null(strstr(said, "a reload changed this key"));
}

/* The one that is killed, by the one that is started for it. */
static void
replace_worker(int *worker)
{
	ends_recv(&e, e.keeper, WIRE_WORKER_KILL);
	close(*worker);
	start_worker(worker);
}

/* A round's jobs, answered right. */
static void
serve_round(int worker)
{
	struct job job;

	jobs_seen = 0;
	for (unsigned i = 0; i < 4; i++) {
		take(worker, &job);
		answer_job(worker, &job, false);
	}
}

static void
tries_keys_by_itself_and_tells_of_changes_only(void **state)
{
	struct job job;
	char *records;

	(void)state;
	start("[limits]\ncanary = 1s\n", 1);
	serve_round(workers[0]);
	serve_round(workers[0]);
	records = ends_records(&e);
	assert_null(ends_record(records, "TOKEN", "what=\"canary\""));
	free(records);
	jobs_seen = 0;
	take(workers[0], &job);
	answer_job(workers[0], &job, true);
	replace_worker(&workers[0]);
	jobs_seen = 0;
	take(workers[0], &job);
	answer_job(workers[0], &job, true);
	ends_await_record(&e, "TOKEN",
	    "probes=\"0\" outcome=\"failed\" reason=\"token-wrong-answer\"");
	replace_worker(&workers[0]);
	serve_round(workers[0]);
	ends_await_record(&e, "TOKEN", "probes=\"4\" outcome=\"ok\"");
	records = ends_records(&e);
	assert_non_null(ends_record(records, "TOKEN", "what=\"canary\""));
	free(records);
}

static void
leaves_suspended_keys_alone(void **state)
{
	struct admin_request request = { .verb = ADMIN_SUSPEND };
	char answer[WIRE_CHUNK + 1];

	(void)state;
	start("[limits]\ncanary = 1s\n", 1);
	assert_true(admin_request_add(&request, "key"));
	assert_true(admin_request_add(&request, "release"));
	assert_true(admin_request_add(&request, "why not"));
	assert_int_equal(ends_admin(&e, &request, answer), 0);
	request = (struct admin_request){ .verb = ADMIN_STATUS };
	do
		assert_int_equal(ends_admin(&e, &request, answer), 0);
	while (strstr(answer, "no round yet") != NULL &&
	    ends_is_quiet(workers[0], 50));
	assert_non_null(strstr(answer, ": 0 ok, 0 failed, 1 skipped\n"));
	assert_true(ends_is_quiet(workers[0], 50));
	ask("release");
	assert_int_equal(hear(), 77);
	assert_string_equal(
	    said, "countersignctl: the key release is suspended\n");
}

static void
tries_nothing_while_clients_wait(void **state)
{
	struct accept_reply accept_reply;
	struct jobs jobs = { .count = 0 };
	struct job job;
	int session;

	(void)state;
	start("[limits]\ncanary = 1s\n", 1);
	session = ends_login(&e);
	ends_open(&e, session, 1, "sign");
	ends_accept(&e, session, 1, &accept_reply);
	ends_lines(&e, session, 1, 1, 6, "ok");
	/* The worker has two of them, the others wait. */
	ends_all_jobs(&e, workers[0], &jobs, 2);
	assert_true(ends_is_quiet(workers[0], 1500));
	close(session);
	take(workers[0], &job);
}

static void
refuses_what_it_cannot_test(void **state)
{
	(void)state;
	start("", 2);
	ask("nothing");
	assert_int_equal(hear(), 1);
	assert_string_equal(said,
	    "countersignctl: the key nothing is not in the running tree\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(
		    says_that_a_key_signs_in_all_formats_and_hashes, tear_down),
		cmocka_unit_test_teardown(
		    believes_no_signature_of_something_else, tear_down),
		cmocka_unit_test_teardown(
		    goes_on_when_nobody_waits_for_the_answer, tear_down),
		cmocka_unit_test_teardown(
		    tells_of_a_key_that_a_reload_took_away, tear_down),
		cmocka_unit_test_teardown(
		    refuses_what_it_cannot_test, tear_down),
		cmocka_unit_test_teardown(
		    tries_keys_by_itself_and_tells_of_changes_only, tear_down),
		cmocka_unit_test_teardown(
		    tries_nothing_while_clients_wait, tear_down),
		cmocka_unit_test_teardown(
		    leaves_suspended_keys_alone, tear_down),
	};

	return cmocka_run_group_tests_name(
	    "broker: probe", tests, make_pkey, free_pkey);
}
