/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stored records of one host, JSON lines in day folders:
 *
 *	2026-11-21/signer1.json			the day's records
 *	2026-11-22/signer1.json
 *	2026-11-21/signer1@000000048213.json	a part that begins with that
 *						seq: a clock went back into a
 *						day that was closed, or records
 *						before it never came
 *
 * A record is in the folder of its own day (UTC), and each part holds records
 * in the order of seq without a hole.  So the parts by their first seq are the
 * whole log, and what was stored last is known from the files alone.
 */
#ifndef CS_REVIEW_STORE_DAYS_H
#define CS_REVIEW_STORE_DAYS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "audit/fields.h"
#include "base/buf.h"
#include "review/input.h"

#define DAYS_NAME 200 /* a host as a file name: days_name() */

struct days_part {
	char day[11];
	bool numbered;
	uint64_t first;
};

struct days {
	int root; /* the folder; the caller's */
	char name[DAYS_NAME];
	struct days_part *list; /* by first */
	size_t count;
	int fd; /* of the part that is written, the last; -1: none yet */
	off_t size; /* of its whole lines */
	struct buf pending; /* not written yet */
	struct {
		int fd;
		size_t part;
		off_t at; /* of the line that holds next */
		uint64_t next; /* 0: unknown */
	} look; /* where days_find was last */
};

/* [A-Za-z0-9._-] stay, others become %XX, as does a dot in front. */
int days_name(const char *host, char ret[static DAYS_NAME]);

/*
 * What is there; a line at the end of the last part that a crash tore is cut
 * off.  *ret is the state after its last record (all 0: none).  0, or -1 with
 * reterr.
 */
int days_open(struct days *, int root, const char *name, struct chain *ret,
    struct text_error *reterr);
void days_release(struct days *);

/*
 * The record that follows; with apart it begins a part.  0, or -1 with errno,
 * and nothing changed: it can be given again.
 */
int days_add(struct days *, const struct fields *, const char *record,
    size_t len, bool apart);
/* All of it is on disk: 0, or -1 with errno, to be called again. */
int days_sync(struct days *);

/*
 * The stored record of that number: its length, 0 when there is none, or -1
 * with reterr.
 */
int days_find(struct days *, uint64_t seq, char ret[static INPUT_LINE_MAX],
    struct text_error *reterr);

/* For store_find.c and store_scan.c. */
int days_part_path(
    const struct days *, const struct days_part *, char *ret, size_t size);
/*
 * The line at a place of a file, unwrapped: the length that it takes in the
 * file (with its LF), 0 at the end or before a torn one, or -1 with reterr.
 */
ssize_t days_line(int fd, off_t at, char ret[static INPUT_LINE_MAX],
    size_t *ret_len, struct text_error *reterr);
/* Puts what was not written yet in the file, without waiting for the disk. */
int days_write(struct days *);
/* The parts that there are; the descriptor of the last. */
int days_scan(struct days *, struct text_error *reterr);

#endif
