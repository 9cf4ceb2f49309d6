/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/login.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "support_codec.h"

CODEC(key_query, WIRE_KEY_QUERY, false);
CODEC(key_reply, WIRE_KEY_REPLY, false);
CODEC(login_failed, WIRE_LOGIN_FAILED, false);
CODEC(logout, WIRE_LOGOUT, false);

static const struct key_query query = {
	.proven = true,
	.user = "sign",
	.blob = { 0, 0, 0, 7, 's', 's', 'h', '-', 'r', 's', 'a' },
	.blob_len = 11,
};

static void
a_query_comes_back(void **state)
{
	static uint8_t bytes[8192];
	struct key_query back;
	size_t len;

	(void)state;
	codec_holds(&key_query_codec, &query);
	len = codec_encode(&key_query_codec, &query, bytes);
	assert_true(codec_decode(&key_query_codec, bytes, len, &back));
	assert_true(back.proven);
	assert_string_equal(back.user, "sign");
	assert_int_equal(back.blob_len, 11);
	assert_memory_equal(back.blob, query.blob, 11);
}

static void
the_largest_query_fits(void **state)
{
	struct key_query m = { .blob_len = WIRE_KEY_BLOB };

	(void)state;
	memset(m.user, 'u', sizeof(m.user) - 1);
	codec_holds(&key_query_codec, &m);
}

/* Whether a query with so long a user and blob is read. */
static bool
reads_query(size_t user_len, size_t blob_len)
{
	static const uint8_t blob[WIRE_KEY_BLOB + 1];
	static uint8_t bytes[8192];
	struct key_query back;
	char user[WIRE_USER + 1];
	struct writer w;

	memset(user, 'u', sizeof(user));
	user[user_len] = '\0';
	writer_init(&w, bytes, sizeof(bytes));
	put_bool(&w, false);
	put_str(&w, user);
	put_bytes(&w, blob, blob_len);
	assert_true(writer_ok(&w));
	return codec_decode(&key_query_codec, bytes, w.used, &back);
}

static void
refuses_a_query_beyond_its_limits(void **state)
{
	(void)state;
	codec_refuses(&key_query_codec, &query, 0, 2); /* proven */
	codec_refuses(&key_query_codec, &query, 4, 0); /* NUL in user */
	assert_true(reads_query(WIRE_USER - 1, WIRE_KEY_BLOB));
	assert_false(reads_query(WIRE_USER, WIRE_KEY_BLOB));
	assert_false(reads_query(WIRE_USER - 1, WIRE_KEY_BLOB + 1));
}

static void
a_reply_comes_back(void **state)
{
	const struct key_reply yes = { true, false }, no = { false, false };
	const struct key_reply more = { true, true }, never = { false, true };

	(void)state;
	codec_holds(&key_reply_codec, &yes);
	codec_holds(&key_reply_codec, &no);
	codec_holds(&key_reply_codec, &more);
	codec_refuses_whole(&key_reply_codec, &never);
	codec_refuses(&key_reply_codec, &yes, 1, 2);
	codec_refuses(&key_reply_codec, &yes, 0, 2);
	codec_refuses(&key_reply_codec, &yes, 0, 255);
}

static void
every_reason_of_a_failed_login_comes_back(void **state)
{
	struct login_failed m;

	(void)state;
	for (unsigned i = 0; i < REASON_COUNT; i++) {
		m.reason = (enum reason)i;
		codec_holds(&login_failed_codec, &m);
	}
	codec_refuses(&login_failed_codec, &m, 0, REASON_COUNT);
	codec_refuses(&login_failed_codec, &m, 0, 255);
}

static void
a_logout_comes_back(void **state)
{
	struct logout m = { REASON_REMOVED, "the client key was removed" };

	(void)state;
	codec_holds(&logout_codec, &m);
	codec_refuses(&logout_codec, &m, 0, REASON_COUNT);
	codec_refuses(&logout_codec, &m, 3, 0);
	memset(m.text, 'x', sizeof(m.text) - 1);
	codec_holds(&logout_codec, &m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_query_comes_back),
		cmocka_unit_test(the_largest_query_fits),
		cmocka_unit_test(refuses_a_query_beyond_its_limits),
		cmocka_unit_test(a_reply_comes_back),
		cmocka_unit_test(every_reason_of_a_failed_login_comes_back),
		cmocka_unit_test(a_logout_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
