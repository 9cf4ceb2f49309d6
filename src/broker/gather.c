/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/gather.h"

#include <stdio.h>

#include "broker/maker.h"
#include "broker/queue.h"
#include "broker/service.h"
#include "broker/slot.h"
#include "broker/token.h"

bool
gathers(const struct request *q)
{
	return q->format->shape != SHAPE_EACH;
}

const char *
gather_command(struct request *q)
{
	const struct command *c = &q->command;

	if (!gathers(q))
		return NULL;
	if (c->keep_going)
		return "one signature covers all lines of this format: "
		       "--keep-going cannot leave any out";
	if (c->raw_input)
		return "this format takes lines with names, not raw input";
	q->command.atomic = true;
	if (q->format->shape != SHAPE_LIST || c->verb == VERB_CHECK)
		return NULL;
	if (c->output == OUTPUT_TAR || c->output == OUTPUT_JSON)
		return "this format answers with one text: leave -o out";
	if (c->receipt)
		return "this format answers with one text: --receipt has no "
		       "place in it (log proof DIGEST gives one)";
	return NULL;
}

enum reason
gather_fits(struct request *q, char text[MESSAGE_SIZE])
{
	struct maker maker;
	enum reason reason;

	if (q->head == q->tail || q->format->fit_all == NULL)
		return REASON_OK;
	if (maker_all(&maker, lines_at(q, q->head)) == -1) {
		snprintf(text, MESSAGE_SIZE, "%s", reason_text(REASON_BUSY));
		return REASON_BUSY;
	}
	reason = q->format->fit_all(&maker.making, text);
	maker_release(&maker);
	return reason;
}

void
gather_take(struct request *q, struct slot *lead)
{
	for (uint32_t i = q->head; i != q->tail; i++) {
		struct slot *slot = lines_at(q, i);

		if (slot == lead)
			continue;
		queue_leave(slot);
		slot->state = SLOT_GATHERED;
		q->pending++;
	}
	q->gathered = true;
	q->queued = 0;
	q->next_up = q->tail;
	schedule_remove(&q->token->schedule, &q->item);
}

void
gather_drop(struct request *q)
{
	if (!q->gathered)
		return;
	q->gathered = false;
	for (uint32_t i = q->head; i != q->tail; i++) {
		struct slot *slot = lines_at(q, i);

		if (slot->state != SLOT_GATHERED)
			continue;
		q->pending--;
		if (q->state == REQUEST_OVER)
			slot_free(slot);
		else
			slot->state = SLOT_NEW;
	}
}

/* What a format hands out, on its way to its line. */
struct handing {
	struct request *q;
	enum reason reason;
};

static int
hand_out(void *arg, size_t index, const uint8_t *answer, size_t len)
{
	struct handing *h = arg;
	struct slot *slot = lines_at(h->q, h->q->head + (uint32_t)index);

	h->reason = REASON_TOKEN_WRONG;
	if (len <= WIRE_ANSWER)
		h->reason = slot_answer(slot, answer, len) == -1 ? REASON_BUSY :
								   REASON_OK;
	return h->reason == REASON_OK ? 0 : -1;
}

static enum reason
share(struct request *q, const struct making *making, const uint8_t *signature,
    size_t len)
{
	struct handing h = { .q = q, .reason = REASON_OK };

	if (answers_check(q->format, making, signature, len,
		&q->session->service->read_back, hand_out, &h) == -1)
		return h.reason != REASON_OK ? h.reason : REASON_TOKEN_WRONG;
	return REASON_OK;
}

/* The one answer is the request's text; its fingerprint is in each record. */
static enum reason
list(struct request *q, const struct making *making, const uint8_t *signature,
    size_t len)
{
	struct service *service = q->session->service;
	struct buf *text = &q->text;

	buf_consume(text, buf_len(text));
	if (q->format->finish(making, signature, len, text) == -1) {
		/* A part of it is no answer. */
		buf_consume(text, buf_len(text));
		return text->bad ? REASON_BUSY : REASON_TOKEN_WRONG;
	}
	if (answer_check(q->format, making, signature, len, text,
		&service->read_back) == -1) {
		buf_consume(text, buf_len(text));
		return REASON_TOKEN_WRONG;
	}
	fingerprint(buf_at(text), buf_len(text), q->sealed);
	return REASON_OK;
}

enum reason
gather_signed(struct slot *lead, const uint8_t *signature, size_t len)
{
	struct request *q = lead->request;
	struct maker maker;
	enum reason reason;

	if (maker_all(&maker, lead) == -1)
		return REASON_BUSY;
	reason = q->format->shape == SHAPE_LIST ?
	    list(q, &maker.making, signature, len) :
	    share(q, &maker.making, signature, len);
	maker_release(&maker);
	if (reason != REASON_OK)
		return reason;
	q->gathered = false;
	for (uint32_t i = q->head; i != q->tail; i++) {
		struct slot *slot = lines_at(q, i);

		if (slot != lead) {
			slot_key(slot, lead->key);
			slot->mech = lead->mech;
			slot->timed = lead->timed;
		}
		slot_granted(slot);
	}
	return REASON_OK;
}
