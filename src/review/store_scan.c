/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which parts of a host's log there are, found again from the folders.
 * Declared in review/store_days.h.
 */
#include "review/store_days.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/verify.h"

#define SUFFIX ".json"
#define TORN_MAX (2 * INPUT_LINE_MAX)
#define DIGITS 12

/* 2026-11-21 */
static bool
is_day(const char *name)
{
	for (const char *want = "0000-00-00"; *want != '\0'; want++, name++)
		if (*want == '0' ? !char_is_digit(*name) : *name != *want)
			return false;
	return *name == '\0';
}

/* NAME.json or NAME@SEQ.json; first is 0 for the former. */
static bool
is_part(const char *file, const char *name, struct days_part *ret)
{
	size_t len = strlen(name);
	char digits[24];
	const char *end;

	if (strncmp(file, name, len) != 0)
		return false;
	file += len;
	ret->first = 0;
	ret->numbered = *file == '@';
	if (!ret->numbered)
		return strcmp(file, SUFFIX) == 0;
	end = strchr(++file, '.');
	if (end == NULL || strcmp(end, SUFFIX) != 0 || end - file < DIGITS ||
	    (size_t)(end - file) >= sizeof(digits))
		return false;
	while (*file == '0')
		file++;
	memcpy(digits, file, (size_t)(end - file));
	digits[end - file] = '\0';
	return text_number(digits, UINT64_MAX, &ret->first) == 0;
}

static int
add_part(struct days *d, const struct days_part *part)
{
	struct days_part *list =
	    reallocarray(d->list, d->count + 1, sizeof(*list));

	if (list == NULL)
		return -1;
	d->list = list;
	list[d->count++] = *part;
	return 0;
}

static DIR *
open_folder(int root, const char *name)
{
	int fd = openat(root, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd != -1 ? fdopendir(fd) : NULL;

	if (fd != -1 && dir == NULL)
		close(fd);
	return dir;
}

/* The parts in the folder of a day: 0, or -1 with errno. */
static int
scan_day(struct days *d, const char *day)
{
	struct days_part part = { 0 };
	const struct dirent *e;
	DIR *dir = open_folder(d->root, day);
	int rv = 0;

	if (dir == NULL)
		return -1;
	memcpy(part.day, day, sizeof(part.day));
	while (rv == 0 && (e = readdir(dir)) != NULL)
		if (is_part(e->d_name, d->name, &part))
			rv = add_part(d, &part);
	closedir(dir);
	return rv;
}

/* Where the whole lines of a file end, or -1. */
static off_t
whole_lines(int fd)
{
	char data[TORN_MAX];
	off_t size = lseek(fd, 0, SEEK_END);
	off_t from = size > TORN_MAX ? size - TORN_MAX : 0;
	ssize_t len = pread(fd, data, (size_t)(size - from), from);
	const char *end;

	if (size == -1 || len != (ssize_t)(size - from)) {
		errno = errno != 0 ? errno : EIO;
		return -1;
	}
	end = memrchr(data, '\n', (size_t)len);
	if (end == NULL && from > 0) {
		errno = EBADMSG;
		return -1;
	}
	return end != NULL ? from + (end + 1 - data) : 0;
}

/*
 * What the first line says, where the name does not: 1, 0 for a part without
 * a whole line, or -1.
 */
static int
read_first(
    const struct days *d, struct days_part *part, struct text_error *reterr)
{
	char path[PATH_MAX], record[INPUT_LINE_MAX], prev[RECORD_HASH];
	ssize_t rv;
	size_t len;
	int fd;

	if (days_part_path(d, part, path, sizeof(path)) == -1)
		return text_fail(reterr, 0, "%s", strerror(errno));
	text_copy(reterr->file, sizeof(reterr->file), path);
	fd = openat(d->root, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1)
		return text_fail(reterr, 0, "%s", strerror(errno));
	rv = days_line(fd, 0, record, &len, reterr);
	close(fd);
	if (rv <= 0)
		return (int)rv;
	return record_parse(record, len, &part->first, prev, reterr) == -1 ?
	    -1 :
	    1;
}

static int
by_first(const void *va, const void *vb)
{
	const struct days_part *a = va, *b = vb;

	return (a->first > b->first) - (a->first < b->first);
}

/* A part that was begun and holds nothing is taken away. */
static int
read_parts(struct days *d, struct text_error *reterr)
{
	char path[PATH_MAX];
	size_t kept = 0;

	for (size_t i = 0; i < d->count; i++) {
		int rv = read_first(d, &d->list[i], reterr);

		if (rv == -1)
			return -1;
		if (rv == 1)
			d->list[kept++] = d->list[i];
		else if (days_part_path(d, &d->list[i], path, sizeof(path)) ==
			-1 ||
		    unlinkat(d->root, path, 0) == -1)
			return text_fail(reterr, 0, "%s", strerror(errno));
	}
	d->count = kept;
	if (kept > 0)
		qsort(d->list, kept, sizeof(*d->list), by_first);
	return 0;
}

/* Opens the last part for more, without what a crash tore. */
static int
open_last(struct days *d, struct text_error *reterr)
{
	char path[PATH_MAX];

	if (d->count == 0)
		return 0;
	if (days_part_path(d, &d->list[d->count - 1], path, sizeof(path)) == -1)
		return text_fail(reterr, 0, "%s", strerror(errno));
	text_copy(reterr->file, sizeof(reterr->file), path);
	d->fd = openat(d->root, path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	errno = 0;
	if (d->fd == -1 || (d->size = whole_lines(d->fd)) == -1 ||
	    ftruncate(d->fd, d->size) == -1)
		return text_fail(reterr, 0, "%s", strerror(errno));
	return 0;
}

int
days_scan(struct days *d, struct text_error *reterr)
{
	const struct dirent *e;
	DIR *dir = open_folder(d->root, ".");
	int rv = 0;

	if (dir == NULL)
		return text_fail(reterr, 0, "%s", strerror(errno));
	while (rv == 0 && (e = readdir(dir)) != NULL)
		if (is_day(e->d_name))
			rv = scan_day(d, e->d_name);
	if (rv == -1)
		text_fail(reterr, 0, "%s", strerror(errno));
	closedir(dir);
	if (rv == -1 || read_parts(d, reterr) == -1)
		return -1;
	return open_last(d, reterr);
}
