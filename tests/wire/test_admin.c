/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/admin.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "support_codec.h"

CODEC(admin_request, WIRE_ADMIN_REQUEST, false);
CODEC(admin_reply, WIRE_ADMIN_REPLY, false);

static void
every_request_comes_back(void **state)
{
	struct admin_request m = { ADMIN_RELOAD, false };

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
		cmocka_unit_test(a_reply_comes_back),
		cmocka_unit_test(refuses_a_reply_that_is_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
