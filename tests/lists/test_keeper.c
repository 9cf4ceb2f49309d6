/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/lists/keeper.c src/lists/jail.c src/lists/main.c */
/*
 * The real countersign-lists, whose broker is the test.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "support_lists.h"

static struct lists_process p;

static int
set_up(void **state)
{
	(void)state;
	lists_process_start(&p);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	lists_process_drop(&p);
	return 0;
}

static void
ends_with_the_broker(void **state)
{
	(void)state;
	assert_int_not_equal(lists_process_server(&p), -1);
	close(p.server);
	close(p.broker);
	p.server = p.broker = -1;
	assert_int_equal(lists_process_wait(&p), EXIT_SUCCESS);
}

static void
ends_a_server_that_does_not_end_by_itself(void **state)
{
	(void)state;
	assert_int_not_equal(lists_process_server(&p), -1);
	close(p.broker);
	p.broker = -1;
	assert_int_equal(lists_process_wait(&p), EXIT_SUCCESS);
	assert_int_equal(channel_wait(p.server, LISTS_DEADLINE_MS), 1);
}

static void
starts_another_server_for_one_that_was_killed(void **state)
{
	int server, next;
	char byte;

	(void)state;
	server = lists_process_server(&p);
	assert_int_equal(kill(lists_process_child(&p), SIGKILL), 0);
	assert_int_equal(channel_wait(server, LISTS_DEADLINE_MS), 1);
	assert_true(recv(server, &byte, 1, 0) <= 0);
	next = lists_process_server(&p);
	assert_int_equal(channel_wait(next, 50), 0);
}

static void
starts_another_server_when_the_broker_drops_one(void **state)
{
	(void)state;
	close(lists_process_server(&p));
	assert_int_not_equal(lists_process_server(&p), -1);
}

static void
ends_a_server_that_hangs_when_the_broker_wants_another(void **state)
{
	uint8_t space[8];
	struct writer w;
	pid_t server;

	(void)state;
	lists_process_server(&p);
	server = lists_process_child(&p);
	assert_int_equal(kill(server, SIGSTOP), 0);
	writer_init(&w, space, sizeof(space));
	bare_put(&w, WIRE_LISTS_DROP);
	assert_int_equal(channel_send(p.broker, space, w.used), CHANNEL_OK);
	assert_int_not_equal(lists_process_server(&p), -1);
	lists_process_ask_file(&p, p.server, "/nowhere");
}

static void
believes_nothing_that_the_broker_may_not_say(void **state)
{
	(void)state;
	lists_process_server(&p);
	assert_int_equal(channel_send(p.broker, "x", 1), CHANNEL_OK);
	assert_int_not_equal(lists_process_wait(&p), EXIT_SUCCESS);
}

static void
a_server_outlives_its_keeper(void **state)
{
	int server, status;

	(void)state;
	server = lists_process_server(&p);
	assert_int_equal(kill(p.pid, SIGKILL), 0);
	assert_int_equal(waitpid(p.pid, &status, 0), p.pid);
	p.pid = 0;
	assert_int_equal(channel_wait(server, 50), 0);
	lists_process_ask_file(&p, server, "/nowhere");
	assert_int_equal(p.answer.listed[0], LISTED_UNAVAILABLE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		CASE(ends_with_the_broker),
		CASE(ends_a_server_that_does_not_end_by_itself),
		CASE(starts_another_server_for_one_that_was_killed),
		CASE(starts_another_server_when_the_broker_drops_one),
		CASE(ends_a_server_that_hangs_when_the_broker_wants_another),
		CASE(believes_nothing_that_the_broker_may_not_say),
		CASE(a_server_outlives_its_keeper),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
