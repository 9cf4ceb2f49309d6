/* SPDX-License-Identifier: Apache-2.0 */
#include "support_verb.h"

#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define WORDS_MAX 24

char verb_dir[64];
char verb_out[2][65536];

static const char *const folders[] = { "tokens.d", "keys.d", "profiles.d",
	"authorized_keys.d" };

static const struct {
	const char *name, *text;
} files[] = {
	{ "countersign.conf",
	    "[server]\nlisten = 127.0.0.1:0\nrun-dir = run\n"
	    "state-dir = state\n" },
	{ "tokens.d/soft.conf",
	    "[token soft]\nmodule = /usr/lib/softhsm/libsofthsm2.so\n"
	    "token = prod\npin-file = pin\n" },
	{ "keys.d/release.conf",
	    "[key release]\ntoken = soft\nobject = pkcs11:object=release\n"
	    "use = raw\n" },
	{ "keys.d/log.conf",
	    "[key log]\ntoken = soft\nobject = pkcs11:object=log\n"
	    "use = audit\n" },
	{ "profiles.d/ci.conf", "[profile ci]\nkeys = release\n" },
	{ "authorized_keys.d/ci", "profile=\"ci\" " VERB_KEY " build01\n" },
};

void
verb_put(const char *name, const char *text)
{
	FILE *file = fopen(name, "we");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(name, 0644), 0);
}

int
verb_set_up(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		verb_put(files[i].name, files[i].text);
	return 0;
}

int
verb_make_tree(void **state)
{
	(void)state;
	umask(022);
	strcpy(verb_dir, "/tmp/ctlverb.XXXXXX");
	if (mkdtemp(verb_dir) == NULL || chdir(verb_dir) == -1)
		return -1;
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		if (mkdir(folders[i], 0755) == -1)
			return -1;
	return 0;
}

static int
drop(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

int
verb_remove_tree(void **state)
{
	(void)state;
	if (chdir("/") == -1)
		return -1;
	return nftw(verb_dir, drop, 8, FTW_DEPTH | FTW_PHYS);
}

static int
cut(char *words, char *argv[static WORDS_MAX])
{
	static char verb[] = "verb";
	char *save = NULL;
	int argc = 0;

	argv[argc++] = verb;
	for (char *w = strtok_r(words, " ", &save);
	     w != NULL && argc < WORDS_MAX - 1; w = strtok_r(NULL, " ", &save))
		argv[argc++] = w;
	argv[argc] = NULL;
	return argc;
}

int
verb_run(verb_fn *verb, const char *words)
{
	static const char *const names[] = { "out.1", "out.2" };
	char copy[2048], *argv[WORDS_MAX];
	int keep[2], fd[2], rv, argc;

	snprintf(copy, sizeof(copy), "%s", words != NULL ? words : "");
	argc = cut(copy, argv);
	fflush(NULL);
	for (int i = 0; i < 2; i++) {
		keep[i] = dup(i + 1);
		fd[i] = open(
		    names[i], O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		dup2(fd[i], i + 1);
	}
	rv = verb(verb_dir, argc, argv);
	fflush(NULL);
	for (int i = 0; i < 2; i++) {
		ssize_t len =
		    pread(fd[i], verb_out[i], sizeof(verb_out[i]) - 1, 0);

		dup2(keep[i], i + 1);
		close(keep[i]);
		close(fd[i]);
		verb_out[i][len > 0 ? len : 0] = '\0';
	}
	return rv;
}
