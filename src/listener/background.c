/* SPDX-License-Identifier: Apache-2.0 */
#include "listener/background.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

static void __attribute__((noreturn)) wait_for(pid_t child, int fd)
{
	char word;
	int status;

	if (read(fd, &word, 1) == 1)
		_exit(EXIT_SUCCESS);
	if (waitpid(child, &status, 0) == child && WIFEXITED(status))
		_exit(WEXITSTATUS(status));
	_exit(EX_SOFTWARE);
}

int
background_enter(struct background *ret)
{
	int ends[2], null;
	pid_t child;

	/* Opened now: files are out of reach by the time it is needed. */
	if ((null = open("/dev/null", O_RDWR | O_CLOEXEC)) == -1)
		return -1;
	if (pipe2(ends, O_CLOEXEC) == -1) {
		close(null);
		return -1;
	}
	if ((child = fork()) == -1) {
		close(null);
		close(ends[0]);
		close(ends[1]);
		return -1;
	}
	if (child > 0) {
		close(ends[1]);
		wait_for(child, ends[0]);
	}
	close(ends[0]);
	setsid();
	*ret = (struct background){ .word = ends[1], .null = null };
	return 0;
}

void
background_ready(struct background *b)
{
	dup2(b->null, STDIN_FILENO);
	dup2(b->null, STDOUT_FILENO);
	dup2(b->null, STDERR_FILENO);
	close(b->null);
	while (write(b->word, "r", 1) == -1)
		break;
	close(b->word);
}
