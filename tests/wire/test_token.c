/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/token.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "support_codec.h"

CODEC(token_setup, WIRE_TOKEN_SETUP, false);
CODEC(worker_start, WIRE_WORKER_START, false);
CODEC(worker_started, WIRE_WORKER_STARTED, false);
CODEC(worker_gone, WIRE_WORKER_GONE, false);
CODEC(token_state, WIRE_TOKEN_STATE, false);
CODEC(key_add, WIRE_KEY_ADD, false);
CODEC(key_facts, WIRE_KEY_FACTS, false);
CODEC(job, WIRE_NONE, true);
CODEC(job_result, WIRE_NONE, true);

static uint8_t bytes[65536];

static void
a_setup_comes_back(void **state)
{
	static struct token_setup back,
	    m = {
		    .name = "hsm",
		    .module = "/usr/lib/softhsm/libsofthsm2.so",
		    .label = "release",
		    .serial = "0123",
		    .pin_file = "/etc/countersign/hsm.pin",
		    .network = true,
		    .variables = 2,
		    .environment = { "SOFTHSM2_CONF=/etc/x", "A=" },
	    };
	size_t len;

	(void)state;
	codec_holds(&token_setup_codec, &m);
	len = codec_encode(&token_setup_codec, &m, bytes);
	assert_true(codec_decode(&token_setup_codec, bytes, len, &back));
	assert_string_equal(back.module, m.module);
	assert_string_equal(back.pin_file, m.pin_file);
	assert_int_equal(back.variables, 2);
	assert_string_equal(back.environment[0], "SOFTHSM2_CONF=/etc/x");
	assert_string_equal(back.environment[1], "A=");
}

static void
the_largest_setup_fits(void **state)
{
	static struct token_setup back, m;
	size_t len;

	(void)state;
	memset(&m, 'x', sizeof(m));
	m.name[NAME_SIZE - 1] = '\0';
	m.module[TOKEN_PATH - 1] = '\0';
	m.label[TOKEN_LABEL - 1] = '\0';
	m.serial[TOKEN_SERIAL - 1] = '\0';
	m.pin_file[TOKEN_PATH - 1] = '\0';
	m.network = false;
	m.variables = TOKEN_ENVIRONMENT;
	for (unsigned i = 0; i < TOKEN_ENVIRONMENT; i++)
		m.environment[i][TOKEN_VARIABLE - 1] = '\0';
	len = codec_encode(&token_setup_codec, &m, bytes);
	assert_true(codec_decode(&token_setup_codec, bytes, len, &back));
}

static void
refuses_more_variables_than_there_is_room_for(void **state)
{
	static struct token_setup m = { .variables = TOKEN_ENVIRONMENT };
	struct writer w;
	size_t at;

	(void)state;
	at = codec_encode(&token_setup_codec, &m, bytes) -
	    (size_t)2 * TOKEN_ENVIRONMENT - 1;
	codec_refuses(&token_setup_codec, &m, at, TOKEN_ENVIRONMENT + 1);
	codec_refuses(&token_setup_codec, &m, at, 255);
	codec_refuses(&token_setup_codec, &m, at - 1, 2); /* network */
	m.variables = TOKEN_ENVIRONMENT + 1;
	writer_init(&w, bytes, sizeof(bytes));
	token_setup_put(&w, &m);
	assert_false(writer_ok(&w));
}

static void
a_workers_life_comes_back(void **state)
{
	struct worker_start start = { .worker = 3,
		.token = "hsm",
		.refused = { 1, 2, 3 },
		.refused_len = 3 };
	struct worker_started started = { 3, 4711 };
	struct worker_gone gone = { 3, 9 };

	(void)state;
	codec_holds(&worker_start_codec, &start);
	codec_refuses(&worker_start_codec, &start, 12, WIRE_STAMP + 1);
	start.refused_len = 0;
	codec_holds(&worker_start_codec, &start);
	start.refused_len = WIRE_STAMP;
	codec_holds(&worker_start_codec, &start);
	codec_holds(&worker_started_codec, &started);
	codec_holds(&worker_gone_codec, &gone);
}

static void
refuses_a_stamp_that_is_too_long(void **state)
{
	static const uint8_t stamp[WIRE_STAMP + 1];
	struct worker_start back;
	struct writer w;

	(void)state;
	writer_init(&w, bytes, sizeof(bytes));
	put_u32(&w, 1);
	put_str(&w, "hsm");
	put_bytes(&w, stamp, sizeof(stamp));
	assert_false(codec_decode(&worker_start_codec, bytes, w.used, &back));
}

static void
a_state_comes_back(void **state)
{
	struct token_state m = { .reason = REASON_TOKEN_PIN,
		.stamp = { 9 },
		.stamp_len = WIRE_STAMP,
		.label = "release",
		.serial = "0123456789abcdef",
		.model = "SoftHSM v2",
		.firmware = "2.6",
		.text = "C_Login: CKR_PIN_INCORRECT" };

	(void)state;
	codec_holds(&token_state_codec, &m);
	codec_refuses(&token_state_codec, &m, 0, REASON_COUNT);
	codec_refuses(&token_state_codec, &m, 4, WIRE_STAMP + 1);
}

static void
a_key_to_add_comes_back(void **state)
{
	struct key_add m = { 5, "object=release;id=%01", true, false };
	size_t len;

	(void)state;
	codec_holds(&key_add_codec, &m);
	len = codec_encode(&key_add_codec, &m, bytes);
	codec_refuses(&key_add_codec, &m, len - 1, 2);
	codec_refuses(&key_add_codec, &m, len - 2, 2);
}

static const struct key_facts facts = {
	.key = 5,
	.reason = REASON_OK,
	.type = KEY_P256,
	.bits = 256,
	.mechs = UINT64_C(0x0123456789abcdef),
	.spki = { 0x30, 0x59 },
	.spki_len = 91,
};

static void
facts_come_back(void **state)
{
	struct key_facts m = { .key = 5,
		.reason = REASON_KEY_UNFIT,
		.text = "the key is extractable" };

	(void)state;
	codec_holds(&key_facts_codec, &facts);
	codec_holds(&key_facts_codec, &m);
	m.spki_len = TOKEN_SPKI;
	codec_encode(&key_facts_codec, &m, bytes);
}

static void
refuses_facts_that_contradict_themselves(void **state)
{
	struct key_facts m = facts;

	(void)state;
	codec_refuses(&key_facts_codec, &facts, 4, REASON_COUNT);
	codec_refuses(&key_facts_codec, &facts, 5, KEY_TYPE_COUNT);
	codec_refuses(&key_facts_codec, &facts, 5, KEY_NONE);
	m.spki_len = 0;
	codec_refuses_whole(&key_facts_codec, &m);
}

static void
batches_carry_1_to_a_batch(void **state)
{
	static const uint16_t bad[] = { 0, WIRE_BATCH + 1, UINT16_MAX };
	struct batch_head head = { WIRE_BATCH };
	struct writer w;
	struct reader r;

	(void)state;
	writer_init(&w, bytes, sizeof(bytes));
	jobs_head_put(&w, &head);
	results_head_put(&w, &head);
	reader_init(&r, bytes, w.used);
	assert_int_equal(wire_get_type(&r), WIRE_JOBS);
	assert_true(batch_head_get(&r, &head));
	assert_int_equal(wire_get_type(&r), WIRE_RESULTS);
	assert_true(batch_head_get(&r, &head));
	assert_int_equal(head.count, WIRE_BATCH);
	assert_false(batch_head_get(&r, &head));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		head.count = bad[i];
		writer_init(&w, bytes, sizeof(bytes));
		jobs_head_put(&w, &head);
		reader_init(&r, bytes + 2, 2);
		assert_false(batch_head_get(&r, &head));
	}
}

static uint8_t input[WIRE_INPUT + 1];

static void
jobs_of_every_mechanism_come_back(void **state)
{
	struct job m = { .job = UINT64_C(1) << 40, .key = 5, .input = input };

	(void)state;
	for (unsigned i = MECH_RSA_PKCS1; i <= MECH_ECDSA; i++)
		for (unsigned h = HASH_SHA256; h < HASH_COUNT; h++) {
			m.mech = (enum mech)i;
			m.hash = (enum hash)h;
			m.len = hash_size(m.hash);
			codec_holds(&job_codec, &m);
		}
	m.mech = MECH_EDDSA;
	m.hash = HASH_NONE;
	m.len = 100;
	codec_holds(&job_codec, &m);
	m.len = WIRE_INPUT;
	codec_encode(&job_codec, &m, bytes);
}

static void
refuses_input_that_does_not_fit_its_mechanism(void **state)
{
	struct job m = { .job = 1, .key = 5, .input = input, .len = 32 };

	(void)state;
	m.hash = HASH_SHA256;
	codec_refuses_whole(&job_codec, &m); /* no mechanism */
	m.mech = MECH_EDDSA;
	codec_refuses_whole(&job_codec, &m);
	m.mech = MECH_ECDSA;
	codec_refuses(&job_codec, &m, 12, MECH_NONE);
	codec_refuses(&job_codec, &m, 12, MECH_EDDSA);
	codec_refuses(&job_codec, &m, 12, MECH_COUNT);
	codec_refuses(&job_codec, &m, 13, HASH_NONE);
	codec_refuses(&job_codec, &m, 13, HASH_SHA384);
	codec_refuses(&job_codec, &m, 13, HASH_COUNT);
	m.len = 31;
	codec_refuses_whole(&job_codec, &m);
	m.len = 33;
	codec_refuses_whole(&job_codec, &m);
	m.mech = MECH_EDDSA;
	m.hash = HASH_NONE;
	m.len = WIRE_INPUT + 1;
	codec_refuses_whole(&job_codec, &m);
}

static void
a_result_has_a_signature_exactly_when_it_is_ok(void **state)
{
	static const uint8_t signature[WIRE_SIGNATURE + 1] = { 1 };
	struct job_result m = { .job = 1,
		.reason = REASON_OK,
		.us = 250,
		.signature = signature,
		.len = 64 };

	(void)state;
	codec_holds(&job_result_codec, &m);
	codec_refuses(&job_result_codec, &m, 8, REASON_COUNT);
	codec_refuses(&job_result_codec, &m, 8, REASON_TOKEN_FAILED);
	m.len = WIRE_SIGNATURE;
	codec_holds(&job_result_codec, &m);
	m.len++;
	codec_refuses_whole(&job_result_codec, &m);
	m.len = 0;
	codec_refuses_whole(&job_result_codec, &m);
	m.reason = REASON_TOKEN_FAILED;
	memset(m.text, 'x', sizeof(m.text) - 1);
	codec_holds(&job_result_codec, &m);
}

static void
kill_and_drop_carry_a_number(void **state)
{
	uint32_t number = 0;
	struct writer w;
	struct reader r;

	(void)state;
	writer_init(&w, bytes, sizeof(bytes));
	number_put(&w, WIRE_KEY_DROP, 0x01020304);
	reader_init(&r, bytes, w.used);
	assert_int_equal(wire_get_type(&r), WIRE_KEY_DROP);
	assert_true(number_get(&r, &number));
	assert_int_equal(number, 0x01020304);
	for (size_t cut = 0; cut < 4; cut++) {
		reader_init(&r, bytes + 2, cut);
		assert_false(number_get(&r, &number));
	}
	reader_init(&r, bytes + 2, 5);
	assert_false(number_get(&r, &number));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_setup_comes_back),
		cmocka_unit_test(the_largest_setup_fits),
		cmocka_unit_test(refuses_more_variables_than_there_is_room_for),
		cmocka_unit_test(a_workers_life_comes_back),
		cmocka_unit_test(refuses_a_stamp_that_is_too_long),
		cmocka_unit_test(a_state_comes_back),
		cmocka_unit_test(a_key_to_add_comes_back),
		cmocka_unit_test(facts_come_back),
		cmocka_unit_test(refuses_facts_that_contradict_themselves),
		cmocka_unit_test(batches_carry_1_to_a_batch),
		cmocka_unit_test(jobs_of_every_mechanism_come_back),
		cmocka_unit_test(refuses_input_that_does_not_fit_its_mechanism),
		cmocka_unit_test(
		    a_result_has_a_signature_exactly_when_it_is_ok),
		cmocka_unit_test(kill_and_drop_carry_a_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
