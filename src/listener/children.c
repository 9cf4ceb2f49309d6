/* SPDX-License-Identifier: Apache-2.0 */
#include "listener/children.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

static const char *const programs[CHILD_COUNT] = {
	[CHILD_KEEPER] = "countersign-token",
	[CHILD_BROKER] = "countersign-broker",
	[CHILD_PARENT] = "countersign-session",
	[CHILD_LISTS] = "countersign-lists",
};

const char *
child_program(enum child child)
{
	return programs[child];
}

bool
children_gone(const struct children *c)
{
	for (int i = 0; i < CHILD_COUNT; i++) {
		if (c->pid[i] != 0)
			return false;
	}
	return true;
}

bool
children_reap(struct children *c, enum child *ret, int *ret_status)
{
	pid_t pid;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (int i = 0; i < CHILD_COUNT; i++) {
			if (c->pid[i] != pid)
				continue;
			c->pid[i] = 0;
			*ret = (enum child)i;
			*ret_status = status;
			return true;
		}
	}
	return false;
}

void
child_status_text(int status, char *ret, size_t size)
{
	if (WIFSIGNALED(status))
		snprintf(ret, size, "was killed by signal %d (%s)",
		    WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		snprintf(
		    ret, size, "ended with status %d", WEXITSTATUS(status));
}
