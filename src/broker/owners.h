/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How often the owners of tenants, who are not the service's admins, may make
 * work: each by itself, so that none keeps another from it.  Times are of the
 * monotonic clock, in microseconds.
 */
#ifndef CS_BROKER_OWNERS_H
#define CS_BROKER_OWNERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Between two reloads of one owner. */
#define OWNERS_RELOAD_US 1000000u
/* Suspensions and resumptions, which are records: so many at once, ... */
#define OWNERS_ORDERS 600
/* ... and then one in that time. */
#define OWNERS_ORDER_US 1000000u
/* Changes of their files that were taken, which are records, too: so many ...
 */
#define OWNERS_CHANGES 20000
/* ... are free, and then no reload until those beyond are worked off. */
#define OWNERS_CHANGE_US 50000u
/* Owners that are remembered. */
#define OWNERS_MAX 256

struct owners {
	struct owner {
		uid_t uid;
		uint64_t seen_us; /* 0: nobody */
		uint64_t reload_us; /* no other before */
		/* When all that were given, or taken, are worked off. */
		uint64_t orders_us, changes_us;
	} list[OWNERS_MAX];
};

/* 0: it may now, and that counts; otherwise seconds until it may. */
uint32_t owners_reload(struct owners *, uid_t, uint64_t now_us);
/* So many changes of its files were taken, whoever asked for that. */
void owners_changed(struct owners *, uid_t, size_t count, uint64_t now_us);
/* May it now?  Then that counts. */
bool owners_may_order(struct owners *, uid_t, uint64_t now_us);

#endif
