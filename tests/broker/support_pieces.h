/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A log of real, chained records in a folder of its own, in the pieces that a
 * test wants.
 */
#ifndef CS_TESTS_BROKER_SUPPORT_PIECES_H
#define CS_TESTS_BROKER_SUPPORT_PIECES_H

#include <limits.h>

#include "audit/record.h"
#include "audit/segment.h"
#include "base/buf.h"

struct pieces {
	char dir[64];
	char file[80];
	struct chain chain;
	struct buf all; /* every record there is, in order */
	struct record record; /* the last */
};

void pieces_make(struct pieces *);
/* In a folder that is there, and is not removed. */
void pieces_make_in(struct pieces *, const char *dir);
void pieces_drop(struct pieces *);

/* What makes a record more than a number. */
struct sample {
	const char *event; /* "SIGN" when NULL; another is a DENY */
	const char *key, *digest, *outcome, *name;
};

/* A record of the piece whose first record's seq is `first'; its seq. */
uint64_t pieces_record(struct pieces *, uint64_t first, const struct sample *);
/* A piece of so many records, which are signatures of nothing much. */
uint64_t pieces_add(struct pieces *, unsigned count);
/* As gzip(1): the plain piece is replaced. */
void pieces_pack(struct pieces *, uint64_t first);
/* Bytes at the end of a piece that are no records of ours. */
void pieces_append(struct pieces *, uint64_t first, const void *, size_t len);
/* The path, until the next call. */
const char *pieces_path(const struct pieces *, uint64_t first, bool packed);
bool pieces_has(const struct pieces *, uint64_t first, bool packed);
/* The records from a seq on. */
const char *pieces_text(const struct pieces *, uint64_t from);

#endif
