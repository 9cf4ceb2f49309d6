/* SPDX-License-Identifier: Apache-2.0 */
#include "listener/notify.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

/* A manager's socket at path, or in the abstract space for '@'. */
static int
manager(const char *path)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	socklen_t len =
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	memcpy(un.sun_path, path, strlen(path));
	if (path[0] == '@')
		un.sun_path[0] = '\0';
	assert_int_equal(bind(fd, (struct sockaddr *)&un, len), 0);
	setenv("NOTIFY_SOCKET", path, 1);
	return fd;
}

static void
hears(int fd, const char *expected)
{
	char got[64] = "";

	assert_true(recv(fd, got, sizeof(got) - 1, MSG_DONTWAIT) > 0);
	assert_string_equal(got, expected);
}

static void
reaches_a_manager_by_path(void **state)
{
	char path[64];
	int theirs, ours;

	(void)state;
	snprintf(path, sizeof(path), "/tmp/cs-notify-%d", (int)getpid());
	theirs = manager(path);
	ours = notify_open();
	assert_true(ours >= 0);
	/* The name may be out of reach by the time we speak. */
	unlink(path);
	notify_send(ours, "READY=1\n");
	hears(theirs, "READY=1\n");
	close(ours);
	close(theirs);
}

static void
reaches_a_manager_in_the_abstract_space(void **state)
{
	char path[64];
	int theirs, ours;

	(void)state;
	snprintf(path, sizeof(path), "@cs-notify-%d", (int)getpid());
	theirs = manager(path);
	ours = notify_open();
	assert_true(ours >= 0);
	notify_send(ours, "STOPPING=1\n");
	hears(theirs, "STOPPING=1\n");
	close(ours);
	close(theirs);
}

static void
keeps_the_socket_from_other_processes(void **state)
{
	(void)state;
	setenv("NOTIFY_SOCKET", "/nonexistent", 1);
	assert_int_equal(notify_open(), -1);
	assert_int_not_equal(errno, 0);
	assert_null(getenv("NOTIFY_SOCKET"));
}

static void
is_silent_when_nobody_asked(void **state)
{
	(void)state;
	unsetenv("NOTIFY_SOCKET");
	assert_int_equal(notify_open(), -1);
	assert_int_equal(errno, 0);
	notify_send(-1, "READY=1\n");
}

static void
refuses_addresses_that_are_none(void **state)
{
	char path[200];

	(void)state;
	memset(path, 'a', sizeof(path));
	path[0] = '/';
	path[sizeof(path) - 1] = '\0';
	setenv("NOTIFY_SOCKET", path, 1);
	assert_int_equal(notify_open(), -1);
	assert_int_equal(errno, EINVAL);
	setenv("NOTIFY_SOCKET", "relative", 1);
	assert_int_equal(notify_open(), -1);
	assert_int_equal(errno, EINVAL);
	setenv("NOTIFY_SOCKET", "@", 1);
	assert_int_equal(notify_open(), -1);
	assert_int_equal(errno, EINVAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reaches_a_manager_by_path),
		cmocka_unit_test(reaches_a_manager_in_the_abstract_space),
		cmocka_unit_test(keeps_the_socket_from_other_processes),
		cmocka_unit_test(is_silent_when_nobody_asked),
		cmocka_unit_test(refuses_addresses_that_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
