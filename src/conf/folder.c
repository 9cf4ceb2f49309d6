/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file's name is part of rules in records. */
#define NAME_LEN_MAX 150

int
folder_check(int fd, struct text_error *reterr)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return text_fail(reterr, 0, "%s", strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return text_fail(reterr, 0, "is not a folder");
	if (st.st_uid != 0 && st.st_uid != geteuid())
		return text_fail(reterr, 0,
		    "must be owned by root or by the user of the service");
	if ((st.st_mode & 022) != 0)
		return text_fail(reterr, 0,
		    "must not be writable by group or others (chmod go-w)");
	return 0;
}

/* Editors' and package tools' leftovers, as other drop-in folders have it. */
static bool
is_passed_over(const char *name)
{
	return name[0] == '.' || name[strlen(name) - 1] == '~';
}

static int
name_check(const char *name, bool conf_only, struct text_error *reterr)
{
	static const char ending[] = ".conf";
	size_t len = strlen(name), end = sizeof(ending) - 1;

	if (len > NAME_LEN_MAX)
		return text_fail(
		    reterr, 0, "the name is over %d bytes", NAME_LEN_MAX);
	for (size_t i = 0; i < len; i++)
		if (!char_is_print(name[i]) || strchr(" \"\\]", name[i]))
			return text_fail(reterr, 0,
			    "the name may hold printable ASCII without "
			    "blanks, quotes and ']' only");
	if (conf_only && (len <= end || strcmp(name + len - end, ending) != 0))
		return text_fail(reterr, 0,
		    "the name must end in .conf to be read; move other files "
		    "away");
	return 0;
}

static int
folder_add(struct folder *folder, const char *name)
{
	char **grown;

	grown = reallocarray(folder->name, folder->count + 1, sizeof(*grown));
	if (grown == NULL)
		return -1;
	folder->name = grown;
	if ((grown[folder->count] = strdup(name)) == NULL)
		return -1;
	folder->count++;
	return 0;
}

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int
read_names(DIR *dir, size_t max, bool conf_only, struct folder *ret,
    folder_bad_fn *bad, void *arg, struct text_error *reterr)
{
	struct text_error error;
	struct dirent *entry;
	size_t count = 0;

	for (;;) {
		errno = 0;
		if ((entry = readdir(dir)) == NULL)
			break;
		if (count++ == max)
			return text_fail(
			    reterr, 0, "holds more than %zu names", max);
		if (is_passed_over(entry->d_name))
			continue;
		if (name_check(entry->d_name, conf_only, &error) == -1) {
			bad(arg, entry->d_name, &error);
			continue;
		}
		if (folder_add(ret, entry->d_name) == -1)
			return text_fail(reterr, 0, "out of memory");
	}
	if (errno != 0)
		return text_fail(reterr, 0, "%s", strerror(errno));
	if (ret->count > 0)
		qsort(ret->name, ret->count, sizeof(*ret->name), by_bytes);
	return 0;
}

int
folder_read(int fd, size_t max, bool conf_only, struct folder *ret,
    folder_bad_fn *bad, void *arg, struct text_error *reterr)
{
	struct folder folder = { NULL, 0 };
	DIR *dir = fdopendir(fd);
	int rv;

	if (dir == NULL) {
		text_fail(reterr, 0, "%s", strerror(errno));
		close(fd);
		return -1;
	}
	rv = read_names(dir, max, conf_only, &folder, bad, arg, reterr);
	closedir(dir);
	if (rv == 0)
		*ret = folder;
	else
		folder_release(&folder);
	return rv;
}

int
folder_list(const char *path, bool conf_only, struct folder *ret,
    folder_bad_fn *bad, void *arg, struct text_error *reterr)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd == -1 && errno == ENOENT) {
		*ret = (struct folder){ NULL, 0 };
		return 0;
	}
	if (fd == -1)
		return text_fail(reterr, 0, "%s", strerror(errno));
	if (folder_check(fd, reterr) == -1) {
		close(fd);
		return -1;
	}
	return folder_read(fd, SIZE_MAX, conf_only, ret, bad, arg, reterr);
}

void
folder_release(struct folder *folder)
{
	for (size_t i = 0; i < folder->count; i++)
		free(folder->name[i]);
	free(folder->name);
	*folder = (struct folder){ NULL, 0 };
}
