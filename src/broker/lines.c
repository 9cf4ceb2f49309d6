/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "broker/allow.h"
#include "broker/audit_key.h"
#include "broker/records.h"
#include "broker/repeat.h"
#include "broker/service.h"
#include "broker/slot.h"
#include "broker/token.h"

static struct slot **
place(const struct request *q, uint32_t index)
{
	return &q->ring[index & (q->ring_size - 1)];
}

struct slot *
lines_at(const struct request *q, uint32_t index)
{
	return *place(q, index);
}

void
lines_drop(struct request *q)
{
	for (; q->head != q->tail; q->head++) {
		struct slot *slot = *place(q, q->head);

		if (slot->state == SLOT_NEW || slot->state == SLOT_REFUSED ||
		    slot->state == SLOT_QUEUED || slot->state == SLOT_DONE)
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
		ring[i & (size - 1)] = *place(q, i);
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

const char *
lines_add(struct request *q, const struct line *line)
{
	struct slot *slot = NULL;

	/* It was ended here, and the session may not know yet. */
	if (q->state != REQUEST_RUNNING)
		return NULL;
	if (q->ended)
		return "a line after the end";
	if (q->tail - q->head >= most_lines(q))
		return "more lines than may be without an answer";
	if (may_have_more(q->session) &&
	    (q->tail - q->head < q->ring_size || grow_ring(q) == 0))
		slot = slot_new(q, line);
	if (slot == NULL) {
		request_fail(q, REASON_BUSY, NULL);
		return NULL;
	}
	slot->number = ++q->lines;
	*place(q, q->tail++) = slot;
	return NULL;
}

void
request_stop(struct request *q)
{
	q->stopped = true;
	q->queued = 0;
	if (q->token != NULL)
		schedule_remove(&q->token->schedule, &q->item);
}

/* Nothing of an atomic request is signed, as long as that is still true. */
static bool
is_whole(const struct request *q)
{
	return q->command.atomic && !q->begun;
}

/* One bad line, and nothing of an atomic request is signed. */
static void
end_whole(struct request *q, struct slot *slot, bool policy)
{
	q->last_line = (uint32_t)slot->number;
	if (q->command.verb == VERB_CHECK) {
		request_fail(q, slot->reason, slot_text(slot));
		return;
	}
	snprintf(q->last_words, sizeof(q->last_words), "%s; nothing was signed",
	    slot_text(slot));
	request_refuse_line(q, slot, policy);
}

/* Policy says no. */
static void
refused(struct request *q, struct slot *slot, enum reason reason,
    const char *text, const struct rule *rule)
{
	char where[RULE_SIZE];

	allow_undo(slot);
	rule_text(rule, where);
	slot_say(slot, reason, text, where);
	if (is_whole(q)) {
		end_whole(q, slot, true);
		return;
	}
	if (q->command.keep_going) {
		slot_deny(slot);
		return;
	}
	/* What comes before it is answered first, and may fail. */
	slot->state = SLOT_REFUSED;
	q->stopped = true;
	request_touch(q);
}

/* Policy says yes, but it cannot be. */
static void
failed(
    struct request *q, struct slot *slot, enum reason reason, const char *text)
{
	if (!is_whole(q)) {
		slot_fail(slot, reason, text);
		return;
	}
	slot_say(slot, reason, text, "");
	if (journal_works(q->session->service->journal))
		end_whole(q, slot, false);
	else
		request_fail(q, reason, text);
}

/* The mechanism for this hash, worked out once a request. */
static enum reason
plan_line(
    struct request *q, enum hash hash, enum mech *ret, char text[MESSAGE_SIZE])
{
	struct plan *plan = &q->plans[hash];

	if (!plan->known || plan->reason != REASON_OK) {
		plan->reason = format_plan(
		    q->format, &q->key->facts, hash, &plan->mech, text);
		plan->known = true;
	}
	*ret = plan->mech;
	return plan->reason;
}

static void
queue(struct request *q, struct slot *slot)
{
	slot_key(slot, q->key);
	if (q->command.verb == VERB_CHECK) {
		slot_done(slot);
		return;
	}
	slot->timed.queued_us = clock_mono_us();
	slot->state = SLOT_QUEUED;
	q->queued++;
}

/* May nothing be decided now, because the journal is behind? */
static bool
must_wait(const struct request *q)
{
	const struct journal *journal = q->session->service->journal;

	return journal_works(journal) && !journal_has_room(journal);
}

/* Its key, and for a receipt the audit key. */
static enum key_standing
means_standing(const struct request *q, enum reason *ret, const char **ret_text)
{
	enum key_standing standing =
	    token_standing(q->token, q->key, ret, ret_text);

	if (standing != KEY_USABLE || !q->command.receipt)
		return standing;
	return audit_key_standing(q->session->service, ret, ret_text);
}

/* All else allows it.  False: it waits, or its request ended. */
static bool
decide_last(struct request *q, struct slot *slot, enum mech mech,
    const struct moment *moment)
{
	struct verdict verdict;

	slot->mech = (uint8_t)mech;
	switch (allow_line(q, slot, moment, &verdict)) {
	case ALLOWED:
		queue(q, slot);
		break;
	case ALLOWED_NOT:
		refused(q, slot, verdict.reason, verdict.text, &verdict.rule);
		break;
	case ALLOWED_FAILED:
		failed(q, slot, verdict.reason, verdict.text);
		break;
	case ALLOWED_LATER:
		return false;
	case ALLOWED_ANSWERED:
		break;
	}
	return q->state == REQUEST_RUNNING;
}

/* Can it be signed at all?  False: it waits, or its request ended. */
static bool
decide_means(struct request *q, struct slot *slot, const struct moment *moment)
{
	const struct journal *journal = q->session->service->journal;
	char text[MESSAGE_SIZE];
	const char *why;
	enum reason reason;
	enum mech mech;
	enum key_standing standing = means_standing(q, &reason, &why);

	if (q->command.verb != VERB_CHECK && !journal_works(journal))
		failed(q, slot, REASON_AUDIT_UNAVAILABLE,
		    reason_text(REASON_AUDIT_UNAVAILABLE));
	else if (standing == KEY_DOWN)
		failed(q, slot, reason, why);
	else if (!q->key->known)
		return false;
	else if ((reason = plan_line(q, slot->hash, &mech, text)) != REASON_OK)
		refused(q, slot, reason, text, &q->grant.key->rule);
	else
		return decide_last(q, slot, mech, moment);
	return q->state == REQUEST_RUNNING;
}

/* client is what policy says of the client as such, by now. */
static bool
decide_slot(struct request *q, struct slot *slot, const struct moment *moment,
    const struct verdict *client)
{
	const struct verdict *no = client;
	struct verdict verdict;

	if (slot->state != SLOT_NEW)
		return true;
	if (must_wait(q))
		return false;
	if (client->reason == REASON_OK) {
		if (decide_line(&q->grant, moment, slot->number, slot->hash,
			slot->name, &verdict) == REASON_OK)
			return decide_means(q, slot, moment);
		no = &verdict;
	}
	refused(q, slot, no->reason, no->text, &no->rule);
	return q->state == REQUEST_RUNNING;
}

bool
lines_are_runnable(const struct request *q)
{
	if (q->state != REQUEST_RUNNING || q->queued == 0)
		return false;
	return !q->command.atomic || (q->ended && q->decided == q->tail);
}

void
lines_pump(struct request *q)
{
	struct moment moment;
	struct verdict client;

	if (q->state != REQUEST_RUNNING || q->stopped || q->decided == q->tail)
		goto out;
	moment = session_moment(q->session);
	session_standing(q->session, &client);
	while (!q->stopped && q->decided != q->tail) {
		if (!decide_slot(q, *place(q, q->decided), &moment, &client))
			break;
		q->decided++;
	}
out:
	if (q->command.atomic && lines_are_runnable(q))
		repeat_deliver(q);
	if (lines_are_runnable(q))
		schedule_add(&q->token->schedule,
		    &q->session->groups[q->token->index], &q->item);
}

struct slot *
lines_take(struct request *q)
{
	for (;;) {
		struct slot *slot = *place(q, q->next_up++);

		if (slot->state != SLOT_QUEUED)
			continue;
		if (--q->queued == 0)
			schedule_remove(&q->token->schedule, &q->item);
		slot->state = SLOT_SENT;
		q->begun = true;
		q->pending++;
		return slot;
	}
}

/* What waits for a worker, and will wait for nothing. */
static void
fail_queued(struct request *q, enum reason reason, const char *text)
{
	while (q->state == REQUEST_RUNNING && q->queued > 0) {
		struct slot *slot = *place(q, q->next_up++);

		if (slot->state != SLOT_QUEUED)
			continue;
		q->queued--;
		failed(q, slot, reason, text);
	}
	if (q->queued == 0)
		schedule_remove(&q->token->schedule, &q->item);
}

void
lines_review(struct request *q)
{
	enum reason reason;
	const char *why;

	if (q->state != REQUEST_RUNNING || q->command.verb != VERB_SIGN) {
		lines_pump(q);
		return;
	}
	if (!journal_works(q->session->service->journal))
		fail_queued(q, REASON_AUDIT_UNAVAILABLE,
		    reason_text(REASON_AUDIT_UNAVAILABLE));
	else if (means_standing(q, &reason, &why) == KEY_DOWN)
		fail_queued(q, reason, why);
	lines_pump(q);
}
