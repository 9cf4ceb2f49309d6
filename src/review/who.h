/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Was this ever signed, by whom, with what?  Takes all records in their
 * order, keeps those about the digests asked for, and notes which later
 * checkpoint of the same host covers each.
 */
#ifndef CS_REVIEW_WHO_H
#define CS_REVIEW_WHO_H

#include "audit/fields.h"
#include "base/buf.h"

#define WHO_KEPT 10000 /* of each list */

struct who;

/* NULL: no memory. */
struct who *who_new(void);
void who_free(struct who *);

/* A whole digest in hex: 0, or -1 with reterr. */
int who_ask(struct who *, const char *digest, struct text_error *reterr);

/* 0 (most lines are passed over unread), or -1 with reterr: no record. */
int who_take(
    struct who *, const char *record, size_t len, struct text_error *reterr);

enum who_list {
	WHO_SIGNED, /* SIGN with outcome ok */
	WHO_OTHERS, /* refusals and failures */
};

struct who_record {
	const char *line;
	size_t len;
	uint64_t seq;
	uint64_t checkpoint; /* seq of the first that covers it; 0: none */
};

/* How many there are, of which WHO_KEPT can be got. */
uint64_t who_total(const struct who *, enum who_list);
/* NULL: there are no more. */
const struct who_record *who_get(const struct who *, enum who_list, size_t i);

/* What there is to say, for people; nothing when there is nothing. */
void who_text(const struct who *, struct buf *out);
/* Each record as json_record_covered writes it. */
void who_json(const struct who *, struct buf *out);

#endif
