/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/peer.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/channel.h"
#include "base/clock.h"

static struct loop *loop;
static struct peer *peer;
static int other;
static unsigned handled, gone, drained;
static char why[128];
static bool drop_in_handler, take_fd;

static const char *
on_end(void *owner, struct reader *r)
{
	assert_ptr_equal(owner, &handled);
	handled++;
	if (take_fd)
		close(peer_take_fd(peer));
	if (drop_in_handler) {
		peer_free(peer);
		peer = NULL;
	}
	return reader_done(r) ? NULL : "junk behind it";
}

static const char *
on_cancel(void *owner, struct reader *r)
{
	(void)owner;
	(void)r;
	return "it may never say this";
}

static void
on_gone(void *owner, const char *text)
{
	(void)owner;
	gone++;
	strcpy(why, text != NULL ? text : "");
	peer_free(peer);
	peer = NULL;
}

static void
on_drained(void *owner)
{
	(void)owner;
	drained++;
}

static const struct surface surface[] = {
	{ WIRE_END, 2, on_end },
	{ WIRE_CANCEL, 3, on_cancel },
	{ WIRE_NONE, 0, NULL },
};

static const struct peer_kind plain = {
	.name = "test",
	.surface = surface,
	.queue_max = 4u << 20,
	.gone = on_gone,
	.drained = on_drained,
};

static const struct peer_kind with_fds = {
	.name = "test",
	.surface = surface,
	.descriptors = true,
	.queue_max = 100000,
	.gone = on_gone,
};

static void
make(const struct peer_kind *kind)
{
	int pair[2];

	assert_int_equal(channel_pair(pair, true), 0);
	other = pair[0];
	peer = peer_new(loop, pair[1], kind, &handled);
	assert_non_null(peer);
	peer_state(peer, 2);
}

static int
set_up(void **state)
{
	(void)state;
	loop = loop_new();
	handled = gone = drained = 0;
	drop_in_handler = take_fd = false;
	other = -1;
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	peer_free(peer);
	peer = NULL;
	loop_free(loop);
	close(other);
	return 0;
}

static void
stop(void *arg)
{
	(void)arg;
	loop_stop(loop);
}

static void
run(void)
{
	struct loop_timer *timer = loop_timer_new(loop, stop, NULL);

	loop_timer_set(timer, clock_mono_us() + 5000);
	assert_int_equal(loop_run(loop), 0);
	loop_timer_free(timer);
}

static void
say(enum wire_type type, size_t extra)
{
	uint8_t space[64] = { 0 };
	struct writer w;

	writer_init(&w, space, sizeof(space));
	wire_put_type(&w, type);
	assert_int_equal(
	    channel_send(other, space, w.used + extra), CHANNEL_OK);
}

static void
calls_the_handler_of_the_type(void **state)
{
	(void)state;
	make(&plain);
	for (int i = 0; i < 30; i++)
		say(WIRE_END, 0);
	run();
	assert_int_equal(handled, 30);
	assert_int_equal(gone, 0);
}

static void
ends_a_peer_that_breaks_a_rule(void **state)
{
	static const struct {
		enum wire_type type;
		size_t extra;
		unsigned state;
		const char *why;
	} cases[] = {
		{ WIRE_END, 1, 2, "junk" },
		{ WIRE_END, 0, 1, "out of turn" },
		{ WIRE_CANCEL, 0, 2, "never" },
		{ WIRE_OPEN, 0, 2, "may not send" },
		{ WIRE_TYPE_COUNT, 0, 2, "no type" },
		{ WIRE_NONE, 0, 2, "no type" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		make(&plain);
		peer_state(peer, cases[i].state);
		say(cases[i].type, cases[i].extra);
		say(WIRE_END, 0);
		run();
		assert_int_equal(gone, i + 1);
		if (strstr(why, cases[i].why) == NULL)
			fail_msg("%s is not %s", why, cases[i].why);
		close(other);
	}
	assert_int_equal(handled, 1);
	other = -1;
}

static void
tells_when_the_other_end_closed(void **state)
{
	(void)state;
	make(&plain);
	say(WIRE_END, 0);
	close(other);
	other = -1;
	run();
	assert_int_equal(handled, 1);
	assert_int_equal(gone, 1);
	assert_string_equal(why, "");
}

static void
may_be_freed_in_its_own_handler(void **state)
{
	(void)state;
	make(&plain);
	drop_in_handler = true;
	say(WIRE_END, 0);
	say(WIRE_END, 0);
	run();
	assert_int_equal(handled, 1);
	assert_int_equal(gone, 0);
}

static void
takes_descriptors_only_where_they_are_wanted(void **state)
{
	uint8_t space[8];
	struct writer w;

	(void)state;
	writer_init(&w, space, sizeof(space));
	wire_put_type(&w, WIRE_END);
	make(&with_fds);
	take_fd = true;
	channel_send_fds(other, space, w.used, &other, 1);
	run();
	assert_int_equal(handled, 1);
	assert_int_equal(gone, 0);
	take_fd = false;
	channel_send_fds(other, space, w.used, &other, 1);
	run();
	assert_int_equal(gone, 1);
	close(other);
	make(&plain);
	channel_send_fds(other, space, w.used, &other, 1);
	run();
	assert_int_equal(gone, 2);
	assert_int_equal(handled, 2);
}

static void
queues_what_is_not_read_and_sends_it_in_order(void **state)
{
	static uint8_t space[CHANNEL_MAX], in[CHANNEL_MAX];
	struct writer w;
	struct reader r;
	uint32_t sent = 0, seen = 0;

	(void)state;
	make(&plain);
	while (!peer_is_full(peer) || sent % 10 != 0) {
		writer_init(&w, space, sizeof(space));
		put_u32(&w, sent++);
		put_bytes(&w, in, 20000);
		peer_send(peer, &w);
	}
	while (seen < sent) {
		run();
		while (channel_recv(other, in, &r) == CHANNEL_OK)
			assert_int_equal(get_u32(&r), seen++);
	}
	run();
	assert_false(peer_is_full(peer));
	assert_int_equal(drained, 1);
	assert_int_equal(gone, 0);
}

static void
drops_a_peer_that_does_not_read_at_all(void **state)
{
	static uint8_t space[CHANNEL_MAX], bytes[30000];
	struct writer w;

	(void)state;
	make(&with_fds);
	writer_init(&w, space, sizeof(space));
	put_bytes(&w, bytes, sizeof(bytes));
	for (int i = 0; i < 100; i++)
		peer_send(peer, &w);
	assert_int_equal(gone, 0);
	while (gone == 0) {
		uint8_t in[CHANNEL_MAX];
		struct reader r;

		run();
		if (channel_recv(other, in, &r) == CHANNEL_CLOSED)
			break;
	}
	run();
	assert_int_equal(gone, 1);
	assert_non_null(strstr(why, "does not read"));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(calls_the_handler_of_the_type),
		TEST(ends_a_peer_that_breaks_a_rule),
		TEST(tells_when_the_other_end_closed),
		TEST(may_be_freed_in_its_own_handler),
		TEST(takes_descriptors_only_where_they_are_wanted),
		TEST(queues_what_is_not_read_and_sends_it_in_order),
		TEST(drops_a_peer_that_does_not_read_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
