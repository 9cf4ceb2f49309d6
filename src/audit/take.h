/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading notes and proofs, which are lines of one thing each.
 */
#ifndef CS_AUDIT_TAKE_H
#define CS_AUDIT_TAKE_H

#include "audit/merkle.h"
#include "audit/scan.h"

#define TAKE_NUMBER_MAX INT64_MAX /* the largest index or size */

struct text {
	const char *at;
	size_t left;
	unsigned line; /* the one that was taken last */
};

/* A line and its LF; ret is without. */
bool take_line(struct text *, struct slice *ret);
/* The prefix, which goes. */
bool take_prefix(struct slice *, const char *prefix);
/* A word that is not empty and the blank behind it, which go. */
bool take_word(struct slice *, struct slice *ret);

/* A whole line: a number as C2SP writes it, without leading zeros. */
bool slice_number(const struct slice *, uint64_t *ret);
/* A whole line: the base64 of a hash. */
bool slice_hash(const struct slice *, merkle_hash ret);

#endif
