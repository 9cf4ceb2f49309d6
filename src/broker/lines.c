/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "broker/account.h"
#include "broker/allow.h"
#include "broker/audit_key.h"
#include "broker/gather.h"
#include "broker/maker.h"
#include "broker/queue.h"
#include "broker/records.h"
#include "broker/repeat.h"
#include "broker/service.h"
#include "broker/slot.h"
#include "broker/token.h"

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

/* For a line that cannot be signed, nothing of an atomic request is. */
static void
fail_whole(
    struct request *q, struct slot *slot, enum reason reason, const char *text)
{
	slot_say(slot, reason, text, "");
	if (journal_works(q->session->service->journal))
		end_whole(q, slot, false);
	else
		request_fail(q, reason, text);
}

/* Policy says yes, but it cannot be. */
static void
failed(
    struct request *q, struct slot *slot, enum reason reason, const char *text)
{
	if (is_whole(q)) {
		fail_whole(q, slot, reason, text);
		return;
	}
	if (q->command.keep_going || q->queued == 0) {
		slot_fail(slot, reason, text);
		return;
	}
	/* What waits before it is given out, and answered first. */
	allow_undo(slot);
	slot_say(slot, reason, text, "");
	slot->state = SLOT_FAILED;
	q->stopped = true;
	request_touch(q);
}

/* The mechanism for this hash, worked out once a request; does it fit? */
static enum reason
plan_hash(struct request *q, struct slot *slot, char text[MESSAGE_SIZE])
{
	struct plan *plan = &q->plans[slot->hash];

	if (!plan->known || plan->reason != REASON_OK) {
		plan->reason = format_plan(q->format, &q->key->facts,
		    slot->hash, &plan->mech, &plan->over, text);
		plan->known = true;
	}
	slot->mech = (uint8_t)plan->mech;
	slot->over = (uint8_t)plan->over;
	if (plan->reason != REASON_OK)
		return plan->reason;
	return maker_fits(slot, text);
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
	queue_ready(slot);
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
decide_last(struct request *q, struct slot *slot, const struct moment *moment)
{
	struct verdict verdict;

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
	enum key_standing standing = means_standing(q, &reason, &why);

	if (q->command.verb != VERB_CHECK && !journal_works(journal))
		failed(q, slot, REASON_AUDIT_UNAVAILABLE,
		    reason_text(REASON_AUDIT_UNAVAILABLE));
	else if (standing == KEY_DOWN)
		failed(q, slot, reason, why);
	else if (!q->key->known)
		return false;
	else if ((reason = plan_hash(q, slot, text)) != REASON_OK)
		refused(q, slot, reason, text, &q->grant.key->rule);
	else
		return decide_last(q, slot, moment);
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

/* All lines are there, and none of them is refused. */
static bool
is_complete(const struct request *q)
{
	return q->state == REQUEST_RUNNING && q->ended && !q->stopped &&
	    q->decided == q->tail;
}

/* Lines that are good by themselves may be too much together. */
static bool
refuse_together(struct request *q)
{
	struct verdict verdict = { .rule = q->grant.key->rule };

	if (q->begun ||
	    (verdict.reason = gather_fits(q, verdict.text)) == REASON_OK)
		return false;
	request_refuse(q, &verdict);
	return true;
}

bool
lines_are_runnable(const struct request *q)
{
	if (q->state != REQUEST_RUNNING || q->queued == 0)
		return false;
	return !q->command.atomic || q->begun || is_complete(q);
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
		if (!decide_slot(
			q, *lines_place(q, q->decided), &moment, &client))
			break;
		q->decided++;
	}
out:
	if (is_complete(q) && gathers(q) && refuse_together(q))
		return;
	if (q->command.atomic && lines_are_runnable(q))
		repeat_deliver(q);
	if (lines_are_runnable(q))
		schedule_add(&q->token->schedule, q->priority,
		    account_group(
			q->session->account, q->token->index, q->priority),
		    &q->item);
}

struct slot *
lines_take(struct request *q)
{
	for (;;) {
		struct slot *slot = *lines_place(q, q->next_up++);

		if (slot->state != SLOT_QUEUED)
			continue;
		if (--q->queued == 0)
			schedule_remove(&q->token->schedule, &q->item);
		queue_leave(slot);
		slot->state = SLOT_SENT;
		q->begun = true;
		q->pending++;
		if (gathers(q))
			gather_take(q, slot);
		return slot;
	}
}

/* What waits for a worker, and will wait for nothing. */
static void
fail_queued(struct request *q, enum reason reason, const char *text)
{
	while (q->state == REQUEST_RUNNING && q->queued > 0) {
		struct slot *slot = *lines_place(q, q->next_up++);

		if (slot->state != SLOT_QUEUED)
			continue;
		q->queued--;
		if (is_whole(q))
			fail_whole(q, slot, reason, text);
		else
			slot_fail(slot, reason, text);
	}
	if (q->queued == 0)
		schedule_remove(&q->token->schedule, &q->item);
}

void
lines_review(struct request *q)
{
	enum reason reason;
	const char *why;

	if (q->state != REQUEST_RUNNING || !verb_signs(q->command.verb)) {
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
