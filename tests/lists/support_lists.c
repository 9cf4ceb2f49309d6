/* SPDX-License-Identifier: Apache-2.0 */
#include "support_lists.h"

#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"

/* The program beside build/VARIANT/tests/lists. */
static void
program_path(char ret[PATH_MAX])
{
	char self[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);

	assert_true(len > 0);
	self[len] = '\0';
	snprintf(ret, PATH_MAX, "%s/../../countersign-lists", dirname(self));
}

void
lists_process_start(struct lists_process *p)
{
	char program[PATH_MAX];
	int ends[2];

	memset(p, 0, sizeof(*p));
	p->server = -1;
	program_path(program);
	assert_int_equal(channel_pair(ends, true), 0);
	p->pid = fork();
	assert_int_not_equal(p->pid, -1);
	if (p->pid == 0) {
		int end = fcntl(ends[1], F_DUPFD, 10);

		if (end == -1 || dup2(end, 3) == -1)
			_exit(126);
		closefrom(4);
		execl(program, "countersign-lists", (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	p->broker = ends[0];
}

void
lists_process_drop(struct lists_process *p)
{
	if (p->broker != -1)
		close(p->broker);
	if (p->server != -1)
		close(p->server);
	if (p->pid > 0)
		lists_process_wait(p);
}

int
lists_process_server(struct lists_process *p)
{
	static uint8_t space[CHANNEL_MAX];
	struct reader r;
	size_t count = 0;
	int fd;

	assert_int_equal(channel_wait(p->broker, LISTS_DEADLINE_MS), 1);
	assert_int_equal(
	    channel_recv_fds(p->broker, space, &r, &fd, 1, &count), CHANNEL_OK);
	assert_int_equal(wire_get_type(&r), WIRE_LISTS_SERVER);
	assert_true(bare_get(&r));
	assert_int_equal(count, 1);
	if (p->server != -1)
		close(p->server);
	p->server = fd;
	return fd;
}

pid_t
lists_process_child(const struct lists_process *p)
{
	char path[64], text[32] = "";
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)p->pid,
	    (int)p->pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_int_not_equal(fd, -1);
	assert_true(read(fd, text, sizeof(text) - 1) > 0);
	close(fd);
	return (pid_t)strtol(text, NULL, 10);
}

int
lists_process_wait(struct lists_process *p)
{
	uint64_t until = clock_mono_us() + LISTS_DEADLINE_MS * UINT64_C(1000);
	int status;

	while (waitpid(p->pid, &status, WNOHANG) == 0) {
		if (clock_mono_us() > until) {
			kill(p->pid, SIGKILL);
			waitpid(p->pid, &status, 0);
			p->pid = 0;
			fail_msg("countersign-lists does not end");
		}
		poll(NULL, 0, 5);
	}
	p->pid = 0;
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

void
lists_process_send(int server, const struct lists_query *query)
{
	static uint8_t space[CHANNEL_MAX];
	struct writer w;

	writer_init(&w, space, sizeof(space));
	lists_query_put(&w, query);
	assert_true(writer_ok(&w));
	assert_int_equal(channel_send(server, space, w.used), CHANNEL_OK);
}

void
lists_process_answer(struct lists_process *p, int server)
{
	static uint8_t space[CHANNEL_MAX];
	struct reader r;

	assert_int_equal(channel_wait(server, LISTS_DEADLINE_MS), 1);
	assert_int_equal(channel_recv(server, space, &r), CHANNEL_OK);
	assert_int_equal(wire_get_type(&r), WIRE_LISTS_ANSWER);
	assert_true(lists_answer_get(&r, &p->answer));
}

void
lists_process_ask_file(struct lists_process *p, int server, const char *path)
{
	static struct lists_query query;

	memset(&query, 0, sizeof(query));
	query.id = ++p->id;
	query.kind = LIST_FILE;
	assert_true(list_words_add(&query.words, path));
	query.count = 1;
	query.digests[0].len = 32;
	memset(query.digests[0].bytes, 0xab, 32);
	lists_process_send(server, &query);
	lists_process_answer(p, server);
	assert_int_equal(p->answer.id, query.id);
	assert_int_equal(p->answer.count, 1);
}
