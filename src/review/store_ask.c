/* SPDX-License-Identifier: Apache-2.0 */
#include "review/store_ask.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECOND_US UINT64_C(1000000)
#define BACK_OFF_FIRST 5
#define REAP_TRIES 100
#define REAP_MS 20

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

void
ask_init(struct ask *a, const struct ask_how *how, uint64_t now_us)
{
	memset(a, 0, sizeof(*a));
	a->how = *how;
	feed_init(&a->feed, -1);
	/* Whoever begins does not know what was lost before. */
	a->idle_us = now_us + ASK_PATIENCE_US;
}

void
ask_release(struct ask *a)
{
	if (a->pid != 0)
		ask_end(a);
	feed_release(&a->feed);
}

void
ask_heard(struct ask *a, uint64_t now_us)
{
	a->idle_us = now_us + a->how.interval_s * SECOND_US;
}

uint64_t
ask_when(const struct ask *a, bool gap, uint64_t gap_us)
{
	uint64_t when = a->idle_us;

	if (a->how.destination == NULL || a->pid != 0)
		return UINT64_MAX;
	if (gap && gap_us + ASK_PATIENCE_US < when)
		when = gap_us + ASK_PATIENCE_US;
	return when > a->not_before_us ? when : a->not_before_us;
}

/*
 * ssh takes the first word on a matter: never a question, then the caller's,
 * then what keeps it from waiting for ever.
 */
static char **
make_words(const struct ask *a, const char *command)
{
	static const char *const before[] = { "ssh", "-oBatchMode=yes" };
	static const char *const after[] = { "-T", "-oConnectTimeout=10",
		"-oServerAliveInterval=15", "--" };
	const char **words =
	    calloc(COUNT(before) + a->how.option_count + COUNT(after) + 3,
		sizeof(*words));
	size_t n = 0;

	if (words == NULL)
		return NULL;
	for (size_t i = 0; i < COUNT(before); i++)
		words[n++] = before[i];
	for (size_t i = 0; i < a->how.option_count; i++)
		words[n++] = a->how.options[i];
	for (size_t i = 0; i < COUNT(after); i++)
		words[n++] = after[i];
	words[n++] = a->how.destination;
	words[n++] = command;
	return (char **)(uintptr_t)words;
}

/* No input, the given output, our messages, and no signal of ours ignored. */
static int
spawn(pid_t *ret, int out, char **words)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	sigset_t none, all;
	int error = ENOMEM;

	sigemptyset(&none);
	sigfillset(&all);
	if (posix_spawn_file_actions_init(&actions) != 0)
		goto out;
	if (posix_spawnattr_init(&attr) != 0)
		goto actions;
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &all);
	posix_spawnattr_setflags(
	    &attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	error = posix_spawn_file_actions_addopen(
	    &actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	if (error == 0)
		error = posix_spawn_file_actions_adddup2(
		    &actions, out, STDOUT_FILENO);
	if (error == 0)
		error = posix_spawnp(
		    ret, words[0], &actions, &attr, words, environ);
	posix_spawnattr_destroy(&attr);
actions:
	posix_spawn_file_actions_destroy(&actions);
out:
	errno = error;
	return error == 0 ? 0 : -1;
}

int
ask_start(struct ask *a, uint64_t seq, bool for_gap, uint64_t now_us)
{
	char command[48], **words;
	int ends[2], rv = -1;

	snprintf(command, sizeof(command), "log since %" PRIu64, seq);
	if ((words = make_words(a, command)) == NULL)
		return -1;
	if (pipe2(ends, O_CLOEXEC) == 0) {
		rv = spawn(&a->pid, ends[1], words);
		close(ends[1]);
		if (rv == -1)
			close(ends[0]);
	}
	free(words);
	if (rv == -1) {
		a->pid = 0;
		return -1;
	}
	feed_release(&a->feed);
	feed_init(&a->feed, ends[0]);
	a->for_gap = for_gap;
	a->seq = seq;
	a->begun_us = a->heard_us = now_us;
	return 0;
}

uint64_t
ask_deadline(const struct ask *a)
{
	uint64_t silence = a->heard_us + ASK_SILENCE_US;
	uint64_t longest = a->begun_us + ASK_LONGEST_US;

	if (a->pid == 0)
		return UINT64_MAX;
	return silence < longest ? silence : longest;
}

/* Whoever closed its output is about to end; not for ever, though. */
static int
reap(pid_t pid)
{
	int status = 0;

	for (unsigned i = 0; i < REAP_TRIES; i++) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return status;
		poll(NULL, 0, REAP_MS);
	}
	kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	return status;
}

int
ask_end(struct ask *a)
{
	int status;

	if (!a->feed.ended)
		kill(a->pid, SIGTERM);
	close(a->feed.fd);
	feed_release(&a->feed);
	feed_init(&a->feed, -1);
	status = reap(a->pid);
	a->pid = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void
ask_judge(struct ask *a, bool good, uint64_t now_us)
{
	uint32_t longest = a->how.interval_s > BACK_OFF_FIRST ?
	    a->how.interval_s :
	    BACK_OFF_FIRST;

	ask_heard(a, now_us);
	if (good) {
		a->back_off_s = 0;
		a->not_before_us = 0;
		return;
	}
	a->back_off_s = a->back_off_s == 0 ? BACK_OFF_FIRST : 2 * a->back_off_s;
	if (a->back_off_s > longest)
		a->back_off_s = longest;
	a->not_before_us = now_us + a->back_off_s * SECOND_US;
}
