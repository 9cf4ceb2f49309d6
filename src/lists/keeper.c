/* SPDX-License-Identifier: Apache-2.0 */
#include "lists/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/channel.h"
#include "base/clock.h"
#include "base/log.h"
#include "lists/jail.h"
#include "lists/server.h"
#include "wire/control.h"

/* One server after another begins at most so often. */
#define PAUSE_US 1000000u
/* What a server gets to end by itself. */
#define GO_US 2000000u

struct keeper {
	int signals;
	bool alone; /* nobody else has our user */
	bool ending;
	pid_t server; /* 0: none */
	uint64_t next_us; /* no other before */
};

/* The child: it never comes back. */
static void __attribute__((noreturn)) become(const struct keeper *k, int fd)
{
	close(k->signals);
	close(KEEPER_BROKER);
	_exit(server_run(fd, k->alone));
}

static int
tell_broker(int fd)
{
	uint8_t space[8];
	struct writer w;

	writer_init(&w, space, sizeof(space));
	bare_put(&w, WIRE_LISTS_SERVER);
	return channel_send_fds(KEEPER_BROKER, w.start, w.used, &fd, 1) ==
		CHANNEL_OK ?
	    0 :
	    -1;
}

/* A failure is tried again after the pause. */
static void
start(struct keeper *k)
{
	int ends[2];
	pid_t pid;

	k->next_us = clock_mono_us() + PAUSE_US;
	if (channel_pair(ends, false) == -1) {
		log_warn("a channel: %s", strerror(errno));
		return;
	}
	if ((pid = fork()) == 0) {
		close(ends[0]);
		become(k, ends[1]);
	}
	close(ends[1]);
	if (pid == -1)
		log_warn("fork: %s", strerror(errno));
	else
		k->server = pid;
	if (pid != -1 && tell_broker(ends[0]) == -1)
		log_debug("the broker takes no more channels");
	close(ends[0]);
}

static void
say_how(int status)
{
	if (WIFSIGNALED(status))
		log_warn("the server of the lists was killed by signal %d",
		    WTERMSIG(status));
	else
		log_warn("the server of the lists ended with status %d",
		    WEXITSTATUS(status));
}

/*
 * A command whose server died comes to us.  It leads its group, and no other
 * process can have its number until it is reaped.
 */
static void
end_group(pid_t pid)
{
	kill(-pid, SIGKILL);
	waitpid(pid, NULL, WNOHANG);
}

static void
reap(struct keeper *k)
{
	struct signalfd_siginfo info;
	int status;

	while (read(k->signals, &info, sizeof(info)) == sizeof(info))
		continue;
	for (;;) {
		siginfo_t child = { .si_pid = 0 };

		if (waitid(P_ALL, 0, &child, WEXITED | WNOHANG | WNOWAIT) ==
			-1 ||
		    child.si_pid == 0)
			return;
		if (child.si_pid != k->server) {
			end_group(child.si_pid);
			continue;
		}
		waitpid(k->server, &status, WNOHANG);
		k->server = 0;
		if (!k->ending || status != 0)
			say_how(status);
	}
}

/* Until when poll may sleep: -1 without an end. */
static int
pause_ms(const struct keeper *k)
{
	uint64_t now = clock_mono_us();

	if (k->server != 0)
		return -1;
	return now >= k->next_us ? 0 : (int)((k->next_us - now) / 1000) + 1;
}

/*
 * The broker wants another server, whatever this one does: one that hangs in
 * the kernel is reaped when it can be.
 */
static void
drop_server(struct keeper *k)
{
	log_warn("the server of the lists is ended: the broker dropped it");
	if (k->server != 0)
		kill(k->server, SIGKILL);
	k->server = 0;
}

/* False: it is over, with this status. */
static bool
hear_broker(struct keeper *k, int *ret_status)
{
	static uint8_t message[CHANNEL_MAX];
	struct reader r;

	*ret_status = EXIT_SUCCESS;
	switch (channel_recv(KEEPER_BROKER, message, &r)) {
	case CHANNEL_AGAIN:
		return true;
	case CHANNEL_CLOSED:
		return false;
	case CHANNEL_OK:
		if (wire_get_type(&r) != WIRE_LISTS_DROP || !bare_get(&r))
			break;
		drop_server(k);
		return true;
	case CHANNEL_BROKEN:
		break;
	}
	log_warn("the broker said what it may not say");
	*ret_status = EX_SOFTWARE;
	return false;
}

/* Until the broker hangs up: the exit status. */
static int
serve(struct keeper *k)
{
	struct pollfd want[] = {
		{ .fd = k->signals, .events = POLLIN },
		{ .fd = KEEPER_BROKER, .events = POLLIN },
	};
	int status;

	for (;;) {
		if (k->server == 0 && pause_ms(k) == 0)
			start(k);
		if (poll(want, 2, pause_ms(k)) == -1 && errno != EINTR)
			return EX_OSERR;
		if (want[1].revents != 0 && !hear_broker(k, &status))
			return status;
		if (want[0].revents != 0)
			reap(k);
	}
}

static int
watch_children(struct keeper *k)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &set, NULL) == -1)
		return -1;
	k->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return k->signals == -1 ? -1 : 0;
}

/*
 * Its channel is the broker's, who is gone: it ends its commands and then
 * itself.  One that does not is ended.
 */
static void
end_server(struct keeper *k)
{
	struct pollfd want = { .fd = k->signals, .events = POLLIN };
	uint64_t until = clock_mono_us() + GO_US, now;

	while (k->server != 0 && (now = clock_mono_us()) < until)
		if (poll(&want, 1, (int)((until - now) / 1000) + 1) == 1)
			reap(k);
	if (k->server == 0)
		return;
	kill(k->server, SIGKILL);
	waitpid(k->server, NULL, 0);
}

/* Was the channel made by another user (root) than we are? */
static bool
is_alone(void)
{
	uid_t uid;
	pid_t pid;

	return channel_peer(KEEPER_BROKER, &uid, &pid) == 0 && uid != getuid();
}

int
keeper_run(void)
{
	struct keeper k = { .signals = -1, .alone = is_alone() };
	char what[128];
	int rv;

	if (jail_lists(what) == -1) {
		log_warn("%s", what);
		return EX_OSERR;
	}
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	fcntl(KEEPER_BROKER, F_SETFL, 0);
	fcntl(KEEPER_BROKER, F_SETFD, FD_CLOEXEC);
	if (watch_children(&k) == -1) {
		log_warn("signalfd: %s", strerror(errno));
		return EX_OSERR;
	}
	rv = serve(&k);
	k.ending = true;
	end_server(&k);
	close(k.signals);
	return rv;
}
