/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A log of real, chained records in a folder of its own, in the pieces that a
 * test wants.
 */
#ifndef CS_TESTS_BROKER_SUPPORT_SAMPLES_H
#define CS_TESTS_BROKER_SUPPORT_SAMPLES_H

#include <limits.h>

#include "audit/record.h"
#include "audit/segment.h"
#include "base/buf.h"

struct samples {
	char dir[64];
	char file[80];
	uint64_t wall_us;
	struct chain chain;
	struct buf all; /* every record there is, in order */
	struct record record; /* the last */
};

void samples_make(struct samples *);
/* In a folder that is there, and is not removed. */
void samples_make_in(struct samples *, const char *dir);
void samples_drop(struct samples *);

/* What makes a record more than a number. */
struct sample {
	const char *event; /* "SIGN" when NULL; another is a DENY */
	const char *key, *digest, *outcome, *name;
};

/* A record of the piece whose first record's seq is `first'; its seq. */
uint64_t samples_record(
    struct samples *, uint64_t first, const struct sample *);
/* A piece of so many records, which are signatures of nothing much. */
uint64_t samples_add(struct samples *, unsigned count);
/* As gzip(1): the plain piece is replaced. */
void samples_pack(struct samples *, uint64_t first);
/* Bytes at the end of a piece that are no records of ours. */
void samples_append(struct samples *, uint64_t first, const void *, size_t len);
/* The path, until the next call. */
const char *samples_path(const struct samples *, uint64_t first, bool packed);
bool samples_has(const struct samples *, uint64_t first, bool packed);
/* The records from a seq on. */
const char *samples_text(const struct samples *, uint64_t from);

#endif
