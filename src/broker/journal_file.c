/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/journal_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * Room is asked for in such steps, so that a full disk is told before the
 * first byte: who follows the file never sees a line that does not stay.
 */
#define ROOM_STEP (256 << 10)

void
journal_file_close(struct journal_file *file)
{
	if (file->fd != -1)
		close(file->fd);
	file->fd = -1;
}

void
journal_file_trim(struct journal_file *file)
{
	if ((file->room > file->good || file->dirty) &&
	    ftruncate(file->fd, file->good) == 0)
		file->room = file->good;
}

/* Cuts off what a failed batch, or a stranger, left behind. */
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
	file->room = file->good;
	return 0;
}

static int
promise(struct journal_file *file, off_t len)
{
	if (fallocate(file->fd, FALLOC_FL_KEEP_SIZE, file->good, len) == 0) {
		file->room = file->good + len;
		return 0;
	}
	/* A file system that cannot say is tried by the next record. */
	return errno == EOPNOTSUPP || errno == ENOSYS ? 0 : errno;
}

static int
make_room(struct journal_file *file, size_t len)
{
	if (file->good + (off_t)len <= file->room)
		return 0;
	if (promise(file, (off_t)len + ROOM_STEP) == 0)
		return 0;
	return promise(file, (off_t)len);
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

/* Whole, and where it belongs: others may write to the file, too. */
static int
write_there(struct journal_file *file, const void *data, size_t len)
{
	struct stat st;
	int error = write_all(file->fd, data, len);

	if (error == 0 && fstat(file->fd, &st) == -1)
		error = errno;
	if (error == 0 && st.st_size != file->good + (off_t)len)
		error = EBUSY;
	return error;
}

int
journal_file_append(struct journal_file *file, const void *data, size_t len)
{
	int error = cut_back(file);

	if (error == 0)
		error = make_room(file, len);
	if (error != 0)
		return error;
	file->dirty = true;
	error = write_there(file, data, len);
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
	return promise(file, (off_t)len);
}
