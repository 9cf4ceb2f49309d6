/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/token/fit.c src/token/sign.c */
#include "support_service.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static struct service service;

static int
start(void **state)
{
	struct token_setup setup = setup_with_shim();

	(void)state;
	place_fault(NULL);
	place_told("");
	service_start(&service, &setup, -1);
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	return service_stop(&service);
}

/* A worker that signs well, and then meets the fault. */
static void
begin(struct worker *ret, const char *object, enum mech mech, enum hash hash,
    const char *fault)
{
	place_fault(NULL);
	worker_ready(&service, ret);
	worker_key(ret, 1, object);
	worker_job(ret, 1, 1, mech, hash);
	assert_int_equal(worker_result(ret).reason, REASON_OK);
	place_fault(fault);
	worker_job(ret, 2, 1, mech, hash);
}

static void
a_wrong_signature_never_leaves(void **state)
{
	static const struct {
		const char *object;
		enum mech mech;
		enum hash hash;
		const char *fault;
	} cases[] = {
		{ "pkcs11:object=p256", MECH_ECDSA, HASH_SHA256,
		    "C_Sign=wrong" },
		{ "pkcs11:object=rsa3072", MECH_RSA_PKCS1, HASH_SHA256,
		    "C_Sign=wrong" },
		{ "pkcs11:object=rsa3072", MECH_RSA_PSS, HASH_SHA512,
		    "C_Sign=wrong" },
		{ "pkcs11:object=ed25519", MECH_EDDSA, HASH_NONE,
		    "C_Sign=wrong" },
		{ "pkcs11:object=p521", MECH_ECDSA, HASH_SHA512,
		    "C_Sign=short" },
	};
	struct job_result result;
	struct worker worker;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin(&worker, cases[i].object, cases[i].mech, cases[i].hash,
		    cases[i].fault);
		result = worker_result(&worker);
		assert_int_equal(result.job, 2);
		assert_int_equal(result.reason, REASON_TOKEN_WRONG);
		assert_int_equal(result.len, 0);
		assert_int_equal(
		    worker_end(&service, &worker), W_EXITCODE(1, 0));
	}
}

static void
an_error_of_the_token_ends_the_worker(void **state)
{
	static const char *const faults[][2] = {
		{ "C_Sign=rv:0x30", "C_Sign: CKR_DEVICE_ERROR" },
		{ "C_Sign=rv:0x80001234", "C_Sign: CKR 0x80001234" },
		{ "C_SignInit=rv:0x101", "C_SignInit: CKR_USER_NOT_LOGGED_IN" },
		{ "C_SignInit=rv:0x82",
		    "C_SignInit: CKR_OBJECT_HANDLE_INVALID" },
	};
	struct job_result result;
	struct worker worker;

	(void)state;
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		begin(&worker, "pkcs11:object=p256", MECH_ECDSA, HASH_SHA256,
		    faults[i][0]);
		result = worker_result(&worker);
		assert_int_equal(result.reason, REASON_TOKEN_FAILED);
		assert_string_equal(result.text, faults[i][1]);
		assert_int_equal(
		    worker_end(&service, &worker), W_EXITCODE(1, 0));
	}
}

static void
an_error_about_arguments_does_not(void **state)
{
	struct job_result result;
	struct worker worker;

	(void)state;
	begin(&worker, "pkcs11:object=p256", MECH_ECDSA, HASH_SHA256,
	    "C_SignInit=rv:0x70");
	result = worker_result(&worker);
	assert_int_equal(result.reason, REASON_TOKEN_FAILED);
	assert_string_equal(result.text, "C_SignInit: CKR_MECHANISM_INVALID");
	place_fault(NULL);
	worker_job(&worker, 3, 1, MECH_ECDSA, HASH_SHA256);
	assert_int_equal(worker_result(&worker).reason, REASON_OK);
	close(worker.channel);
}

static void
a_crash_costs_one_worker(void **state)
{
	struct worker worker, other;

	(void)state;
	worker_ready(&service, &other);
	worker_key(&other, 1, "pkcs11:object=p256");
	begin(&worker, "pkcs11:object=p256", MECH_ECDSA, HASH_SHA256,
	    "C_Sign=crash");
	assert_int_equal(worker_end(&service, &worker) & 0x7f, SIGSEGV);
	place_fault(NULL);
	worker_job(&other, 1, 1, MECH_ECDSA, HASH_SHA256);
	assert_int_equal(worker_result(&other).reason, REASON_OK);
	worker_ready(&service, &worker);
	close(worker.channel);
	close(other.channel);
}

static void
a_hang_ends_with_a_kill(void **state)
{
	struct worker worker;

	(void)state;
	begin(&worker, "pkcs11:object=rsa3072", MECH_RSA_PKCS1, HASH_SHA256,
	    "C_Sign=hang");
	assert_int_equal(channel_wait(worker.channel, 100), 0);
	worker_kill(&service, &worker);
	assert_int_equal(worker_end(&service, &worker), SIGKILL);
}

static void
a_failed_search_ends_the_worker(void **state)
{
	struct key_facts facts;
	struct worker worker;

	(void)state;
	worker_ready(&service, &worker);
	place_fault("C_FindObjectsInit=rv:0x5");
	facts = worker_add(&worker, 1, "pkcs11:object=p256", false, false);
	assert_int_equal(facts.reason, REASON_TOKEN_FAILED);
	assert_string_equal(facts.text, "C_FindObjects: CKR_GENERAL_ERROR");
	assert_int_equal(worker_end(&service, &worker), W_EXITCODE(1, 0));
}

static void
refuses_a_key_for_each_attribute(void **state)
{
	static const char *const lies[][2] = {
		{ "0x108:0", "the key may not sign (CKA_SIGN)" },
		{ "0x103:0", "the key is not sensitive (CKA_SENSITIVE)" },
		{ "0x162:1", "the key is extractable (CKA_EXTRACTABLE)" },
		{ "0x165:0",
		    "the key was not always sensitive (CKA_ALWAYS_SENSITIVE)" },
		{ "0x164:0",
		    "the key was extractable once (CKA_NEVER_EXTRACTABLE)" },
		{ "0x202:1",
		    "the key wants its PIN for each signature "
		    "(CKA_ALWAYS_AUTHENTICATE)" },
	};
	struct key_facts facts;
	struct worker worker;
	char fault[64];

	(void)state;
	worker_ready(&service, &worker);
	for (uint32_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		snprintf(fault, sizeof(fault), "C_GetAttributeValue=lie:%s",
		    lies[i][0]);
		place_fault(fault);
		facts = worker_add(
		    &worker, i, "pkcs11:object=rsa3072", false, false);
		assert_int_equal(facts.reason, REASON_KEY_UNFIT);
		assert_string_equal(facts.text, lies[i][1]);
		assert_int_equal(facts.spki_len, 0);
	}
	close(worker.channel);
}

static void
takes_a_test_key_only_when_told_to(void **state)
{
	static const struct odd_key open = {
		.name = "open", .bits = 3072, .extractable = true
	};
	static const struct odd_key brief = { .name = "brief", .bits = 2048 };
	struct key_facts facts;
	struct worker worker;

	(void)state;
	place_key(&open);
	place_key(&brief);
	worker_ready(&service, &worker);
	facts = worker_add(&worker, 1, "pkcs11:object=open", false, true);
	assert_int_equal(facts.reason, REASON_KEY_UNFIT);
	assert_string_equal(
	    facts.text, "the key is extractable (CKA_EXTRACTABLE)");
	facts = worker_add(&worker, 2, "pkcs11:object=brief", true, false);
	assert_int_equal(facts.reason, REASON_KEY_UNFIT);
	assert_string_equal(
	    facts.text, "RSA with 2048 bits; 3072 is the least");
	facts = worker_add(&worker, 3, "pkcs11:object=open", true, false);
	assert_int_equal(facts.reason, REASON_OK);
	facts = worker_add(&worker, 4, "pkcs11:id=brief", false, true);
	assert_int_equal(facts.reason, REASON_OK);
	assert_int_equal(facts.bits, 2048);
	close(worker.channel);
	place_delete("open");
	place_delete("brief");
}

static void
refuses_to_guess_between_two_keys(void **state)
{
	static const struct odd_key twin = { .name = "twin", .bits = 2048 };
	struct key_facts facts;
	struct worker worker;

	(void)state;
	place_key(&twin);
	place_key(&twin);
	worker_ready(&service, &worker);
	facts = worker_add(&worker, 1, "pkcs11:object=twin", true, true);
	assert_int_equal(facts.reason, REASON_KEY_UNFIT);
	assert_string_equal(
	    facts.text, "the token has several such private keys");
	close(worker.channel);
	place_delete("twin");
}

/* SoftHSM does not recover from this: only another process does. */
static void
a_token_that_goes_away_ends_the_worker(void **state)
{
	static const struct odd_key still = {
		.name = "still", .bits = 3072, .not_copyable = true
	};
	struct worker_start again = { .worker = 99, .token = "demo" };
	struct worker worker;

	(void)state;
	place_key(&still);
	begin(&worker, "pkcs11:object=still", MECH_RSA_PKCS1, HASH_SHA256, "");
	assert_int_equal(worker_result(&worker).reason, REASON_OK);
	assert_int_equal(rename(place_path("tokens"), place_path("away")), 0);
	worker_job(&worker, 3, 1, MECH_RSA_PKCS1, HASH_SHA256);
	assert_int_equal(worker_result(&worker).reason, REASON_TOKEN_FAILED);
	assert_int_equal(worker_end(&service, &worker), W_EXITCODE(1, 0));
	worker_begin(&service, &again, &worker);
	assert_int_equal(worker.state.reason, REASON_TOKEN_UNAVAILABLE);
	worker_end(&service, &worker);
	assert_int_equal(rename(place_path("away"), place_path("tokens")), 0);
	worker_ready(&service, &worker);
	close(worker.channel);
	place_delete("still");
}

int
main(void)
{
#define FAULT_TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
	const struct CMUnitTest tests[] = {
		FAULT_TEST(a_wrong_signature_never_leaves),
		FAULT_TEST(an_error_of_the_token_ends_the_worker),
		FAULT_TEST(an_error_about_arguments_does_not),
		FAULT_TEST(a_crash_costs_one_worker),
		FAULT_TEST(a_hang_ends_with_a_kill),
		FAULT_TEST(a_failed_search_ends_the_worker),
		FAULT_TEST(refuses_a_key_for_each_attribute),
		FAULT_TEST(takes_a_test_key_only_when_told_to),
		FAULT_TEST(refuses_to_guess_between_two_keys),
		FAULT_TEST(a_token_that_goes_away_ends_the_worker),
	};

	return cmocka_run_group_tests(tests, place_make, place_remove);
}
