/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/token/keeper.c src/token/main.c src/token/spawn.c */
/* covers: src/token/worker.c src/token/probe.c */
#include "support_service.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include <cmocka.h>

#include "token/verify.h"

static struct service service;

static int
start(void **state)
{
	struct token_setup setup = setup_plain();

	(void)state;
	service_start(&service, &setup, -1);
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	return service_stop(&service);
}

/* Each mechanism that the facts promise gives a signature that verifies. */
static void
sign_everything(const struct worker *worker, const struct key_facts *facts)
{
	const uint8_t *der = facts->spki;
	EVP_PKEY *pkey = d2i_PUBKEY(NULL, &der, (long)facts->spki_len);
	struct verifier *verifier = verifier_new(pkey, facts->type);

	assert_non_null(verifier);
	for (enum mech m = MECH_NONE + 1; m < MECH_COUNT; m++) {
		for (enum hash h = HASH_NONE; h < HASH_COUNT; h++) {
			struct job_result result;

			if ((facts->mechs & mech_bit(m, h)) == 0)
				continue;
			worker_job(worker, 7, facts->key, m, h);
			result = worker_result(worker);
			assert_string_equal(result.text, "");
			assert_int_equal(result.reason, REASON_OK);
			assert_int_equal(result.job, 7);
			assert_true(verifier_accepts(verifier, m, h, sample,
			    h == HASH_NONE ? 100 : hash_size(h),
			    result.signature, result.len));
		}
	}
	verifier_free(verifier);
	EVP_PKEY_free(pkey);
}

static void
signs_with_every_key_of_one_token(void **state)
{
	static const struct {
		const char *object;
		enum key_type type;
		uint16_t bits;
		enum mech mech;
		enum hash hash;
	} keys[] = {
		{ "pkcs11:object=rsa3072", KEY_RSA, 3072, MECH_RSA_PKCS1,
		    HASH_SHA3_256 },
		{ "pkcs11:object=rsa4096;type=private", KEY_RSA, 4096,
		    MECH_RSA_PSS, HASH_SHA512 },
		{ "pkcs11:object=p256", KEY_P256, 256, MECH_ECDSA,
		    HASH_SHA512 },
		{ "pkcs11:object=p384", KEY_P384, 384, MECH_ECDSA,
		    HASH_SHA3_384 },
		{ "pkcs11:object=p521", KEY_P521, 521, MECH_ECDSA,
		    HASH_SHA256 },
		{ "pkcs11:object=ed25519", KEY_ED25519, 255, MECH_EDDSA,
		    HASH_NONE },
	};
	struct worker worker;

	(void)state;
	worker_ready(&service, &worker);
	for (uint32_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct key_facts facts = worker_key(&worker, i, keys[i].object);

		assert_int_equal(facts.type, keys[i].type);
		assert_int_equal(facts.bits, keys[i].bits);
		assert_true(
		    (facts.mechs & mech_bit(keys[i].mech, keys[i].hash)) != 0);
		/* Made in the token, never to leave it: for the record. */
		assert_int_equal(facts.attributes &
			(1u << ATTRIBUTE_SENSITIVE |
			    1u << ATTRIBUTE_ALWAYS_SENSITIVE |
			    1u << ATTRIBUTE_EXTRACTABLE |
			    1u << ATTRIBUTE_NEVER_EXTRACTABLE |
			    1u << ATTRIBUTE_LOCAL),
		    1u << ATTRIBUTE_SENSITIVE |
			1u << ATTRIBUTE_ALWAYS_SENSITIVE |
			1u << ATTRIBUTE_NEVER_EXTRACTABLE |
			1u << ATTRIBUTE_LOCAL);
		sign_everything(&worker, &facts);
	}
	close(worker.channel);
}

static void
tells_which_token_it_found(void **state)
{
	struct worker worker;

	(void)state;
	worker_ready(&service, &worker);
	assert_string_equal(worker.state.label, LABEL);
	assert_string_equal(worker.state.model, "SoftHSM v2");
	assert_int_equal(strlen(worker.state.serial), 16);
	assert_int_equal(worker.state.stamp_len, WIRE_STAMP);
	close(worker.channel);
}

/* The reason of one job that must be refused; the worker stays. */
static enum reason
refusal(const struct worker *worker, const struct job *job)
{
	struct job_result result;

	worker_send(worker, job);
	result = worker_result(worker);
	assert_int_equal(result.len, 0);
	assert_int_not_equal(result.text[0], '\0');
	return result.reason;
}

static void
refuses_jobs_that_the_key_does_not_do(void **state)
{
	struct job job = { .job = 1,
		.key = 9,
		.mech = MECH_RSA_PKCS1,
		.hash = HASH_SHA256,
		.input = sample,
		.len = 32 };
	struct worker worker;

	(void)state;
	worker_ready(&service, &worker);
	assert_int_equal(refusal(&worker, &job), REASON_KEY_MISSING);
	worker_key(&worker, 9, "pkcs11:object=rsa3072");
	job.mech = MECH_ECDSA;
	assert_int_equal(refusal(&worker, &job), REASON_KEY_UNFIT);
	job.mech = MECH_EDDSA;
	job.hash = HASH_NONE;
	assert_int_equal(refusal(&worker, &job), REASON_KEY_UNFIT);
	/* The worker is as good as before. */
	worker_job(&worker, 2, 9, MECH_RSA_PKCS1, HASH_SHA256);
	assert_int_equal(worker_result(&worker).reason, REASON_OK);
	close(worker.channel);
}

/* The broker checked lengths: one that is wrong now is no mere mistake. */
static void
a_worker_ends_when_a_digest_has_another_length(void **state)
{
	static const size_t lengths[] = { 0, 31, 33, 64, 4096 };
	struct job job = { .job = 1,
		.key = 3,
		.mech = MECH_RSA_PSS,
		.hash = HASH_SHA256,
		.input = sample };
	struct worker worker;

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		worker_ready(&service, &worker);
		worker_key(&worker, 3, "pkcs11:object=rsa3072");
		job.len = lengths[i];
		worker_send(&worker, &job);
		assert_int_equal(
		    worker_end(&service, &worker), W_EXITCODE(EX_SOFTWARE, 0));
	}
}

static void
a_dropped_key_signs_no_more(void **state)
{
	struct job job = { .job = 1,
		.key = 4,
		.mech = MECH_ECDSA,
		.hash = HASH_SHA256,
		.input = sample,
		.len = 32 };
	uint8_t space[64];
	struct worker worker;
	struct writer w;

	(void)state;
	worker_ready(&service, &worker);
	worker_key(&worker, 4, "pkcs11:object=p256");
	writer_init(&w, space, sizeof(space));
	number_put(&w, WIRE_KEY_DROP, 4);
	channel_send(worker.channel, space, w.used);
	assert_int_equal(refusal(&worker, &job), REASON_KEY_MISSING);
	close(worker.channel);
}

static void
says_why_a_key_is_not_found(void **state)
{
	static const struct {
		const char *object;
		enum reason reason;
		const char *text;
	} cases[] = {
		{ "pkcs11:object=nobody", REASON_KEY_MISSING,
		    "the token has no such private key" },
		{ "pkcs11:object=p256;id=%00", REASON_KEY_MISSING,
		    "the token has no such private key" },
		{ "pkcs11:object=p256;token=other", REASON_KEY_MISSING,
		    "the URI is for another token" },
		{ "pkcs11:token=unit", REASON_KEY_UNFIT,
		    "neither object= nor id=" },
		{ "pkcs11:object=p256?pin-value=1", REASON_KEY_UNFIT,
		    "a query (after '?') is not understood here" },
	};
	struct key_facts facts;
	struct worker worker;

	(void)state;
	worker_ready(&service, &worker);
	for (uint32_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		facts = worker_add(&worker, i, cases[i].object, false, false);
		assert_int_equal(facts.reason, cases[i].reason);
		assert_string_equal(facts.text, cases[i].text);
	}
	close(worker.channel);
}

/* A full message of jobs, some of them bad, is answered one by one. */
static void
answers_a_batch_in_order(void **state)
{
	static uint8_t space[CHANNEL_MAX];
	struct batch_head head = { .count = WIRE_BATCH };
	struct job job = { .mech = MECH_ECDSA,
		.hash = HASH_SHA256,
		.input = sample,
		.len = 32 };
	struct job_result result;
	struct worker worker;
	struct reader r;
	struct writer w;
	uint64_t next = 0;

	(void)state;
	worker_ready(&service, &worker);
	worker_key(&worker, 1, "pkcs11:object=p256");
	writer_init(&w, space, sizeof(space));
	jobs_head_put(&w, &head);
	for (job.job = 0; job.job < WIRE_BATCH; job.job++) {
		job.key = job.job % 10 == 3 ? 77 : 1;
		job_put(&w, &job);
	}
	channel_send(worker.channel, space, w.used);
	while (next < WIRE_BATCH) {
		worker_expect(worker.channel, WIRE_RESULTS, &r);
		assert_true(batch_head_get(&r, &head));
		for (uint16_t i = 0; i < head.count; i++, next++) {
			assert_true(job_result_get(&r, &result));
			assert_int_equal(result.job, next);
			assert_int_equal(result.reason,
			    next % 10 == 3 ? REASON_KEY_MISSING : REASON_OK);
		}
		assert_true(reader_done(&r));
	}
	close(worker.channel);
}

static void
a_worker_ends_with_its_channel(void **state)
{
	struct worker worker;

	(void)state;
	worker_ready(&service, &worker);
	shutdown(worker.channel, SHUT_RDWR);
	assert_int_equal(worker_end(&service, &worker), W_EXITCODE(0, 0));
}

static void
a_worker_ends_when_the_broker_talks_nonsense(void **state)
{
	static const uint8_t nonsense[][4] = { { 0, WIRE_TOKEN_STATE },
		{ 0, WIRE_JOBS, 0, 1 }, { 0xff, 0xff }, { 0, WIRE_KEY_ADD } };
	struct worker worker;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		worker_ready(&service, &worker);
		channel_send(worker.channel, nonsense[i], 4);
		assert_int_equal(
		    worker_end(&service, &worker), W_EXITCODE(EX_SOFTWARE, 0));
	}
}

static void
a_keeper_takes_its_workers_along(void **state)
{
	struct token_setup setup = setup_plain();
	struct worker one, two;
	struct service s;

	(void)state;
	service_start(&s, &setup, -1);
	worker_ready(&s, &one);
	worker_ready(&s, &two);
	assert_int_equal(service_stop(&s), W_EXITCODE(0, 0));
	assert_int_equal(kill(one.pid, 0), -1);
	assert_int_equal(kill(two.pid, 0), -1);
	close(one.channel);
	close(two.channel);
}

static void
a_keeper_ends_when_asked_for_an_unknown_token(void **state)
{
	struct token_setup setup = setup_plain();
	struct worker_start start = { .worker = 1, .token = "another" };
	uint8_t space[256];
	struct service s;
	struct writer w;

	(void)state;
	service_start(&s, &setup, -1);
	writer_init(&w, space, sizeof(space));
	worker_start_put(&w, &start);
	channel_send(s.broker, space, w.used);
	assert_int_equal(channel_wait(s.broker, 10000), 1);
	assert_int_equal(service_stop(&s), W_EXITCODE(EX_SOFTWARE, 0));
}

static void
takes_the_pin_as_a_descriptor(void **state)
{
	int pin = open(place_path("pin"), O_RDONLY | O_CLOEXEC);
	struct token_setup setup = setup_plain();
	struct worker one, two;
	struct service s;

	(void)state;
	setup.pin_file[0] = '\0';
	service_start(&s, &setup, pin);
	close(pin);
	worker_ready(&s, &one);
	worker_ready(&s, &two);
	close(one.channel);
	close(two.channel);
	service_stop(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    signs_with_every_key_of_one_token, start, stop),
		cmocka_unit_test_setup_teardown(
		    tells_which_token_it_found, start, stop),
		cmocka_unit_test_setup_teardown(
		    refuses_jobs_that_the_key_does_not_do, start, stop),
		cmocka_unit_test_setup_teardown(
		    a_worker_ends_when_a_digest_has_another_length, start,
		    stop),
		cmocka_unit_test_setup_teardown(
		    a_dropped_key_signs_no_more, start, stop),
		cmocka_unit_test_setup_teardown(
		    says_why_a_key_is_not_found, start, stop),
		cmocka_unit_test_setup_teardown(
		    answers_a_batch_in_order, start, stop),
		cmocka_unit_test_setup_teardown(
		    a_worker_ends_with_its_channel, start, stop),
		cmocka_unit_test_setup_teardown(
		    a_worker_ends_when_the_broker_talks_nonsense, start, stop),
		cmocka_unit_test(a_keeper_takes_its_workers_along),
		cmocka_unit_test(a_keeper_ends_when_asked_for_an_unknown_token),
		cmocka_unit_test(takes_the_pin_as_a_descriptor),
	};

	return cmocka_run_group_tests(tests, place_make, place_remove);
}
