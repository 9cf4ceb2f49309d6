/* SPDX-License-Identifier: Apache-2.0 */
#include "token/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/channel.h"
#include "base/log.h"
#include "base/loop.h"
#include "token/children.h"
#include "token/jail.h"
#include "token/setups.h"

struct keeper {
	const struct spawn *spawn;
	struct loop *loop;
	struct setups setups;
	struct children children;
	int signals;
	struct loop_source *sources[2];
};

typedef bool handler(struct keeper *, struct reader *);

/* The broker is told everything or is gone, which ends us soon enough. */
static void
tell(const struct writer *w, const int *fd)
{
	if (!writer_ok(w))
		log_fatal("a message does not fit");
	if (channel_send_fds(KEEPER_BROKER, w->start, w->used, fd,
		fd != NULL ? 1 : 0) == CHANNEL_BROKEN)
		log_fatal("the broker's channel is broken");
}

static void
tell_gone(uint32_t worker, int status)
{
	struct worker_gone gone = { worker, (uint32_t)status };
	uint8_t space[64];
	struct writer w;

	writer_init(&w, space, sizeof(space));
	worker_gone_put(&w, &gone);
	tell(&w, NULL);
}

static void
tell_started(uint32_t worker, pid_t pid, int channel)
{
	struct worker_started started = { worker, (uint32_t)pid };
	uint8_t space[64];
	struct writer w;

	writer_init(&w, space, sizeof(space));
	worker_started_put(&w, &started);
	tell(&w, &channel);
}

/* A worker that cannot be started is one that is gone at once. */
static bool
on_worker_start(struct keeper *k, struct reader *r)
{
	struct worker_start start = { 0 };
	int channel, i;
	pid_t pid;

	if (!worker_start_get(r, &start) ||
	    (i = setups_find(&k->setups, start.token)) == -1 ||
	    children_pid(&k->children, start.worker) != 0)
		return false;
	/* Workers that were killed and do not die are no fault of the broker.
	 */
	if (!children_has_room(&k->children, start.worker)) {
		log_warn("a worker for %s: %d others still exist", start.token,
		    CHILDREN_MAX);
		tell_gone(start.worker, W_EXITCODE(EX_OSERR, 0));
		return true;
	}
	pid = spawn_worker(
	    k->spawn, &k->setups.list[i], k->setups.pins[i], &start, &channel);
	if (pid == -1) {
		log_warn("a worker for %s: %s", start.token, strerror(errno));
		tell_gone(start.worker, W_EXITCODE(EX_OSERR, 0));
		return true;
	}
	children_add(&k->children, start.worker, pid);
	tell_started(start.worker, pid, channel);
	close(channel);
	return true;
}

/* The worker may be gone already, and the word of it on its way. */
static bool
on_worker_kill(struct keeper *k, struct reader *r)
{
	uint32_t number;
	pid_t pid;

	if (!number_get(r, &number))
		return false;
	if ((pid = children_pid(&k->children, number)) != 0)
		kill(pid, SIGKILL);
	return true;
}

/* All that the broker can ask of us. */
static const struct {
	enum wire_type type;
	handler *handle;
} surface[] = {
	{ WIRE_WORKER_START, on_worker_start },
	{ WIRE_WORKER_KILL, on_worker_kill },
};

static bool
dispatch(struct keeper *k, struct reader *r)
{
	enum wire_type type = wire_get_type(r);

	for (size_t i = 0; i < sizeof(surface) / sizeof(surface[0]); i++)
		if (surface[i].type == type)
			return surface[i].handle(k, r);
	return false;
}

static void
on_broker(void *arg, uint32_t events)
{
	static uint8_t message[CHANNEL_MAX];
	struct keeper *k = arg;
	enum channel_status status;
	struct reader r;

	(void)events;
	status = channel_recv(KEEPER_BROKER, message, &r);
	if (status == CHANNEL_AGAIN)
		return;
	if (status == CHANNEL_CLOSED)
		loop_stop(k->loop);
	else if (status != CHANNEL_OK || !dispatch(k, &r))
		log_fatal("the broker broke the protocol");
}

static void
reap(struct keeper *k, int flags, bool say)
{
	uint32_t worker;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, flags)) > 0)
		if (children_remove(&k->children, pid, &worker) && say)
			tell_gone(worker, status);
}

static void
on_child(void *arg, uint32_t events)
{
	struct signalfd_siginfo info;
	struct keeper *k = arg;

	(void)events;
	while (read(k->signals, &info, sizeof(info)) == sizeof(info))
		continue;
	reap(k, WNOHANG, true);
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

static void
end_workers(struct keeper *k)
{
	for (size_t i = 0; i < k->children.count; i++)
		kill(k->children.list[i].pid, SIGKILL);
	reap(k, 0, false);
}

static int
serve(struct keeper *k)
{
	if ((k->loop = loop_new()) == NULL || watch_children(k) == -1)
		return -1;
	k->sources[0] = loop_add(k->loop, k->signals, EPOLLIN, on_child, k);
	k->sources[1] = loop_add(k->loop, KEEPER_BROKER, EPOLLIN, on_broker, k);
	if (k->sources[0] == NULL || k->sources[1] == NULL)
		return -1;
	return loop_run(k->loop);
}

static void
release(struct keeper *k)
{
	loop_remove(k->sources[0]);
	loop_remove(k->sources[1]);
	loop_free(k->loop);
	if (k->signals != -1)
		close(k->signals);
	setups_release(&k->setups);
}

int
keeper_run(const struct spawn *spawn)
{
	struct keeper k = { .spawn = spawn, .signals = -1 };
	char what[128];
	int rv;

	if (jail_keeper(what) == -1) {
		log_warn("%s", what);
		return EX_OSERR;
	}
	/* Our messages are few and must not get lost. */
	fcntl(KEEPER_BROKER, F_SETFL, 0);
	fcntl(KEEPER_BROKER, F_SETFD, FD_CLOEXEC);
	if (setups_read(KEEPER_SETUP, &k.setups) == -1) {
		log_warn("bad token setups");
		return EX_SOFTWARE;
	}
	close(KEEPER_SETUP);
	if ((rv = serve(&k)) == -1) {
		log_warn("the keeper's loop: %s", strerror(errno));
		rv = EX_OSERR;
	}
	end_workers(&k);
	release(&k);
	return rv;
}
