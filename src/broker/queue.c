/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/queue.h"

#include <stdio.h>

#include "broker/account.h"
#include "broker/service.h"
#include "broker/slot.h"
#include "broker/token.h"

/* Nobody believes more. */
#define WAIT_MAX_S 3600

bool
queue_is_full(const struct session *s)
{
	return s->account->waiting >= tree_server(s->service->tree)->queue;
}

void
queue_enter(struct slot *slot)
{
	slot->waits = true;
	slot->request->session->account->waiting++;
}

void
queue_ready(struct slot *slot)
{
	const struct request *q = slot->request;
	struct queue *queue = &q->token->queues[q->priority];

	slot->cost_us = key_cost_us(slot->key);
	slot->queue = queue;
	queue->lines++;
	queue->us += slot->cost_us;
}

void
queue_unready(struct slot *slot)
{
	struct queue *queue = slot->queue;

	if (queue == NULL)
		return;
	slot->queue = NULL;
	queue->lines--;
	queue->us -= slot->cost_us;
}

void
queue_leave(struct slot *slot)
{
	queue_unready(slot);
	if (!slot->waits)
		return;
	slot->waits = false;
	slot->request->session->account->waiting--;
}

/* Until everything that waits now would be signed. */
static uint64_t
wait_s(const struct token *token)
{
	unsigned workers = token->ready > 0 ? token->ready : 1;
	uint64_t us = 0, s;

	for (int c = PRIORITY_LOW; c < PRIORITY_COUNT; c++)
		us += token->queues[c].us;
	s = us / workers / 1000000 + 1;
	return s < WAIT_MAX_S ? s : WAIT_MAX_S;
}

void
queue_busy(const struct request *q, char ret[static MESSAGE_SIZE])
{
	unsigned max = tree_server(q->session->service->tree)->queue;
	unsigned s = q->token != NULL ? (unsigned)wait_s(q->token) : 1;

	if (queue_is_full(q->session))
		snprintf(ret, MESSAGE_SIZE,
		    "busy, try again in %u s: of this client key's lines %zu "
		    "wait to be signed, and %u may",
		    s, q->session->account->waiting, max);
	else
		snprintf(ret, MESSAGE_SIZE, "busy, try again in %u s", s);
}
