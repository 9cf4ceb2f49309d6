/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/pieces_end.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/lines.h"
#include "audit/verify.h"
#include "broker/owned.h"

const char *
piece_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

/* The record that begins (or, at the end of the file, ends) at `at'. */
int
piece_record(int fd, off_t at, bool ends, struct fields *ret)
{
	char bytes[RECORD_MAX];
	off_t from = !ends ? at : at > RECORD_MAX ? at - RECORD_MAX : 0;
	ssize_t len =
	    pread(fd, bytes, ends ? (size_t)(at - from) : sizeof(bytes), from);
	const char *start = bytes, *lf;
	struct text_error error;

	if (len <= 0)
		return -1;
	if (ends) {
		lf = bytes + len - 1;
		start = memrchr(bytes, '\n', (size_t)len - 1);
		start = start != NULL ? start + 1 : bytes;
	} else if ((lf = memchr(bytes, '\n', (size_t)len)) == NULL) {
		return -1;
	}
	return fields_read(start, (size_t)(lf - start), ret, &error);
}

/* The last record of a compressed piece: all of it must be read. */
static int
packed_end(const char *path, struct chain *ret, struct text_error *reterr)
{
	int fd = owned_open(path, O_RDONLY, 0, reterr);
	enum lines_status status;
	struct verifier verifier;
	struct lines lines;
	const char *line;
	size_t len;
	int rv = -1;

	if (fd == -1)
		return -1;
	if (lines_init(&lines, fd) == -1) {
		close(fd);
		return text_fail(reterr, 0, "no memory");
	}
	verifier_init(&verifier, false);
	while ((status = lines_next(&lines, &line, &len)) == LINES_OK)
		if (verify_line(&verifier, line, len, reterr) == -1)
			goto out;
	if (status != LINES_END || verifier.records == 0) {
		text_fail(reterr, 0, "%s: is not whole", piece_name(path));
		goto out;
	}
	*ret = verifier.chain;
	rv = 0;
out:
	lines_release(&lines);
	close(fd);
	return rv;
}

static int
cut(int fd, off_t end, struct text_error *reterr)
{
	if (ftruncate(fd, end) == 0 && fdatasync(fd) == 0)
		return 0;
	return text_fail(
	    reterr, 0, "its torn end cannot be cut off: %s", strerror(errno));
}

/* The end of a plain piece, without what a crash left behind it. */
int
piece_end(int fd, struct chain *ret, size_t *ret_torn, off_t *ret_end,
    struct text_error *reterr)
{
	struct stat st;
	size_t torn;

	if (chain_resume(fd, ret, &torn, reterr) == -1)
		return -1;
	if (fstat(fd, &st) == -1)
		return text_fail(reterr, 0, "%s", strerror(errno));
	*ret_end = st.st_size - (off_t)torn;
	*ret_torn += torn;
	return torn > 0 ? cut(fd, *ret_end, reterr) : 0;
}

int
piece_error(const char *path, struct text_error *reterr)
{
	char what[sizeof(reterr->what)];

	snprintf(what, sizeof(what), "%s", reterr->what);
	return text_fail(reterr, 0, "%.100s: %.140s", piece_name(path), what);
}

/* The end of a piece that is not written any more. */
int
piece_closed_end(const char *file, const struct segment *piece,
    struct pieces_found *found, struct text_error *reterr)
{
	char path[PATH_MAX];
	off_t end;
	int fd, rv;

	if (segment_path(file, piece, path) == -1)
		return text_fail(reterr, 0, "its path is too long");
	if (piece->packed)
		return packed_end(path, &found->chain, reterr);
	if ((fd = owned_open(path, O_RDWR | O_APPEND, 0, reterr)) == -1)
		return piece_error(path, reterr);
	rv = piece_end(fd, &found->chain, &found->torn, &end, reterr);
	if (rv == 0) {
		struct fields fields;

		if (end > 0 && piece_record(fd, end, true, &fields) == 0)
			found->last_us = fields.time_us;
	} else {
		piece_error(path, reterr);
	}
	close(fd);
	return rv;
}
