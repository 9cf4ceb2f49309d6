/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/journal_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/verify.h"

/* A file that was made just now is on disk when its folder's entry is. */
static int
sync_folder(const char *path)
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

int
journal_file_open(struct journal_file *file, const char *path,
    struct chain *ret, size_t *ret_torn, struct text_error *reterr)
{
	struct stat st;
	int fd;

	fd = open(path,
	    O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK,
	    0640);
	if (fd == -1)
		return text_fail(reterr, 0, "%s", strerror(errno));
	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode)) {
		text_fail(reterr, 0, "not a regular file");
		goto fail;
	}
	if (flock(fd, LOCK_EX | LOCK_NB) == -1) {
		text_fail(reterr, 0, "%s",
		    errno == EWOULDBLOCK ? "another broker writes it" :
					   strerror(errno));
		goto fail;
	}
	if (chain_resume(fd, ret, ret_torn, reterr) == -1)
		goto fail;
	if (sync_folder(path) == -1) {
		text_fail(reterr, 0, "its folder: %s", strerror(errno));
		goto fail;
	}
	file->fd = fd;
	file->good = st.st_size - (off_t)*ret_torn;
	file->dirty = false;
	if (*ret_torn > 0 &&
	    (ftruncate(fd, file->good) == -1 || fdatasync(fd) == -1)) {
		text_fail(reterr, 0, "its torn end cannot be cut off: %s",
		    strerror(errno));
		goto fail;
	}
	return 0;
fail:
	close(fd);
	file->fd = -1;
	return -1;
}

void
journal_file_close(struct journal_file *file)
{
	if (file->fd != -1)
		close(file->fd);
	file->fd = -1;
}

/* Cuts off what a failed batch left behind. */
static int
cut_back(struct journal_file *file)
{
	if (!file->dirty)
		return 0;
	if (ftruncate(file->fd, file->good) == -1)
		return errno;
	if (fdatasync(file->fd) == -1)
		return errno;
	file->dirty = false;
	return 0;
}

static int
write_all(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t put = write(fd, data, len);

		if (put == -1 && errno == EINTR)
			continue;
		if (put == -1)
			return errno;
		if (put == 0)
			return EIO;
		data += put;
		len -= (size_t)put;
	}
	return 0;
}

int
journal_file_append(struct journal_file *file, const void *data, size_t len)
{
	int error = cut_back(file);

	if (error != 0)
		return error;
	file->dirty = true;
	error = write_all(file->fd, data, len);
	if (error == 0 && fdatasync(file->fd) == -1)
		error = errno;
	if (error != 0) {
		cut_back(file);
		return error;
	}
	file->good += (off_t)len;
	file->dirty = false;
	return 0;
}

int
journal_file_probe(struct journal_file *file, size_t len)
{
	int error = cut_back(file);

	if (error != 0)
		return error;
	if (fallocate(file->fd, FALLOC_FL_KEEP_SIZE, file->good, (off_t)len) ==
	    0)
		return 0;
	/* A file system that cannot say is tried by the next record. */
	return errno == EOPNOTSUPP || errno == ENOSYS ? 0 : errno;
}
