/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/allow.h"

#include "broker/budget_plan.h"
#include "broker/lists_ask.h"

enum allowed
allow_line(struct request *q, struct slot *slot, const struct moment *moment,
    struct verdict *ret)
{
	enum allowed listed = lists_allow(q, slot, ret);

	(void)moment;
	if (listed != ALLOWED)
		return listed;
	switch ((int)plan_line(q, slot, ret)) {
	case REASON_OK:
		return ALLOWED;
	case REASON_RATE:
	case REASON_PER_DAY:
		return ALLOWED_NOT;
	default:
		return ALLOWED_FAILED;
	}
}

void
allow_undo(struct slot *slot)
{
	plan_undo(slot);
}

void
allow_anew(struct slot *slot)
{
	(void)slot;
}
