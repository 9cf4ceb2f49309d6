/* SPDX-License-Identifier: Apache-2.0 */
#include "listener/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static const struct server_conf loopback = {
	.listen = { { "127.0.0.1", 0 } },
	.listens = 1,
};

static uint16_t
port_of(int fd)
{
	struct sockaddr_in in;
	socklen_t len = sizeof(in);

	assert_int_equal(getsockname(fd, (struct sockaddr *)&in, &len), 0);
	return ntohs(in.sin_port);
}

static int
connect_to(uint16_t port)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(connect(fd, (struct sockaddr *)&in, sizeof(in)), 0);
	return fd;
}

static void
takes_a_free_port_and_says_which(void **state)
{
	struct listen_set set;
	struct text_error error;
	char name[64], expected[64];

	(void)state;
	assert_int_equal(listen_open(&loopback, &set, &error), 0);
	assert_int_equal(set.count, 1);
	snprintf(expected, sizeof(expected), "127.0.0.1 port %u",
	    (unsigned)port_of(set.fd[0]));
	listen_name(set.fd[0], name, sizeof(name));
	assert_string_equal(name, expected);
	listen_close(&set);
	assert_int_equal(set.count, 0);
}

static void
accepted_sockets_inherit_the_settings(void **state)
{
	static const struct {
		int level, option;
	} wanted[] = {
		{ IPPROTO_TCP, TCP_NODELAY },
		{ IPPROTO_TCP, TCP_USER_TIMEOUT },
		{ SOL_SOCKET, SO_KEEPALIVE },
	};
	struct listen_set set;
	struct text_error error;
	int client, server;

	(void)state;
	assert_int_equal(listen_open(&loopback, &set, &error), 0);
	client = connect_to(port_of(set.fd[0]));
	server = accept4(set.fd[0], NULL, NULL, SOCK_CLOEXEC);
	assert_true(server >= 0);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		int value = 0;
		socklen_t len = sizeof(value);

		assert_int_equal(getsockopt(server, wanted[i].level,
				     wanted[i].option, &value, &len),
		    0);
		assert_int_not_equal(value, 0);
	}
	/* An empty queue must not stop the loop. */
	assert_int_equal(accept4(set.fd[0], NULL, NULL, 0), -1);
	assert_int_equal(errno, EAGAIN);
	close(client);
	close(server);
	listen_close(&set);
}

static void
refuses_a_port_that_is_taken(void **state)
{
	struct server_conf both = loopback;
	struct listen_set set, second;
	struct text_error error;

	(void)state;
	assert_int_equal(listen_open(&loopback, &set, &error), 0);
	both.listen[1] = both.listen[0];
	both.listen[1].port = port_of(set.fd[0]);
	both.listens = 2;
	assert_int_equal(listen_open(&both, &second, &error), -1);
	assert_non_null(strstr(error.what, "cannot listen on 127.0.0.1 port"));
	listen_close(&set);
}

static void
refuses_an_address_that_is_not_ours(void **state)
{
	const struct server_conf elsewhere = {
		.listen = { { "192.0.2.1", 0 } },
		.listens = 1,
	};
	struct listen_set set;
	struct text_error error;

	(void)state;
	assert_int_equal(listen_open(&elsewhere, &set, &error), -1);
	assert_non_null(strstr(error.what, "192.0.2.1"));
}

static void
refuses_an_empty_list(void **state)
{
	const struct server_conf none = { .listens = 0 };
	struct listen_set set;
	struct text_error error;

	(void)state;
	assert_int_equal(listen_open(&none, &set, &error), -1);
}

static void
say_passed(pid_t pid, const char *count)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", (int)pid);
	setenv("LISTEN_PID", text, 1);
	setenv("LISTEN_FDS", count, 1);
}

/* In a child, because the sockets come at fixed numbers. */
static int
passed_in_child(int kind, bool listening)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct listen_set set;
	struct text_error error;
	int status, fd;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child > 0) {
		assert_int_equal(waitpid(child, &status, 0), child);
		return WIFEXITED(status) ? WEXITSTATUS(status) : 99;
	}
	fd = socket(AF_INET, kind, 0);
	if (bind(fd, (struct sockaddr *)&in, sizeof(in)) == -1 ||
	    (listening && listen(fd, 1) == -1) ||
	    dup2(fd, LISTEN_FIRST_FD) == -1)
		_exit(98);
	say_passed(getpid(), "1");
	if (listen_open(&loopback, &set, &error) == -1)
		_exit(1);
	if (set.count != 1 || set.fd[0] != LISTEN_FIRST_FD ||
	    (fcntl(set.fd[0], F_GETFD) & FD_CLOEXEC) == 0 ||
	    (fcntl(set.fd[0], F_GETFL) & O_NONBLOCK) == 0 ||
	    getenv("LISTEN_FDS") != NULL)
		_exit(2);
	_exit(0);
}

static void
takes_the_sockets_that_were_passed(void **state)
{
	(void)state;
	assert_int_equal(passed_in_child(SOCK_STREAM, true), 0);
}

static void
refuses_passed_descriptors_that_do_not_listen(void **state)
{
	(void)state;
	assert_int_equal(passed_in_child(SOCK_STREAM, false), 1);
	assert_int_equal(passed_in_child(SOCK_DGRAM, false), 1);
}

static void
passes_over_sockets_for_another_process(void **state)
{
	struct listen_set set;
	struct text_error error;

	(void)state;
	say_passed(getppid(), "1");
	assert_int_equal(listen_open(&loopback, &set, &error), 0);
	assert_int_equal(set.count, 1);
	assert_true(port_of(set.fd[0]) != 0);
	listen_close(&set);
	say_passed(getpid(), "-1");
	assert_int_equal(listen_open(&loopback, &set, &error), 0);
	listen_close(&set);
}

static void
writes_a_mapped_address_as_ipv4(void **state)
{
	struct sockaddr_storage from = { 0 };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6,
		.sin6_port = htons(77) };
	char text[ADDRESS_SIZE];
	uint16_t port;

	(void)state;
	inet_pton(AF_INET6, "::ffff:10.2.0.7", &v6.sin6_addr);
	memcpy(&from, &v6, sizeof(v6));
	assert_true(listen_peer(&from, text, sizeof(text), &port));
	assert_string_equal(text, "10.2.0.7");
	assert_int_equal(port, 77);
	inet_pton(AF_INET6, "2001:db8::7", &v6.sin6_addr);
	memcpy(&from, &v6, sizeof(v6));
	assert_true(listen_peer(&from, text, sizeof(text), &port));
	assert_string_equal(text, "2001:db8::7");
}

static void
refuses_a_peer_without_an_address(void **state)
{
	struct sockaddr_storage from = { .ss_family = AF_UNIX };
	char text[ADDRESS_SIZE];
	uint16_t port;

	(void)state;
	assert_false(listen_peer(&from, text, sizeof(text), &port));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_a_free_port_and_says_which),
		cmocka_unit_test(accepted_sockets_inherit_the_settings),
		cmocka_unit_test(refuses_a_port_that_is_taken),
		cmocka_unit_test(refuses_an_address_that_is_not_ours),
		cmocka_unit_test(refuses_an_empty_list),
		cmocka_unit_test(takes_the_sockets_that_were_passed),
		cmocka_unit_test(refuses_passed_descriptors_that_do_not_listen),
		cmocka_unit_test(passes_over_sockets_for_another_process),
		cmocka_unit_test(writes_a_mapped_address_as_ipv4),
		cmocka_unit_test(refuses_a_peer_without_an_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
