/* SPDX-License-Identifier: Apache-2.0 */
#include "listener/start.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/channel.h"
#include "base/jail.h"
#include "base/log.h"
#include "conf/load.h"
#include "listener/jail.h"
#include "listener/launch.h"
#include "listener/notify.h"

/* What the processes get to go after their channels were closed. */
#define GO_MS 5000

static int
tell(struct text_error *error)
{
	if (error->file[0] != '\0')
		log_warn("%s: %s", error->file, error->what);
	else
		log_warn("%s", error->what);
	return -1;
}

static void
say_who(void)
{
	const struct passwd *us = getpwuid(geteuid());

	if (geteuid() == 0)
		return;
	log_info("not started as root: all processes run as %s; they are "
		 "separate, their users are not",
	    us != NULL ? us->pw_name : "one user");
}

/* Everything that countersignd is told, as one descriptor. */
static int
open_signals(void)
{
	static const int ours[] = { SIGINT, SIGTERM, SIGHUP, SIGCHLD };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		sigaddset(&set, ours[i]);
	signal(SIGPIPE, SIG_IGN);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

/* A child that ends, or a word to stop, while we wait: -1. */
static int
check_signals(struct listener *l)
{
	struct signalfd_siginfo info;
	enum child child;
	char how[64];
	int status;

	while (read(l->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGINT || info.ssi_signo == SIGTERM) {
			log_info("stopped before it was ready");
			return -1;
		}
	}
	if (!children_reap(&l->children, &child, &status))
		return 0;
	child_status_text(status, how, sizeof(how));
	log_warn("%s %s", child_program(child), how);
	return -1;
}

/* 1: it is ready, 0: no word yet, -1: it will not be. */
static int
check_ready(int channel, enum wire_type expected)
{
	static uint8_t buf[CHANNEL_MAX];
	struct reader r;

	switch (channel_recv(channel, buf, &r)) {
	case CHANNEL_OK:
		break;
	case CHANNEL_AGAIN:
	case CHANNEL_CLOSED:
		return 0;
	case CHANNEL_BROKEN:
		return -1;
	}
	return wire_get_type(&r) == expected && bare_get(&r) ? 1 : -1;
}

/* Its channel is closed, so it is about to end: SIGCHLD says how. */
static int
hung_up(struct listener *l)
{
	if (channel_wait(l->signals, GO_MS) != 1 || check_signals(l) == 0)
		log_warn("a process closed its channel");
	return -1;
}

static int
wait_ready(struct listener *l)
{
	struct pollfd want[] = {
		{ .fd = l->signals, .events = POLLIN },
		{ .fd = l->broker, .events = POLLIN },
		{ .fd = l->parent, .events = POLLIN },
	};
	static const enum wire_type expected[] = { WIRE_NONE, WIRE_BROKER_READY,
		WIRE_PARENT_READY };

	while (want[1].fd != -1 || want[2].fd != -1) {
		if (poll(want, 3, -1) == -1 && errno != EINTR)
			return -1;
		if (want[0].revents != 0 && check_signals(l) == -1)
			return -1;
		for (int i = 1; i < 3; i++) {
			int ready;

			if (want[i].fd == -1 || want[i].revents == 0)
				continue;
			ready = check_ready(want[i].fd, expected[i]);
			if (ready == -1) {
				log_warn("a process said something else than "
					 "that it is ready");
				return -1;
			}
			if (ready == 1)
				want[i].fd = -1;
			else if ((want[i].revents & POLLHUP) != 0)
				return hung_up(l);
		}
	}
	return 0;
}

int
start_processes(const struct options *o, struct listener *ret)
{
	struct text_error error = { .line = 0 };
	struct launch launch = { .host_key = -1, .options = o };
	const struct tree *tree;
	int rv = -1;

	if ((tree = conf_load_server(o->dir, conf_tell, NULL)) == NULL)
		return -1;
	ret->conf = tree_server(tree);
	launch.tree = tree;
	if (listen_open(ret->conf, &ret->sockets, &error) == -1 ||
	    ground_users(ret->conf, &ret->users, &error) == -1 ||
	    ground_folders(ret->conf, &ret->users, &error) == -1)
		return tell(&error);
	launch.host_key =
	    ground_host_key(ret->conf->host_key, &ret->users, &error);
	if (launch.host_key == -1)
		return tell(&error);
	say_who();
	errno = 0;
	if ((ret->notify = notify_open()) == -1 && errno != 0)
		log_warn("NOTIFY_SOCKET: %s", strerror(errno));
	if ((ret->signals = open_signals()) == -1) {
		log_warn("signalfd: %s", strerror(errno));
		goto out;
	}
	if (launch_all(&launch, ret) == -1)
		goto out;
	rv = wait_ready(ret);
out:
	close(launch.host_key);
	return rv;
}

static void
ignore(void *arg, const struct text_error *error)
{
	(void)arg;
	(void)error;
}

int
start_test(const struct options *o)
{
	struct tree *tree = conf_load_server(o->dir, ignore, NULL);
	const struct server_conf *conf = tree ? tree_server(tree) : NULL;
	struct text_error error = { .line = 0 };
	struct users users = { .broker = NULL };
	int fd, status;

	if (conf != NULL && ground_users(conf, &users, &error) == -1) {
		tell(&error);
		return 1;
	}
	if ((status = launch_test(o, users.broker)) != 0)
		return status;
	/* The broker read the same files; if it could and we cannot, say so. */
	if (conf == NULL) {
		tree_free(conf_load_server(o->dir, conf_tell, NULL));
		return 1;
	}
	if ((fd = ground_host_key(conf->host_key, &users, &error)) == -1) {
		tell(&error);
		status = 1;
	} else {
		close(fd);
	}
	tree_free(tree);
	return status;
}

int
start_confine(struct listener *l)
{
	struct jail_filter *filter = NULL;
	char what[128];
	int rv = 0;

	if (l->users.net != NULL && jail_become(l->users.net) == -1) {
		log_warn("cannot become %s: %s", l->users.net, strerror(errno));
		return -1;
	}
	if (jail_prepare(&listener_jail, &filter, what) == -1 ||
	    jail_enter(&listener_jail, filter, NULL, 0, NULL, what) == -1) {
		log_warn("%s", what);
		rv = -1;
	}
	jail_filter_free(filter);
	return rv;
}

void
start_announce(const struct listener *l, bool to_syslog)
{
	char name[ADDRESS_SIZE + 16], line[ADDRESS_SIZE + 64];

	for (size_t i = 0; i < l->sockets.count; i++) {
		listen_name(l->sockets.fd[i], name, sizeof(name));
		/* Not by stdio: it asks the kernel more than the jail allows.
		 */
		snprintf(line, sizeof(line),
		    "countersignd: ready, listening on %s\n", name);
		while (write(STDERR_FILENO, line, strlen(line)) == -1)
			break;
		if (to_syslog)
			log_info("ready, listening on %s", name);
	}
	notify_send(l->notify, "READY=1\n");
}

void
start_abandon(struct listener *l)
{
	struct signalfd_siginfo info;
	enum child child;
	int status;

	if (l->broker != -1)
		close(l->broker);
	if (l->parent != -1)
		close(l->parent);
	while (children_reap(&l->children, &child, &status) ||
	    !children_gone(&l->children)) {
		if (channel_wait(l->signals, GO_MS) != 1)
			break;
		while (read(l->signals, &info, sizeof(info)) > 0)
			;
	}
}
