/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "broker/answers.h"
#include "broker/budget_plan.h"
#include "broker/journal_watch.h"
#include "broker/lines.h"
#include "broker/log_verb.h"
#include "broker/records.h"
#include "broker/service.h"
#include "broker/slot.h"
#include "broker/terms.h"
#include "broker/token.h"

/* What a text may grow to; beyond, the session would be dropped anyway. */
#define TEXT_MAX (4u << 20)

struct request *
request_new(struct session *s, uint32_t channel)
{
	struct request *q = calloc(1, sizeof(*q));

	if (q == NULL)
		return NULL;
	q->session = s;
	q->channel = channel;
	buf_init(&q->text, TEXT_MAX);
	q->next = s->requests;
	if (q->next != NULL)
		q->next->prev = q;
	s->requests = q;
	s->open++;
	return q;
}

void
request_free(struct request *q)
{
	struct session *s = q->session;

	if (q->prev != NULL)
		q->prev->next = q->next;
	else
		s->requests = q->next;
	if (q->next != NULL)
		q->next->prev = q->prev;
	lists_leave(s->service->lists, q);
	if (q->key != NULL)
		keyring_unref(s->service->keyring, q->key);
	terms_free(q->terms);
	plan_end(q);
	repeat_forget(q);
	log_verb_drop(q);
	buf_release(&q->text);
	free(q->env);
	free(q->ring);
	free(q);
}

void
request_touch(struct request *q)
{
	struct service *service = q->session->service;

	if (q->is_dirty)
		return;
	q->is_dirty = true;
	q->next_dirty = service->dirty;
	service->dirty = q;
}

void
request_cancel(struct request *q)
{
	if (q->state == REQUEST_OVER)
		return;
	q->state = REQUEST_OVER;
	if (--q->session->open == 0)
		q->session->idle_us = clock_mono_us();
	if (q->token != NULL)
		schedule_remove(&q->token->schedule, &q->item);
	lines_drop(q);
	plan_end(q);
	repeat_forget(q);
	log_verb_drop(q);
	memset(&q->grant, 0, sizeof(q->grant));
	request_touch(q);
}

struct request *
request_find(struct session *s, uint32_t channel)
{
	struct request *q = s->requests;

	while (q != NULL && (q->channel != channel || q->state == REQUEST_OVER))
		q = q->next;
	return q;
}

void
request_text(struct request *q, const void *data, size_t len)
{
	struct text_reply text = { .channel = q->channel, .bytes = data };

	for (; len > 0; len -= text.len, text.bytes += text.len) {
		struct writer w = service_writer(q->session->service);

		text.len = len < WIRE_CHUNK ? len : WIRE_CHUNK;
		text_reply_put(&w, &text);
		peer_send(q->session->peer, &w);
		q->untaken += text.len;
	}
}

static void
send_text(struct request *q)
{
	request_text(q, buf_at(&q->text), buf_len(&q->text));
	buf_consume(&q->text, buf_len(&q->text));
}

/* The last that the session hears of this channel. */
static void
send_done(struct request *q, uint8_t exit, const char *text)
{
	struct writer w = service_writer(q->session->service);
	struct done_reply done = {
		.channel = q->channel, .exit = exit, .line = q->last_line
	};

	send_text(q);
	snprintf(done.text, sizeof(done.text), "%s", text);
	done_reply_put(&w, &done);
	peer_send(q->session->peer, &w);
	request_cancel(q);
}

void
request_finish(struct request *q, uint8_t exit, const char *text)
{
	q->exit = exit;
	snprintf(q->last_words, sizeof(q->last_words), "%s", text);
	switch (q->session->recorded) {
	case LOGIN_RECORDED:
		send_done(q, exit, q->last_words);
		return;
	case LOGIN_PENDING:
		q->state = REQUEST_OPENING;
		journal_hurry(q->session->service->journal);
		return;
	case LOGIN_UNRECORDED:
		request_fail(q, REASON_AUDIT_UNAVAILABLE, NULL);
	}
}

void
request_login_recorded(struct request *q, bool ok)
{
	if (q->state == REQUEST_READING)
		request_touch(q);
	if (q->state != REQUEST_OPENING || q->waits)
		return;
	if (ok)
		send_done(q, q->exit, q->last_words);
	else
		request_fail(q, REASON_AUDIT_UNAVAILABLE, NULL);
}

void
request_incident(
    const struct request *q, const char *what, char ret[MESSAGE_SIZE])
{
	char id[REQUEST_ID_SIZE];

	request_id(q, id);
	log_warn("incident %s: %s", id, what);
	snprintf(ret, MESSAGE_SIZE, "internal error; incident %s", id);
}

void
request_fail(struct request *q, enum reason reason, const char *text)
{
	char incident[MESSAGE_SIZE];

	if (reason == REASON_INTERNAL) {
		request_incident(
		    q, text != NULL ? text : reason_text(reason), incident);
		text = incident;
	}
	if (reason == REASON_AUDIT_UNAVAILABLE)
		journal_refused(q->session->service->journal);
	buf_consume(&q->text, buf_len(&q->text));
	send_done(q, (uint8_t)reason_exit(reason),
	    text != NULL ? text : reason_text(reason));
}

static void
on_recorded(struct waiter *waiter, bool ok)
{
	struct request *q =
	    (void *)((char *)waiter - offsetof(struct request, waiter));

	q->waits = false;
	q->pending--;
	if (q->state == REQUEST_OVER)
		request_touch(q);
	else if (ok)
		send_done(q, q->exit, q->last_words);
	else
		request_fail(q, REASON_AUDIT_UNAVAILABLE, NULL);
}

/* DONE follows when the record is on disk. */
static void
await(struct request *q, enum reason reason)
{
	if (q->token != NULL)
		schedule_remove(&q->token->schedule, &q->item);
	log_verb_drop(q);
	q->state = REQUEST_OPENING;
	q->exit = (uint8_t)reason_exit(reason);
	q->waits = true;
	q->pending++;
	q->waiter.fn = on_recorded;
}

void
request_refuse(struct request *q, const struct verdict *verdict)
{
	char rule[RULE_SIZE];

	/* What would be refused was not asked for. */
	if (q->command.verb == VERB_CHECK && verdict->reason != REASON_VERB) {
		request_fail(q, verdict->reason, verdict->text);
		return;
	}
	rule_text(&verdict->rule, rule);
	snprintf(q->last_words, sizeof(q->last_words), "%s", verdict->text);
	await(q, verdict->reason);
	if (record_deny(q, NULL, verdict->reason, verdict->text, rule,
		&q->waiter) == -1)
		on_recorded(&q->waiter, false);
}

void
request_refuse_line(struct request *q, struct slot *slot, bool policy)
{
	int begun;

	await(q, slot->reason);
	begun = policy ? record_deny(q, slot, slot->reason, slot_text(slot),
			     slot_rule(slot), &q->waiter) :
			 record_sign(slot, &q->waiter);
	if (begun == -1)
		on_recorded(&q->waiter, false);
}

void
request_settle(struct request *q)
{
	struct session *s = q->session;

	if (q->state == REQUEST_RUNNING)
		answers_send(q);
	else if (q->state == REQUEST_READING)
		log_verb_go_on(q);
	if (q->state != REQUEST_OVER || q->pending > 0 || q->is_dirty)
		return;
	request_free(q);
	session_settle(s);
}

void
request_id(const struct request *q, char ret[REQUEST_ID_SIZE])
{
	snprintf(ret, REQUEST_ID_SIZE, "%08x-%llu-%u",
	    q->session->service->boot,
	    (unsigned long long)q->session->from.connection, q->channel);
}
