/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/answers.h"

#include "broker/lines.h"
#include "broker/receipt.h"
#include "broker/service.h"
#include "broker/slot.h"

/* What an answer takes in a message beside its bytes and text. */
#define ANSWER_HEAD 16
/* What the message's own head takes, generously. */
#define ANSWERS_HEAD 64

static size_t
answer_size(const struct slot *slot)
{
	if (slot->reason == REASON_OK)
		return ANSWER_HEAD + slot->answer_len +
		    (slot->receipt != NULL ? slot->receipt->len : 0);
	return ANSWER_HEAD + MESSAGE_SIZE;
}

/* How many go into the next message. */
static uint16_t
count_ready(const struct request *q, bool *ret_last)
{
	size_t used = ANSWERS_HEAD;
	uint16_t count = 0;

	*ret_last = false;
	for (uint32_t i = q->head; i != q->tail && count < WIRE_BATCH; i++) {
		struct slot *slot = lines_at(q, i);

		if (slot->state != SLOT_DONE)
			break;
		if (slot->receipt != NULL && !slot->receipt->proven)
			slot_prove(slot);
		used += answer_size(slot);
		if (used > CHANNEL_MAX)
			break;
		count++;
		if (slot->reason != REASON_OK && !q->command.keep_going) {
			*ret_last = true;
			break;
		}
	}
	return count;
}

static void
put_slot(struct writer *w, const struct slot *slot)
{
	struct answer answer;

	answer.reason = slot->reason;
	answer.bytes = NULL;
	answer.len = 0;
	answer.receipt = NULL;
	answer.receipt_len = 0;
	answer.text[0] = '\0';
	if (slot->reason == REASON_OK) {
		answer.bytes = slot->answer;
		answer.len = slot->answer_len;
		if (slot->receipt != NULL) {
			answer.receipt = (const uint8_t *)slot->receipt->text;
			answer.receipt_len = slot->receipt->len;
		}
	} else {
		text_copy(answer.text, sizeof(answer.text), slot_text(slot));
	}
	answer_put(w, &answer);
}

static void
send_batch(struct request *q, uint16_t count)
{
	struct answers_head head = { .channel = q->channel, .count = count };
	struct writer w = service_writer(q->session->service);

	answers_head_put(&w, &head);
	for (; count > 0; count--) {
		struct slot *slot = lines_at(q, q->head++);

		put_slot(&w, slot);
		if (slot->reason != REASON_OK)
			q->failed = true;
		q->exit = (uint8_t)reason_exit(slot->reason);
		slot_free(slot);
	}
	/* A slot at the head may be one that was never given out. */
	if ((int32_t)(q->head - q->next_up) > 0)
		q->next_up = q->head;
	peer_send(q->session->peer, &w);
}

void
answers_send(struct request *q)
{
	/* An atomic check is answered as a whole, too. */
	if (q->command.atomic && !q->ended)
		return;
	while (q->head != q->tail && !peer_is_full(q->session->peer)) {
		struct slot *first = lines_at(q, q->head);
		bool last;
		uint16_t count;

		if (first->state == SLOT_REFUSED)
			slot_deny(first);
		else if (first->state == SLOT_FAILED)
			slot_fail(first, first->reason, slot_text(first));
		if ((count = count_ready(q, &last)) == 0)
			return;
		send_batch(q, count);
		if (last) {
			request_finish(q, q->exit, "");
			return;
		}
	}
	if (q->ended && q->head == q->tail)
		request_finish(q, q->failed ? 1 : 0, "");
}
