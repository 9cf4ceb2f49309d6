/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One host's log and the next record of it: what store.c and store_place.c
 * share.
 */
#ifndef CS_REVIEW_STORE_PLACE_H
#define CS_REVIEW_STORE_PLACE_H

#include "audit/record.h"
#include "review/store.h"
#include "review/store_days.h"
#include "review/store_held.h"

#define HOST_MAX 64

struct host {
	char host[HOST_MAX + 1];
	struct days days;
	struct held held;
	struct chain last;
	bool apart; /* what is between last and the next never came */
	uint64_t gap_us; /* when last did not move although more came */
};

struct store {
	struct store_options options;
	int root;
	struct host *hosts[STORE_HOSTS];
	size_t host_count;
	struct store_counts counts;
	unsigned odd_files;
};

struct incoming {
	struct fields fields;
	const char *record;
	size_t len;
	uint64_t mono_us;
};

/* To the operator. */
void store_tell(const struct store *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* The same for what is not taken, which is counted. */
enum store_status store_odd(struct store *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Where it belongs. */
enum store_status place_record(
    struct store *, struct host *, const struct incoming *);
/* What was held and is due now: 0, or -1 with errno. */
int place_held(struct store *, struct host *, uint64_t mono_us);

#endif
