/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pieces of the log (audit/segment.h): finding the one to go on with,
 * beginning the next, and keeping both names of the one that is written.
 *
 * FILE.new is how a piece begins: made, locked and synced under that name,
 * then linked to its own, then renamed to FILE.  So a piece that has its name
 * is locked, FILE always names a piece, and each step can be the last.
 */
#ifndef CS_BROKER_PIECES_H
#define CS_BROKER_PIECES_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "audit/record.h"
#include "audit/segment.h"
#include "base/text.h"
#include "broker/journal_file.h"

struct pieces {
	char file[PATH_MAX]; /* FILE */
	struct journal_file out; /* the piece that is written */
	uint64_t first; /* its name */
	uint64_t since_us; /* wall time of its first record; 0: none */
};

struct pieces_found {
	struct chain chain; /* after the last record */
	size_t torn; /* bytes that were cut off */
	uint64_t last_us; /* wall time of the last record; 0: none */
};

/* As journal_open: 0, or -1 with reterr. */
int pieces_open(struct pieces *, const char *file, struct pieces_found *ret,
    struct text_error *reterr);
void pieces_close(struct pieces *);

/* The next piece, whose first record is `first': 0, or an errno (untouched). */
int pieces_begin(struct pieces *, uint64_t first);

/* What became of the names of the piece that is written. */
enum pieces_names {
	NAMES_FINE,
	NAMES_LINKED, /* one was missing, or was another file's */
	NAMES_RESTORED, /* both were: the records were copied */
	NAMES_LOST, /* the same, and they could not be copied */
	/* Of what is in it. */
	NAMES_SHORTER, /* somebody cut it off: the next piece was begun */
	NAMES_LONGER, /* somebody wrote to it: that was cut off */
};

/* Looks, and puts right what is wrong: 0, or an errno (tried again later). */
int pieces_look(struct pieces *, enum pieces_names *ret);
/*
 * Is what is in the piece as long as what we wrote?  Puts right what is not;
 * next is the seq that a new piece would begin with.  0, or an errno.
 */
int pieces_content(struct pieces *, uint64_t next, enum pieces_names *ret);
/* Bytes free for us where the pieces are: 0, or an errno. */
int pieces_free_space(const struct pieces *, uint64_t *ret);

/* For pieces_open. */
int pieces_path(const struct pieces *, char ret[static PATH_MAX]);
/* What stands at the path of one of our names is kept, as FILE.displaced. */
int pieces_displace(const struct pieces *, const char *path);
int pieces_link_file(const struct pieces *, const char *piece);
/* Another file, of so many bytes, takes the place of the one that is written.
 */
void pieces_use(struct pieces *, int fd, uint64_t first, off_t good);
/* A piece made, filled from fd (-1: empty) and named: its fd, or -1. */
int pieces_make(const struct pieces *, uint64_t first, int from, off_t len);

#endif
