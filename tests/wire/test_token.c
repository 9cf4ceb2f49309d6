/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/token.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "support_codec.h"

CODEC(token_state, WIRE_TOKEN_STATE, false);
CODEC(key_add, WIRE_KEY_ADD, false);
CODEC(key_facts, WIRE_KEY_FACTS, false);
CODEC(job, WIRE_NONE, true);
CODEC(job_result, WIRE_NONE, true);

static uint8_t bytes[65536];

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
	.attributes = 0x55,
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_state_comes_back),
		cmocka_unit_test(a_key_to_add_comes_back),
		cmocka_unit_test(facts_come_back),
		cmocka_unit_test(refuses_facts_that_contradict_themselves),
		cmocka_unit_test(batches_carry_1_to_a_batch),
		cmocka_unit_test(jobs_of_every_mechanism_come_back),
		cmocka_unit_test(refuses_input_that_does_not_fit_its_mechanism),
		cmocka_unit_test(
		    a_result_has_a_signature_exactly_when_it_is_ok),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
