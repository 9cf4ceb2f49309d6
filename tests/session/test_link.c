/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "session/link.h"

static struct link session;
static int broker;
static uint8_t message[CHANNEL_MAX];

static int
fresh(void **state)
{
	int pair[2];

	(void)state;
	assert_int_equal(channel_pair(pair, true), 0);
	memset(&session, 0, sizeof(session));
	link_init(&session, pair[0]);
	broker = pair[1];
	return 0;
}

static int
release(void **state)
{
	(void)state;
	close(session.fd);
	close(broker);
	return 0;
}

static enum wire_type
take(struct reader *ret)
{
	if (channel_recv(broker, message, ret) != CHANNEL_OK)
		return WIRE_NONE;
	return wire_get_type(ret);
}

static void
sends_a_batch_with_its_count(void **state)
{
	struct line line = { .hash = HASH_SHA256, .digest_len = 32 }, got;
	struct lines_head head;
	struct reader r;

	(void)state;
	ask_lines_begin(&session, 7);
	for (int i = 0; i < WIRE_BATCH; i++) {
		assert_false(ask_lines_full(&session));
		ask_lines_add(&session, &line);
	}
	assert_true(ask_lines_full(&session));
	ask_lines_send(&session);
	assert_int_equal(take(&r), WIRE_LINES);
	assert_true(lines_head_get(&r, &head));
	assert_int_equal(head.channel, 7);
	assert_int_equal(head.count, WIRE_BATCH);
	for (int i = 0; i < WIRE_BATCH; i++)
		assert_true(line_get(&r, &got));
	assert_true(reader_done(&r));
}

static void
holds_a_batch_of_the_longest_lines(void **state)
{
	struct line line = { .hash = HASH_SHA512, .digest_len = DIGEST_MAX };
	struct reader r;

	(void)state;
	memset(line.name, 'n', LINE_NAME_SIZE - 1);
	ask_lines_begin(&session, UINT32_MAX);
	while (!ask_lines_full(&session))
		ask_lines_add(&session, &line);
	ask_lines_send(&session);
	assert_false(session.gone);
	assert_int_equal(take(&r), WIRE_LINES);
}

static void
sends_nothing_for_an_empty_batch(void **state)
{
	struct reader r;

	(void)state;
	ask_lines_begin(&session, 7);
	ask_lines_send(&session);
	assert_int_equal(take(&r), WIRE_NONE);
	assert_true(link_is_ready(&session));
}

static void
keeps_what_does_not_fit_and_sends_it_later(void **state)
{
	unsigned sent = 0, got = 0;
	struct reader r;

	(void)state;
	while (link_is_ready(&session)) {
		ask_end(&session, sent++);
		assert_true(sent < 100000);
	}
	assert_false(session.gone);
	link_flush(&session);
	assert_false(link_is_ready(&session));
	while (take(&r) == WIRE_END) {
		uint32_t channel;

		assert_true(channel_get(&r, &channel));
		assert_int_equal(channel, got++);
	}
	link_flush(&session);
	assert_true(link_is_ready(&session));
	assert_int_equal(take(&r), WIRE_END);
	assert_int_equal(got + 1, sent);
}

static void
notices_that_the_broker_is_gone(void **state)
{
	struct reader r;

	(void)state;
	close(broker);
	assert_int_equal(link_receive(&session, &r), WIRE_NONE);
	assert_true(session.gone);
	assert_false(link_is_ready(&session));
	broker = dup(session.fd);
}

static void
does_not_pass_on_a_type_that_nobody_knows(void **state)
{
	static const uint8_t junk[] = { 0xff, 0xff, 1 };
	struct reader r;

	(void)state;
	assert_int_equal(channel_send(broker, junk, sizeof(junk)), CHANNEL_OK);
	assert_int_equal(link_receive(&session, &r), WIRE_NONE);
	assert_true(session.gone);
}

static void
gives_up_on_a_login_at_its_deadline(void **state)
{
	struct key_query query = { .blob_len = 1 };
	uint64_t begin = clock_mono_us();
	struct reader r;

	(void)state;
	assert_int_equal(
	    ask_key(&session, &query, begin + 50000, &r), WIRE_NONE);
	assert_in_range(clock_mono_us() - begin, 50000, 5000000);
	assert_int_equal(take(&r), WIRE_KEY_QUERY);
	assert_false(session.gone);
}

static void
an_open_brings_what_the_client_claims(void **state)
{
	static struct open_request open = { .channel = 3,
		.command = "sign",
		.env = { 1, { { "CI_JOB", "4711" } } } };
	static struct open_request came;
	struct reader r;

	(void)state;
	ask_open(&session, &open);
	assert_int_equal(take(&r), WIRE_OPEN);
	assert_true(open_request_get(&r, &came));
	assert_string_equal(came.command, "sign");
	assert_int_equal(came.env.count, 1);
	assert_string_equal(came.env.item[0].value, "4711");
}

#define LINK_TEST(f) cmocka_unit_test_setup_teardown(f, fresh, release)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		LINK_TEST(sends_a_batch_with_its_count),
		LINK_TEST(holds_a_batch_of_the_longest_lines),
		LINK_TEST(sends_nothing_for_an_empty_batch),
		LINK_TEST(keeps_what_does_not_fit_and_sends_it_later),
		LINK_TEST(notices_that_the_broker_is_gone),
		LINK_TEST(does_not_pass_on_a_type_that_nobody_knows),
		LINK_TEST(gives_up_on_a_login_at_its_deadline),
		LINK_TEST(an_open_brings_what_the_client_claims),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
