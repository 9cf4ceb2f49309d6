/* SPDX-License-Identifier: Apache-2.0 */
/* A worker's answer to a slot that it had, declared in broker/slot.h. */
#include "broker/gather.h"
#include "broker/maker.h"
#include "broker/service.h"
#include "broker/slot.h"
#include "broker/token.h"

/* The answer of one line: OK, TOKEN_WRONG, BUSY. */
static enum reason
finish(struct slot *slot, const uint8_t *signature, size_t len)
{
	const struct format *format = slot->request->format;
	struct service *service = slot->request->session->service;
	struct buf *answer = &service->answer;
	struct maker maker;

	buf_consume(answer, buf_len(answer));
	if (answer->bad)
		buf_release(answer);
	maker_init(&maker, slot);
	if (format->finish(&maker.making, signature, len, answer) == -1 ||
	    buf_len(answer) > WIRE_ANSWER ||
	    answer_check(format, &maker.making, signature, len, answer,
		&service->read_back) == -1)
		return REASON_TOKEN_WRONG;
	return slot_answer(slot, buf_at(answer), buf_len(answer)) == -1 ?
	    REASON_BUSY :
	    REASON_OK;
}

/* The first of two: it waits where the answer will be. */
static enum slot_signed
begin_next(struct slot *slot, const uint8_t *signature, size_t len)
{
	if (slot_answer(slot, signature, len) == -1) {
		slot_give_up(slot, REASON_BUSY, reason_text(REASON_BUSY));
		return SIGNED;
	}
	slot->step++;
	return SIGNED_MORE;
}

enum slot_signed
slot_signed(struct slot *slot, const uint8_t *signature, size_t len)
{
	struct request *q = slot->request;
	bool all = gathers(q);
	enum reason reason;

	if (slot->step + 1u < format_steps(q->format))
		return begin_next(slot, signature, len);
	reason = all ? gather_signed(slot, signature, len) :
		       finish(slot, signature, len);
	if (reason == REASON_TOKEN_WRONG) {
		slot_retry(slot, reason, reason_text(reason));
		return SIGNED_WRONG;
	}
	q->session->service->signatures++;
	if (reason != REASON_OK)
		slot_give_up(slot, reason, reason_text(reason));
	else if (!all)
		slot_granted(slot);
	return SIGNED;
}

/* Another worker starts from the beginning. */
static void
start_over(struct slot *slot)
{
	if (slot->step == 0)
		return;
	slot->step = 0;
	slot_unsay(slot);
}

void
slot_retry(struct slot *slot, enum reason reason, const char *text)
{
	struct request *q = slot->request;
	/* Its own: the request may have gone on to another since. */
	struct token *token =
	    token_by_name(q->session->service, slot->key->token);
	struct verdict verdict;

	start_over(slot);
	if (q->state == REQUEST_OVER) {
		/* Nobody waits for it, and no signature left the token. */
		slot_drop(slot);
		return;
	}
	if (++slot->tries > 1) {
		slot_give_up(slot, reason, text);
		return;
	}
	if (!token_tries_again(token, slot->key, &verdict)) {
		slot_give_up(slot, verdict.reason, verdict.text);
		return;
	}
	slot->state = SLOT_RETRY;
	slot->next = NULL;
	*token->retries_last = slot;
	token->retries_last = &slot->next;
}

void
slot_give_up(struct slot *slot, enum reason reason, const char *text)
{
	start_over(slot);
	gather_drop(slot->request);
	slot->request->pending--;
	slot_fail(slot, reason, text);
}

void
slot_drop(struct slot *slot)
{
	struct request *q = slot->request;

	gather_drop(q);
	q->pending--;
	slot_free(slot);
	request_touch(q);
}
