/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A set of pairs of small numbers, which can count how often each was added.
 */
#ifndef CS_REVIEW_PAIRS_H
#define CS_REVIEW_PAIRS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pairs {
	uint64_t *slot; /* a pair, or PAIRS_NONE */
	uint32_t *times; /* NULL: not counted */
	size_t used, size, max;
	bool counting;
	bool full; /* something found no room */
};

#define PAIRS_NONE UINT64_MAX

/* max: so many pairs at most. */
void pairs_init(struct pairs *, size_t max, bool counting);
void pairs_release(struct pairs *);
/* true: this pair is new.  Both UINT32_MAX is no pair. */
bool pairs_add(struct pairs *, uint32_t a, uint32_t b);
/* The pairs in no order: *at begins as 0; false: no more. */
bool pairs_next(const struct pairs *, size_t *at, uint32_t *ret_a,
    uint32_t *ret_b, uint32_t *ret_times);

#endif
