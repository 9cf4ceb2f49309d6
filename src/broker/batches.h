/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records on their way to the disk, in batches that are written whole.  The
 * space is kept for the next ones.
 */
#ifndef CS_BROKER_BATCHES_H
#define CS_BROKER_BATCHES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "audit/record.h"

/*
 * One batch at most: after a crash the end of the file is looked for in its
 * last MiB (audit/verify.h).
 */
#define BATCH_SIZE (512u << 10)

struct batch {
	struct batch *next;
	size_t len;
	uint64_t ticket; /* of its last record */
	struct chain chain; /* after its last record */
	uint64_t since_us; /* when its first record came */
	bool urgent; /* somebody waits for one of its records */
	bool ends_piece; /* nothing is added; the next begins a piece */
	char data[BATCH_SIZE];
};

struct batches {
	struct batch *first, *last;
	struct batch *unused;
	size_t count;
};

/* Zeroed is initialised. */
void batches_release(struct batches *);
/*
 * The batch to which len more bytes can be added: the last one, unless it is
 * full or (first_is_taken) the first, or a new one.  NULL: no memory.
 */
struct batch *batches_room(struct batches *, size_t len, bool first_is_taken);
/* The first is done with; it stays readable until the next batches_room. */
const struct batch *batches_shift(struct batches *);

#endif
