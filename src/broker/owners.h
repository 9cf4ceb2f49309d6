/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How often the owners of tenants, who are not the service's admins, may make
 * work: each by itself, so that none keeps another from it.  Times are of the
 * monotonic clock, in microseconds.
 */
#ifndef CS_BROKER_OWNERS_H
#define CS_BROKER_OWNERS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Between two reloads of one owner. */
#define OWNERS_RELOAD_US 1000000u
/* Suspensions and resumptions, which are records: so many at once, ... */
#define OWNERS_ORDERS 1000
/* ... and then one in that time. */
#define OWNERS_ORDER_US 1000000u
/* Owners that are remembered. */
#define OWNERS_MAX 16

struct owners {
	struct owner {
		uid_t uid;
		uint64_t seen_us; /* 0: nobody */
		uint64_t reload_us; /* no other before */
		uint64_t orders_us; /* when all that were given are paid for */
	} list[OWNERS_MAX];
};

/* May it now?  Then that counts. */
bool owners_may_reload(struct owners *, uid_t, uint64_t now_us);
bool owners_may_order(struct owners *, uid_t, uint64_t now_us);

#endif
