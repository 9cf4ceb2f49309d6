/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is wrong with a log, and where: the first thing that is.
 */
#ifndef CS_AUDIT_FAULT_H
#define CS_AUDIT_FAULT_H

#include <stdint.h>

/* Who reads the records says where they come from. */
struct record_place {
	const char *file; /* stays the caller's */
	unsigned line; /* 0: the whole file */
};

enum fault_kind {
	FAULT_CHANGED, /* a record is not the one that was written */
	FAULT_MISSING, /* records are not there */
	FAULT_ORDER, /* a record where it does not belong */
	FAULT_LINE, /* something that is no record */
	FAULT_CHECKPOINT, /* a checkpoint that says nothing, or too much */
	FAULT_KEY, /* a checkpoint by a key that is not the log's */
	FAULT_ORIGIN, /* a checkpoint of another log */
	FAULT_FORK, /* two signed checkpoints that cannot both be true */
	FAULT_TRUNCATED, /* a checkpoint covers more than there is */
	FAULT_UNCHECKED, /* what was to be checked cannot be */
	FAULT_INTERNAL, /* no memory, or libcrypto failed */
};

struct fault {
	enum fault_kind kind;
	uint64_t first, last; /* the records by seq; 0: not known */
	struct record_place place; /* of the first, or of what tells on it */
	char what[384];
};

/* "changed", "missing": countersign-audit(7) lists them. */
const char *fault_word(enum fault_kind);

/* Fills *ret and returns -1. */
int fault_set(struct fault *ret, enum fault_kind, struct record_place,
    uint64_t first, uint64_t last, const char *fmt, ...)
    __attribute__((format(printf, 6, 7)));

#endif
