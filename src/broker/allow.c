/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/allow.h"

#include "broker/budget_plan.h"
#include "broker/gather.h"
#include "broker/lists_ask.h"
#include "broker/repeat.h"
#include "broker/request.h"
#include "broker/slot.h"

/* Once more; an atomic request answers nothing before all is decided. */
static enum allowed
allow_again(struct request *q, struct slot *slot)
{
	plan_undo(slot);
	if (q->command.verb == VERB_CHECK || q->command.atomic)
		return ALLOWED;
	slot_key(slot, q->key);
	slot_repeat(slot);
	return ALLOWED_ANSWERED;
}

enum allowed
allow_line(struct request *q, struct slot *slot, const struct moment *moment,
    struct verdict *ret)
{
	enum allowed listed = lists_allow(q, slot, ret);

	(void)moment;
	if (listed != ALLOWED)
		return listed;
	/* A signature for several lines is none for one of them again. */
	switch (gathers(q) ? REPEAT_NONE : repeat_line(q, slot)) {
	case REPEAT_WAITS:
		return ALLOWED_LATER;
	case REPEAT_KNOWN:
		return allow_again(q, slot);
	case REPEAT_NONE:
		break;
	}
	switch ((int)plan_line(q, slot, ret)) {
	case REASON_OK:
		if (!gathers(q))
			repeat_lead(q, slot);
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
	repeat_leave(slot);
}

void
allow_anew(struct slot *slot)
{
	repeat_leave(slot);
	slot->repeated = false;
}
