/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/worker.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "broker/chore.h"
#include "broker/gather.h"
#include "broker/maker.h"
#include "broker/service.h"
#include "broker/slot.h"
#include "broker/surface.h"
#include "broker/token.h"

/*
 * What a worker has at least in its hands and next (so that it is never
 * idle), and how much time's worth of short operations.
 */
#define DEPTH_JOBS 2
#define DEPTH_US 1500u
#define JOB_HEAD 64

enum fit {
	FIT_UNTOLD,
	FIT_ASKED,
	FIT_YES,
	FIT_NO,
	FIT_DROPPED
};

static void
on_gone(void *arg, const char *why)
{
	struct worker *w = arg;

	token_lose(
	    w, REASON_TOKEN_FAILED, why != NULL ? why : "its process ended");
}

static const struct peer_kind worker_kind = {
	.name = "a token worker",
	.surface = worker_surface,
	.queue_max = 64u << 20,
	.gone = on_gone,
};

/* Time for an answer is over, or something was answered meanwhile. */
static void
on_watch(void *arg)
{
	struct worker *w = arg;
	uint64_t due = w->since_us + w->token->timeout_us;

	if (w->state == WORKER_READY && worker_is_idle(w))
		return;
	if (clock_mono_us() < due)
		loop_timer_set(w->watch, due);
	else
		token_lose(w, REASON_TOKEN_TIMEOUT, "no answer in time");
}

/* From now on it owes an answer. */
static void
watch(struct worker *w)
{
	w->since_us = clock_mono_us();
	loop_timer_set(w->watch, w->since_us + w->token->timeout_us);
}

struct worker *
worker_new(struct token *token, uint32_t number)
{
	struct worker *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return NULL;
	w->token = token;
	w->number = number;
	w->state = WORKER_LOGIN;
	w->watch = loop_timer_new(token->service->loop, on_watch, w);
	if (w->watch == NULL) {
		free(w);
		return NULL;
	}
	watch(w);
	return w;
}

void
worker_free(struct worker *w)
{
	if (w == NULL)
		return;
	peer_free(w->peer);
	loop_timer_free(w->watch);
	free(w->fit);
	free(w);
}

int
worker_attach(struct worker *w, int fd, uint32_t pid)
{
	w->peer = peer_new(w->token->service->loop, fd, &worker_kind, w);
	w->pid = pid;
	return w->peer != NULL ? 0 : -1;
}

void
worker_ready(struct worker *w)
{
	w->state = WORKER_READY;
	peer_state(w->peer, WORKER_READY);
}

static int
grow_fit(struct worker *w, size_t size)
{
	uint8_t *fit;

	if (size <= w->fit_size)
		return 0;
	if ((fit = realloc(w->fit, size)) == NULL)
		return -1;
	memset(fit + w->fit_size, FIT_UNTOLD, size - w->fit_size);
	w->fit = fit;
	w->fit_size = size;
	return 0;
}

static void
tell_key(struct worker *w, const struct key *key)
{
	struct writer out = service_writer(w->token->service);
	struct key_add add = { .key = key->number,
		.allow_extractable = key->allow_extractable,
		.allow_short = key->allow_short };

	memcpy(add.object, key->object, sizeof(add.object));
	key_add_put(&out, &add);
	peer_send(w->peer, &out);
	if (worker_is_idle(w))
		watch(w);
	w->facts_due++;
	w->fit[key->number] = FIT_ASKED;
}

static void
uncount(struct worker *w, uint32_t number, struct key *key)
{
	if (w->fit[number] == FIT_ASKED)
		w->facts_due--;
	if (key == NULL)
		return;
	if (w->fit[number] == FIT_YES)
		key->fit--;
	else if (w->fit[number] == FIT_NO)
		key->unfit--;
}

static void
drop_key(struct worker *w, uint32_t number, struct key *key)
{
	struct writer out = service_writer(w->token->service);

	number_put(&out, WIRE_KEY_DROP, number);
	peer_send(w->peer, &out);
	uncount(w, number, key);
	w->fit[number] = FIT_DROPPED;
}

void
worker_sync_keys(struct worker *w)
{
	struct keyring *ring = w->token->service->keyring;
	uint32_t end = keyring_end(ring);

	if (w->state != WORKER_READY)
		return;
	if (grow_fit(w, end) == -1) {
		log_warn("token %s: no memory for its keys", w->token->name);
		return;
	}
	for (uint32_t i = 0; i < end; i++) {
		struct key *key = keyring_at(ring, i);
		bool wanted = key != NULL && key->conf != NULL &&
		    strcmp(key->token, w->token->name) == 0;

		if (wanted && w->fit[i] == FIT_UNTOLD)
			tell_key(w, key);
		else if (!wanted && w->fit[i] != FIT_UNTOLD &&
		    w->fit[i] != FIT_DROPPED)
			drop_key(w, i, key);
	}
}

enum worker_owes
worker_owes(const struct worker *w, uint32_t key)
{
	if (key >= w->fit_size)
		return OWES_NOTHING;
	if (w->fit[key] == FIT_ASKED)
		return OWES_FACTS;
	return w->fit[key] == FIT_DROPPED ? OWES_NO_MORE : OWES_NOTHING;
}

void
worker_learn(struct worker *w, struct key *key, bool fit)
{
	uncount(w, key->number, key);
	w->fit[key->number] = fit ? FIT_YES : FIT_NO;
	if (fit)
		key->fit++;
	else
		key->unfit++;
	w->since_us = clock_mono_us();
}

bool
worker_fits(const struct worker *w, const struct key *key)
{
	return key->number < w->fit_size && w->fit[key->number] == FIT_YES;
}

void
worker_forget_keys(struct worker *w)
{
	for (uint32_t i = 0; i < w->fit_size; i++) {
		uncount(w, i, keyring_at(w->token->service->keyring, i));
		w->fit[i] = FIT_UNTOLD;
	}
}

bool
worker_is_idle(const struct worker *w)
{
	return w->count == 0 && w->facts_due == 0 && w->chore == NULL;
}

bool
worker_has_room(const struct worker *w)
{
	if (w->state != WORKER_READY || w->count == WORKER_JOBS ||
	    peer_is_full(w->peer))
		return false;
	return w->count < DEPTH_JOBS || w->load_us < DEPTH_US;
}

/* The head was written with the first job, its count is known now. */
void
worker_flush(struct worker *w)
{
	struct batch_head head = { .count = w->batch };
	struct writer first;

	if (w->batch == 0)
		return;
	writer_init(&first, w->space, sizeof(w->space));
	jobs_head_put(&first, &head);
	peer_send(w->peer, &w->out);
	w->batch = 0;
}

static void
put_job(
    struct worker *w, const struct slot *slot, const uint8_t *input, size_t len)
{
	struct batch_head head = { .count = 1 };
	struct job job = { .job = slot->job,
		.key = slot->key->number,
		.mech = slot->mech,
		.hash = slot->over,
		.input = input,
		.len = len };

	if (w->batch == WIRE_BATCH ||
	    (w->batch > 0 && w->out.size - w->out.used < len + JOB_HEAD))
		worker_flush(w);
	if (w->batch++ == 0) {
		writer_init(&w->out, w->space, sizeof(w->space));
		jobs_head_put(&w->out, &head);
	}
	job_put(&w->out, &job);
}

/*
 * It fitted when it was decided.  The clock may have been set back since, to
 * before there was a key: that is no reason to end for everybody.
 */
static void
cannot_make(struct slot *slot)
{
	if (slot->request->state == REQUEST_OVER)
		slot_drop(slot);
	else
		slot_give_up(slot, REASON_INTERNAL,
		    "the format does not take this line any more");
}

void
worker_add(struct worker *w, struct slot *slot)
{
	struct service *service = w->token->service;
	const struct buf *input = &service->input;

	maker_begin(slot);
	if (maker_input(slot) == -1) {
		cannot_make(slot);
		return;
	}
	if (worker_is_idle(w))
		watch(w);
	slot->job = ++service->next_job;
	slot->cost_us = key_cost_us(slot->key);
	w->load_us += slot->cost_us;
	w->jobs[w->count++] = slot;
	put_job(w, slot, (const uint8_t *)buf_at(input), buf_len(input));
}

struct slot *
worker_take(struct worker *w, uint64_t job)
{
	for (size_t i = 0; i < w->count; i++) {
		struct slot *slot = w->jobs[i];

		if (slot->job != job)
			continue;
		w->count--;
		memmove(&w->jobs[i], &w->jobs[i + 1],
		    (w->count - i) * sizeof(w->jobs[0]));
		w->load_us -= slot->cost_us;
		w->since_us = clock_mono_us();
		return slot;
	}
	return NULL;
}

/* A line that is tried again goes alone, so that its end tells of it only. */
static bool
tries_again(const struct worker *w)
{
	return w->count > 0 && w->jobs[0]->tries > 0;
}

bool
worker_takes_chore(const struct worker *w, const struct key *key)
{
	return w->state == WORKER_READY && w->chore == NULL &&
	    w->count < WORKER_JOBS && !peer_is_full(w->peer) &&
	    worker_fits(w, key) && !tries_again(w);
}

void
worker_add_chore(struct worker *w, struct chore *chore)
{
	struct service *service = w->token->service;
	struct batch_head head = { .count = 1 };
	struct writer out = service_writer(service);
	struct job job = { .job = ++service->next_job,
		.key = chore->key->number,
		.mech = chore->mech,
		.hash = chore->hash,
		.input = chore->input,
		.len = chore->len };

	if (worker_is_idle(w))
		watch(w);
	chore->job = job.job;
	w->chore = chore;
	jobs_head_put(&out, &head);
	job_put(&out, &job);
	peer_send(w->peer, &out);
}

struct chore *
worker_take_chore(struct worker *w, uint64_t job)
{
	struct chore *chore = w->chore;

	if (chore == NULL || chore->job != job)
		return NULL;
	w->chore = NULL;
	w->since_us = clock_mono_us();
	return chore;
}
