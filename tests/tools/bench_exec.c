/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Times a program that is started anew each time:
 *
 *	bench_exec count seconds line program [argument ...]
 *
 * Each run gets the line on standard input.  A run that exits with another
 * status than 0, or whose output does not begin with the line's first word
 * and a blank, counts as failed.  Times end with the program's exit.
 */
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

#define ANSWER_MAX 4096

extern char **environ;

static pid_t
start(char **argv, int in, int out)
{
	posix_spawn_file_actions_t fa;
	pid_t pid = -1;

	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_adddup2(&fa, in, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&fa, out, STDOUT_FILENO);
	if (posix_spawnp(&pid, argv[0], &fa, NULL, argv, environ) != 0)
		pid = -1;
	posix_spawn_file_actions_destroy(&fa);
	return pid;
}

static bool
answer_fits(const char *line, const char *answer)
{
	size_t word = strcspn(line, " \n");

	return strncmp(answer, line, word) == 0 && answer[word] == ' ' &&
	    strchr(answer, '!') == NULL;
}

static bool
run_once(const char *line, char **argv)
{
	char answer[ANSWER_MAX];
	int in[2], out[2], status = -1;
	size_t len = 0;
	ssize_t n;
	pid_t pid;

	if (pipe2(in, O_CLOEXEC) == -1 || pipe2(out, O_CLOEXEC) == -1)
		return false;
	pid = start(argv, in[0], out[1]);
	close(in[0]);
	close(out[1]);
	(void)!write(in[1], line, strlen(line));
	close(in[1]);
	while (len < ANSWER_MAX - 1 &&
	    (n = read(out[0], answer + len, ANSWER_MAX - 1 - len)) > 0)
		len += (size_t)n;
	answer[len] = '\0';
	close(out[0]);
	if (pid > 0)
		waitpid(pid, &status, 0);
	return status == 0 && answer_fits(line, answer);
}

static int
by_value(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

int
main(int argc, char **argv)
{
	uint64_t begin = clock_mono_us(), end, t, *us;
	long count, ok = 0, failed = 0;
	double took;

	if (argc < 5 || (count = atol(argv[1])) <= 0) {
		fputs("usage: bench_exec count seconds line program ...\n",
		    stderr);
		return 64;
	}
	signal(SIGPIPE, SIG_IGN);
	end = begin + (uint64_t)(atof(argv[2]) * 1e6);
	if ((us = calloc((size_t)count, sizeof(*us))) == NULL)
		return 1;
	while (ok + failed < count && (t = clock_mono_us()) < end) {
		if (run_once(argv[3], argv + 4))
			us[ok++] = clock_mono_us() - t;
		else
			failed++;
	}
	took = (double)(clock_mono_us() - begin) / 1e6;
	qsort(us, (size_t)ok, sizeof(*us), by_value);
	printf("ok=%ld failed=%ld seconds=%.3f rate=%.2f", ok, failed, took,
	    (double)ok / took);
	if (ok > 0)
		printf(" p50_ms=%.3f p99_ms=%.3f", (double)us[ok / 2] / 1e3,
		    (double)us[ok * 99 / 100] / 1e3);
	printf("\n");
	free(us);
	return 0;
}
