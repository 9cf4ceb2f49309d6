/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/owners.h"

/* The owner's place, or that of who was not seen for longest. */
static struct owner *
find(struct owners *owners, uid_t uid, uint64_t now_us)
{
	struct owner *oldest = &owners->list[0];

	for (unsigned i = 0; i < OWNERS_MAX; i++) {
		struct owner *o = &owners->list[i];

		if (o->seen_us != 0 && o->uid == uid) {
			o->seen_us = now_us;
			return o;
		}
		if (o->seen_us < oldest->seen_us)
			oldest = o;
	}
	*oldest = (struct owner){ .uid = uid, .seen_us = now_us };
	return oldest;
}

uint32_t
owners_reload(struct owners *owners, uid_t uid, uint64_t now_us)
{
	struct owner *o = find(owners, uid, now_us);
	uint64_t free_us = (uint64_t)OWNERS_CHANGES * OWNERS_CHANGE_US;
	uint64_t at_us = o->reload_us;

	if (o->changes_us > free_us && o->changes_us - free_us > at_us)
		at_us = o->changes_us - free_us;
	if (now_us < at_us)
		return (uint32_t)((at_us - now_us + 999999) / 1000000);
	o->reload_us = now_us + OWNERS_RELOAD_US;
	return 0;
}

void
owners_changed(struct owners *owners, uid_t uid, size_t count, uint64_t now_us)
{
	struct owner *o = find(owners, uid, now_us);

	if (o->changes_us < now_us)
		o->changes_us = now_us;
	o->changes_us += count * (uint64_t)OWNERS_CHANGE_US;
}

bool
owners_may_order(struct owners *owners, uid_t uid, uint64_t now_us)
{
	struct owner *o = find(owners, uid, now_us);

	if (o->orders_us < now_us)
		o->orders_us = now_us;
	if (o->orders_us - now_us >
	    (uint64_t)(OWNERS_ORDERS - 1) * OWNERS_ORDER_US)
		return false;
	o->orders_us += OWNERS_ORDER_US;
	return true;
}
