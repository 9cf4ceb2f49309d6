/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may open one more connection: three counts (all connections, those of
 * one address, those not logged in yet) and the limits that hold them.
 *
 * One address gets three quarters of those not logged in at most.
 *
 * An IPv6 address counts by its first 64 bits, because one customer line has
 * all addresses below them.
 */
#ifndef CS_LISTENER_THROTTLE_H
#define CS_LISTENER_THROTTLE_H

#include <stdint.h>

struct throttle_limits {
	uint32_t connections;
	uint32_t per_address;
	uint32_t unauthenticated;
};

enum throttle_verdict {
	THROTTLE_OK,
	THROTTLE_CONNECTIONS,
	THROTTLE_ADDRESS,
	THROTTLE_UNAUTHENTICATED,
};

struct throttle;

/* NULL: no memory. */
struct throttle *throttle_new(const struct throttle_limits *);
void throttle_free(struct throttle *);

/*
 * Counts the connection when the verdict is OK.  The number must be new; the
 * address is numeric.
 */
enum throttle_verdict throttle_admit(
    struct throttle *, uint64_t connection, const char *address);
/* Numbers that are not counted are passed over. */
void throttle_logged_in(struct throttle *, uint64_t connection);
void throttle_gone(struct throttle *, uint64_t connection);

const char *throttle_text(enum throttle_verdict);

#endif
