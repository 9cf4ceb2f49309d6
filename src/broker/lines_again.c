/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "broker/allow.h"
#include "broker/lines.h"
#include "broker/lists_ask.h"
#include "broker/queue.h"
#include "broker/slot.h"
#include "broker/token.h"

void
lines_redecide(struct request *q)
{
	if (q->state != REQUEST_RUNNING)
		return;
	memset(q->plans, 0, sizeof(q->plans));
	if (q->stopped && q->decided != q->head &&
	    slot_is_last(lines_at(q, q->decided - 1)))
		q->stopped = false;
	if (q->stopped)
		return;
	lists_forget(q);
	for (uint32_t i = q->next_up; i != q->decided; i++) {
		struct slot *slot = lines_at(q, i);

		if (slot->state == SLOT_QUEUED || slot_is_last(slot)) {
			allow_anew(slot);
			queue_unready(slot);
			slot->state = SLOT_NEW;
		}
	}
	q->decided = q->next_up;
	q->queued = 0;
	schedule_remove(&q->token->schedule, &q->item);
	lines_pump(q);
}
