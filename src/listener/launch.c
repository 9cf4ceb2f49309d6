/* SPDX-License-Identifier: Apache-2.0 */
#include "listener/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/channel.h"
#include "base/log.h"
#include "listener/setup.h"
#include "listener/spawn.h"

#define ARGS 8

/* The two ends of each channel; -1 when closed or given away. */
struct lines {
	int broker[2]; /* ours, the broker's */
	int parent[2]; /* ours, the parent's */
	int keeper[2]; /* the broker's, the keeper's */
	int setup[2]; /* ours, the keeper's */
	int lists[2]; /* the broker's, the lists' */
};

static void
close_end(int *fd)
{
	if (*fd != -1)
		close(*fd);
	*fd = -1;
}

static void
lines_close(struct lines *lines)
{
	int *all[] = { lines->broker, lines->parent, lines->keeper,
		lines->setup, lines->lists };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		close_end(&all[i][0]);
		close_end(&all[i][1]);
	}
}

static int
lines_open(struct lines *ret)
{
	*ret = (struct lines){ { -1, -1 }, { -1, -1 }, { -1, -1 }, { -1, -1 },
		{ -1, -1 } };
	if (channel_pair(ret->broker, true) == -1 ||
	    channel_pair(ret->parent, true) == -1 ||
	    channel_pair(ret->keeper, true) == -1 ||
	    channel_pair(ret->lists, true) == -1 ||
	    channel_pair(ret->setup, false) == -1) {
		log_warn("cannot make a channel: %s", strerror(errno));
		return -1;
	}
	return 0;
}

/* Fills argv with the words that all programs share, after its name. */
static void
command(char *argv[ARGS], enum child child, const struct options *o)
{
	static char d[] = "-d", s[] = "-s", folder[] = "-C";
	size_t n = 0;

	/* exec does not write to its words. */
	argv[n++] = (char *)(uintptr_t)child_program(child);
	if (child == CHILD_BROKER) {
		argv[n++] = folder;
		argv[n++] = (char *)(uintptr_t)o->dir;
	}
	if (o->debug)
		argv[n++] = d;
	if (!o->foreground)
		argv[n++] = s;
	argv[n] = NULL;
}

/* One process with its descriptors. */
static int
run(enum child child, const struct options *o, const char *user,
    const int fds[SPAWN_FDS], pid_t *ret)
{
	char *argv[ARGS];
	struct spawn spawn = { .user = user, .argv = argv };
	int rv = -1, null = -1;

	memcpy(spawn.fds, fds, sizeof(spawn.fds));
	command(argv, child, o);
	spawn.err = STDERR_FILENO;
	/* In the background a child must not keep the terminal. */
	if (!o->foreground) {
		if ((null = open("/dev/null", O_WRONLY | O_CLOEXEC)) == -1)
			return -1;
		spawn.err = null;
	}
	if ((spawn.program = spawn_open(child_program(child))) == -1) {
		log_warn("cannot find %s beside countersignd or in %s: %s",
		    child_program(child), CS_LIBEXECDIR, strerror(errno));
		goto out;
	}
	if ((rv = spawn_start(&spawn, ret)) == -1)
		log_warn("cannot start %s: %s", child_program(child),
		    strerror(errno));
out:
	if (spawn.program != -1)
		close(spawn.program);
	if (null != -1)
		close(null);
	return rv;
}

static int
run_all(const struct launch *launch, struct lines *lines, struct listener *ret)
{
	const struct options *o = launch->options;
	pid_t *pid = ret->children.pid;
	const int keeper[] = { lines->keeper[1], lines->setup[1], -1 };
	const int lists[] = { lines->lists[1], -1, -1 };
	const int broker[] = { lines->broker[1], lines->keeper[0],
		lines->lists[0] };
	const int parent[] = { lines->parent[1], launch->host_key, -1 };

	if (run(CHILD_KEEPER, o, ret->users.token, keeper,
		&pid[CHILD_KEEPER]) == -1)
		return -1;
	close_end(&lines->keeper[1]);
	close_end(&lines->setup[1]);
	if (setup_send(lines->setup[0], launch->tree) == -1)
		return -1;
	close_end(&lines->setup[0]);
	if (run(CHILD_LISTS, o, ret->users.lists, lists, &pid[CHILD_LISTS]) ==
	    -1)
		return -1;
	close_end(&lines->lists[1]);
	if (run(CHILD_BROKER, o, ret->users.broker, broker,
		&pid[CHILD_BROKER]) == -1)
		return -1;
	close_end(&lines->broker[1]);
	close_end(&lines->keeper[0]);
	close_end(&lines->lists[0]);
	if (run(CHILD_PARENT, o, ret->users.net, parent, &pid[CHILD_PARENT]) ==
	    -1)
		return -1;
	close_end(&lines->parent[1]);
	return 0;
}

int
launch_all(const struct launch *launch, struct listener *ret)
{
	struct lines lines;
	int rv = -1;

	if (lines_open(&lines) == -1 || run_all(launch, &lines, ret) == -1)
		goto out;
	ret->broker = lines.broker[0];
	ret->parent = lines.parent[0];
	lines.broker[0] = lines.parent[0] = -1;
	rv = 0;
out:
	lines_close(&lines);
	return rv;
}

int
launch_test(const struct options *o, const char *user)
{
	char name[] = "countersign-broker", test[] = "-t", folder[] = "-C";
	char *argv[] = { name, test, folder, (char *)(uintptr_t)o->dir, NULL };
	struct spawn spawn = { .user = user,
		.argv = argv,
		.fds = { -1, -1, -1 },
		.err = STDERR_FILENO };
	int status, rv = EXIT_FAILURE;
	pid_t pid;

	if ((spawn.program = spawn_open(name)) == -1) {
		log_warn("cannot find %s: %s", name, strerror(errno));
		return rv;
	}
	if (spawn_start(&spawn, &pid) == -1)
		log_warn("cannot start %s: %s", name, strerror(errno));
	else if (waitpid(pid, &status, 0) == pid && WIFEXITED(status))
		rv = WEXITSTATUS(status);
	close(spawn.program);
	return rv;
}
