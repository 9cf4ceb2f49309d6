/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/budget_plan.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "broker/exceed.h"
#include "broker/service.h"
#include "broker/slot.h"
#include "policy/resolve.h"

/* When to come back: nobody knows when a request will end. */
#define CONCURRENCY_WAIT_S 5

static bool
counts(const struct limits *limits)
{
	return budget_counts(limits) || limits->concurrency != 0;
}

/* Those that count something. */
static unsigned
find_layers(const struct request *q, struct layer ret[static LAYERS_MAX])
{
	size_t all = layers_over(q->grant.profile, q->grant.key, ret);
	unsigned count = 0;

	for (size_t i = 0; i < all; i++)
		if (counts(ret[i].limits))
			ret[count++] = ret[i];
	return count;
}

/* A profile's are each client key's own; the others are everybody's. */
void
plan_subject(const struct layer *layer, const char *fingerprint,
    char ret[static STORE_TEXT])
{
	bool own = strcmp(layer->what, "profile") == 0;

	snprintf(ret, STORE_TEXT, "%s%s %s", own ? "client " : "",
	    own ? fingerprint : layer->what, layer->name);
}

static size_t
plan_size(unsigned count)
{
	return sizeof(struct budget_plan) + count * sizeof(struct plan_layer);
}

static void
plan_put(struct budget_plan *plan)
{
	if (--plan->refs > 0)
		return;
	for (unsigned i = 0; i < plan->count; i++)
		tally_put(plan->budgets, plan->layers[i].tally);
	pool_put(plan->pool, plan, plan_size(plan->count));
}

static int
add_layer(
    struct budget_plan *plan, const struct layer *from, const char *fingerprint)
{
	struct plan_layer *layer = &plan->layers[plan->count];
	char subject[STORE_TEXT];

	plan_subject(from, fingerprint, subject);
	layer->tally = tally_get(plan->budgets, subject);
	if (layer->tally == NULL)
		return -1;
	layer->of = *from;
	layer->numbers = *from->limits;
	layer->asked = layer->tally->budget;
	plan->count++;
	return 0;
}

static struct budget_plan *
plan_new(const struct session *s, const struct layer *layers, unsigned count)
{
	struct service *service = s->service;
	struct budget_plan *plan = pool_get(&service->pool, plan_size(count));

	if (plan == NULL)
		return NULL;
	memset(plan, 0, plan_size(count));
	plan->budgets = &service->budgets;
	plan->pool = &service->pool;
	plan->refs = 1;
	for (unsigned i = 0; i < count; i++)
		if (add_layer(plan, &layers[i], s->fingerprint) == -1)
			/* The pool wants to know the size that it gave. */
			log_fatal("no memory");
	return plan;
}

static void
count_running(struct budget_plan *plan, bool running)
{
	if (plan->running == running)
		return;
	plan->running = running;
	for (unsigned i = 0; i < plan->count; i++)
		plan->layers[i].tally->running += running ? 1u : -1u;
}

int
plan_make(struct request *q)
{
	struct budget_plan *before = q->plan;
	struct layer layers[LAYERS_MAX];
	unsigned count = find_layers(q, layers);

	q->plan = NULL;
	if (count > 0)
		q->plan = plan_new(q->session, layers, count);
	if (q->plan != NULL && q->running)
		count_running(q->plan, true);
	if (before != NULL) {
		count_running(before, false);
		plan_put(before);
	}
	return count == 0 || q->plan != NULL ? 0 : -1;
}

enum reason
plan_begin(struct request *q, struct verdict *ret)
{
	for (unsigned i = 0; q->plan != NULL && i < q->plan->count; i++) {
		const struct plan_layer *layer = &q->plan->layers[i];
		const struct limits *limits = layer->of.limits;

		if (limits->concurrency != 0 &&
		    layer->tally->running >= limits->concurrency)
			return refuse(ret, REASON_CONCURRENCY,
			    limits->concurrency_rule,
			    "the %s %s allows %u sign requests at a time; "
			    "try again in %u s",
			    layer->of.what, layer->of.name, limits->concurrency,
			    CONCURRENCY_WAIT_S);
	}
	q->running = true;
	q->session->account->running++;
	if (q->plan != NULL)
		count_running(q->plan, true);
	return REASON_OK;
}

void
plan_end(struct request *q)
{
	if (q->running)
		q->session->account->running--;
	q->running = false;
	if (q->plan == NULL)
		return;
	count_running(q->plan, false);
	plan_put(q->plan);
	q->plan = NULL;
}

static bool
is_same(const struct budget_plan *a, const struct budget_plan *b)
{
	if (a->count != b->count)
		return false;
	for (unsigned i = 0; i < a->count; i++)
		if (a->layers[i].tally != b->layers[i].tally)
			return false;
	return true;
}

/* The first layer that says no, or NULL. */
static const struct plan_layer *
find_refusal(const struct budget_plan *plan, bool asked, int64_t now_us,
    struct verdict *ret)
{
	for (unsigned i = 0; i < plan->count; i++) {
		const struct plan_layer *l = &plan->layers[i];

		if (budget_check(asked ? &l->asked : &l->tally->budget, &l->of,
			now_us, ret) != REASON_OK)
			return l;
	}
	return NULL;
}

static enum reason
ask_line(struct budget_plan *plan, struct verdict *ret)
{
	int64_t now_us = (int64_t)clock_wall_us();

	if (find_refusal(plan, true, now_us, ret) != NULL)
		return ret->reason;
	for (unsigned i = 0; i < plan->count; i++)
		budget_charge(
		    &plan->layers[i].asked, plan->layers[i].of.limits, now_us);
	return REASON_OK;
}

/* Until it is undone or paid. */
static enum reason
charge_line(struct budget_plan *plan, struct slot *slot, int64_t now_us)
{
	struct budgets *budgets = plan->budgets;
	struct charge *charge;

	if (!budgets_may_charge(budgets, plan->count))
		return REASON_STATE_UNAVAILABLE;
	if ((charge = pool_get(plan->pool, sizeof(*charge))) == NULL)
		return REASON_BUSY;
	charge->plan = plan;
	charge->at_us = now_us;
	charge->ticket =
	    budgets->store != NULL ? store_ticket(budgets->store) : 0;
	plan->refs++;
	for (unsigned i = 0; i < plan->count; i++) {
		const struct plan_layer *layer = &plan->layers[i];

		budget_charge(&layer->tally->budget, layer->of.limits, now_us);
		tally_touch(budgets, layer->tally);
	}
	slot->charge = charge;
	return REASON_OK;
}

static void
charge_free(struct slot *slot)
{
	struct budget_plan *plan = slot->charge->plan;

	pool_put(plan->pool, slot->charge, sizeof(*slot->charge));
	slot->charge = NULL;
	plan_put(plan);
}

enum reason
plan_line(struct request *q, struct slot *slot, struct verdict *ret)
{
	static const struct rule no_rule = { NULL, 0 };
	const struct plan_layer *refuses;
	int64_t now_us;
	enum reason reason;

	if (slot->charge != NULL) {
		if (q->plan != NULL && is_same(q->plan, slot->charge->plan))
			return REASON_OK;
		plan_undo(slot);
	}
	if (q->plan == NULL)
		return REASON_OK;
	if (q->command.verb == VERB_CHECK)
		return ask_line(q->plan, ret);
	now_us = (int64_t)clock_wall_us();
	refuses = find_refusal(q->plan, false, now_us, ret);
	if (refuses != NULL) {
		if (refuses->of.limits->suspends)
			exceed_suspend(q, ret);
		return ret->reason;
	}
	reason = charge_line(q->plan, slot, now_us);
	if (reason != REASON_OK)
		refuse(ret, reason, no_rule, "%s", reason_text(reason));
	return reason;
}

void
plan_undo(struct slot *slot)
{
	struct charge *charge = slot->charge;
	int64_t now_us;

	if (charge == NULL)
		return;
	now_us = (int64_t)clock_wall_us();
	for (unsigned i = 0; i < charge->plan->count; i++) {
		const struct plan_layer *layer = &charge->plan->layers[i];

		budget_refund(&layer->tally->budget, &layer->numbers,
		    charge->at_us, now_us);
		tally_touch(charge->plan->budgets, layer->tally);
	}
	charge_free(slot);
}

void
plan_paid(struct slot *slot)
{
	if (slot->charge != NULL)
		charge_free(slot);
}

int
plan_await(struct slot *slot)
{
	return store_await(slot->charge->plan->budgets->store,
	    slot->charge->ticket, &slot->waiter);
}

bool
plan_is_kept(const struct slot *slot)
{
	const struct charge *charge = slot->charge;

	return charge == NULL || charge->plan->budgets->store == NULL ||
	    store_has(charge->plan->budgets->store, charge->ticket);
}
