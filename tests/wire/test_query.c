/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/query.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/words.h"
#include "support_codec.h"

CODEC(query, WIRE_NONE, false);

static struct query m;

static int
set_up(void **state)
{
	(void)state;
	memset(&m, 0, sizeof(m));
	return 0;
}

static void
a_query_comes_back(void **state)
{
	uint8_t bytes[LINE_EXTRA_MAX];

	(void)state;
	codec_holds(&query_codec, &m);
	m.null_parameters = m.certificates = true;
	memcpy(m.policy, "\x2b\x06\x01", 3);
	m.policy_len = 3;
	memcpy(m.nonce, "\x00\x80\x01", 3);
	m.nonce_len = 3;
	codec_holds(&query_codec, &m);
	codec_refuses(&query_codec, &m, 0, 2);
	codec_refuses(&query_codec, &m, 1, 2);
	memset(m.policy, 1, sizeof(m.policy));
	m.policy_len = sizeof(m.policy);
	memset(m.nonce, 1, sizeof(m.nonce));
	m.nonce_len = sizeof(m.nonce);
	codec_holds(&query_codec, &m);
	/* That is the longest: it fits a line. */
	codec_encode(&query_codec, &m, bytes);
}

static void
refuses_a_policy_that_is_none(void **state)
{
	(void)state;
	m.policy[0] = 0x80;
	m.policy_len = 1;
	codec_refuses_whole(&query_codec, &m);
	m.policy[0] = 0xff;
	codec_refuses_whole(&query_codec, &m);
}

static void
refuses_a_number_with_bytes_to_spare(void **state)
{
	(void)state;
	m.nonce_len = 2;
	memcpy(m.nonce, "\x00\x7f", 2);
	codec_refuses_whole(&query_codec, &m);
	memcpy(m.nonce, "\xff\x80", 2);
	codec_refuses_whole(&query_codec, &m);
	memcpy(m.nonce, "\x00\x80", 2);
	codec_holds(&query_codec, &m);
	memcpy(m.nonce, "\xff\x7f", 2);
	codec_holds(&query_codec, &m);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, set_up)
	const struct CMUnitTest tests[] = {
		TEST(a_query_comes_back),
		TEST(refuses_a_policy_that_is_none),
		TEST(refuses_a_number_with_bytes_to_spare),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
