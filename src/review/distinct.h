/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many different digests a key, a profile and so on signed, exactly.
 *
 * A digest is kept as half of a salted SHA-256.  4 million of them take less
 * than 300 MB with all that refers to them; beyond, counts are "at least".
 */
#ifndef CS_REVIEW_DISTINCT_H
#define CS_REVIEW_DISTINCT_H

#include "review/pairs.h"

#define DISTINCT_MAX (4u << 20)
#define DISTINCT_KEY 16
#define DISTINCT_NONE UINT32_MAX

struct distinct {
	uint8_t salt[16];
	uint8_t (*keys)[DISTINCT_KEY];
	uint32_t *slot; /* an index, or DISTINCT_NONE */
	size_t count, size, max;
	struct pairs pairs; /* of a row and a digest */
	bool full;
};

/* 0, or -1: no random numbers. */
int distinct_init(struct distinct *);
void distinct_release(struct distinct *);
/* The number of this digest, or DISTINCT_NONE when there is no room. */
uint32_t distinct_index(
    struct distinct *, const char *hash, const char *digest);
/* Is it the first time that this row has this digest? */
bool distinct_first(struct distinct *, uint32_t row, uint32_t index);
bool distinct_exact(const struct distinct *);

#endif
