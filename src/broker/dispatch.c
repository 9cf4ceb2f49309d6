/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/dispatch.h"

#include "broker/chore.h"
#include "broker/lines.h"
#include "broker/service.h"
#include "broker/slot.h"
#include "broker/token.h"
#include "broker/worker.h"

static struct request *
request_of(struct sched_item *item)
{
	return (void *)((char *)item - offsetof(struct request, item));
}

static bool
fits(void *arg, struct sched_item *item)
{
	return worker_fits(arg, request_of(item)->key);
}

/* The first to be tried again that this worker can do. */
static struct slot *
next_retry(struct token *token, const struct worker *w)
{
	struct slot **at = &token->retries, *slot;

	while ((slot = *at) != NULL) {
		if (slot->request->state != REQUEST_OVER &&
		    !worker_fits(w, slot->key)) {
			at = &slot->next;
			continue;
		}
		if ((*at = slot->next) == NULL)
			token->retries_last = at;
		if (slot->request->state != REQUEST_OVER)
			return slot;
		slot_drop(slot);
	}
	return NULL;
}

/*
 * A line that was in the hands of a worker that failed goes alone: whether it
 * was the cause is known afterwards.  One worker at a time is kept for that.
 */
static void
give_retry(struct token *token)
{
	struct slot *slot;

	for (struct worker *w = token->workers; w != NULL; w = w->next) {
		if (w->state != WORKER_READY)
			continue;
		w->starved = true;
		if (w->count > 0 || w->chore != NULL)
			return;
		if ((slot = next_retry(token, w)) == NULL) {
			w->starved = false;
			continue;
		}
		slot->state = SLOT_SENT;
		worker_add(w, slot);
		return;
	}
}

static struct worker *
least_loaded(const struct token *token)
{
	struct worker *best = NULL;

	for (struct worker *w = token->workers; w != NULL; w = w->next)
		if (!w->starved && worker_has_room(w) &&
		    (best == NULL || w->load_us < best->load_us))
			best = w;
	return best;
}

static void
give_lines(struct token *token)
{
	struct sched_item *item;
	struct worker *w;

	while ((w = least_loaded(token)) != NULL) {
		item = schedule_next(&token->schedule, fits, w);
		if (item == NULL) {
			w->starved = true;
			continue;
		}
		worker_add(w, lines_take(request_of(item)));
	}
}

void
token_dispatch(struct token *token)
{
	struct worker *w;

	if (token->chores != NULL)
		chores_give(token);
	if (token->schedule.items == 0 && token->retries == NULL)
		return;
	if (!journal_works(token->service->journal))
		token_changed(token);
	if (!journal_has_room(token->service->journal))
		return;
	for (w = token->workers; w != NULL; w = w->next)
		w->starved = false;
	if (token->retries != NULL)
		give_retry(token);
	give_lines(token);
	for (w = token->workers; w != NULL; w = w->next)
		worker_flush(w);
}
