/* SPDX-License-Identifier: Apache-2.0 */
#include "token/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/channel.h"
#include "base/log.h"
#include "base/text.h"
#include "token/worker.h"

/* Above every number that the child gets to see. */
#define PARKED 16

/* What the child finds on WORKER_SETUP; it fits the socket's buffer. */
static int
queue_setup(int channel, const struct token_setup *setup,
    const struct worker_start *start)
{
	static uint8_t space[CHANNEL_MAX];
	struct writer w;

	writer_init(&w, space, sizeof(space));
	token_setup_put(&w, setup);
	if (!writer_ok(&w) ||
	    channel_send(channel, space, w.used) != CHANNEL_OK)
		return -1;
	writer_init(&w, space, sizeof(space));
	worker_start_put(&w, start);
	if (!writer_ok(&w) ||
	    channel_send(channel, space, w.used) != CHANNEL_OK)
		return -1;
	return 0;
}

static int
move(int from, int to)
{
	if (from == -1) {
		close(to);
		return 0;
	}
	return dup2(from, to) == -1 ? -1 : 0;
}

/* Exactly the descriptors of worker.h: 0, or -1. */
static int
arrange(int *program, int channel, int setup, int pin)
{
	int *const all[] = { program, &channel, &setup, &pin };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (*all[i] != -1 &&
		    (*all[i] = fcntl(*all[i], F_DUPFD_CLOEXEC, PARKED)) == -1)
			return -1;
	if (move(channel, WORKER_CHANNEL) == -1 ||
	    move(setup, WORKER_SETUP) == -1 || move(pin, WORKER_PIN) == -1)
		return -1;
	return close_range(WORKER_PIN + 1, ~0U, CLOSE_RANGE_CLOEXEC);
}

/* The setup's variables come first: they may name a PATH of their own. */
static void
fill_environment(const struct token_setup *setup, char **ret)
{
	/* Each signature in SoftHSM is hundreds of small allocations. */
	static char tunables[] = "GLIBC_TUNABLES=glibc.malloc.tcache_count=200";
	static char path[] = "PATH=/usr/bin:/bin";
	static char copy[TOKEN_ENVIRONMENT][TOKEN_VARIABLE];
	size_t n = 0;

	for (; n < setup->variables; n++) {
		text_copy(copy[n], sizeof(copy[n]), setup->environment[n]);
		ret[n] = copy[n];
	}
	ret[n++] = path;
	ret[n++] = tunables;
	ret[n] = NULL;
}

static void
run_child(const struct spawn *spawn, const struct token_setup *setup,
    int channel, int messages, int pin)
{
	static char title[NAME_SIZE + 32], work[] = "-w", debug[] = "-d",
					   syslog[] = "-s";
	char *argv[5] = { title, work }, *envp[TOKEN_ENVIRONMENT + 3];
	int program = spawn->program, n = 2;
	sigset_t none;

	snprintf(title, sizeof(title), "countersign-token: %s", setup->name);
	if (spawn->debug)
		argv[n++] = debug;
	if (spawn->syslog)
		argv[n++] = syslog;
	fill_environment(setup, envp);
	sigemptyset(&none);
	if (arrange(&program, channel, messages, pin) == 0 &&
	    sigprocmask(SIG_SETMASK, &none, NULL) == 0)
		fexecve(program, argv, envp);
	log_warn("a worker of %s: exec: error %d", setup->name, errno);
	_exit(127);
}

pid_t
spawn_worker(const struct spawn *spawn, const struct token_setup *setup,
    int pin, const struct worker_start *start, int *ret_channel)
{
	int work[2] = { -1, -1 }, messages[2] = { -1, -1 };
	pid_t pid = -1;

	if (channel_pair(work, false) == -1 ||
	    channel_pair(messages, false) == -1 ||
	    fcntl(work[0], F_SETFL, O_NONBLOCK) == -1 ||
	    queue_setup(messages[0], setup, start) == -1)
		goto out;
	if ((pid = fork()) == 0)
		run_child(spawn, setup, work[1], messages[1], pin);
	if (pid != -1) {
		*ret_channel = work[0];
		work[0] = -1;
	}
out:
	for (size_t i = 0; i < 2; i++) {
		if (work[i] != -1)
			close(work[i]);
		if (messages[i] != -1)
			close(messages[i]);
	}
	return pid;
}
