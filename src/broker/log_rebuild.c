/* SPDX-License-Identifier: Apache-2.0 */
/*
 * log_rebuild, declared in broker/log_restart.h.
 */
#include "broker/log_restart.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "audit/lines.h"
#include "audit/verify.h"
#include "broker/owned.h"
#include "broker/pieces_end.h"

/* Hashes are written in such steps. */
#define FLUSH_SIZE (1u << 20)

static int
add_record(
    struct log_tree *t, const char *line, size_t len, struct text_error *reterr)
{
	char prev[RECORD_HASH];
	uint64_t seq;
	int error;

	if (record_parse(line, len, &seq, prev, reterr) == -1)
		return -1;
	if (seq != t->merkle.size + 1)
		return text_fail(reterr, 0,
		    "record %" PRIu64 " stands where %" PRIu64
		    " should: put the missing pieces back",
		    seq, t->merkle.size + 1);
	if (log_tree_add(t, line, len) == -1)
		return text_fail(reterr, 0, "no memory");
	if (t->pending_len < FLUSH_SIZE)
		return 0;
	error = log_tree_flush(t);
	return error == 0 ?
	    0 :
	    text_fail(reterr, 0, "the tree: %s", strerror(error));
}

static int
add_lines(struct log_tree *t, int fd, uint64_t seq, struct text_error *reterr)
{
	enum lines_status status = LINES_END;
	struct lines lines;
	const char *line;
	size_t len;
	int rv = 0;

	if (lines_init(&lines, fd) == -1)
		return text_fail(reterr, 0, "no memory");
	while (rv == 0 && t->merkle.size < seq &&
	    (status = lines_next(&lines, &line, &len)) == LINES_OK)
		rv = add_record(t, line, len, reterr);
	if (rv == 0 && t->merkle.size < seq && status != LINES_END)
		rv = text_fail(reterr, 0, "is not whole%s%s",
		    status == LINES_ERROR ? ": " : "",
		    status == LINES_ERROR ? lines.why : "");
	lines_release(&lines);
	return rv;
}

static int
add_piece(struct log_tree *t, const char *file, const struct segment *piece,
    uint64_t seq, struct text_error *reterr)
{
	char path[PATH_MAX];
	int fd, rv;

	if (segment_path(file, piece, path) == -1)
		return text_fail(reterr, 0, "its path is too long");
	if ((fd = owned_open(path, O_RDONLY, 0, reterr)) == -1)
		return piece_error(path, reterr);
	rv = add_lines(t, fd, seq, reterr);
	close(fd);
	return rv == 0 ? 0 : piece_error(path, reterr);
}

static int
add_pieces(struct log_tree *t, const char *file, const struct segments *all,
    uint64_t seq, struct text_error *reterr)
{
	if (all->count == 0 || all->list[0].first != 1)
		return text_fail(reterr, 0,
		    "STATE-DIR/tree is missing or does not fit, and cannot be "
		    "made again without the pieces from record 1 on: put them "
		    "or the tree back, or move the log, the tree and the "
		    "checkpoint away to begin a new log");
	for (size_t i = 0; i < all->count; i++)
		if (add_piece(t, file, &all->list[i], seq, reterr) == -1)
			return -1;
	if (t->merkle.size == seq)
		return 0;
	return text_fail(
	    reterr, 0, "the pieces end before record %" PRIu64, seq);
}

int
log_rebuild(struct log_tree *t, const struct pieces *pieces, uint64_t seq,
    struct text_error *reterr)
{
	struct segments all;
	int error, rv;

	if (log_tree_resume(t, 0) == -1)
		return text_fail(reterr, 0, "no memory");
	if (segments_list(pieces->file, &all) == -1)
		return text_fail(reterr, 0, "its folder: %s", strerror(errno));
	rv = add_pieces(t, pieces->file, &all, seq, reterr);
	segments_release(&all);
	if (rv == -1)
		return -1;
	if ((error = log_tree_flush(t)) == 0)
		error = log_tree_sync(t);
	if (error != 0)
		return text_fail(reterr, 0, "the tree: %s", strerror(error));
	return 0;
}
