/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a request's format does with a hash, once the key is known: worked out
 * once for all its lines.
 */
#ifndef CS_BROKER_PLAN_H
#define CS_BROKER_PLAN_H

#include "format/format.h"

struct plan {
	bool known;
	enum reason reason;
	enum mech mech;
	enum hash over; /* of what the token signs */
};

#endif
