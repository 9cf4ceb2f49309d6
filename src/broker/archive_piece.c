/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pieces of the log, opened to be read; declared in broker/archive_task.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/record.h"
#include "broker/archive_task.h"

/* How near piece_seek goes: the rest is read through. */
#define NEAR ((off_t)64 << 10)

int
piece_fail(const char *file, const struct segment *piece,
    struct text_error *reterr, const char *text)
{
	char path[PATH_MAX];
	const char *slash;

	if (segment_path(file, piece, path) == -1)
		return text_fail(reterr, 0, "%s", text);
	slash = strrchr(path, '/');
	return text_fail(
	    reterr, 0, "%s: %s", slash != NULL ? slash + 1 : path, text);
}

static int
open_one(const char *file, const struct segment *piece)
{
	char path[PATH_MAX];
	struct stat st;
	int fd;

	if (segment_path(file, piece, path) == -1) {
		errno = ENAMETOOLONG;
		return -1;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd == -1)
		return -1;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return fd;
	close(fd);
	errno = EINVAL;
	return -1;
}

int
piece_open(const char *file, struct segment *piece, struct text_error *reterr)
{
	int error, fd = open_one(file, piece);

	if (fd == -1 && errno == ENOENT) {
		piece->packed = !piece->packed;
		fd = open_one(file, piece);
	}
	if (fd != -1)
		return fd;
	error = errno;
	piece_fail(file, piece, reterr, strerror(error));
	errno = error;
	return -1;
}

uint64_t
line_seq(const char *line, size_t len)
{
	static const char before[] = " [countersign@32473 seq=\"";
	const char *at, *end;
	uint64_t seq = 0;

	at = memmem(line, len, before, sizeof(before) - 1);
	if (at == NULL)
		return 0;
	at += sizeof(before) - 1;
	for (end = line + len; at < end && char_is_digit(*at); at++) {
		if (seq > (UINT64_MAX - 9) / 10)
			return 0;
		seq = seq * 10 + (uint64_t)(*at - '0');
	}
	return at < end && *at == '"' ? seq : 0;
}

/* The first line that begins after `from': its seq, and where; 0: none. */
static uint64_t
line_after(int fd, off_t from, off_t *ret)
{
	char data[2 * RECORD_MAX];
	ssize_t got = pread(fd, data, sizeof(data), from);
	char *lf;

	if (got <= 0 || (lf = memchr(data, '\n', (size_t)got)) == NULL)
		return 0;
	*ret = from + (lf + 1 - data);
	return line_seq(lf + 1, (size_t)(data + got - (lf + 1)));
}

uint64_t
piece_seek(int fd, const struct segment *piece, uint64_t want)
{
	uint64_t at = piece->first, seq;
	off_t low = 0, high, line;
	struct stat st;

	if (piece->packed || fstat(fd, &st) == -1)
		return at;
	high = st.st_size;
	while (high - low > NEAR) {
		off_t middle = low + (high - low) / 2;

		/* What cannot be read as a record is for who reads it all. */
		if ((seq = line_after(fd, middle, &line)) == 0)
			break;
		if (seq > want) {
			high = middle;
		} else {
			low = line;
			at = seq;
		}
	}
	return lseek(fd, low, SEEK_SET) == low ? at : 0;
}

enum turn
task_fail(struct archive_answer *ret, const char *text)
{
	ret->status = ARCHIVE_FAILED;
	text_copy(ret->text, sizeof(ret->text), text);
	return TURN_TELL;
}
