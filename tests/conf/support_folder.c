/* SPDX-License-Identifier: Apache-2.0 */
#include "support_folder.h"

#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

char folder[64];

static const struct format_word formats[] = {
	{ .name = "raw" },
	{ .name = "raw-pss" },
	{ .name = "p1363" },
	{ .name = "cms", .wrapped = true },
};

void
told_add(void *arg, const struct text_error *error)
{
	struct told *told = arg;
	size_t used = strlen(told->text);

	told->count++;
	snprintf(told->text + used, sizeof(told->text) - used, "%s:%u: %s\n",
	    error->file, error->line, error->what);
}

int
folder_make(void **state)
{
	(void)state;
	umask(022);
	strcpy(folder, "/tmp/countersign-conf.XXXXXX");
	return mkdtemp(folder) == NULL ? -1 : 0;
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
folder_drop(void **state)
{
	(void)state;
	return nftw(folder, drop, 8, FTW_DEPTH | FTW_PHYS);
}

void
folder_put(const char *name, const char *text, mode_t mode)
{
	char path[512], *slash;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	slash = strrchr(path, '/');
	*slash = '\0';
	mkdir(path, 0755);
	*slash = '/';
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
}

void
folder_mode(const char *name, mode_t mode)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_int_equal(chmod(path, mode), 0);
}

void
folder_copy(const char *source, const char *name)
{
	char text[65536];
	size_t len;
	FILE *file = fopen(source, "r");

	/* Tests run from the top of the source tree. */
	assert_non_null(file);
	len = fread(text, 1, sizeof(text) - 1, file);
	assert_true(len > 0 && len < sizeof(text) - 1);
	fclose(file);
	text[len] = '\0';
	folder_put(name, text, 0644);
}

struct tree *
folder_load(struct told *told)
{
	*told = (struct told){ .count = 0 };
	return conf_load(folder, formats, sizeof(formats) / sizeof(formats[0]),
	    NULL, NULL, told_add, told);
}
