/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a program so that its whole tree of processes can be counted and
 * ended: bench_group program [argument ...]
 *
 * It adopts and reaps every descendant that loses its parent, so the CPU
 * times of this process, of its dead children and of the living tree add up
 * to all that the program used.  When the program ends, when standard input
 * ends (the caller is gone) or on SIGTERM, the program gets SIGTERM; whatever
 * of the tree is left after the grace time gets SIGKILL.  The program's
 * standard input is /dev/null.
 */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define GRACE_MS 5000
#define POLL_MS 100

static pid_t
parent_of(pid_t pid)
{
	char path[64], text[512], *p;
	int fd, ppid = 0;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return 0;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	/* The name may hold anything, a ')' as well. */
	if ((p = strrchr(text, ')')) != NULL)
		sscanf(p + 1, " %*c %d", &ppid);
	return ppid;
}

static bool
descends(pid_t pid)
{
	for (int depth = 0; pid > 1 && depth < 64; depth++) {
		pid = parent_of(pid);
		if (pid == getpid())
			return true;
	}
	return false;
}

static void
kill_tree(void)
{
	DIR *d = opendir("/proc");
	struct dirent *e;
	pid_t pid;

	while (d != NULL && (e = readdir(d)) != NULL) {
		if (!isdigit((unsigned char)e->d_name[0]))
			continue;
		pid = (pid_t)atoi(e->d_name);
		if (descends(pid))
			kill(pid, SIGKILL);
	}
	if (d != NULL)
		closedir(d);
}

/* True while children are left; notes the program's end. */
static bool
reap(pid_t program, int *status, bool *ended)
{
	pid_t pid;
	int st;

	while ((pid = waitpid(-1, &st, WNOHANG)) > 0) {
		if (pid == program) {
			*status = st;
			*ended = true;
		}
	}
	return pid == 0;
}

static void
run_program(char **argv)
{
	int null = open("/dev/null", O_RDWR);
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	dup2(null, STDIN_FILENO);
	close(null);
	execvp(argv[0], argv);
	perror(argv[0]);
	_exit(127);
}

/* Until the program ended or must end. */
static void
watch(int signals, pid_t program, int *status, bool *ended)
{
	struct pollfd p[2] = { { .fd = signals, .events = POLLIN },
		{ .fd = STDIN_FILENO, .events = POLLIN } };
	struct signalfd_siginfo si;
	char byte;

	while (!*ended) {
		poll(p, 2, -1);
		if (p[1].revents != 0 && read(STDIN_FILENO, &byte, 1) <= 0)
			return;
		if (!(p[0].revents & POLLIN))
			continue;
		if (read(signals, &si, sizeof(si)) != sizeof(si))
			return;
		if (si.ssi_signo != SIGCHLD)
			return;
		reap(program, status, ended);
	}
}

static void
end_all(int signals, pid_t program, int *status, bool *ended)
{
	struct pollfd p = { .fd = signals, .events = POLLIN };
	struct signalfd_siginfo si;

	if (!*ended)
		kill(program, SIGTERM);
	for (int ms = 0; ms < GRACE_MS; ms += POLL_MS) {
		if (!reap(program, status, ended))
			return;
		if (poll(&p, 1, POLL_MS) == 1)
			(void)!read(signals, &si, sizeof(si));
	}
	while (reap(program, status, ended)) {
		kill_tree();
		poll(NULL, 0, POLL_MS);
	}
}

int
main(int argc, char **argv)
{
	int signals, status = 0;
	bool ended = false;
	sigset_t set;
	pid_t program;

	if (argc < 2) {
		fputs("usage: bench_group program [argument ...]\n", stderr);
		return 64;
	}
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signals = signalfd(-1, &set, SFD_CLOEXEC);
	if ((program = fork()) == 0)
		run_program(argv + 1);
	watch(signals, program, &status, &ended);
	end_all(signals, program, &status, &ended);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
