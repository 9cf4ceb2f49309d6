/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/log_restart.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/lines.h"
#include "audit/note.h"
#include "audit/verify.h"
#include "base/file.h"
#include "base/log.h"
#include "broker/owned.h"
#include "broker/pieces_end.h"

#define CHUNK (64u << 10)

struct restart {
	const struct pieces *pieces;
	uint64_t seq; /* of the log's last record */
	char tree[PATH_MAX], note[PATH_MAX];
};

/*
 * What is done again: the records after `base', whose hashes may not have
 * reached the disk.  Those before it were synced.
 */
struct tail {
	const struct pieces *pieces;
	uint64_t base, seq; /* from base + 1 to seq */
	off_t at; /* of record base + 1, in the piece that is written */
};

/* Where the last `count' lines of the piece begin: 0, or -1. */
static int
seek_back(const struct journal_file *out, uint64_t count, off_t *ret)
{
	static char chunk[CHUNK];
	off_t end = out->good;

	while (end > 0) {
		size_t len = end < (off_t)CHUNK ? (size_t)end : CHUNK;

		if (owned_read(out->fd, chunk, len, end - (off_t)len) == -1)
			return -1;
		for (size_t i = len; i-- > 0;) {
			/* The last line's own LF does not count. */
			if (chunk[i] != '\n' ||
			    end - (off_t)(len - i) == out->good - 1)
				continue;
			if (--count == 0) {
				*ret = end - (off_t)(len - i) + 1;
				return 0;
			}
		}
		end -= (off_t)len;
	}
	return -1;
}

static int
find_tail(struct tail *tail, const struct pieces *pieces, uint64_t seq)
{
	tail->pieces = pieces;
	tail->seq = seq;
	tail->base = pieces->first - 1;
	tail->at = 0;
	if (seq < pieces->first || seq - tail->base <= LOG_TREE_TAIL)
		return 0;
	tail->base = seq - LOG_TREE_TAIL;
	return seek_back(&pieces->out, LOG_TREE_TAIL, &tail->at);
}

/*
 * The line of the file that ends before `at', as a leaf: 0, 1 (it is not that
 * record), or -1.
 */
static int
leaf_before(int fd, off_t at, uint64_t seq, merkle_hash ret)
{
	char bytes[RECORD_MAX], prev[RECORD_HASH];
	struct text_error error;
	uint64_t found;
	off_t from = at > RECORD_MAX ? at - RECORD_MAX : 0;
	const char *start;
	size_t len;

	if (at <= 1)
		return 1;
	len = (size_t)(at - from) - 1;
	if (owned_read(fd, bytes, len, from) == -1)
		return -1;
	start = memrchr(bytes, '\n', len);
	start = start != NULL ? start + 1 : bytes;
	len -= (size_t)(start - bytes);
	if (record_parse(start, len, &found, prev, &error) == -1 ||
	    found != seq)
		return 1;
	return merkle_leaf(start, len, ret);
}

/* The same for the last record of the piece before; 1: it is not there. */
static int
leaf_of_piece_before(const struct pieces *pieces, merkle_hash ret)
{
	struct segment before = { .first = 0 };
	struct text_error error;
	struct segments all;
	char path[PATH_MAX];
	int fd, rv;

	if (segments_list(pieces->file, &all) == -1)
		return 1;
	for (size_t i = 0; i < all.count; i++)
		if (all.list[i].first < pieces->first)
			before = all.list[i];
	segments_release(&all);
	if (before.first == 0 || before.packed ||
	    segment_path(pieces->file, &before, path) == -1)
		return 1;
	if ((fd = owned_open(path, O_RDONLY, 0, &error)) == -1)
		return 1;
	rv = leaf_before(fd, lseek(fd, 0, SEEK_END), pieces->first - 1, ret);
	close(fd);
	return rv;
}

/* Is the record before the tail the one that the tree has there? */
static bool
base_fits(const struct log_tree *t, const struct tail *tail)
{
	merkle_hash leaf, stored;
	int told;

	if (tail->base == 0)
		return true;
	told = tail->at > 0 ?
	    leaf_before(tail->pieces->out.fd, tail->at, tail->base, leaf) :
	    leaf_of_piece_before(tail->pieces, leaf);
	/* Somebody cut that piece off, or moved it away. */
	if (told == 1)
		return tail->at == 0;
	return told == 0 &&
	    owned_read(t->fd, stored, MERKLE_HASH,
		(off_t)(merkle_index(0, tail->base - 1) * MERKLE_HASH)) == 0 &&
	    memcmp(leaf, stored, MERKLE_HASH) == 0;
}

/* Adds the tail's records in memory: 0, or -1. */
static int
add_tail(struct log_tree *t, const struct tail *tail)
{
	struct lines lines;
	const char *line;
	size_t len;
	int rv = 0;

	if (lseek(tail->pieces->out.fd, tail->at, SEEK_SET) == -1 ||
	    lines_init(&lines, tail->pieces->out.fd) == -1)
		return -1;
	while (rv == 0 && t->merkle.size < tail->seq)
		rv = lines_next(&lines, &line, &len) == LINES_OK ?
		    log_tree_add(t, line, len) :
		    -1;
	lines_release(&lines);
	return rv;
}

/* How many of the tail's records have other hashes in the file, or none. */
static uint64_t
count_changed(const struct log_tree *t, const struct tail *tail)
{
	uint8_t stored[MERKLE_HASH * (MERKLE_LEVELS + 1)];
	uint64_t changed = 0;
	size_t done = 0;

	for (uint64_t i = tail->base; i < tail->seq; i++) {
		off_t at = (off_t)(merkle_stored(i) * MERKLE_HASH);
		size_t len = (size_t)(merkle_stored(i + 1) - merkle_stored(i)) *
		    MERKLE_HASH;

		changed += owned_read(t->fd, stored, len, at) == -1 ||
		    memcmp(stored, t->pending + done, len) != 0;
		done += len;
	}
	return changed;
}

/*
 * From the file up to the tail's base, from the log after it: 0, 1 (the file
 * does not fit), or -1 with reterr.
 */
static int
resume(struct log_tree *t, const struct tail *tail, struct log_restart *ret,
    struct text_error *reterr)
{
	int error;

	if (log_tree_leaves(t) < tail->base || !base_fits(t, tail) ||
	    log_tree_resume(t, tail->base) == -1)
		return 1;
	if (add_tail(t, tail) == -1)
		return text_fail(reterr, 0, "its end cannot be read");
	ret->rehashed = count_changed(t, tail);
	if (ret->rehashed == 0) {
		/* As it is; what it has beyond that goes with the next. */
		t->stored += t->pending_len / MERKLE_HASH;
		t->pending_len = 0;
		return 0;
	}
	/* Not trimmed yet: the file says what was lost until START does. */
	t->trim = false;
	if ((error = log_tree_flush(t)) == 0)
		error = log_tree_sync(t);
	t->trim = true;
	if (error != 0)
		return text_fail(reterr, 0, "the tree: %s", strerror(error));
	return 0;
}

/* The newest checkpoint: 0, 1 (there is none), or -1: of another log. */
static int
check_note(const struct log_tree *t, const char *path, uint64_t seq,
    uint64_t *ret_size)
{
	struct signed_checkpoint note;
	struct text_error error;
	merkle_hash root;
	char *text;
	size_t len;
	int parsed;

	if (access(path, F_OK) == -1)
		return 1;
	if (file_load(path, FILE_CONFIG, NOTE_MAX, &text, &len, &error) == -1) {
		log_warn("%s: %s", path, error.what);
		return 1;
	}
	parsed = checkpoint_parse(text, len, &note, &error);
	free(text);
	if (parsed == -1) {
		log_warn("%s: %s", path, error.what);
		return 1;
	}
	*ret_size = note.checkpoint.size;
	if (note.checkpoint.size > seq)
		return 0;
	if (log_tree_root(t, note.checkpoint.size, root) == -1 ||
	    memcmp(root, note.checkpoint.root, MERKLE_HASH) != 0)
		return -1;
	return 0;
}

/* It was signed for records that are gone, and their numbers come again. */
static void
set_aside(const char *path)
{
	char aside[PATH_MAX];
	int len = snprintf(aside, sizeof(aside), "%s.lost", path);

	if (len < 0 || len >= PATH_MAX || rename(path, aside) == -1)
		log_warn("%s: cannot be renamed", path);
}

/*
 * Beside the old one, which it replaces when all of it is on disk: what a
 * power cut leaves of it is never taken for the tree.
 */
static int
rebuild(struct log_tree *t, const struct restart *r, struct log_restart *ret,
    struct text_error *reterr)
{
	struct log_tree fresh;
	char path[PATH_MAX];
	int len = snprintf(path, sizeof(path), "%s.new", r->tree);

	log_info("the tree is made again from %" PRIu64 " records", r->seq);
	if (len < 0 || len >= PATH_MAX)
		return text_fail(reterr, 0, "its path is too long");
	if (log_tree_open(&fresh, path, reterr) == -1)
		return piece_error(path, reterr);
	if (log_rebuild(&fresh, r->pieces, r->seq, reterr) == -1) {
		log_tree_close(&fresh);
		return -1;
	}
	if (rename(path, r->tree) == -1 || owned_sync_folder(path) == -1) {
		log_tree_close(&fresh);
		return text_fail(reterr, 0, "the tree: %s", strerror(errno));
	}
	log_tree_close(t);
	*t = fresh;
	ret->rebuilt = r->seq > 0;
	ret->rehashed = 0;
	return 0;
}

static int
restart(struct log_tree *t, const struct restart *r, struct log_restart *ret,
    struct text_error *reterr)
{
	uint64_t leaves = log_tree_leaves(t), size = 0;
	struct tail tail;
	int state = 1;

	if (find_tail(&tail, r->pieces, r->seq) == -1)
		return text_fail(reterr, 0, "its end cannot be read");
	if (leaves > r->seq)
		ret->lost = leaves - r->seq;
	if ((leaves > 0 || r->seq == 0) &&
	    (state = resume(t, &tail, ret, reterr)) == -1)
		return -1;
	if (state == 0 && check_note(t, r->note, r->seq, &size) == -1)
		state = 1;
	if (state == 1) {
		if (rebuild(t, r, ret, reterr) == -1)
			return -1;
		if (check_note(t, r->note, r->seq, &size) == -1)
			return text_fail(reterr, 0,
			    "the first %" PRIu64
			    " records are not those that STATE-DIR/checkpoint "
			    "was signed for: the log was changed; keep both, "
			    "and move log, tree and checkpoint away to begin "
			    "a new log",
			    size);
	}
	if (size <= r->seq)
		return 0;
	log_warn("%s covers %" PRIu64 " records, and the log has %" PRIu64
		 ": records were lost, or removed",
	    r->note, size, r->seq);
	if (size - r->seq > ret->lost)
		ret->lost = size - r->seq;
	set_aside(r->note);
	return 0;
}

int
log_restart(struct log_tree *t, const char *state_dir,
    const struct pieces *pieces, uint64_t seq, struct log_restart *ret,
    struct text_error *reterr)
{
	struct restart r = { .pieces = pieces, .seq = seq };
	int len = snprintf(r.note, sizeof(r.note), "%s/checkpoint", state_dir);

	memset(ret, 0, sizeof(*ret));
	if (len < 0 || len >= PATH_MAX)
		return text_fail(
		    reterr, 0, "the path of state-dir is too long");
	snprintf(r.tree, sizeof(r.tree), "%s/tree", state_dir);
	if (log_tree_open(t, r.tree, reterr) == -1)
		return piece_error(r.tree, reterr);
	if (restart(t, &r, ret, reterr) == 0)
		return 0;
	log_tree_close(t);
	return -1;
}
