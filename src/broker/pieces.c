/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/pieces.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "broker/owned.h"

#define COPY_SIZE (64u << 10)

int
pieces_path(const struct pieces *p, char ret[static PATH_MAX])
{
	struct segment piece = { .first = p->first };

	return segment_path(p->file, &piece, ret);
}

static int
new_path(const struct pieces *p, char ret[static PATH_MAX])
{
	int len = snprintf(ret, PATH_MAX, "%s.new", p->file);

	if (len >= 0 && len < PATH_MAX)
		return 0;
	errno = ENAMETOOLONG;
	return -1;
}

/* What stands where our names belong is kept, once. */
int
pieces_displace(const struct pieces *p, const char *path)
{
	char aside[PATH_MAX];
	int len = snprintf(aside, sizeof(aside), "%s.displaced", p->file);

	if (len < 0 || len >= PATH_MAX) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return rename(path, aside) == 0 || errno == ENOENT ? 0 : -1;
}

/* FILE becomes a name of the piece, whatever it was. */
int
pieces_link_file(const struct pieces *p, const char *piece)
{
	char temporary[PATH_MAX];

	if (new_path(p, temporary) == -1)
		return -1;
	unlink(temporary);
	if (link(piece, temporary) == -1)
		return -1;
	if (rename(temporary, p->file) == -1) {
		unlink(temporary);
		return -1;
	}
	return owned_sync_folder(p->file);
}

/* What a piece holds, for one that takes its place. */
static int
copy(int from, int to, off_t len)
{
	static _Thread_local char bytes[COPY_SIZE];
	off_t at = 0;

	while (at < len) {
		size_t part = sizeof(bytes);
		ssize_t put;

		if (len - at < (off_t)part)
			part = (size_t)(len - at);
		if (owned_read(from, bytes, part, at) == -1)
			return -1;
		if ((put = write(to, bytes, part)) <= 0)
			return -1;
		at += put;
	}
	return 0;
}

/*
 * Gives what has the temporary name its own.  One that is there already is
 * what a beginning left that failed: it has no record, or it is not ours.
 */
static int
name_piece(int fd, const char *temporary, const char *path)
{
	struct stat st;

	if (link(temporary, path) == -1) {
		if (errno != EEXIST)
			return -1;
		if (lstat(path, &st) == -1 || st.st_size > 0) {
			errno = EEXIST;
			return -1;
		}
		if (unlink(path) == -1 || link(temporary, path) == -1)
			return -1;
	}
	/* Somebody else's of the same name, made in the same moment? */
	if (owned_is_named(fd, path))
		return 0;
	errno = EBUSY;
	return -1;
}

static int
fill_and_name(const struct pieces *p, int fd, int from, off_t len,
    const char *temporary, const char *path)
{
	if (flock(fd, LOCK_EX | LOCK_NB) == -1 ||
	    (from != -1 && copy(from, fd, len) == -1) || fsync(fd) == -1 ||
	    name_piece(fd, temporary, path) == -1)
		return -1;
	if (rename(temporary, p->file) == -1 ||
	    owned_sync_folder(p->file) == -1) {
		int error = errno;

		unlink(path);
		errno = error;
		return -1;
	}
	return 0;
}

int
pieces_make(const struct pieces *p, uint64_t first, int from, off_t len)
{
	struct segment piece = { .first = first };
	char path[PATH_MAX], temporary[PATH_MAX];
	int fd, error;

	if (new_path(p, temporary) == -1)
		return -1;
	if (segment_path(p->file, &piece, path) == -1) {
		errno = ENAMETOOLONG;
		return -1;
	}
	unlink(temporary);
	fd = open(temporary,
	    O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
	    0640);
	if (fd == -1)
		return -1;
	if (fill_and_name(p, fd, from, len, temporary, path) == 0)
		return fd;
	error = errno;
	unlink(temporary);
	close(fd);
	errno = error;
	return -1;
}

void
pieces_use(struct pieces *p, int fd, uint64_t first, off_t good)
{
	int old = p->out.fd;

	journal_file_trim(&p->out);
	/* Its lock goes with it, and the new one is locked. */
	p->out.fd = fd;
	p->out.good = p->out.room = good;
	p->out.dirty = false;
	p->first = first;
	close(old);
}

/* The records have no name any more, but they are still in the open file. */
static int
restore(struct pieces *p, enum pieces_names *ret)
{
	int fd = pieces_make(p, p->first, p->out.fd, p->out.good);

	if (fd != -1) {
		pieces_use(p, fd, p->first, p->out.good);
		*ret = NAMES_RESTORED;
		return 0;
	}
	/* Room may come; nothing will bring back what cannot be read. */
	*ret = NAMES_LOST;
	return errno == EIO ? 0 : errno;
}

int
pieces_look(struct pieces *p, enum pieces_names *ret)
{
	char path[PATH_MAX];
	bool piece, file;

	*ret = NAMES_FINE;
	if (pieces_path(p, path) == -1)
		return ENAMETOOLONG;
	piece = owned_is_named(p->out.fd, path);
	file = owned_is_named(p->out.fd, p->file);
	if (piece && file)
		return 0;
	/* Until something better is known. */
	if (!piece && !file)
		*ret = NAMES_LOST;
	if ((!piece && pieces_displace(p, path) == -1) ||
	    (!file && pieces_displace(p, p->file) == -1))
		return errno;
	if (!piece && !file)
		return restore(p, ret);
	if (!piece && link(p->file, path) == -1)
		return errno;
	if (!file && pieces_link_file(p, path) == -1)
		return errno;
	*ret = NAMES_LINKED;
	return 0;
}

int
pieces_begin(struct pieces *p, uint64_t first)
{
	enum pieces_names names;
	int fd, error = pieces_look(p, &names);

	/* Once it is closed, a piece without its names is gone. */
	if (error != 0)
		return error;
	if (names == NAMES_LINKED || names == NAMES_RESTORED)
		return EAGAIN;
	if ((fd = pieces_make(p, first, -1, 0)) == -1)
		return errno;
	pieces_use(p, fd, first, 0);
	p->since_us = 0;
	return 0;
}

int
pieces_free_space(const struct pieces *p, uint64_t *ret)
{
	struct statvfs vfs;

	if (fstatvfs(p->out.fd, &vfs) == -1)
		return errno;
	*ret = (uint64_t)vfs.f_bavail * vfs.f_frsize;
	return 0;
}

void
pieces_close(struct pieces *p)
{
	journal_file_close(&p->out);
}
