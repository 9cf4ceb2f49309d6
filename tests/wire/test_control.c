/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/control.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "support_codec.h"

CODEC(session_new, WIRE_SESSION_NEW, false);
CODEC(session_start, WIRE_SESSION_START, false);
CODEC(session_gone, WIRE_SESSION_GONE, false);
CODEC(logged_in, WIRE_LOGGED_IN, false);

static const struct session_new fresh = {
	.connection = UINT64_C(1) << 40,
	.address = "2001:db8::1",
	.port = 65535,
};

static void
a_new_session_comes_back(void **state)
{
	struct session_new back, longest = fresh;
	uint8_t bytes[256];
	size_t len;

	(void)state;
	codec_holds(&session_new_codec, &fresh);
	len = codec_encode(&session_new_codec, &fresh, bytes);
	assert_true(codec_decode(&session_new_codec, bytes, len, &back));
	assert_true(back.connection == fresh.connection);
	assert_string_equal(back.address, "2001:db8::1");
	assert_int_equal(back.port, 65535);
	memset(longest.address, 'f', sizeof(longest.address) - 1);
	codec_holds(&session_new_codec, &longest);
}

static void
refuses_an_address_with_nul_or_too_long(void **state)
{
	char address[ADDRESS_SIZE + 1];
	struct session_new back;
	uint8_t bytes[256];
	struct writer w;

	(void)state;
	codec_refuses(&session_new_codec, &fresh, 10, 0);
	codec_refuses(&session_new_codec, &fresh, 9, ADDRESS_SIZE);
	memset(address, 'f', sizeof(address));
	address[ADDRESS_SIZE] = '\0';
	writer_init(&w, bytes, sizeof(bytes));
	put_u64(&w, 1);
	put_str(&w, address);
	put_u16(&w, 1);
	assert_false(codec_decode(&session_new_codec, bytes, w.used, &back));
}

static void
a_start_comes_back(void **state)
{
	const struct session_start m = { 1, 30000, 600000, 10, 1048576, 3600 };
	struct session_start back;
	uint8_t bytes[64];
	size_t len;

	(void)state;
	codec_holds(&session_start_codec, &m);
	len = codec_encode(&session_start_codec, &m, bytes);
	assert_true(codec_decode(&session_start_codec, bytes, len, &back));
	assert_int_equal(back.login_grace_ms, 30000);
	assert_int_equal(back.idle_ms, 600000);
	assert_int_equal(back.channels, 10);
	assert_int_equal(back.rekey_kib, 1048576);
	assert_int_equal(back.rekey_s, 3600);
}

static void
the_end_and_the_login_come_back(void **state)
{
	const struct session_gone gone = { 7, 256 };
	const struct logged_in in = { UINT64_MAX };

	(void)state;
	codec_holds(&session_gone_codec, &gone);
	codec_holds(&logged_in_codec, &in);
}

static void
a_bare_message_has_nothing_but_its_type(void **state)
{
	uint8_t bytes[3] = { 0 };
	struct writer w;
	struct reader r;

	(void)state;
	writer_init(&w, bytes, sizeof(bytes));
	bare_put(&w, WIRE_DRAIN);
	assert_int_equal(w.used, 2);
	reader_init(&r, bytes, 2);
	assert_int_equal(wire_get_type(&r), WIRE_DRAIN);
	assert_true(bare_get(&r));
	reader_init(&r, bytes, 3);
	assert_int_equal(wire_get_type(&r), WIRE_DRAIN);
	assert_false(bare_get(&r));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_session_comes_back),
		cmocka_unit_test(refuses_an_address_with_nul_or_too_long),
		cmocka_unit_test(a_start_comes_back),
		cmocka_unit_test(the_end_and_the_login_come_back),
		cmocka_unit_test(a_bare_message_has_nothing_but_its_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
