/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A collector's memory: records from anywhere, in any order, again and again,
 * become one log of each host, in which each record is once and in its place.
 *
 *	DIR/YYYY-MM-DD/HOST.json	the log (store_days.h)
 *	DIR/held/HOST			what came before a record that is
 *					missing (store_held.h)
 *	DIR/conflicts/HOST/		two records with one seq: somebody has
 *					two logs
 *	DIR/late/HOST/			came after their gap was given up
 *
 * The files are all the state there is, so being killed costs nothing that
 * was in them.
 */
#ifndef CS_REVIEW_STORE_H
#define CS_REVIEW_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

struct store;

/* A line for the operator. */
typedef void store_tell_fn(void *arg, const char *text);

struct store_options {
	char *const *hosts; /* no others; none: any, up to STORE_HOSTS */
	size_t host_count;
	bool has_give_up;
	uint32_t give_up_s; /* a gap that stays so long is stored as one */
	/* A missing record can be had: what cannot be held is dropped. */
	bool can_ask;
	store_tell_fn *tell;
	void *tell_arg;
};

#define STORE_HOSTS 256

enum store_status {
	STORE_ADDED,
	STORE_HELD, /* one before it is missing */
	STORE_REPEAT, /* it was there */
	STORE_ODD, /* not in the log, and why was told */
	STORE_FULL, /* errno; to be given again, and nothing else before */
};

struct store_counts {
	uint64_t added, held, repeated, odd;
};

/* The folder must be there.  NULL with reterr. */
struct store *store_new(
    const char *dir, const struct store_options *, struct text_error *reterr);
void store_free(struct store *);

enum store_status store_line(
    struct store *, const char *line, size_t len, uint64_t mono_us);
/* All of it is on disk: 0, or -1 with errno, to be called again. */
int store_sync(struct store *);
/* Gives up what is due: 0, or -1 with errno, as store_sync. */
int store_tick(struct store *, uint64_t mono_us);

/* Of the only host there is, or the first: the number that is due. */
uint64_t store_due(const struct store *);
/* Is one missing, and since when? */
bool store_gap(const struct store *, uint64_t *ret_mono_us);
const struct store_counts *store_counts(const struct store *);

#endif
