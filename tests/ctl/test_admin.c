/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The broker is a child that answers what the test says: well, badly, or not
 * at all.
 */
#include "ctl/admin.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/channel.h"

static char dir[] = "/tmp/ctladmin.XXXXXX";
static char out[2][4096]; /* stdout and stderr of the last run */
static const char *const args[] = { "one", "two words", NULL }; /* of each */

static int
set_up(void **state)
{
	(void)state;
	return mkdtemp(dir) != NULL && chdir(dir) == 0 ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	unlink("1");
	unlink("2");
	unlink(ADMIN_SOCKET);
	return chdir("/") == 0 ? rmdir(dir) : -1;
}

typedef void broker_fn(int fd);

static void
reply(int fd, bool last, uint8_t exit, bool to_stderr, const char *text)
{
	struct admin_reply m = { last, exit, to_stderr, (const uint8_t *)text,
		strlen(text) };
	uint8_t space[256];
	struct writer w;

	writer_init(&w, space, sizeof(space));
	admin_reply_put(&w, &m);
	channel_send(fd, space, w.used);
}

/* Ends the child unless the request is this one. */
static void
expect(int fd, enum admin_verb verb, bool json)
{
	static uint8_t buf[CHANNEL_MAX];
	struct admin_request request;
	struct reader r;

	if (channel_recv(fd, buf, &r) != CHANNEL_OK ||
	    wire_get_type(&r) != WIRE_ADMIN_REQUEST ||
	    !admin_request_get(&r, &request) || request.verb != verb ||
	    request.json != json || request.count != 2 ||
	    strcmp(request.args[0], args[0]) != 0 ||
	    strcmp(request.args[1], args[1]) != 0)
		_exit(1);
}

static pid_t
start_broker(broker_fn *broker)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX,
		.sun_path = ADMIN_SOCKET };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	pid_t pid;

	unlink(ADMIN_SOCKET);
	assert_int_equal(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	assert_int_equal(listen(fd, 1), 0);
	if ((pid = fork()) == 0) {
		broker(accept(fd, NULL, NULL));
		_exit(0);
	}
	close(fd);
	return pid;
}

/* Runs it with the streams in out. */
static int
ask(const char *run_dir, enum admin_verb verb, bool json)
{
	static const char *const names[] = { "1", "2" };
	struct admin_request request = { .verb = verb, .json = json };
	int keep[2], fd[2], rv;

	for (const char *const *arg = args; *arg != NULL; arg++)
		assert_true(admin_request_add(&request, *arg));
	fflush(NULL);
	for (int i = 0; i < 2; i++) {
		keep[i] = dup(i + 1);
		fd[i] = open(
		    names[i], O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		dup2(fd[i], i + 1);
	}
	rv = ask_admin(run_dir, &request);
	fflush(NULL);
	for (int i = 0; i < 2; i++) {
		ssize_t len = pread(fd[i], out[i], sizeof(out[i]) - 1, 0);

		dup2(keep[i], i + 1);
		close(keep[i]);
		close(fd[i]);
		out[i][len > 0 ? len : 0] = '\0';
	}
	return rv;
}

static int
ask_broker(broker_fn *broker, enum admin_verb verb, bool json)
{
	pid_t pid = start_broker(broker);
	int rv = ask(dir, verb, json), status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	return rv;
}

static void
answers_well(int fd)
{
	expect(fd, ADMIN_STATUS, true);
	reply(fd, false, 99, false, "{\"a\":");
	reply(fd, false, 99, true, "a warning\n");
	reply(fd, true, 0, false, "1}\n");
}

static void
prints_each_reply_where_it_belongs(void **state)
{
	(void)state;
	assert_int_equal(ask_broker(answers_well, ADMIN_STATUS, true), 0);
	assert_string_equal(out[0], "{\"a\":1}\n");
	assert_string_equal(out[1], "a warning\n");
}

static void
refuses_reload(int fd)
{
	expect(fd, ADMIN_RELOAD, false);
	reply(fd, true, 1, true, "keys.d/a.conf:3: unknown word\n");
}

static void
gives_the_exit_status_of_the_broker(void **state)
{
	(void)state;
	assert_int_equal(ask_broker(refuses_reload, ADMIN_RELOAD, false), 1);
	assert_string_equal(out[0], "");
	assert_string_equal(out[1], "keys.d/a.conf:3: unknown word\n");
}

static void
says_that_nothing_runs(void **state)
{
	pid_t pid;
	int status;

	(void)state;
	unlink(ADMIN_SOCKET);
	assert_int_equal(ask(dir, ADMIN_STATUS, false), EX_UNAVAILABLE);
	assert_non_null(strstr(out[1], "the service is not running"));

	/* A socket that a killed broker left behind. */
	pid = start_broker(answers_well);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(ask(dir, ADMIN_STATUS, false), EX_UNAVAILABLE);
	assert_non_null(strstr(out[1], "the service is not running"));
}

static void
hangs_up(int fd)
{
	close(fd);
}

static void
hangs_up_in_the_middle(int fd)
{
	expect(fd, ADMIN_RELOAD, false);
	reply(fd, false, 0, false, "so far\n");
}

static void
says_that_the_broker_hung_up(void **state)
{
	(void)state;
	assert_int_equal(
	    ask_broker(hangs_up, ADMIN_RELOAD, false), EX_UNAVAILABLE);
	assert_non_null(strstr(out[1], "closed the connection"));
	assert_int_equal(
	    ask_broker(hangs_up_in_the_middle, ADMIN_RELOAD, false),
	    EX_UNAVAILABLE);
	assert_string_equal(out[0], "so far\n");
	assert_non_null(strstr(out[1], "closed the connection"));
}

static void
sends_another_type(int fd)
{
	uint8_t space[64];
	struct writer w;

	expect(fd, ADMIN_RELOAD, false);
	writer_init(&w, space, sizeof(space));
	wire_put_type(&w, WIRE_ADMIN_REQUEST);
	put_u8(&w, 0);
	channel_send(fd, space, w.used);
}

static void
sends_a_cut_reply(int fd)
{
	uint8_t space[64];
	struct writer w;

	expect(fd, ADMIN_RELOAD, false);
	writer_init(&w, space, sizeof(space));
	wire_put_type(&w, WIRE_ADMIN_REPLY);
	put_bool(&w, true);
	channel_send(fd, space, w.used);
}

static void
refuses_malformed_replies(void **state)
{
	(void)state;
	assert_int_equal(ask_broker(sends_another_type, ADMIN_RELOAD, false),
	    EX_UNAVAILABLE);
	assert_non_null(strstr(out[1], "malformed"));
	assert_int_equal(
	    ask_broker(sends_a_cut_reply, ADMIN_RELOAD, false), EX_UNAVAILABLE);
	assert_non_null(strstr(out[1], "malformed"));
}

static void
refuses_a_path_that_no_socket_can_have(void **state)
{
	char path[120];

	(void)state;
	memset(path, 'd', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(ask(path, ADMIN_STATUS, false), EX_UNAVAILABLE);
	assert_non_null(strstr(out[1], "too long for a socket"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prints_each_reply_where_it_belongs),
		cmocka_unit_test(gives_the_exit_status_of_the_broker),
		cmocka_unit_test(says_that_nothing_runs),
		cmocka_unit_test(says_that_the_broker_hung_up),
		cmocka_unit_test(refuses_malformed_replies),
		cmocka_unit_test(refuses_a_path_that_no_socket_can_have),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
