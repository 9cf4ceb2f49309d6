/* SPDX-License-Identifier: Apache-2.0 */
#include "base/channel.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"

static int pair[2];
static uint8_t message[CHANNEL_MAX + 1];

static int
open_pair(void **state)
{
	(void)state;
	return channel_pair(pair, true);
}

static int
close_pair(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++)
		if (pair[i] != -1)
			close(pair[i]);
	return 0;
}

static void
hang_up(int side)
{
	close(pair[side]);
	pair[side] = -1;
}

static enum channel_status
take(struct reader *ret)
{
	return channel_recv(pair[1], message, ret);
}

/* The lowest free descriptor: the same before and after, nothing leaked. */
static int
lowest_free(void)
{
	int fd = dup(STDERR_FILENO);

	close(fd);
	return fd;
}

/* Around what channel_send would refuse to send. */
static void
push(const void *data, size_t len, int fd, size_t count)
{
	union {
		char space[CMSG_SPACE(8 * sizeof(int))];
		struct cmsghdr align;
	} control = { { 0 } };
	uint8_t copy[16];
	struct iovec part = { copy, len };
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1 };
	int fds[8];

	memcpy(copy, data, len);
	if (count > 0) {
		for (size_t i = 0; i < count; i++)
			fds[i] = fd;
		control.align.cmsg_level = SOL_SOCKET;
		control.align.cmsg_type = SCM_RIGHTS;
		control.align.cmsg_len = CMSG_LEN(count * sizeof(int));
		memcpy(CMSG_DATA(&control.align), fds, count * sizeof(int));
		m.msg_control = control.space;
		m.msg_controllen = CMSG_SPACE(count * sizeof(int));
	}
	assert_int_equal(sendmsg(pair[0], &m, 0), len);
}

static void
keeps_messages_apart(void **state)
{
	struct reader r;

	(void)state;
	assert_int_equal(channel_send(pair[0], "one", 3), CHANNEL_OK);
	assert_int_equal(channel_send(pair[0], "twos", 4), CHANNEL_OK);
	assert_int_equal(take(&r), CHANNEL_OK);
	assert_int_equal(r.left, 3);
	assert_memory_equal(r.at, "one", 3);
	assert_int_equal(take(&r), CHANNEL_OK);
	assert_int_equal(r.left, 4);
	assert_int_equal(take(&r), CHANNEL_AGAIN);
}

static void
carries_the_largest_message(void **state)
{
	static uint8_t largest[CHANNEL_MAX];
	struct reader r;

	(void)state;
	largest[CHANNEL_MAX - 1] = 7;
	assert_int_equal(
	    channel_send(pair[0], largest, CHANNEL_MAX), CHANNEL_OK);
	assert_int_equal(take(&r), CHANNEL_OK);
	assert_int_equal(r.left, CHANNEL_MAX);
	assert_int_equal(r.at[CHANNEL_MAX - 1], 7);
}

static void
does_not_send_what_nobody_would_take(void **state)
{
	struct reader r;
	int fds[CHANNEL_FDS + 1] = { 2, 2, 2, 2, 2 };

	(void)state;
	assert_int_equal(channel_send(pair[0], "", 0), CHANNEL_BROKEN);
	assert_int_equal(
	    channel_send(pair[0], message, CHANNEL_MAX + 1), CHANNEL_BROKEN);
	assert_int_equal(
	    channel_send_fds(pair[0], "x", 1, fds, CHANNEL_FDS + 1),
	    CHANNEL_BROKEN);
	assert_int_equal(
	    channel_send_fds(pair[0], "", 0, fds, 1), CHANNEL_BROKEN);
	assert_int_equal(take(&r), CHANNEL_AGAIN);
}

static void
refuses_a_message_that_is_too_long(void **state)
{
	struct reader r;

	(void)state;
	assert_int_equal(
	    send(pair[0], message, CHANNEL_MAX + 1, 0), CHANNEL_MAX + 1);
	assert_int_equal(take(&r), CHANNEL_BROKEN);
}

static void
tells_an_empty_message_from_the_end(void **state)
{
	struct reader r;

	(void)state;
	assert_int_equal(send(pair[0], "", 0, 0), 0);
	assert_int_equal(take(&r), CHANNEL_BROKEN);
	hang_up(0);
	assert_int_equal(take(&r), CHANNEL_CLOSED);
}

static void
what_was_sent_arrives_before_the_end(void **state)
{
	struct reader r;

	(void)state;
	assert_int_equal(channel_send(pair[0], "last", 4), CHANNEL_OK);
	hang_up(0);
	assert_int_equal(take(&r), CHANNEL_OK);
	assert_int_equal(take(&r), CHANNEL_CLOSED);
}

static void
a_peer_that_left_mail_unread_is_gone_all_the_same(void **state)
{
	struct reader r;

	(void)state;
	assert_int_equal(channel_send(pair[1], "unread", 6), CHANNEL_OK);
	hang_up(0);
	assert_int_equal(take(&r), CHANNEL_CLOSED);
	assert_int_equal(take(&r), CHANNEL_CLOSED);
	/* And no SIGPIPE, which would end this test. */
	assert_int_equal(channel_send(pair[1], "x", 1), CHANNEL_CLOSED);
}

static void
says_when_there_is_no_room(void **state)
{
	enum channel_status status;
	unsigned sent = 0;
	struct reader r;

	(void)state;
	while ((status = channel_send(pair[0], message, 4096)) == CHANNEL_OK)
		assert_true(++sent < 100000);
	assert_int_equal(status, CHANNEL_AGAIN);
	assert_true(sent > 0);
	assert_int_equal(take(&r), CHANNEL_OK);
	assert_int_equal(channel_send(pair[0], message, 4096), CHANNEL_OK);
}

static void
descriptors_arrive_and_close_on_exec(void **state)
{
	size_t count = 9;
	int pipes[2], came[2];
	struct reader r;
	char c = 0;

	(void)state;
	assert_int_equal(pipe(pipes), 0);
	assert_int_equal(
	    channel_send_fds(pair[0], "m", 1, pipes, 2), CHANNEL_OK);
	close(pipes[0]);
	close(pipes[1]);
	assert_int_equal(
	    channel_recv_fds(pair[1], message, &r, came, 2, &count),
	    CHANNEL_OK);
	assert_int_equal(count, 2);
	assert_int_equal(fcntl(came[0], F_GETFD), FD_CLOEXEC);
	assert_int_equal(write(came[1], "!", 1), 1);
	assert_int_equal(read(came[0], &c, 1), 1);
	assert_int_equal(c, '!');
	close(came[0]);
	close(came[1]);
}

static void
a_message_may_come_without_its_descriptors(void **state)
{
	size_t count = 9;
	struct reader r;
	int came[1];

	(void)state;
	assert_int_equal(channel_send(pair[0], "m", 1), CHANNEL_OK);
	assert_int_equal(
	    channel_recv_fds(pair[1], message, &r, came, 1, &count),
	    CHANNEL_OK);
	assert_int_equal(count, 0);
}

/* Pushes count descriptors at a receiver that wants expected. */
static void
refuses_descriptors(size_t count, size_t expected)
{
	int before, came[CHANNEL_FDS];
	size_t nfds = 9;
	struct reader r;

	push("m", 1, STDERR_FILENO, count);
	before = lowest_free();
	assert_int_equal(
	    channel_recv_fds(pair[1], message, &r, came, expected, &nfds),
	    CHANNEL_BROKEN);
	assert_int_equal(nfds, 0);
	assert_int_equal(lowest_free(), before);
}

static void
refuses_another_number_of_descriptors(void **state)
{
	(void)state;
	refuses_descriptors(1, 2);
	refuses_descriptors(3, 2);
	refuses_descriptors(CHANNEL_FDS, 1);
	refuses_descriptors(CHANNEL_FDS + 1, CHANNEL_FDS);
	refuses_descriptors(8, 1);
}

static void
refuses_descriptors_where_none_may_come(void **state)
{
	struct reader r;
	int before = lowest_free();

	(void)state;
	push("m", 1, STDERR_FILENO, 1);
	assert_int_equal(take(&r), CHANNEL_BROKEN);
	push("m", 1, STDERR_FILENO, 8);
	assert_int_equal(take(&r), CHANNEL_BROKEN);
	assert_int_equal(lowest_free(), before);
}

static void
an_empty_message_with_a_descriptor_leaks_nothing(void **state)
{
	int before = lowest_free(), came[1];
	struct reader r;
	size_t count;

	(void)state;
	push("", 0, STDERR_FILENO, 1);
	assert_int_equal(
	    channel_recv_fds(pair[1], message, &r, came, 1, &count),
	    CHANNEL_BROKEN);
	assert_int_equal(lowest_free(), before);
}

static void
an_error_is_no_message(void **state)
{
	struct reader r;

	(void)state;
	assert_int_equal(channel_recv(-1, message, &r), CHANNEL_BROKEN);
	assert_int_equal(channel_send(-1, "x", 1), CHANNEL_BROKEN);
}

static void
waits_until_there_is_something(void **state)
{
	(void)state;
	assert_int_equal(channel_wait(pair[1], 0), 0);
	assert_int_equal(channel_send(pair[0], "x", 1), CHANNEL_OK);
	assert_int_equal(channel_wait(pair[1], -1), 1);
}

static void
the_end_ends_a_wait(void **state)
{
	(void)state;
	hang_up(0);
	assert_int_equal(channel_wait(pair[1], -1), 1);
}

static volatile sig_atomic_t alarms;

static void
on_alarm(int number)
{
	(void)number;
	alarms = alarms + 1;
}

static void
a_signal_does_not_shorten_a_wait(void **state)
{
	struct sigaction action = { .sa_handler = on_alarm };
	struct itimerval often = { { 0, 10000 }, { 0, 10000 } }, never = { 0 };
	uint64_t start = clock_mono_us();

	(void)state;
	assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &often, NULL), 0);
	assert_int_equal(channel_wait(pair[1], 100), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
	assert_true(alarms > 0);
	assert_true(clock_mono_us() - start >= 99000);
}

static void
knows_its_peer(void **state)
{
	uid_t uid = 12345;
	pid_t pid = 0;

	(void)state;
	assert_int_equal(channel_peer(pair[1], &uid, &pid), 0);
	assert_int_equal(uid, getuid());
	assert_int_equal(pid, getpid());
	assert_int_equal(channel_peer(-1, &uid, &pid), -1);
}

static void
is_closed_on_exec(void **state)
{
	(void)state;
	assert_int_equal(fcntl(pair[0], F_GETFD), FD_CLOEXEC);
	assert_int_equal(fcntl(pair[1], F_GETFD), FD_CLOEXEC);
}

#define CHANNEL_TEST(f) \
	cmocka_unit_test_setup_teardown(f, open_pair, close_pair)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CHANNEL_TEST(keeps_messages_apart),
		CHANNEL_TEST(carries_the_largest_message),
		CHANNEL_TEST(does_not_send_what_nobody_would_take),
		CHANNEL_TEST(refuses_a_message_that_is_too_long),
		CHANNEL_TEST(tells_an_empty_message_from_the_end),
		CHANNEL_TEST(what_was_sent_arrives_before_the_end),
		CHANNEL_TEST(a_peer_that_left_mail_unread_is_gone_all_the_same),
		CHANNEL_TEST(says_when_there_is_no_room),
		CHANNEL_TEST(descriptors_arrive_and_close_on_exec),
		CHANNEL_TEST(a_message_may_come_without_its_descriptors),
		CHANNEL_TEST(refuses_another_number_of_descriptors),
		CHANNEL_TEST(refuses_descriptors_where_none_may_come),
		CHANNEL_TEST(an_empty_message_with_a_descriptor_leaks_nothing),
		CHANNEL_TEST(an_error_is_no_message),
		CHANNEL_TEST(waits_until_there_is_something),
		CHANNEL_TEST(the_end_ends_a_wait),
		CHANNEL_TEST(a_signal_does_not_shorten_a_wait),
		CHANNEL_TEST(knows_its_peer),
		CHANNEL_TEST(is_closed_on_exec),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
