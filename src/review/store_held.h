/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records of one host that came before one that is missing: in a file, so that
 * they outlive us, and by seq in memory.
 */
#ifndef CS_REVIEW_STORE_HELD_H
#define CS_REVIEW_STORE_HELD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "audit/record.h"
#include "base/buf.h"
#include "base/text.h"

#define HELD_MAX 1000000 /* records; 24 bytes of memory each */

struct held_item {
	uint64_t seq;
	off_t at;
	uint32_t len;
};

struct held {
	int fd;
	off_t size; /* of the file's whole lines, pending ones included */
	struct buf pending; /* its end that was not written yet */
	struct held_item *heap;
	size_t count, room;
};

/*
 * What the file holds is held again; it is locked as long as it is open.  0,
 * or -1 with errno (EWOULDBLOCK: another process has it).
 */
int held_open(struct held *, int dir, const char *file);
void held_release(struct held *);

/* 0, or -1 with errno: ENOSPC also when there are HELD_MAX. */
int held_add(struct held *, uint64_t seq, const char *record, size_t len);
/* The lowest number; 0: none. */
uint64_t held_first(const struct held *);
/* The record of held_first: its length, or -1 with errno. */
int held_peek(struct held *, char ret[static RECORD_MAX]);
/* Drops that one.  The file is emptied once nothing is held, by held_sync. */
void held_drop(struct held *);
int held_sync(struct held *);

#endif
