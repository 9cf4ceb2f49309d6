/* SPDX-License-Identifier: Apache-2.0 */
#include "listener/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/jail.h"

/* All our descriptors are moved above the places that they may have to take. */
#define SAFE_FD 16

/* What a sanitizer is told must reach every process of a test. */
static const char *const kept[] = {
	"ASAN_OPTIONS",
	"UBSAN_OPTIONS",
	"LSAN_OPTIONS",
};
#define KEPT (sizeof(kept) / sizeof(kept[0]))

int
spawn_open(const char *name)
{
	char path[PATH_MAX + NAME_MAX + 2];
	ssize_t len = readlink("/proc/self/exe", path, PATH_MAX);
	char *slash;
	int fd = -1;

	if (len > 0) {
		path[len] = '\0';
		slash = strrchr(path, '/');
		snprintf(slash + 1, NAME_MAX, "%s", name);
		fd = open(path, O_PATH | O_CLOEXEC);
	}
	if (fd == -1) {
		snprintf(path, sizeof(path), "%s/%s", CS_LIBEXECDIR, name);
		fd = open(path, O_PATH | O_CLOEXEC);
	}
	return fd;
}

/* Called in the child only: no way back. */
static void __attribute__((noreturn)) fail(const char *name, const char *what)
{
	dprintf(STDERR_FILENO, "countersignd: starting %s: %s: %s\n", name,
	    what, strerror(errno));
	_exit(EX_OSERR);
}

static void
settle_signals(void)
{
	static const int ours[] = { SIGINT, SIGTERM, SIGHUP };
	sigset_t none;

	for (int s = 1; s < NSIG; s++)
		signal(s, SIG_DFL);
	/* A signal to our whole group is for countersignd alone. */
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		signal(ours[i], SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setpgid(0, 0);
}

/* Moves everything to its number; returns the program's descriptor or -1. */
static int
settle_fds(const struct spawn *s)
{
	int null, program, err, fds[SPAWN_FDS];

	if ((null = open("/dev/null", O_RDWR | O_CLOEXEC)) == -1 ||
	    (null = fcntl(null, F_DUPFD_CLOEXEC, SAFE_FD)) == -1 ||
	    (program = fcntl(s->program, F_DUPFD_CLOEXEC, SAFE_FD)) == -1 ||
	    (err = fcntl(s->err, F_DUPFD_CLOEXEC, SAFE_FD)) == -1)
		return -1;
	for (int i = 0; i < SPAWN_FDS; i++) {
		fds[i] = -1;
		if (s->fds[i] != -1 &&
		    (fds[i] = fcntl(s->fds[i], F_DUPFD_CLOEXEC, SAFE_FD)) == -1)
			return -1;
	}
	if (dup2(null, STDIN_FILENO) == -1 || dup2(null, STDOUT_FILENO) == -1 ||
	    dup2(err, STDERR_FILENO) == -1)
		return -1;
	for (int i = 0; i < SPAWN_FDS; i++) {
		if (fds[i] == -1)
			close(SPAWN_FIRST_FD + i);
		else if (dup2(fds[i], SPAWN_FIRST_FD + i) == -1)
			return -1;
	}
	if (close_range(SPAWN_FIRST_FD + SPAWN_FDS, ~0u, CLOSE_RANGE_CLOEXEC) ==
	    -1)
		return -1;
	return program;
}

/* The whole environment: a path, and what a sanitizer was told. */
static void
settle_environment(char space[KEPT][1024], char *ret[KEPT + 2])
{
	static char path[] = "PATH=/usr/bin:/bin";
	size_t n = 0;

	ret[n++] = path;
	for (size_t i = 0; i < KEPT; i++) {
		const char *value = getenv(kept[i]);

		if (value == NULL)
			continue;
		snprintf(space[i], sizeof(space[i]), "%s=%s", kept[i], value);
		ret[n++] = space[i];
	}
	ret[n] = NULL;
}

static void __attribute__((noreturn)) become(const struct spawn *s)
{
	char space[KEPT][1024], *environment[KEPT + 2];
	int program;

	settle_signals();
	settle_environment(space, environment);
	if ((program = settle_fds(s)) == -1)
		fail(s->argv[0], "descriptors");
	if (s->user != NULL && jail_become(s->user) == -1)
		fail(s->argv[0], s->user);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		fail(s->argv[0], "no_new_privs");
	if (chdir("/") == -1)
		fail(s->argv[0], "cannot enter /");
	fexecve(program, s->argv, environment);
	fail(s->argv[0], "exec");
}

int
spawn_start(const struct spawn *s, pid_t *ret)
{
	pid_t pid = fork();

	if (pid == -1)
		return -1;
	if (pid == 0)
		become(s);
	*ret = pid;
	return 0;
}
