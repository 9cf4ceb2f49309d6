/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/token.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "broker/chore.h"
#include "broker/lines.h"
#include "broker/pin_state.h"
#include "broker/records.h"
#include "broker/service.h"
#include "broker/slot.h"
#include "broker/worker.h"

#define PAUSE_MIN_US 100000u
#define PAUSE_MAX_US 30000000u
/* With a longer pause ahead, who waits is told so instead. */
#define PAUSE_PATIENCE_US 1000000u

static void
on_due(void *arg)
{
	token_tend(arg);
}

struct token *
token_new(struct service *service, const struct token_conf *conf, size_t index)
{
	struct token *token = calloc(1, sizeof(*token));

	if (token == NULL)
		return NULL;
	token->service = service;
	token->index = index;
	token->wanted = conf->workers;
	token->timeout_us = (uint64_t)conf->timeout_ms * 1000;
	token->retries_last = &token->retries;
	token->pause_us = PAUSE_MIN_US;
	token->timer = loop_timer_new(service->loop, on_due, token);
	if (token->timer == NULL ||
	    !text_copy(token->name, sizeof(token->name), conf->name)) {
		token_free(token);
		return NULL;
	}
	token->stamp_len = pin_state_load(
	    tree_server(service->tree)->state_dir, token->name, token->stamp);
	return token;
}

void
token_free(struct token *token)
{
	struct worker *w;

	if (token == NULL)
		return;
	while ((w = token->workers) != NULL) {
		token->workers = w->next;
		worker_free(w);
	}
	loop_timer_free(token->timer);
	free(token);
}

struct token *
token_by_name(struct service *service, const char *name)
{
	for (size_t i = 0; i < service->token_count; i++)
		if (strcmp(service->tokens[i]->name, name) == 0)
			return service->tokens[i];
	return NULL;
}

static const struct worker *
starting(const struct token *token)
{
	const struct worker *w = token->workers;

	while (w != NULL && w->state != WORKER_LOGIN)
		w = w->next;
	return w;
}

static void
start_worker(struct token *token)
{
	struct service *service = token->service;
	struct worker *w = worker_new(token, service->next_worker);
	struct worker_start start = { .worker = service->next_worker };
	struct writer out = service_writer(service);

	if (w == NULL) {
		log_warn("token %s: no memory for a worker", token->name);
		return;
	}
	service->next_worker++;
	w->next = token->workers;
	token->workers = w;
	memcpy(start.token, token->name, sizeof(start.token));
	memcpy(start.refused, token->stamp, token->stamp_len);
	start.refused_len = token->stamp_len;
	worker_start_put(&out, &start);
	peer_send(service->keeper, &out);
}

void
token_tend(struct token *token)
{
	unsigned count = 0;
	uint64_t now = clock_mono_us();

	for (const struct worker *w = token->workers; w != NULL; w = w->next)
		count++;
	if (token->pin_refused || count >= token->wanted ||
	    starting(token) != NULL)
		return;
	if (now < token->next_start_us)
		loop_timer_set(token->timer, token->next_start_us);
	else
		start_worker(token);
}

void
token_reconsider(struct token *token)
{
	if (!token->pin_refused)
		return;
	token->pin_refused = false;
	token->next_start_us = 0;
	token_tend(token);
}

/* The next start has to wait, the one after it longer. */
static void
pause_starts(struct token *token)
{
	token->next_start_us = clock_mono_us() + token->pause_us;
	token->pause_us *= 2;
	if (token->pause_us > PAUSE_MAX_US)
		token->pause_us = PAUSE_MAX_US;
}

void
token_works(struct token *token)
{
	token->pause_us = PAUSE_MIN_US;
}

static void
set_reason(struct token *token, enum reason reason, const char *text)
{
	token->reason = reason;
	snprintf(token->text, sizeof(token->text), "%s", text);
}

/* For the operator. */
static void
explain(const struct token *token, enum reason reason, const char *text)
{
	char why[MESSAGE_SIZE];

	text_escape(text, strlen(text), why, sizeof(why) / 2);
	log_warn("token %s: %s: %s", token->name, reason_text(reason), why);
}

static void
unlink_worker(struct worker *w)
{
	struct worker **at = &w->token->workers;

	while (*at != w)
		at = &(*at)->next;
	*at = w->next;
	if (w->state == WORKER_READY)
		w->token->ready--;
	worker_forget_keys(w);
}

static void
kill_worker(const struct worker *w)
{
	struct service *service = w->token->service;
	struct writer out = service_writer(service);

	number_put(&out, WIRE_WORKER_KILL, w->number);
	peer_send(service->keeper, &out);
}

void
token_logged_in(struct worker *w, const struct token_state *state)
{
	struct token *token = w->token;
	bool news = !token->tried || token->reason != REASON_OK;
	char text[MESSAGE_SIZE];

	memcpy(token->label, state->label, sizeof(token->label));
	memcpy(token->serial, state->serial, sizeof(token->serial));
	memcpy(token->model, state->model, sizeof(token->model));
	memcpy(token->firmware, state->firmware, sizeof(token->firmware));
	text_plain(token->label);
	text_plain(token->serial);
	text_plain(token->model);
	text_plain(token->firmware);
	token->tried = true;
	token->ready++;
	set_reason(token, REASON_OK, "");
	if (token->stamp_len > 0)
		pin_state_clear(
		    tree_server(token->service->tree)->state_dir, token->name);
	token->stamp_len = 0;
	worker_ready(w);
	if (news)
		log_info("token %s: logged in", token->name);
	snprintf(
	    text, sizeof(text), "a worker logged in to token %s", token->name);
	record_token(token, w, "login", REASON_OK, text);
	worker_sync_keys(w);
	token_tend(token);
	token_changed(token);
}

static void
keep_stamp(struct token *token, const struct token_state *state)
{
	const char *dir = tree_server(token->service->tree)->state_dir;

	token->pin_refused = true;
	memcpy(token->stamp, state->stamp, state->stamp_len);
	token->stamp_len = state->stamp_len;
	if (pin_state_save(dir, token->name, token->stamp, token->stamp_len) ==
	    -1)
		log_warn("%s: cannot keep in mind that the PIN of token %s "
			 "was refused: %s",
		    dir, token->name, strerror(errno));
}

void
token_refused(struct worker *w, const struct token_state *state)
{
	struct token *token = w->token;
	bool news = !token->tried || token->reason != state->reason;

	if (news) {
		explain(token, state->reason, state->text);
		record_token(token, w, "login", state->reason, state->text);
	}
	set_reason(token, state->reason, reason_text(state->reason));
	token->tried = true;
	if (state->reason == REASON_TOKEN_PIN)
		keep_stamp(token, state);
	unlink_worker(w);
	kill_worker(w);
	worker_free(w);
	pause_starts(token);
	token_tend(token);
	token_changed(token);
}

void
token_lose(struct worker *w, enum reason reason, const char *text)
{
	struct token *token = w->token;
	bool news = w->state == WORKER_READY || !token->tried ||
	    token->reason != reason;

	/* First of all: nothing that it still says can count. */
	peer_free(w->peer);
	w->peer = NULL;
	unlink_worker(w);
	kill_worker(w);
	if (news) {
		explain(token, reason, text);
		record_token(token, w, "worker", reason, text);
	}
	set_reason(token, reason, reason_text(reason));
	token->tried = true;
	/* After a login that succeeded the next one is likely to. */
	if (w->state == WORKER_READY && token->pause_us < PAUSE_PATIENCE_US)
		set_reason(token, REASON_OK, "");
	for (size_t i = 0; i < w->count; i++)
		slot_retry(w->jobs[i], reason, reason_text(reason));
	if (w->chore != NULL)
		chore_retry(w->chore, reason, reason_text(reason));
	worker_free(w);
	pause_starts(token);
	token_tend(token);
	token_changed(token);
}

bool
token_is_busy(const struct token *token)
{
	return token->schedule.items > 0 || token->retries != NULL;
}

void
token_sync_keys(struct token *token)
{
	for (struct worker *w = token->workers; w != NULL; w = w->next)
		worker_sync_keys(w);
}

bool
token_tries_again(
    const struct token *token, const struct key *key, struct verdict *ret)
{
	const char *why = "";

	ret->rule.file = NULL;
	if (decide_suspended(token->service->suspensions, SUBJECT_KEY,
		key->name, ret) != REASON_OK)
		return false;
	if (token_standing(token, key, &ret->reason, &why) != KEY_DOWN)
		return true;
	snprintf(ret->text, sizeof(ret->text), "%s", why);
	return false;
}

/* Those to be tried again that nobody will try. */
static void
review_retries(struct token *token)
{
	const struct journal *journal = token->service->journal;
	struct slot *slot = token->retries, *next;
	struct verdict verdict;

	token->retries = NULL;
	token->retries_last = &token->retries;
	for (; slot != NULL; slot = next) {
		next = slot->next;
		slot->next = NULL;
		if (slot->request->state == REQUEST_OVER) {
			slot_drop(slot);
		} else if (!journal_works(journal)) {
			slot_give_up(slot, REASON_AUDIT_UNAVAILABLE,
			    reason_text(REASON_AUDIT_UNAVAILABLE));
		} else if (!token_tries_again(token, slot->key, &verdict)) {
			slot_give_up(slot, verdict.reason, verdict.text);
		} else {
			*token->retries_last = slot;
			token->retries_last = &slot->next;
		}
	}
}

void
token_changed(struct token *token)
{
	struct service *service = token->service;

	review_retries(token);

	for (struct session *s = service->sessions; s != NULL; s = s->next)
		for (struct request *q = s->requests; q != NULL; q = q->next)
			/* A receipt needs the audit key's token, too. */
			if (q->token == token || q->command.receipt)
				lines_review(q);
	service_announce(service);
}

bool
token_is_settled(const struct token *token)
{
	if (!token->tried)
		return false;
	for (const struct worker *w = token->workers; w != NULL; w = w->next)
		if (w->state == WORKER_READY && w->facts_due == 0)
			return true;
	return token->ready == 0;
}

enum key_standing
token_standing(const struct token *token, const struct key *key,
    enum reason *ret, const char **ret_text)
{
	*ret = REASON_OK;
	if (key->fit > 0)
		return KEY_USABLE;
	/* No worker will be told of it again. */
	if (key->conf == NULL) {
		*ret = REASON_KEY_MISSING;
		*ret_text = "a reload changed this key or took it away";
		return KEY_DOWN;
	}
	if (token->ready > 0 ? key->unfit < token->ready :
			       token->reason == REASON_OK)
		return KEY_WAITING;
	*ret = token->ready > 0 ? key->reason : token->reason;
	*ret_text = token->ready > 0 ? key->text : token->text;
	return KEY_DOWN;
}
