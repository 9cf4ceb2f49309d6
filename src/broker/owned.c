/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/owned.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Two seconds in all. */
#define LOCK_TRIES 40
#define LOCK_PAUSE_MS 50

static int
check(int fd, struct text_error *reterr)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return text_fail(reterr, 0, "%s", strerror(errno));
	if (!S_ISREG(st.st_mode))
		return text_fail(reterr, 0, "not a regular file");
	if (st.st_uid != geteuid())
		return text_fail(reterr, 0,
		    "belongs to user %u, and the broker is user %u: who may "
		    "write it could change records",
		    (unsigned)st.st_uid, (unsigned)geteuid());
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return text_fail(reterr, 0,
		    "may be written by group or others (mode %04o): chmod "
		    "go-w it once its records are known to be good",
		    (unsigned)(st.st_mode & 07777));
	return 0;
}

int
owned_open(const char *path, int flags, mode_t mode, struct text_error *reterr)
{
	int fd = open(
	    path, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, mode);
	int error;

	if (fd == -1) {
		error = errno;
		text_fail(reterr, 0, "%s",
		    error == ELOOP ? "is a symbolic link" : strerror(error));
		errno = error;
		return -1;
	}
	if (check(fd, reterr) == 0)
		return fd;
	close(fd);
	errno = EPERM;
	return -1;
}

/* One that was killed may take a moment to be gone. */
int
owned_lock(int fd, struct text_error *reterr)
{
	for (int i = 0; i < LOCK_TRIES; i++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return 0;
		if (errno != EWOULDBLOCK)
			break;
		poll(NULL, 0, LOCK_PAUSE_MS);
	}
	return text_fail(reterr, 0, "%s",
	    errno == EWOULDBLOCK ? "another broker writes it" :
				   strerror(errno));
}

int
owned_read(int fd, void *ret, size_t len, off_t at)
{
	char *to = ret;

	while (len > 0) {
		ssize_t got = pread(fd, to, len, at);

		if (got == -1 && errno == EINTR)
			continue;
		if (got == 0)
			errno = 0;
		if (got <= 0)
			return -1;
		to += got;
		at += got;
		len -= (size_t)got;
	}
	return 0;
}

bool
owned_is_named(int fd, const char *path)
{
	struct stat open_one, named;

	return fstat(fd, &open_one) == 0 && lstat(path, &named) == 0 &&
	    open_one.st_dev == named.st_dev && open_one.st_ino == named.st_ino;
}

int
owned_sync_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char folder[PATH_MAX] = ".";
	int fd, rv;

	if (slash != NULL)
		snprintf(folder, sizeof(folder), "%.*s",
		    (int)(slash - path) + 1, path);
	if ((fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1)
		return -1;
	rv = fsync(fd);
	close(fd);
	return rv;
}
