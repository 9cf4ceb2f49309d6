/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/admin.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/channel.h"
#include "support_codec.h"

CODEC(admin_request, WIRE_ADMIN_REQUEST, false);
CODEC(admin_reply, WIRE_ADMIN_REPLY, false);

static void
every_request_comes_back(void **state)
{
	struct admin_request m = { .verb = ADMIN_RELOAD };

	(void)state;
	for (unsigned i = 0; i < ADMIN_VERB_COUNT; i++) {
		m.verb = (enum admin_verb)i;
		codec_holds(&admin_request_codec, &m);
	}
	m.json = true;
	codec_holds(&admin_request_codec, &m);
	codec_refuses(&admin_request_codec, &m, 0, ADMIN_VERB_COUNT);
	codec_refuses(&admin_request_codec, &m, 1, 2);
}

static void
arguments_come_back(void **state)
{
	struct admin_request m = { .verb = ADMIN_STATUS };

	(void)state;
	assert_true(admin_request_add(&m, "key"));
	assert_true(admin_request_add(&m, ""));
	assert_true(admin_request_add(&m, "lost\nand \xc3\xbc"));
	assert_int_equal(m.count, 3);
	codec_holds(&admin_request_codec, &m);
	codec_refuses(&admin_request_codec, &m, 2, 4);
	codec_refuses(&admin_request_codec, &m, 2, 2);
	codec_refuses(&admin_request_codec, &m, 2, ADMIN_ARGS + 1);
	codec_refuses(&admin_request_codec, &m, 5, '\0');
}

static void
takes_so_many_arguments_of_such_a_length(void **state)
{
	static struct admin_request m = { .verb = ADMIN_STATUS };
	static struct admin_request back;
	static uint8_t bytes[CHANNEL_MAX];
	char arg[ADMIN_ARG + 1];
	size_t len;

	(void)state;
	memset(arg, 'a', ADMIN_ARG);
	arg[ADMIN_ARG] = '\0';
	assert_false(admin_request_add(&m, arg));
	assert_int_equal(m.count, 0);
	arg[ADMIN_ARG - 1] = '\0';
	for (unsigned i = 0; i < ADMIN_ARGS; i++)
		assert_true(admin_request_add(&m, arg));
	assert_false(admin_request_add(&m, "b"));
	assert_int_equal(m.count, ADMIN_ARGS);
	len = codec_encode(&admin_request_codec, &m, bytes);
	assert_true(codec_decode(&admin_request_codec, bytes, len, &back));
	assert_memory_equal(&back, &m, sizeof(m));
}

static void
refuses_an_argument_that_is_too_long(void **state)
{
	static uint8_t bytes[ADMIN_ARG + 16];
	struct admin_request back;
	struct writer w;

	(void)state;
	for (size_t len = ADMIN_ARG - 1; len <= ADMIN_ARG; len++) {
		writer_init(&w, bytes, sizeof(bytes));
		put_u8(&w, ADMIN_STATUS);
		put_bool(&w, false);
		put_u8(&w, 1);
		put_u16(&w, (uint16_t)len);
		memset(bytes + w.used, 'a', len);
		assert_int_equal(codec_decode(&admin_request_codec, bytes,
				     w.used + len, &back),
		    len < ADMIN_ARG);
	}
}

static void
a_reply_comes_back(void **state)
{
	struct admin_reply m = { true, 78, true, (const uint8_t *)"no\n", 3 };

	(void)state;
	codec_holds(&admin_reply_codec, &m);
	codec_refuses(&admin_reply_codec, &m, 0, 2);
	codec_refuses(&admin_reply_codec, &m, 2, 2);
	m.len = 0;
	codec_holds(&admin_reply_codec, &m);
}

static void
refuses_a_reply_that_is_too_long(void **state)
{
	static const uint8_t much[WIRE_CHUNK + 1];
	struct admin_reply m = { false, 0, false, much, WIRE_CHUNK + 1 };

	(void)state;
	codec_refuses_whole(&admin_reply_codec, &m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_request_comes_back),
		cmocka_unit_test(arguments_come_back),
		cmocka_unit_test(takes_so_many_arguments_of_such_a_length),
		cmocka_unit_test(refuses_an_argument_that_is_too_long),
		cmocka_unit_test(a_reply_comes_back),
		cmocka_unit_test(refuses_a_reply_that_is_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
