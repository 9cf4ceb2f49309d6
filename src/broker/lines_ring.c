/* SPDX-License-Identifier: Apache-2.0 */
/* A request's lines in memory: lines_add, lines_drop, lines_place. */
#include <stdlib.h>

#include "broker/lines.h"
#include "broker/queue.h"
#include "broker/service.h"
#include "broker/slot.h"
#include "format/midstate.h"

struct slot **
lines_place(const struct request *q, uint32_t index)
{
	return &q->ring[index & (q->ring_size - 1)];
}

struct slot *
lines_at(const struct request *q, uint32_t index)
{
	return *lines_place(q, index);
}

void
lines_drop(struct request *q)
{
	/* Its lines are wanted when the signature for all of them comes. */
	if (q->gathered)
		return;
	for (; q->head != q->tail; q->head++) {
		struct slot *slot = *lines_place(q, q->head);

		if (slot->state == SLOT_NEW || slot->state == SLOT_QUEUED ||
		    slot->state == SLOT_DONE || slot_is_last(slot))
			slot_free(slot);
	}
	free(q->ring);
	q->ring = NULL;
	q->ring_size = q->head = q->next_up = q->decided = q->tail = 0;
	q->queued = 0;
}

static int
grow_ring(struct request *q)
{
	uint32_t size = q->ring_size == 0 ? 16 : q->ring_size * 2;
	struct slot **ring = calloc(size, sizeof(*ring));

	if (ring == NULL)
		return -1;
	for (uint32_t i = q->head; i != q->tail; i++)
		ring[i & (size - 1)] = *lines_place(q, i);
	free(q->ring);
	q->ring = ring;
	q->ring_size = size;
	return 0;
}

/* While memory is short, who has little in it goes before who has much. */
static bool
may_have_more(const struct session *s)
{
	return s->lines < (pool_is_tight(&s->service->pool) ?
				  SERVICE_LINES_TIGHT :
				  SERVICE_LINES);
}

static uint32_t
most_lines(const struct request *q)
{
	if (!q->command.atomic)
		return WIRE_WINDOW;
	return q->command.receipt ? WIRE_ATOMIC_RECEIPTS : WIRE_ATOMIC_MAX;
}

/*
 * The rule that a line breaks, or NULL.  Of an unfinished hash the digest is
 * ours, whatever the session says: lists and records are about that.
 */
static const char *
take_extra(const struct request *q, struct line *line)
{
	enum line_extra extra = q->format->extra;

	if ((line->extra_len > 0) != (extra != EXTRA_NONE))
		return "a line that its format does not take";
	if ((extra == EXTRA_STATE) != (line->digest_len == 0))
		return "a digest that its format does not take";
	if (extra != EXTRA_STATE)
		return NULL;
	line->digest_len = hash_size(line->hash);
	if (midstate_digest(
		line->hash, line->extra, line->extra_len, line->digest) == -1)
		return "a hash state that is none";
	return NULL;
}

const char *
lines_add(struct request *q, struct line *line)
{
	struct slot *slot = NULL;
	char text[MESSAGE_SIZE];
	const char *why;

	/* It was ended here, and the session may not know yet. */
	if (q->state != REQUEST_RUNNING)
		return NULL;
	if (q->ended)
		return "a line after the end";
	if ((why = take_extra(q, line)) != NULL)
		return why;
	if (q->tail - q->head >= most_lines(q))
		return "more lines than may be without an answer";
	if (!queue_is_full(q->session) && may_have_more(q->session) &&
	    (q->tail - q->head < q->ring_size || grow_ring(q) == 0))
		slot = slot_new(q, line);
	if (slot == NULL) {
		queue_busy(q, text);
		request_fail(q, REASON_BUSY, text);
		return NULL;
	}
	slot->number = ++q->lines;
	*lines_place(q, q->tail++) = slot;
	return NULL;
}
