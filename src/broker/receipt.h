/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What sign --receipt gives beside a signature: the line's record is kept
 * until a checkpoint covers it, then it becomes a proof (audit/proof.h).
 */
#ifndef CS_BROKER_RECEIPT_H
#define CS_BROKER_RECEIPT_H

#include "base/buf.h"
#include "broker/checkpoint.h"

struct record;
struct slot;

/* From the service's pool. */
struct receipt {
	struct cover cover;
	struct slot *slot;
	bool proven; /* it is the proof now */
	uint32_t len;
	char text[]; /* the record without its LF; then the proof */
};

/* The record was taken in; without memory there will be no receipt. */
void receipt_keep(struct slot *, const struct record *);
/* It is on disk: slot_covered follows, maybe at once. */
void receipt_await(struct slot *);
/* Makes the proof: OK, AUDIT_UNAVAILABLE, BUSY. */
enum reason receipt_prove(struct slot *);
/* Accepts a slot without one. */
void receipt_drop(struct slot *);

/*
 * The proof of any record that the newest checkpoint covers: 0, or -1: the
 * tree cannot be read.
 */
int proof_of(struct service *, uint64_t seq, const char *record, size_t len,
    struct buf *out);

#endif
