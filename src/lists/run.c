/* SPDX-License-Identifier: Apache-2.0 */
#include "lists/run.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "lists/jail.h"

/* Above every number that a command sees. */
#define PARKED 16

struct pipes {
	int out[2], err[2], trouble[2];
};

static void
close_end(int *fd)
{
	if (*fd != -1)
		close(*fd);
	*fd = -1;
}

static int
say(char ret[MESSAGE_SIZE], const char *path, const char *what)
{
	char plain[256];

	text_escape(path, strlen(path), plain, sizeof(plain));
	snprintf(ret, MESSAGE_SIZE, "the command %s: %s", plain, what);
	return -1;
}

/* May it be run at all? */
static int
check(const char *path, char ret[MESSAGE_SIZE])
{
	struct stat st;

	if (stat(path, &st) == -1)
		return say(ret, path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return say(ret, path, "is not a regular file");
	if (st.st_uid != 0 && st.st_uid != geteuid())
		return say(ret, path,
		    "must belong to root or to the user that runs it");
	if ((st.st_mode & 022) != 0)
		return say(ret, path,
		    "must not be writable by group or others (chmod go-w)");
	return 0;
}

/* In the child only: no way back. */
static void __attribute__((noreturn))
give_up(int trouble, int error, const char *what)
{
	struct run_trouble t = { .error = error };

	text_copy(t.what, sizeof(t.what), what);
	while (write(trouble, &t, sizeof(t)) == -1 && errno == EINTR)
		continue;
	_exit(127);
}

static int
limit(int resource, rlim_t value)
{
	const struct rlimit rl = { value, value };

	return setrlimit((__rlimit_resource_t)resource, &rl);
}

static int
settle_limits(uint32_t timeout_ms, bool alone)
{
	if (limit(RLIMIT_CPU, timeout_ms / 1000 + 1) == -1 ||
	    limit(RLIMIT_AS, RUN_MEMORY) == -1 || limit(RLIMIT_FSIZE, 0) == -1)
		return -1;
	return alone ? limit(RLIMIT_NPROC, RUN_PROCESSES) : 0;
}

/* Ours are blocked or ignored, which a command would inherit. */
static int
settle_signals(pid_t parent)
{
	sigset_t none;

	for (int s = 1; s < NSIG; s++)
		signal(s, SIG_DFL);
	sigemptyset(&none);
	if (sigprocmask(SIG_SETMASK, &none, NULL) == -1 || setsid() == -1 ||
	    prctl(PR_SET_PDEATHSIG, SIGKILL) == -1)
		return -1;
	/* It may have died before we asked. */
	return getppid() == parent ? 0 : -1;
}

static int
settle_fds(const struct pipes *p, int *trouble)
{
	int in = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int out = fcntl(p->out[1], F_DUPFD_CLOEXEC, PARKED);
	int err = fcntl(p->err[1], F_DUPFD_CLOEXEC, PARKED);

	*trouble = fcntl(p->trouble[1], F_DUPFD_CLOEXEC, PARKED);
	if (in == -1 || out == -1 || err == -1 || *trouble == -1 ||
	    (in = fcntl(in, F_DUPFD_CLOEXEC, PARKED)) == -1 ||
	    dup2(in, STDIN_FILENO) == -1 || dup2(out, STDOUT_FILENO) == -1 ||
	    dup2(err, STDERR_FILENO) == -1)
		return -1;
	return close_range(STDERR_FILENO + 1, ~0u, CLOSE_RANGE_CLOEXEC);
}

static void __attribute__((noreturn)) become(const struct lists_query *query,
    bool alone, const struct pipes *p, pid_t parent)
{
	static char path[] = "PATH=/usr/bin:/bin", locale[] = "LC_ALL=C";
	char *envp[] = { path, locale, NULL }, *argv[LISTS_WORDS + 1];
	int trouble = p->trouble[1];
	char what[128];

	for (uint16_t i = 0; i < query->words.count; i++)
		/* exec does not write to its words. */
		argv[i] = (char *)(uintptr_t)list_words_at(&query->words, i);
	argv[query->words.count] = NULL;
	if (settle_signals(parent) == -1 || settle_fds(p, &trouble) == -1 ||
	    settle_limits(query->timeout_ms, alone) == -1 || chdir("/") == -1)
		give_up(trouble, errno, "before it was run");
	if (jail_command_enter(query->network, what) == -1)
		give_up(trouble, 0, what);
	execve(argv[0], argv, envp);
	give_up(trouble, errno, "cannot be run");
}

static int
make_pipes(struct pipes *ret)
{
	*ret = (struct pipes){ { -1, -1 }, { -1, -1 }, { -1, -1 } };
	if (pipe2(ret->out, O_CLOEXEC) == -1 ||
	    pipe2(ret->err, O_CLOEXEC) == -1 ||
	    pipe2(ret->trouble, O_CLOEXEC) == -1)
		return -1;
	/* Ours; the command's ends stay as programs know them. */
	return fcntl(ret->out[0], F_SETFL, O_NONBLOCK) == -1 ||
		fcntl(ret->err[0], F_SETFL, O_NONBLOCK) == -1 ||
		fcntl(ret->trouble[0], F_SETFL, O_NONBLOCK) == -1 ?
	    -1 :
	    0;
}

int
run_start(const struct lists_query *query, bool alone, struct run *ret,
    char ret_text[MESSAGE_SIZE])
{
	const char *path = list_words_at(&query->words, 0);
	pid_t parent = getpid(), pid = -1;
	struct pipes p;

	if (check(path, ret_text) == -1)
		return -1;
	if (make_pipes(&p) == -1 || (pid = fork()) == -1)
		say(ret_text, path, strerror(errno));
	if (pid == 0)
		become(query, alone, &p, parent);
	if (pid != -1) {
		*ret = (struct run){ pid, p.out[0], p.err[0], p.trouble[0] };
		p.out[0] = p.err[0] = p.trouble[0] = -1;
	}
	for (int i = 0; i < 2; i++) {
		close_end(&p.out[i]);
		close_end(&p.err[i]);
		close_end(&p.trouble[i]);
	}
	return pid != -1 ? 0 : -1;
}

bool
run_failed(const struct run *run, char ret_text[MESSAGE_SIZE])
{
	struct run_trouble t;

	if (read(run->trouble, &t, sizeof(t)) != sizeof(t))
		return false;
	t.what[sizeof(t.what) - 1] = '\0';
	if (t.error != 0)
		snprintf(ret_text, MESSAGE_SIZE, "the command %s: %s", t.what,
		    strerror(t.error));
	else
		snprintf(ret_text, MESSAGE_SIZE, "the command: %s", t.what);
	return true;
}

void
run_kill(const struct run *run)
{
	/* It may not have its group yet. */
	kill(-run->pid, SIGKILL);
	kill(run->pid, SIGKILL);
}

void
run_release(struct run *run)
{
	close_end(&run->out);
	close_end(&run->err);
	close_end(&run->trouble);
}
