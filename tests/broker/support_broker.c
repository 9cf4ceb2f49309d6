/* SPDX-License-Identifier: Apache-2.0 */
#include "support_ends.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <libgen.h>
#include <limits.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/text.h"

void
ends_put(const struct ends *e, const char *file, const char *text)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", e->dir, file);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static void
make_dir(const struct ends *e, const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", e->dir, name);
	assert_int_equal(mkdir(path, 0755), 0);
}

void
ends_make(struct ends *e)
{
	static const char *const folders[] = { "tokens.d", "keys.d",
		"profiles.d", "authorized_keys.d", "state", "run", "log" };

	memset(e, 0, sizeof(*e));
	e->listener = e->keeper = e->lists = e->server = -1;
	strcpy(e->dir, "/tmp/countersign-broker.XXXXXX");
	umask(022);
	assert_non_null(mkdtemp(e->dir));
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		make_dir(e, folders[i]);
	ends_put(e, "countersign.conf",
	    "[server]\nlisten = 127.0.0.1:0\nhost-key = key\n"
	    "state-dir = state\nrun-dir = run\n"
	    "[limits]\nchannels = 8\ndrain-timeout = 2s\n"
	    "[audit]\nfile = log/audit.log\n");
	ends_put(e, "tokens.d/t.conf",
	    "[token t]\nmodule = /lib/m.so\ntoken = t\npin-file = pin\n"
	    "workers = 2\ntimeout = 1s\n");
	ends_put(e, "keys.d/k.conf",
	    "[key release]\ntoken = t\nobject = pkcs11:object=release\n"
	    "use = raw\n"
	    "[key other]\ntoken = t\nobject = pkcs11:object=other\n"
	    "use = raw\n");
	ends_put(e, "profiles.d/p.conf",
	    "[profile ci]\nkeys = release\nformats = raw\n"
	    "names = ok*\ndefault = sign -k release -f raw\n");
	ends_put(e, "authorized_keys.d/a",
	    "profile=\"ci\" ssh-ed25519 " TEST_CLIENT " build01\n");
}

/* The program beside build/VARIANT/tests/broker. */
static void
program_path(char ret[PATH_MAX])
{
	char self[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);

	assert_true(len > 0);
	self[len] = '\0';
	snprintf(ret, PATH_MAX, "%s/../../countersign-broker", dirname(self));
}

static void
exec_broker(const struct ends *e, const char *program, const int fds[3])
{
	int from[3];

	for (int i = 0; i < 3; i++)
		if ((from[i] = fcntl(fds[i], F_DUPFD, 10)) == -1)
			_exit(126);
	for (int i = 0; i < 3; i++)
		if (dup2(from[i], 3 + i) == -1)
			_exit(126);
	closefrom(6);
	execl(program, "countersign-broker", "-C", e->dir, (char *)NULL);
	_exit(127);
}

void
ends_lists_server(struct ends *e)
{
	struct writer w = ends_writer(e);
	int ends[2];

	assert_int_equal(channel_pair(ends, true), 0);
	bare_put(&w, WIRE_LISTS_SERVER);
	assert_int_equal(
	    channel_send_fds(e->lists, w.start, w.used, &ends[1], 1),
	    CHANNEL_OK);
	close(ends[1]);
	if (e->server != -1)
		close(e->server);
	e->server = ends[0];
}

void
ends_start(struct ends *e)
{
	char program[PATH_MAX];
	int listener[2], keeper[2], lists[2];

	program_path(program);
	assert_int_equal(channel_pair(listener, true), 0);
	assert_int_equal(channel_pair(keeper, true), 0);
	assert_int_equal(channel_pair(lists, true), 0);
	e->pid = fork();
	assert_int_not_equal(e->pid, -1);
	if (e->pid == 0)
		exec_broker(
		    e, program, (int[]){ listener[1], keeper[1], lists[1] });
	close(listener[1]);
	close(keeper[1]);
	close(lists[1]);
	e->lists = lists[0];
	ends_lists_server(e);
	e->listener = listener[0];
	e->keeper = keeper[0];
}

static uint64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void
pause_briefly(void)
{
	poll(NULL, 0, 5);
}

int
ends_wait(struct ends *e)
{
	uint64_t until = now_ms() + DEADLINE_MS;
	int status;

	while (waitpid(e->pid, &status, WNOHANG) == 0) {
		if (now_ms() > until) {
			kill(e->pid, SIGKILL);
			waitpid(e->pid, &status, 0);
			e->pid = 0;
			fail_msg("the broker does not end");
		}
		pause_briefly();
	}
	e->pid = 0;
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void
ends_drop(struct ends *e)
{
	if (e->listener != -1)
		close(e->listener);
	if (e->keeper != -1)
		close(e->keeper);
	if (e->lists != -1)
		close(e->lists);
	if (e->server != -1)
		close(e->server);
	if (e->pid > 0) {
		kill(e->pid, SIGKILL);
		waitpid(e->pid, NULL, 0);
	}
	nftw(e->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

char *
ends_records(const struct ends *e)
{
	struct verifier verifier;
	struct text_error error;
	char path[PATH_MAX], *text, *end;
	struct stat st;
	int fd;

	snprintf(path, sizeof(path), "%s/log/audit.log", e->dir);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_int_not_equal(fd, -1);
	assert_int_equal(fstat(fd, &st), 0);
	text = calloc(1, (size_t)st.st_size + 1);
	assert_non_null(text);
	assert_int_equal(read(fd, text, (size_t)st.st_size), st.st_size);
	close(fd);
	verifier_init(&verifier, true);
	for (char *line = text; *line != '\0'; line = end + 1) {
		if ((end = strchr(line, '\n')) == NULL)
			break;
		if (verify_line(
			&verifier, line, (size_t)(end - line), &error) == -1)
			fail_msg("%s", error.what);
	}
	return text;
}

const char *
ends_record(const char *records, const char *event, const char *what)
{
	char word[64];
	const char *line = records;

	snprintf(word, sizeof(word), " %s [", event);
	for (; line != NULL && *line != '\0'; line = strchr(line, '\n') + 1) {
		const char *end = strchr(line, '\n');
		const char *is = strstr(line, word), *has = strstr(line, what);

		if (end == NULL)
			break;
		if (is != NULL && is < end && has != NULL && has < end)
			return line;
	}
	return NULL;
}

void
ends_await_record(const struct ends *e, const char *event, const char *what)
{
	uint64_t until = now_ms() + DEADLINE_MS;

	for (;;) {
		char *records = ends_records(e);
		bool found = ends_record(records, event, what) != NULL;

		free(records);
		if (found)
			return;
		if (now_ms() > until)
			fail_msg("no record %s with %s", event, what);
		pause_briefly();
	}
}
