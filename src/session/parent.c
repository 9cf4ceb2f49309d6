/* SPDX-License-Identifier: Apache-2.0 */
#include "session/parent.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/channel.h"
#include "base/clock.h"
#include "base/log.h"
#include "session/connection.h"
#include "session/jail.h"
#include "session/server.h"
#include "wire/control.h"

/* What sessions get to go by themselves at the end. */
#define GO_US 3000000u
#define KILLED_US 1000000u

struct child {
	pid_t pid; /* 0: it ended */
	uint64_t connection;
	uint32_t status;
};

struct parent {
	int listener;
	int signals;
	ssh_bind bind;
	const struct jail_filter *filter;
	struct child *children;
	size_t count;
	size_t size;
	size_t ended; /* whose end the listener does not know yet */
	uint8_t in[CHANNEL_MAX];
};

/* The one connection of a child.  The parent never touches it. */
static struct connection connection;

static bool
add_child(struct parent *p, pid_t pid, uint64_t number, uint32_t status)
{
	if (p->count == p->size) {
		size_t size = p->size != 0 ? p->size * 2 : 64;
		struct child *more =
		    reallocarray(p->children, size, sizeof(*more));

		if (more == NULL)
			return false;
		p->children = more;
		p->size = size;
	}
	p->children[p->count++] = (struct child){
		.pid = pid,
		.connection = number,
		.status = status,
	};
	p->ended += pid == 0;
	return true;
}

/* The jail before the first byte: nothing was read from the peer so far. */
static int
serve(
    const struct parent *p, const int fds[2], const struct session_start *start)
{
	ssh_session ssh;
	char what[128];
	int again;

	close(p->listener);
	close(p->signals);
	if ((again = dup(fds[0])) == -1 ||
	    (ssh = server_accept(p->bind, fds[0], start, what)) == NULL) {
		log_warn("a session could not start: %s",
		    again == -1 ? strerror(errno) : what);
		return 1;
	}
	if (jail_enter(&session_jail, p->filter, NULL, 0, NULL, what) == -1) {
		log_warn("a session has no jail: %s", what);
		return 1;
	}
	return connection_serve(&connection, ssh, again, fds[1], start) == 0 ?
	    0 :
	    1;
}

static void
start_session(
    struct parent *p, const int fds[2], const struct session_start *start)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(serve(p, fds, start));
	close(fds[0]);
	close(fds[1]);
	if (pid == -1)
		log_warn("no process for a session: %s", strerror(errno));
	if (!add_child(p, pid == -1 ? 0 : pid, start->connection, 1))
		log_fatal("out of memory");
}

/* False: the listener is gone, or said something it must not. */
static bool
on_listener(struct parent *p)
{
	struct session_start start;
	struct reader r;
	int fds[2];
	size_t nfds;

	switch (channel_recv_fds(p->listener, p->in, &r, fds, 2, &nfds)) {
	case CHANNEL_OK:
		break;
	case CHANNEL_AGAIN:
		return true;
	case CHANNEL_CLOSED:
	case CHANNEL_BROKEN:
		return false;
	}
	if (wire_get_type(&r) != WIRE_SESSION_START || nfds != 2 ||
	    !session_start_get(&r, &start)) {
		log_warn("the listener broke a rule");
		return false;
	}
	start_session(p, fds, &start);
	return true;
}

static void
on_signal(struct parent *p)
{
	struct signalfd_siginfo info;
	int status;
	pid_t pid;

	while (read(p->signals, &info, sizeof(info)) > 0)
		;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (size_t i = 0; i < p->count; i++)
			if (p->children[i].pid == pid) {
				p->children[i].pid = 0;
				p->children[i].status = (uint32_t)status;
				p->ended++;
			}
}

/* False: the listener is gone.  What does not fit now is told later. */
static bool
tell_ended(struct parent *p)
{
	for (size_t i = p->count; i-- > 0 && p->ended > 0;) {
		struct child *child = &p->children[i];
		struct session_gone gone = { child->connection, child->status };
		enum channel_status sent;
		uint8_t space[64];
		struct writer w;

		if (child->pid != 0)
			continue;
		writer_init(&w, space, sizeof(space));
		session_gone_put(&w, &gone);
		sent = channel_send(p->listener, space, w.used);
		if (sent != CHANNEL_OK)
			return sent == CHANNEL_AGAIN;
		*child = p->children[--p->count];
		p->ended--;
	}
	return true;
}

static int
watch_children(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &set, NULL) == -1)
		return -1;
	return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

static bool
tell_ready(const struct parent *p)
{
	uint8_t space[16];
	struct writer w;

	writer_init(&w, space, sizeof(space));
	bare_put(&w, WIRE_PARENT_READY);
	return channel_send(p->listener, space, w.used) == CHANNEL_OK;
}

static void
loop(struct parent *p)
{
	struct pollfd want[2] = {
		{ .fd = p->listener, .events = POLLIN },
		{ .fd = p->signals, .events = POLLIN },
	};

	for (;;) {
		want[0].events = (short)(POLLIN | (p->ended > 0 ? POLLOUT : 0));
		if (poll(want, 2, -1) == -1) {
			if (errno == EINTR)
				continue;
			log_fatal("poll: %s", strerror(errno));
		}
		if ((want[0].revents & ~POLLOUT) != 0 && !on_listener(p))
			return;
		if (want[1].revents != 0)
			on_signal(p);
		if (!tell_ended(p))
			return;
	}
}

/* Until all have ended, or for so long. */
static void
await_children(struct parent *p, uint64_t us)
{
	struct pollfd want = { .fd = p->signals, .events = POLLIN };
	uint64_t until = clock_mono_us() + us, now;

	on_signal(p);
	while (p->ended < p->count && (now = clock_mono_us()) < until) {
		poll(&want, 1, (int)((until - now) / 1000) + 1);
		on_signal(p);
	}
}

/*
 * Sessions end with their channels to the broker.  One that was taken over
 * need not, and must not outlive the service.
 */
static void
end_children(struct parent *p)
{
	await_children(p, GO_US);
	for (size_t i = 0; i < p->count; i++)
		if (p->children[i].pid != 0)
			kill(p->children[i].pid, SIGKILL);
	await_children(p, KILLED_US);
}

int
parent_run(int listener, ssh_bind bind, const struct jail_filter *filter)
{
	static struct parent parent;

	parent.listener = listener;
	parent.bind = bind;
	parent.filter = filter;
	if ((parent.signals = watch_children()) == -1) {
		log_warn("signals: %s", strerror(errno));
		return 1;
	}
	if (tell_ready(&parent))
		loop(&parent);
	end_children(&parent);
	free(parent.children);
	return 0;
}
