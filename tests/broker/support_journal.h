/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A log in a folder of its own, written by the real journal; what is on disk
 * is read back by the means of a reviewer.
 */
#ifndef CS_TESTS_BROKER_SUPPORT_JOURNAL_H
#define CS_TESTS_BROKER_SUPPORT_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "broker/journal.h"

struct home {
	char folder[64], file[96], tree[96], note[96];
	struct loop *loop;
	struct journal *journal; /* NULL: closed */
	struct journal_conf conf;
	struct journal_opened opened;
	struct text_error error;
	unsigned waiting, failed, closed, freed;
};

void home_make(struct home *);
void home_drop(struct home *);
/* Opens and starts: 0, or -1 with error. */
int home_try(struct home *);
void home_open(struct home *); /* and must succeed */
void home_close(struct home *);
/* Adds so many records, and waits until they are on disk or failed. */
void home_add(struct home *, unsigned count);
/* A round of the loop, of at most a few milliseconds. */
void home_round(struct home *);
/* Begins a new piece: waits until it is in use. */
void home_rotate(struct home *);

/*
 * How many records all pieces have; chain and names must hold, and FILE must
 * be the last of them.
 */
uint64_t home_records(const struct home *);
/* The tree's file must hold exactly the tree of those records. */
void home_check_tree(const struct home *);
/* Does a record of the pieces have this text? */
bool home_has(const struct home *, const char *text);

/* "FILE.000000000042" */
void home_piece(const struct home *, uint64_t first, char ret[128]);

/* A file's bytes (the caller's), and back. */
char *home_load(const char *path, size_t *ret_len);
void home_save(const char *path, const void *, size_t len);

#endif
