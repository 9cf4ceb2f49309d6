/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/slot.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "broker/allow.h"
#include "broker/budget_plan.h"
#include "broker/journal_watch.h"
#include "broker/queue.h"
#include "broker/receipt.h"
#include "broker/records.h"
#include "broker/repeat.h"
#include "broker/service.h"
#include "broker/terms.h"

static struct pool *
pool_of(const struct slot *slot)
{
	return &slot->request->session->service->pool;
}

static size_t
slot_size(size_t name_len, size_t extra_len)
{
	return offsetof(struct slot, name) + name_len + 1 + extra_len;
}

struct slot *
slot_new(struct request *q, const struct line *line)
{
	size_t name_len = strlen(line->name);
	struct slot *slot = pool_get(
	    &q->session->service->pool, slot_size(name_len, line->extra_len));

	if (slot == NULL)
		return NULL;
	memset(slot, 0, offsetof(struct slot, digest));
	slot->request = q;
	slot->hash = (uint8_t)line->hash;
	slot->digest_len = (uint8_t)line->digest_len;
	memcpy(slot->digest, line->digest, line->digest_len);
	slot->name_len = (uint16_t)name_len;
	memcpy(slot->name, line->name, name_len + 1);
	slot->extra_len = (uint8_t)line->extra_len;
	if (line->extra_len > 0)
		memcpy(slot->name + name_len + 1, line->extra, line->extra_len);
	q->session->lines++;
	queue_enter(slot);
	return slot;
}

static void
drop_answer(struct slot *slot)
{
	pool_put(pool_of(slot), slot->answer, slot->answer_size);
	slot->answer = NULL;
	slot->answer_len = slot->answer_size = 0;
}

void
slot_free(struct slot *slot)
{
	struct session *s = slot->request->session;

	/* One that was signed was paid for, whoever reads the answer. */
	if (slot->state != SLOT_DONE || slot->reason != REASON_OK)
		allow_undo(slot);
	plan_paid(slot);
	queue_leave(slot);
	drop_answer(slot);
	receipt_drop(slot);
	if (slot->key != NULL)
		keyring_unref(s->service->keyring, slot->key);
	terms_free(slot->terms);
	s->lines--;
	pool_put(&s->service->pool, slot,
	    slot_size(slot->name_len, slot->extra_len));
}

void
slot_key(struct slot *slot, struct key *key)
{
	if (slot->key == key)
		return;
	key_ref(key);
	if (slot->key != NULL)
		keyring_unref(
		    slot->request->session->service->keyring, slot->key);
	slot->key = key;
}

int
slot_answer(struct slot *slot, const void *bytes, size_t len)
{
	drop_answer(slot);
	if ((slot->answer = pool_get(pool_of(slot), len)) == NULL)
		return -1;
	memcpy(slot->answer, bytes, len);
	slot->answer_len = slot->answer_size = (uint32_t)len;
	return 0;
}

void
slot_say(
    struct slot *slot, enum reason reason, const char *text, const char *rule)
{
	char both[MESSAGE_SIZE + RULE_SIZE];
	size_t len = strnlen(text, MESSAGE_SIZE - 1);
	size_t rule_len = strnlen(rule, RULE_SIZE - 1);

	slot->reason = (uint8_t)reason;
	memcpy(both, text, len);
	both[len] = '\0';
	memcpy(both + len + 1, rule, rule_len);
	both[len + 1 + rule_len] = '\0';
	/* Without memory the reason alone must do. */
	slot_answer(slot, both, len + rule_len + 2);
}

void
slot_unsay(struct slot *slot)
{
	slot->reason = REASON_OK;
	drop_answer(slot);
}

const char *
slot_text(const struct slot *slot)
{
	if (slot->answer == NULL)
		return reason_text(slot->reason);
	return (const char *)slot->answer;
}

const char *
slot_rule(const struct slot *slot)
{
	if (slot->answer == NULL)
		return "";
	return (const char *)slot->answer + strlen((const char *)slot->answer) +
	    1;
}

void
slot_done(struct slot *slot)
{
	struct request *q = slot->request;

	queue_leave(slot);
	slot->state = SLOT_DONE;
	if (q->state == REQUEST_OVER)
		slot_free(slot);
	request_touch(q);
}

static bool
wants_receipt(const struct slot *slot)
{
	const struct request *q = slot->request;

	return q->command.receipt && slot->reason == REASON_OK &&
	    q->state != REQUEST_OVER;
}

/* Its record stands; the answer does not come. */
static void
fail_late(struct slot *slot, enum reason reason, const char *why)
{
	char text[MESSAGE_SIZE];

	snprintf(text, sizeof(text),
	    "%.300s; it was signed and is on record, but has no receipt", why);
	receipt_drop(slot);
	slot_say(slot, reason, text, "");
	if (!slot->request->command.keep_going)
		request_stop(slot->request);
}

void
slot_covered(struct slot *slot, enum reason reason, const char *text)
{
	slot->request->pending--;
	if (reason != REASON_OK)
		fail_late(slot, reason, text);
	slot_done(slot);
}

void
slot_prove(struct slot *slot)
{
	enum reason reason = receipt_prove(slot);

	if (reason == REASON_AUDIT_UNAVAILABLE)
		fail_late(slot, reason, "the log's tree could not be read");
	else if (reason != REASON_OK)
		fail_late(slot, reason, reason_text(reason));
}

/* Its record is on disk, or will never be. */
static void
on_recorded(struct waiter *waiter, bool ok)
{
	struct slot *slot =
	    (void *)((char *)waiter - offsetof(struct slot, waiter));

	slot->request->pending--;
	if (!ok) {
		journal_refused(slot->request->session->service->journal);
		slot->reason = REASON_AUDIT_UNAVAILABLE;
		drop_answer(slot);
		receipt_drop(slot);
	} else if (slot->reason == REASON_OK) {
		if (!slot->repeated)
			timing_add(&slot->request->session->service->timing,
			    &slot->timed, clock_mono_us());
		plan_paid(slot);
		repeat_learn(slot);
	}
	if (ok && wants_receipt(slot)) {
		slot->state = SLOT_RECEIPT;
		slot->request->pending++;
		if (slot->receipt != NULL)
			receipt_await(slot);
		else
			slot_covered(
			    slot, REASON_BUSY, reason_text(REASON_BUSY));
		return;
	}
	slot_done(slot);
}

/* The record is begun, or could not be: the answer follows from that. */
static void
await(struct slot *slot, int begun)
{
	queue_leave(slot);
	slot->state = SLOT_COMMIT;
	slot->request->pending++;
	if (begun == -1)
		on_recorded(&slot->waiter, false);
}

void
slot_deny(struct slot *slot)
{
	/* What would be refused was not asked for. */
	if (slot->request->command.verb == VERB_CHECK) {
		slot_done(slot);
		return;
	}
	slot->waiter.fn = on_recorded;
	await(slot,
	    record_deny(slot->request, slot, slot->reason, slot_text(slot),
		slot_rule(slot), &slot->waiter));
}

void
slot_fail(struct slot *slot, enum reason reason, const char *text)
{
	struct request *q = slot->request;
	char incident[MESSAGE_SIZE];

	if (reason == REASON_INTERNAL) {
		request_incident(q, text, incident);
		text = incident;
	}
	allow_undo(slot);
	slot_say(slot, reason, text, "");
	if (!q->command.keep_going)
		request_stop(q);
	if (reason == REASON_AUDIT_UNAVAILABLE)
		journal_refused(q->session->service->journal);
	if (q->command.verb == VERB_CHECK ||
	    reason == REASON_AUDIT_UNAVAILABLE) {
		slot_done(slot);
		return;
	}
	slot->waiter.fn = on_recorded;
	await(slot, record_sign(slot, &slot->waiter));
}

/* What it was charged is kept, or could not be: only now it may leave. */
static void
on_kept(struct waiter *waiter, bool ok)
{
	struct slot *slot =
	    (void *)((char *)waiter - offsetof(struct slot, waiter));

	slot->request->pending--;
	if (!ok) {
		slot_fail(slot, REASON_STATE_UNAVAILABLE,
		    reason_text(REASON_STATE_UNAVAILABLE));
		return;
	}
	slot->waiter.fn = on_recorded;
	await(slot, record_sign(slot, &slot->waiter));
}

void
slot_repeat(struct slot *slot)
{
	slot->reason = REASON_OK;
	slot->waiter.fn = on_recorded;
	await(slot, record_sign(slot, &slot->waiter));
}

static void
await_charge(struct slot *slot)
{
	slot->state = SLOT_COMMIT;
	slot->request->pending++;
	slot->waiter.fn = on_kept;
	if (plan_is_kept(slot))
		on_kept(&slot->waiter, true);
	else if (plan_await(slot) == -1)
		on_kept(&slot->waiter, false);
}

void
slot_granted(struct slot *slot)
{
	slot->request->pending--;
	slot->reason = REASON_OK;
	await_charge(slot);
}
