/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pieces_open, declared in broker/pieces.h: the piece to go on with, from
 * whatever a crash, an upgrade or an admin left.
 */
#include "broker/pieces.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/verify.h"
#include "broker/owned.h"
#include "broker/pieces_end.h"

/* How often the newest piece may change while we open it. */
#define TRIES 5
#define COMPARE_SIZE (64u << 10)

/* One of the two, or neither yet, depends on the name of the newest piece. */
enum opened {
	OPENED,
	AGAIN,
	REFUSED,
};

/* No record in the newest piece: the chain goes on from the one before. */
static enum opened
take_empty(struct pieces *p, const struct segments *all, const char *path,
    struct pieces_found *found, struct text_error *reterr)
{
	if (all->count < 2) {
		if (p->first == 1)
			return OPENED;
		text_fail(reterr, 0,
		    "%s has no records, and the pieces before it are missing: "
		    "put them back",
		    piece_name(path));
		return REFUSED;
	}
	if (piece_closed_end(
		p->file, &all->list[all->count - 2], found, reterr) == -1)
		return REFUSED;
	if (found->chain.seq + 1 == p->first)
		return OPENED;
	/* The one before lost its end: it is the one to go on with. */
	if (unlink(path) == -1) {
		text_fail(
		    reterr, 0, "%s: %s", piece_name(path), strerror(errno));
		return REFUSED;
	}
	return AGAIN;
}

static enum opened
take_full(struct pieces *p, const char *path, struct pieces_found *found,
    struct text_error *reterr)
{
	struct fields first, last;

	if (piece_record(p->out.fd, 0, false, &first) == -1 ||
	    piece_record(p->out.fd, p->out.good, true, &last) == -1) {
		text_fail(reterr, 0, "%s does not begin with a record",
		    piece_name(path));
		return REFUSED;
	}
	if (first.seq != p->first) {
		text_fail(reterr, 0,
		    "%s begins with record %" PRIu64
		    ": it must have the name of its first record",
		    piece_name(path), first.seq);
		return REFUSED;
	}
	p->since_us = first.time_us;
	found->last_us = last.time_us;
	return OPENED;
}

static enum opened
take(struct pieces *p, const struct segments *all, const char *path,
    struct pieces_found *found, struct text_error *reterr)
{
	struct chain chain;
	off_t end;

	if (piece_end(p->out.fd, &chain, &found->torn, &end, reterr) == -1) {
		piece_error(path, reterr);
		return REFUSED;
	}
	p->out.good = p->out.room = end;
	p->out.dirty = false;
	chain_init(&found->chain);
	if (chain.seq == 0)
		return take_empty(p, all, path, found, reterr);
	found->chain = chain;
	return take_full(p, path, found, reterr);
}

/* Locks the newest piece, if it still is that by then. */
static enum opened
open_newest(struct pieces *p, const struct segments *all,
    struct pieces_found *found, struct text_error *reterr)
{
	struct segments now;
	char path[PATH_MAX];
	uint64_t newest;

	p->first = all->list[all->count - 1].first;
	if (pieces_path(p, path) == -1) {
		text_fail(reterr, 0, "its path is too long");
		return REFUSED;
	}
	p->out.fd = owned_open(path, O_RDWR | O_APPEND, 0, reterr);
	if (p->out.fd == -1) {
		if (errno == ENOENT)
			return AGAIN;
		piece_error(path, reterr);
		return REFUSED;
	}
	if (owned_lock(p->out.fd, reterr) == -1)
		return REFUSED;
	if (segments_list(p->file, &now) == -1) {
		text_fail(reterr, 0, "its folder: %s", strerror(errno));
		return REFUSED;
	}
	newest = now.count > 0 ? now.list[now.count - 1].first : 0;
	segments_release(&now);
	if (newest != p->first || !owned_is_named(p->out.fd, path))
		return AGAIN;
	return take(p, all, path, found, reterr);
}

/*
 * FILE as the only name of a piece that is newer than the others: an earlier
 * version's log, or one whose other name was removed.
 */
static enum opened
adopt(struct pieces *p, uint64_t newest, struct text_error *reterr)
{
	int fd = owned_open(p->file, O_RDWR | O_APPEND, 0, reterr);
	struct fields fields;
	char path[PATH_MAX];
	struct chain chain;
	bool records;
	size_t torn;

	if (fd == -1)
		return errno == ENOENT ? OPENED : REFUSED;
	/* Not a log at all? */
	if (newest == 0 && chain_resume(fd, &chain, &torn, reterr) == -1) {
		close(fd);
		return REFUSED;
	}
	records = piece_record(fd, 0, false, &fields) == 0;
	p->first = records ? fields.seq : 1;
	if (p->first <= newest) {
		close(fd);
		return OPENED;
	}
	if (owned_lock(fd, reterr) == -1) {
		close(fd);
		return REFUSED;
	}
	close(fd);
	if (pieces_path(p, path) == 0 && link(p->file, path) == 0)
		return AGAIN;
	text_fail(reterr, 0, "%s", strerror(errno));
	return REFUSED;
}

/* A piece without records, after what there is. */
static enum opened
make_next(struct pieces *p, const struct segments *all,
    struct pieces_found *found, struct text_error *reterr)
{
	int fd;

	chain_init(&found->chain);
	if (all->count > 0 &&
	    piece_closed_end(
		p->file, &all->list[all->count - 1], found, reterr) == -1)
		return REFUSED;
	p->first = found->chain.seq + 1;
	if (pieces_displace(p, p->file) == 0 &&
	    (fd = pieces_make(p, p->first, -1, 0)) != -1) {
		close(fd);
		return AGAIN;
	}
	text_fail(reterr, 0, "%s", strerror(errno));
	return REFUSED;
}

static enum opened
open_once(
    struct pieces *p, struct pieces_found *found, struct text_error *reterr)
{
	enum opened opened;
	struct segments all;
	const struct segment *newest;

	if (segments_list(p->file, &all) == -1) {
		text_fail(reterr, 0, "its folder: %s", strerror(errno));
		return REFUSED;
	}
	newest = all.count > 0 ? &all.list[all.count - 1] : NULL;
	opened = adopt(p, newest != NULL ? newest->first : 0, reterr);
	if (opened == OPENED)
		opened = newest == NULL || newest->packed ?
		    make_next(p, &all, found, reterr) :
		    open_newest(p, &all, found, reterr);
	segments_release(&all);
	if (opened != OPENED)
		pieces_close(p);
	return opened;
}

/* Does FILE hold nothing but the beginning of the piece? */
static bool
is_beginning(const char *file, const struct journal_file *out)
{
	static char left[COMPARE_SIZE], right[COMPARE_SIZE];
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	bool same = false;
	struct stat st;

	if (fd == -1)
		return false;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		same = st.st_size <= out->good;
	for (off_t at = 0; same && at < st.st_size; at += COMPARE_SIZE) {
		size_t len = sizeof(left);

		if (st.st_size - at < (off_t)len)
			len = (size_t)(st.st_size - at);
		same = owned_read(fd, left, len, at) == 0 &&
		    owned_read(out->fd, right, len, at) == 0 &&
		    memcmp(left, right, len) == 0;
	}
	close(fd);
	return same;
}

/* An older piece: a rotation was cut between its steps. */
static bool
is_older_piece(const struct pieces *p)
{
	struct segments all;
	struct stat st, one;
	char path[PATH_MAX];
	bool found = false;

	if (lstat(p->file, &st) == -1 || segments_list(p->file, &all) == -1)
		return false;
	for (size_t i = 0; i < all.count && !found; i++)
		found = segment_path(p->file, &all.list[i], path) == 0 &&
		    lstat(path, &one) == 0 && one.st_dev == st.st_dev &&
		    one.st_ino == st.st_ino;
	segments_release(&all);
	return found;
}

static int
tidy_names(const struct pieces *p, struct text_error *reterr)
{
	char path[PATH_MAX];
	struct stat st;

	if (pieces_path(p, path) == -1)
		return text_fail(reterr, 0, "its path is too long");
	if (owned_is_named(p->out.fd, p->file))
		return 0;
	if (lstat(p->file, &st) == 0 && !is_older_piece(p) &&
	    !is_beginning(p->file, &p->out))
		return text_fail(reterr, 0,
		    "is another file than %s, and has other records: move the "
		    "one away that is not to be continued",
		    piece_name(path));
	if (pieces_link_file(p, path) == -1)
		return text_fail(reterr, 0, "%s", strerror(errno));
	return 0;
}

int
pieces_open(struct pieces *p, const char *file, struct pieces_found *ret,
    struct text_error *reterr)
{
	enum opened opened = AGAIN;
	int tries = TRIES;

	memset(p, 0, sizeof(*p));
	memset(ret, 0, sizeof(*ret));
	p->out.fd = -1;
	if (!text_copy(p->file, sizeof(p->file), file))
		return text_fail(reterr, 0, "its path is too long");
	while (opened == AGAIN && tries-- > 0) {
		text_fail(reterr, 0, "another broker writes it");
		opened = open_once(p, ret, reterr);
	}
	if (opened != OPENED)
		return -1;
	if (tidy_names(p, reterr) == -1 ||
	    (owned_sync_folder(file) == -1 &&
		text_fail(reterr, 0, "its folder: %s", strerror(errno)))) {
		pieces_close(p);
		return -1;
	}
	return 0;
}
