/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists of digests, whose keeper and server are the test itself.
 */
#include "broker/lists.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "support_ends.h"

static struct ends e;
static int worker[2];

static int
set_up(void **state)
{
	(void)state;
	ends_make(&e);
	ends_start(&e);
	ends_ready_worker(&e, &worker[0]);
	ends_ready_worker(&e, &worker[1]);
	ends_recv(&e, e.listener, WIRE_BROKER_READY);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	ends_drop(&e);
	close(worker[0]);
	close(worker[1]);
	return 0;
}

static void
say_garbage(int fd)
{
	assert_int_equal(channel_send(fd, "garbage", 7), CHANNEL_OK);
}

static void
a_keeper_that_breaks_the_rules_costs_only_itself(void **state)
{
	(void)state;
	say_garbage(e.lists);
	assert_true(ends_is_closed(&e, e.lists));
	/* Its server is none the worse for it. */
	assert_true(ends_is_quiet(e.server, 50));
	close(ends_login(&e));
}

static void
a_server_that_breaks_the_rules_costs_only_itself(void **state)
{
	(void)state;
	say_garbage(e.server);
	assert_true(ends_is_closed(&e, e.server));
	assert_true(ends_is_quiet(e.lists, 50));
	close(ends_login(&e));
}

static void
a_new_server_takes_the_place_of_the_old(void **state)
{
	int old = dup(e.server);

	(void)state;
	ends_lists_server(&e);
	assert_true(ends_is_closed(&e, old));
	close(old);
	assert_true(ends_is_quiet(e.server, 50));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		CASE(a_keeper_that_breaks_the_rules_costs_only_itself),
		CASE(a_server_that_breaks_the_rules_costs_only_itself),
		CASE(a_new_server_takes_the_place_of_the_old),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
