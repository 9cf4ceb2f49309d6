/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/listener/accept.c src/listener/drain.c src/listener/control.c */
#include "listener/control.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/channel.h"
#include "base/clock.h"
#include "listener/accept.h"
#include "listener/drain.h"

/* The listener's whole loop, with us in the place of the other processes. */
struct rig {
	struct listener l;
	struct server_conf conf;
	struct loop_timer *stop;
	int broker, parent; /* our ends */
	uint16_t port;
};

static void
stop_loop(void *arg)
{
	struct rig *rig = arg;

	loop_stop(rig->l.loop);
}

/* Lets everything that is ready happen. */
static void
turn(struct rig *rig)
{
	loop_timer_set(rig->stop, clock_mono_us() + 20000);
	assert_int_equal(loop_run(rig->l.loop), 0);
}

static void
open_channels(struct rig *rig)
{
	int ends[2];

	assert_int_equal(channel_pair(ends, true), 0);
	rig->l.broker = ends[0];
	rig->broker = ends[1];
	assert_int_equal(channel_pair(ends, true), 0);
	rig->l.parent = ends[0];
	rig->parent = ends[1];
}

static int
open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

static int
set_up(void **state)
{
	static const struct throttle_limits limits = { 100, 100, 100 };
	struct rig *rig = calloc(1, sizeof(*rig));
	struct sockaddr_in in;
	socklen_t len = sizeof(in);
	struct text_error error;

	rig->conf = (struct server_conf){ .listen = { { "127.0.0.1", 0 } },
		.listens = 1,
		.login_grace = 30,
		.idle_timeout = 600,
		.channels = 64,
		.drain_timeout = 30 };
	rig->l.conf = &rig->conf;
	rig->l.notify = -1;
	rig->l.phase = PHASE_SERVE;
	rig->l.signals = open_signals();
	rig->l.loop = loop_new();
	rig->l.throttle = throttle_new(&limits);
	open_channels(rig);
	assert_int_equal(listen_open(&rig->conf, &rig->l.sockets, &error), 0);
	assert_int_equal(
	    getsockname(rig->l.sockets.fd[0], (struct sockaddr *)&in, &len), 0);
	rig->port = ntohs(in.sin_port);
	rig->stop = loop_timer_new(rig->l.loop, stop_loop, rig);
	assert_int_equal(drain_open(&rig->l), 0);
	assert_int_equal(control_open(&rig->l), 0);
	assert_int_equal(accept_open(&rig->l), 0);
	*state = rig;
	return 0;
}

static void
close_end(int fd)
{
	if (fd != -1)
		close(fd);
}

static int
tear_down(void **state)
{
	struct rig *rig = *state;

	accept_close(&rig->l);
	control_close(&rig->l);
	loop_remove(rig->l.signal_source);
	close_end(rig->broker);
	close_end(rig->parent);
	close(rig->l.signals);
	throttle_free(rig->l.throttle);
	loop_timer_free(rig->stop);
	loop_timer_free(rig->l.pause);
	loop_timer_free(rig->l.deadline);
	loop_free(rig->l.loop);
	free(rig);
	return 0;
}

static int
client(const struct rig *rig)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
		.sin_port = htons(rig->port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(connect(fd, (struct sockaddr *)&in, sizeof(in)), 0);
	return fd;
}

/* The next message: its type, with its descriptors. */
static enum wire_type
next(int channel, struct reader *r, int *fds, size_t nfds)
{
	static uint8_t buf[CHANNEL_MAX];
	int none[1];
	size_t got;

	switch (channel_recv_fds(
	    channel, buf, r, fds != NULL ? fds : none, nfds, &got)) {
	case CHANNEL_OK:
		break;
	case CHANNEL_AGAIN:
	case CHANNEL_CLOSED:
	case CHANNEL_BROKEN:
		return WIRE_NONE;
	}
	assert_int_equal(got, nfds);
	return wire_get_type(r);
}

static void
say(int channel, void (*put)(struct writer *, const void *), const void *what)
{
	uint8_t space[256];
	struct writer w;

	writer_init(&w, space, sizeof(space));
	put(&w, what);
	assert_true(writer_ok(&w));
	assert_int_equal(channel_send(channel, space, w.used), CHANNEL_OK);
}

static void
put_gone(struct writer *w, const void *what)
{
	session_gone_put(w, what);
}

static void
put_logged_in(struct writer *w, const void *what)
{
	logged_in_put(w, what);
}

static void
put_drained(struct writer *w, const void *what)
{
	(void)what;
	bare_put(w, WIRE_DRAINED);
}

static void
refused(int fd)
{
	char byte;

	assert_int_equal(recv(fd, &byte, 1, 0), 0);
	close(fd);
}

static void
tells_the_broker_the_peer_and_hands_over(void **state)
{
	struct rig *rig = *state;
	int fd = client(rig), theirs, session[2];
	struct session_new peer;
	struct session_start start;
	struct sockaddr_in in;
	socklen_t len = sizeof(in);
	struct reader r;
	char byte;

	turn(rig);
	assert_int_equal(next(rig->broker, &r, &theirs, 1), WIRE_SESSION_NEW);
	assert_true(session_new_get(&r, &peer));
	assert_string_equal(peer.address, "127.0.0.1");
	assert_int_equal(getsockname(fd, (struct sockaddr *)&in, &len), 0);
	assert_int_equal(peer.port, ntohs(in.sin_port));
	assert_int_equal(next(rig->parent, &r, session, 2), WIRE_SESSION_START);
	assert_true(session_start_get(&r, &start));
	assert_int_equal(start.connection, peer.connection);
	assert_int_equal(start.login_grace_ms, 30000);
	assert_int_equal(start.channels, 64);
	/* The two ends of one channel, and the client's own connection. */
	assert_int_equal(channel_send(theirs, "x", 1), CHANNEL_OK);
	assert_int_equal(recv(session[1], &byte, 1, 0), 1);
	assert_int_equal(send(session[0], "y", 1, 0), 1);
	assert_int_equal(recv(fd, &byte, 1, 0), 1);
	/* We kept nothing: it ends when the session lets it go. */
	close(theirs);
	close(session[0]);
	close(session[1]);
	refused(fd);
}

/* Takes the messages of one connection; returns its number. */
static uint64_t
taken(struct rig *rig, int *ret_connection)
{
	struct session_new peer;
	int theirs, session[2];
	struct reader r;

	assert_int_equal(next(rig->broker, &r, &theirs, 1), WIRE_SESSION_NEW);
	assert_true(session_new_get(&r, &peer));
	assert_int_equal(next(rig->parent, &r, session, 2), WIRE_SESSION_START);
	close(theirs);
	close(session[1]);
	*ret_connection = session[0];
	return peer.connection;
}

static void
a_session_that_is_gone_makes_room(void **state)
{
	static const struct throttle_limits one = { 1, 1, 1 };
	struct rig *rig = *state;
	struct session_gone gone = { .status = 0 };
	int first, second, third, session;

	throttle_free(rig->l.throttle);
	rig->l.throttle = throttle_new(&one);
	first = client(rig);
	turn(rig);
	gone.connection = taken(rig, &session);
	second = client(rig);
	turn(rig);
	refused(second);
	say(rig->parent, put_gone, &gone);
	turn(rig);
	third = client(rig);
	turn(rig);
	close(session);
	assert_int_not_equal(taken(rig, &session), gone.connection);
	close(session);
	close(first);
	close(third);
}

static void
a_login_makes_room_for_others(void **state)
{
	static const struct throttle_limits one = { 9, 9, 1 };
	struct rig *rig = *state;
	struct logged_in in;
	int fds[3], sessions[2];

	throttle_free(rig->l.throttle);
	rig->l.throttle = throttle_new(&one);
	fds[0] = client(rig);
	turn(rig);
	in.connection = taken(rig, &sessions[0]);
	fds[1] = client(rig);
	turn(rig);
	refused(fds[1]);
	say(rig->broker, put_logged_in, &in);
	turn(rig);
	fds[2] = client(rig);
	turn(rig);
	taken(rig, &sessions[1]);
	close(sessions[0]);
	close(sessions[1]);
	close(fds[0]);
	close(fds[2]);
}

/* A broker that does not read for a while: nothing is lost, nothing stands. */
static void
waits_for_room_without_losing_a_connection(void **state)
{
	struct rig *rig = *state;
	int size = 1, fds[40], session;
	uint64_t last = 0;

	assert_int_equal(setsockopt(rig->l.broker, SOL_SOCKET, SO_SNDBUF, &size,
			     sizeof(size)),
	    0);
	for (size_t i = 0; i < 40; i++)
		fds[i] = client(rig);
	turn(rig);
	assert_true(rig->l.handover.held);
	for (size_t i = 0; i < 40; i++) {
		turn(rig);
		assert_true(taken(rig, &session) == ++last);
		close(session);
	}
	turn(rig);
	assert_false(rig->l.handover.held);
	for (size_t i = 0; i < 40; i++)
		close(fds[i]);
}

static void
hup_becomes_a_reload(void **state)
{
	struct rig *rig = *state;
	struct reader r;

	raise(SIGHUP);
	turn(rig);
	assert_int_equal(next(rig->broker, &r, NULL, 0), WIRE_RELOAD);
	assert_true(bare_get(&r));
	assert_int_equal(next(rig->broker, &r, NULL, 0), WIRE_NONE);
}

static void
connect_is_refused(const struct rig *rig)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
		.sin_port = htons(rig->port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(connect(fd, (struct sockaddr *)&in, sizeof(in)), -1);
	assert_int_equal(errno, ECONNREFUSED);
	close(fd);
}

static void
term_drains_and_ends_with_0(void **state)
{
	struct rig *rig = *state;
	struct reader r;
	char byte;

	raise(SIGTERM);
	turn(rig);
	assert_int_equal(next(rig->broker, &r, NULL, 0), WIRE_DRAIN);
	connect_is_refused(rig);
	/* Another word to stop, or to reload, changes nothing. */
	raise(SIGTERM);
	raise(SIGHUP);
	turn(rig);
	assert_int_equal(next(rig->broker, &r, NULL, 0), WIRE_NONE);
	say(rig->broker, put_drained, NULL);
	turn(rig);
	/* The end of their channels is the word to go. */
	assert_int_equal(recv(rig->broker, &byte, 1, 0), 0);
	assert_int_equal(recv(rig->parent, &byte, 1, 0), 0);
	assert_int_equal(rig->l.status, 0);
	assert_int_equal(rig->l.phase, PHASE_END);
}

/* A child in the place of one of the processes, ending with status. */
static void
child_ends(struct rig *rig, enum child which, int status)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(status);
	rig->l.children.pid[which] = pid;
	for (int i = 0; i < 500 && rig->l.children.pid[which] != 0; i++)
		turn(rig);
	assert_int_equal(rig->l.children.pid[which], 0);
}

static void
ends_with_70_when_a_process_ends_by_itself(void **state)
{
	static const enum child all[] = { CHILD_KEEPER, CHILD_BROKER,
		CHILD_PARENT };
	struct rig *rig = *state;
	char byte;

	for (size_t i = 0; i < 3; i++) {
		child_ends(rig, all[i], 0);
		assert_int_equal(rig->l.status, EX_SOFTWARE);
		assert_int_equal(rig->l.phase, PHASE_END);
		assert_int_equal(recv(rig->broker, &byte, 1, 0), 0);
		assert_int_equal(recv(rig->parent, &byte, 1, 0), 0);
		connect_is_refused(rig);
		if (i < 2) {
			tear_down(state);
			set_up(state);
			rig = *state;
		}
	}
}

static void
a_broker_that_leaves_while_draining_is_no_fault(void **state)
{
	struct rig *rig = *state;

	raise(SIGTERM);
	turn(rig);
	child_ends(rig, CHILD_BROKER, 0);
	assert_int_equal(rig->l.status, 0);
	assert_int_equal(rig->l.phase, PHASE_END);
}

static void
a_broker_that_fails_while_draining_is_told(void **state)
{
	struct rig *rig = *state;

	raise(SIGTERM);
	turn(rig);
	child_ends(rig, CHILD_BROKER, 1);
	assert_int_equal(rig->l.status, EX_SOFTWARE);
}

/* log_fatal ends the process, so each lie gets one of its own. */
static int
status_after(struct rig *rig, int channel, const void *msg, size_t len)
{
	int status;
	pid_t pid;

	assert_int_equal(channel_send(channel, msg, len), CHANNEL_OK);
	if ((pid = fork()) == 0) {
		freopen("/dev/null", "w", stderr);
		turn(rig);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 99;
}

static void
ends_when_a_process_says_what_it_may_not(void **state)
{
	static const struct {
		bool broker;
		enum wire_type type;
	} lies[] = {
		{ true, WIRE_BROKER_READY },
		{ true, WIRE_SESSION_GONE },
		{ true, WIRE_SESSION_NEW },
		{ true, WIRE_DRAINED }, /* nobody asked */
		{ false, WIRE_DRAINED },
		{ false, WIRE_LOGGED_IN },
		{ false, WIRE_PARENT_READY },
	};
	struct rig *rig = *state;
	uint8_t space[64];
	struct writer w;

	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		writer_init(&w, space, sizeof(space));
		bare_put(&w, lies[i].type);
		assert_int_equal(status_after(rig,
				     lies[i].broker ? rig->broker : rig->parent,
				     space, w.used),
		    EX_SOFTWARE);
	}
}

static void
ends_when_a_message_is_cut(void **state)
{
	struct rig *rig = *state;
	const struct logged_in in = { 7 };
	uint8_t space[64];
	struct writer w;

	writer_init(&w, space, sizeof(space));
	logged_in_put(&w, &in);
	for (size_t len = 1; len < w.used; len++)
		assert_int_equal(
		    status_after(rig, rig->broker, space, len), EX_SOFTWARE);
	space[w.used] = 0;
	assert_int_equal(
	    status_after(rig, rig->broker, space, w.used + 1), EX_SOFTWARE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(tells_the_broker_the_peer_and_hands_over),
		TEST(a_session_that_is_gone_makes_room),
		TEST(a_login_makes_room_for_others),
		TEST(waits_for_room_without_losing_a_connection),
		TEST(hup_becomes_a_reload),
		TEST(term_drains_and_ends_with_0),
		TEST(ends_with_70_when_a_process_ends_by_itself),
		TEST(a_broker_that_leaves_while_draining_is_no_fault),
		TEST(a_broker_that_fails_while_draining_is_told),
		TEST(ends_when_a_process_says_what_it_may_not),
		TEST(ends_when_a_message_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
