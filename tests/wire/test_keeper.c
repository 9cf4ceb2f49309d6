/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/keeper.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "support_codec.h"

CODEC(token_setup, WIRE_TOKEN_SETUP, false);
CODEC(worker_start, WIRE_WORKER_START, false);
CODEC(worker_started, WIRE_WORKER_STARTED, false);
CODEC(worker_gone, WIRE_WORKER_GONE, false);

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
		cmocka_unit_test(kill_and_drop_carry_a_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
