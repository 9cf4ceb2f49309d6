/* SPDX-License-Identifier: Apache-2.0 */
/* The writing of a snapshot, declared in conf/snapshot.h. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/snapshot.h"

#define HEAD "countersign-running 1\n"
#define COPY_SIZE 16384

static int
write_all(int fd, const void *data, size_t len)
{
	const char *at = data;
	ssize_t done;

	while (len > 0) {
		done = write(fd, at, len);
		if (done == -1 && errno == EINTR)
			continue;
		if (done == -1)
			return -1;
		at += done;
		len -= (size_t)done;
	}
	return 0;
}

static void
add(struct spool *s, const void *data, size_t len)
{
	if (s->error == 0 && write_all(s->fd, data, len) == -1)
		s->error = errno;
}

/* Not every file system makes files without a name. */
static int
open_named(const char *dir)
{
	char path[PATH_MAX];
	int fd, used = snprintf(path, sizeof(path), "%s/.spoolXXXXXX", dir);

	if (used < 0 || (size_t)used >= sizeof(path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	if ((fd = mkostemp(path, O_CLOEXEC)) != -1)
		unlink(path);
	return fd;
}

void
spool_init(struct spool *s, const char *state_dir)
{
	s->error = 0;
	s->fd = open(state_dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (s->fd == -1 && (errno == EOPNOTSUPP || errno == EISDIR))
		s->fd = open_named(state_dir);
	if (s->fd == -1)
		s->error = errno;
	add(s, HEAD, sizeof(HEAD) - 1);
}

void
spool_add(void *arg, const char *file, const void *text, size_t len)
{
	struct spool *s = arg;
	char head[PATH_MAX + 32];
	int used;

	used = snprintf(head, sizeof(head), "file %zu %s\n", len, file);
	if (used < 0 || (size_t)used >= sizeof(head)) {
		s->error = s->error != 0 ? s->error : ENAMETOOLONG;
		return;
	}
	add(s, head, (size_t)used);
	add(s, text, len);
	add(s, "\n", 1);
}

static int
copy(int from, int to)
{
	char block[COPY_SIZE];
	off_t at = 0;
	ssize_t got;

	for (;;) {
		got = pread(from, block, sizeof(block), at);
		if (got == -1 && errno == EINTR)
			continue;
		if (got <= 0)
			return (int)got;
		if (write_all(to, block, (size_t)got) == -1)
			return -1;
		at += got;
	}
}

static int
put_in_place(const struct spool *s, const char *next, const char *path)
{
	int fd, rv = -1, error;

	fd = open(
	    next, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (fd == -1)
		return -1;
	if (copy(s->fd, fd) == 0 && fdatasync(fd) == 0 &&
	    rename(next, path) == 0)
		rv = 0;
	error = errno;
	close(fd);
	errno = error;
	return rv;
}

int
spool_publish(struct spool *s, const char *state_dir, const char *fingerprint)
{
	char path[PATH_MAX], next[PATH_MAX];
	int used;

	used = snprintf(path, sizeof(path), "%s/" SNAPSHOT_FILE, state_dir);
	if (used < 0 || (size_t)used >= sizeof(path) - 4) {
		errno = ENAMETOOLONG;
		return -1;
	}
	snprintf(next, sizeof(next), "%.*s.new", (int)sizeof(next) - 5, path);
	add(s, "end ", 4);
	add(s, fingerprint, strlen(fingerprint));
	add(s, "\n", 1);
	if (s->error == 0 && put_in_place(s, next, path) == -1)
		s->error = errno;
	if (s->error == 0)
		return 0;
	unlink(next);
	unlink(path);
	errno = s->error;
	return -1;
}

void
spool_release(struct spool *s)
{
	if (s->fd != -1)
		close(s->fd);
	s->fd = -1;
	s->error = EBADF;
}
