/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "broker/chore.h"
#include "broker/handlers.h"
#include "broker/records.h"
#include "broker/service.h"
#include "broker/slot.h"
#include "broker/token.h"
#include "broker/worker.h"

/* Errors in a row after which a worker is better replaced. */
#define FAILURES_MAX 3

static const char malformed[] = "a malformed message";

const char *
on_token_state(void *owner, struct reader *r)
{
	struct worker *w = owner;
	struct token_state state;

	if (!token_state_get(r, &state))
		return malformed;
	switch ((int)state.reason) {
	case REASON_OK:
		token_logged_in(w, &state);
		return NULL;
	case REASON_TOKEN_UNAVAILABLE:
	case REASON_TOKEN_PIN:
	case REASON_TOKEN_FAILED:
		token_refused(w, &state);
		return NULL;
	default:
		return "a state that no token has";
	}
}

/* Only what is news is told: other workers find the same. */
static void
tell_key(const struct token *token, const struct key *key, bool fit)
{
	char text[MESSAGE_SIZE], why[MESSAGE_SIZE / 2];

	if (fit) {
		snprintf(text, sizeof(text), "key %s can sign", key->name);
		record_key(token, key, REASON_OK, text);
		return;
	}
	text_escape(key->text, strlen(key->text), why, sizeof(why));
	log_warn("token %s: key %s: %s", token->name, key->name, why);
	record_key(token, key, key->reason, key->text);
}

const char *
on_key_facts(void *owner, struct reader *r)
{
	struct worker *w = owner;
	struct token *token = w->token;
	struct key_facts facts;
	struct key *key;
	bool fit, news;

	if (!key_facts_get(r, &facts))
		return malformed;
	switch (worker_owes(w, facts.key)) {
	case OWES_FACTS:
		break;
	case OWES_NO_MORE:
		return NULL;
	case OWES_NOTHING:
		return "facts that nobody asked for";
	}
	if ((key = keyring_at(token->service->keyring, facts.key)) == NULL)
		return NULL;
	news = key->fit + key->unfit == 0;
	fit = keyring_learn(token->service->keyring, key, &facts);
	worker_learn(w, key, fit);
	if (news || (!fit && key->fit > 0))
		tell_key(token, key, fit);
	token_changed(token);
	return NULL;
}

/* The mean moves by an eighth of the difference. */
static void
learn_cost(struct key *key, uint32_t us)
{
	if (us == 0)
		us = 1;
	if (us > 60000000)
		us = 60000000;
	key->us = key->us == 0 ? us : key->us - key->us / 8 + us / 8;
	if (key->us == 0)
		key->us = 1;
}

static bool
is_failure(enum reason reason)
{
	return reason == REASON_TOKEN_FAILED || reason == REASON_TOKEN_WRONG ||
	    reason == REASON_TOKEN_UNAVAILABLE ||
	    reason == REASON_KEY_MISSING || reason == REASON_KEY_UNFIT ||
	    reason == REASON_INTERNAL;
}

/* One of the two that a result may be of. */
struct work {
	struct slot *slot;
	struct chore *chore;
};

static bool
take_signature(
    struct worker *w, const struct work *work, const struct job_result *result)
{
	enum slot_signed outcome;

	if (work->chore != NULL) {
		learn_cost(work->chore->key, result->us);
		work->chore->us = result->us;
		return chore_signed(
		    work->chore, result->signature, result->len);
	}
	learn_cost(work->slot->key, result->us);
	work->slot->timed.token_us = result->us;
	work->slot->timed.signed_us = clock_mono_us();
	outcome = slot_signed(work->slot, result->signature, result->len);
	/* The same worker, for whatever it signed verified. */
	if (outcome == SIGNED_MORE)
		worker_add(w, work->slot);
	return outcome != SIGNED_WRONG;
}

static void
try_again(const struct work *work, enum reason reason)
{
	if (work->chore != NULL)
		chore_retry(work->chore, reason, reason_text(reason));
	else
		slot_retry(work->slot, reason, reason_text(reason));
}

/*
 * NULL, or why the worker must go.  One whose token failed starts anew by
 * itself; until its end is told the line must not be given to it again.
 */
static const char *
take_failure(struct worker *w, const struct work *work,
    const struct job_result *result, enum reason *ret)
{
	try_again(work, result->reason);
	if (!is_failure(result->reason))
		return "an outcome that no job has";
	if (result->reason == REASON_TOKEN_WRONG)
		return "its signature did not verify";
	*ret = REASON_TOKEN_FAILED;
	if (result->reason == REASON_TOKEN_FAILED)
		return result->text[0] != '\0' ? result->text :
						 "it reported an error";
	log_warn("token %s: worker %u: %s", w->token->name, w->number,
	    reason_text(result->reason));
	return ++w->failures < FAILURES_MAX ? NULL : "it fails again and again";
}

static const char *
take_result(struct worker *w, const struct job_result *result, enum reason *ret)
{
	struct work work = { .chore = worker_take_chore(w, result->job) };

	*ret = REASON_TOKEN_WRONG;
	if (work.chore == NULL &&
	    (work.slot = worker_take(w, result->job)) == NULL)
		return "an answer to a job that it has not";
	if (result->reason != REASON_OK)
		return take_failure(w, &work, result, ret);
	if (!take_signature(w, &work, result))
		return "a signature that is none";
	w->failures = 0;
	token_works(w->token);
	return NULL;
}

const char *
on_results(void *owner, struct reader *r)
{
	struct worker *w = owner;
	struct batch_head head;
	struct job_result result;
	enum reason reason;
	const char *why = NULL;

	if (!batch_head_get(r, &head))
		return malformed;
	for (unsigned i = 0; i < head.count && why == NULL; i++) {
		if (!job_result_get(r, &result))
			return malformed;
		why = take_result(w, &result, &reason);
	}
	worker_flush(w);
	if (why != NULL)
		token_lose(w, reason, why);
	else if (!reader_done(r))
		return malformed;
	return NULL;
}
