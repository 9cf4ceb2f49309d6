/* SPDX-License-Identifier: Apache-2.0 */
#include "review/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/segment.h"

static int
fail_file(const char *path, const char *what, struct text_error *reterr)
{
	snprintf(reterr->file, sizeof(reterr->file), "%s", path);
	return text_fail(reterr, 0, "%s", what);
}

/* A piece may be compressed between the look at its name and this. */
static int
open_path(const char *path)
{
	char packed[PATH_MAX];
	int fd, len;

	if (strcmp(path, "-") == 0)
		return fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd != -1 || errno != ENOENT)
		return fd;
	len = snprintf(packed, sizeof(packed), "%s" SEGMENT_GZ, path);
	if (len < 0 || len >= PATH_MAX ||
	    (fd = open(packed, O_RDONLY | O_CLOEXEC)) == -1)
		errno = ENOENT;
	return fd;
}

int
source_open(struct source *s, struct text_error *reterr)
{
	if (s->fd != -1)
		return 0;
	if ((s->fd = open_path(s->path)) == -1)
		return fail_file(s->path, strerror(errno), reterr);
	if (lines_init(&s->lines, s->fd) == 0)
		return 0;
	source_close(s);
	return fail_file(s->path, "no memory", reterr);
}

void
source_close(struct source *s)
{
	if (s->fd == -1)
		return;
	lines_release(&s->lines);
	close(s->fd);
	s->fd = -1;
}

void
sources_release(struct sources *s)
{
	for (size_t i = 0; i < s->count; i++) {
		source_close(&s->list[i]);
		free(s->list[i].path);
	}
	free(s->list);
	memset(s, 0, sizeof(*s));
}

static int
add(struct sources *s, const char *path, uint64_t named)
{
	struct source *one = &s->list[s->count];

	if ((one->path = strdup(path)) == NULL)
		return -1;
	one->fd = -1;
	one->first = one->named = named;
	one->place = s->count++;
	return 0;
}

static int
make_room(struct sources *s, size_t count)
{
	s->count = 0;
	s->list = calloc(count, sizeof(*s->list));
	return s->list != NULL ? 0 : -1;
}

static int
add_pieces(struct sources *s, const char *log, const struct segments *segments)
{
	char path[PATH_MAX];

	if (make_room(s, segments->count + 1) == -1)
		return -1;
	for (size_t i = 0; i < segments->count; i++)
		if (segment_path(log, &segments->list[i], path) == -1 ||
		    add(s, path, segments->list[i].first) == -1)
			return -1;
	return 0;
}

static bool
is_link(const struct stat *file, const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && st.st_ino == file->st_ino &&
	    st.st_dev == file->st_dev;
}

/*
 * The active file is the second name of a piece.  It is read by itself where
 * there are no pieces, where the next one was begun this very moment, and
 * where somebody put another file in its place.
 */
static int
add_active(struct sources *s, const char *log)
{
	struct stat st;

	if (s->count > 0) {
		if (stat(log, &st) == -1)
			return 0;
		for (size_t i = s->count; i > 0; i--)
			if (is_link(&st, s->list[i - 1].path))
				return 0;
	}
	return add(s, log, 0);
}

int
sources_of_log(const char *log, struct sources *ret, struct text_error *reterr)
{
	struct sources s = { NULL, 0 };
	struct segments segments;
	int rv;

	if (segments_list(log, &segments) == -1)
		return fail_file(log, strerror(errno), reterr);
	rv = add_pieces(&s, log, &segments);
	if (rv == 0)
		rv = add_active(&s, log);
	segments_release(&segments);
	if (rv == -1) {
		sources_release(&s);
		return fail_file(log, "no memory", reterr);
	}
	*ret = s;
	return 0;
}

/* The first word that went wrong is told. */
static int
add_named(
    struct sources *s, const char *path, bool alone, struct text_error *reterr)
{
	if (!alone && strcmp(path, "-") == 0)
		return text_fail(reterr, 0, "standard input must be alone");
	if (add(s, path, 0) == -1)
		return text_fail(reterr, 0, "no memory");
	return source_look(&s->list[s->count - 1], reterr);
}

int
sources_named(
    int count, char **files, struct sources *ret, struct text_error *reterr)
{
	struct sources s = { NULL, 0 };

	if (make_room(&s, (size_t)count) == -1)
		return text_fail(reterr, 0, "no memory");
	for (int i = 0; i < count; i++) {
		if (add_named(&s, files[i], count == 1, reterr) == -1) {
			sources_release(&s);
			return -1;
		}
	}
	sources_order(&s);
	*ret = s;
	return 0;
}
