/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Someone who waits until something is on disk: a record, a change of the
 * state.  Embedded by its owner, for one thing at a time; it must stay until
 * fn was called, once, from the loop.
 */
#ifndef CS_BROKER_WAITER_H
#define CS_BROKER_WAITER_H

#include <stdbool.h>
#include <stdint.h>

struct waiter {
	struct waiter *next;
	uint64_t ticket;
	void (*fn)(struct waiter *, bool ok);
};

#endif
