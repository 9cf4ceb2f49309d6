/* SPDX-License-Identifier: Apache-2.0 */
#include "support_logs.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define FIRST_US UINT64_C(1795232243123456)
#define STEP_US UINT64_C(600000000)
#define WORDS 9

char logs_out[2][1 << 16];

static char dir[] = "/tmp/ctllogs.XXXXXX";
static struct chain chain;

void
logs_begin(void)
{
	chain_init(&chain);
}

int
logs_set_up(void **state)
{
	(void)state;
	umask(022);
	logs_begin();
	memcpy(dir + strlen(dir) - 6, "XXXXXX", 6);
	return mkdtemp(dir) == NULL || chdir(dir) == -1 ? -1 : 0;
}

int
logs_tear_down(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	return chdir("/") == 0 && system(command) == 0 ? 0 : -1;
}

static void
add_client(struct record *r, const char *print, const char *src)
{
	record_add(r, "profile", "ci");
	record_add(r, "principal", "build01");
	record_add(r, "fp", print);
	record_add(r, "src", src);
}

static void
add_line(struct record *r, const char *key, const char *name)
{
	record_add(r, "key", key);
	record_add(r, "hash", "sha256");
	record_add(r, "digest", LOGS_DIGEST);
	record_add(r, "name", name);
}

static void
add_fields(struct record *r, char letter)
{
	switch (letter) {
	case 'b':
		record_add(r, "version", "0.1");
		break;
	case 'a':
		add_client(r, LOGS_PRINT, "10.2.0.7");
		record_add(r, "outcome", "ok");
		break;
	case 't':
		add_client(r, LOGS_STOLEN, "192.0.2.66");
		add_line(r, "release", "evil.bin");
		record_add(r, "outcome", "ok");
		break;
	case 'c':
		record_add_number(r, "size", r->seq - 1);
		break;
	case 's':
		add_client(r, LOGS_PRINT, "10.2.0.7");
		add_line(r, "release", "fw.bin");
		record_add(r, "outcome", "ok");
		break;
	default:
		add_client(r, LOGS_PRINT, "10.2.0.7");
		add_line(r, "nightly", "fw.bin");
		record_add(r, "outcome", letter == 'f' ? "failed" : "refused");
		record_add(
		    r, "reason", letter == 'f' ? "token-timeout" : "name");
		break;
	}
}

static enum event
event_of(char letter)
{
	switch (letter) {
	case 'b':
		return EVENT_START;
	case 'a':
		return EVENT_AUTH;
	case 'c':
		return EVENT_CHECKPOINT;
	case 'd':
		return EVENT_DENY;
	default:
		return EVENT_SIGN;
	}
}

void
logs_put(const char *name, const char *letters)
{
	struct record_origin origin = { "signer1", 812 };
	FILE *file = fopen(name, "we");
	struct record r;

	assert_non_null(file);
	for (; *letters != '\0'; letters++) {
		if (strchr("bastfdc", *letters) == NULL) {
			fputc(*letters, file);
			continue;
		}
		record_begin(&r, event_of(*letters), &origin, &chain,
		    FIRST_US + chain.seq * STEP_US);
		add_fields(&r, *letters);
		assert_int_equal(record_finish(&r, &chain, "text"), 0);
		fwrite(r.line, 1, r.len, file);
	}
	assert_int_equal(fclose(file), 0);
}

static void
keep_output(int fd, char ret[1 << 16])
{
	ssize_t len = pread(fd, ret, (1 << 16) - 1, 0);

	assert_true(len >= 0);
	ret[len] = '\0';
	close(fd);
}

int
logs_run(verb_fn *verb, const char *const *words)
{
	static const char *const names[] = { ".out", ".err" };
	char space[WORDS][256], *argv[WORDS + 1];
	int keep[2], fd[2], argc = 0, rv;

	for (; words[argc] != NULL; argc++) {
		assert_true(argc < WORDS);
		snprintf(space[argc], sizeof(space[0]), "%s", words[argc]);
		argv[argc] = space[argc];
	}
	argv[argc] = NULL;
	fflush(NULL);
	for (int i = 0; i < 2; i++) {
		keep[i] = dup(i + 1);
		fd[i] = open(
		    names[i], O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		dup2(fd[i], i + 1);
	}
	rv = verb("tree", argc, argv);
	fflush(NULL);
	for (int i = 0; i < 2; i++) {
		dup2(keep[i], i + 1);
		close(keep[i]);
		keep_output(fd[i], logs_out[i]);
	}
	return rv;
}
