/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The newest checkpoint: what is shown, and what receipts carry.
 */
#ifndef CS_BROKER_NEWEST_H
#define CS_BROKER_NEWEST_H

#include <stdbool.h>

#include "audit/note.h"

struct notary;

struct newest {
	char note[CHECKPOINT_NOTE];
	size_t len; /* 0: there is none */
	uint64_t size; /* records that it covers */
	bool ours; /* made since the start; then also: */
	uint64_t wall_us, mono_us;
	const char *why;
	uint32_t key; /* id of who signed it */
};

void newest_init(struct newest *);
/*
 * The one of before the start, of a log with so many records by now: for who
 * asks before there is a new one.
 */
void newest_load(struct newest *, const char *dir, uint64_t records);
/* One was made. */
void newest_take(struct newest *, const struct notary *);

#endif
