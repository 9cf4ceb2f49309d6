/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/canary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "broker/drain.h"
#include "broker/probe.h"
#include "broker/records.h"
#include "broker/service.h"
#include "policy/suspension.h"

/* What a round found. */
struct round {
	uint64_t wall_us; /* when it ended; 0: it has not */
	size_t ok, failed, skipped;
};

struct canary {
	struct service *service;
	struct loop_timer *timer;
	struct probe *probe; /* NULL: between rounds */
	size_t at; /* the generation that is tried, in the tree */
	uint64_t due_us; /* the next round; 0: there is none */
	struct round now, last;
};

static void on_due(void *arg);
static void on_ended(void *arg, struct probe *);

struct canary *
canary_new(struct service *service)
{
	struct canary *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->service = service;
	c->timer = loop_timer_new(service->loop, on_due, c);
	if (c->timer == NULL) {
		free(c);
		return NULL;
	}
	return c;
}

void
canary_free(struct canary *c)
{
	if (c == NULL)
		return;
	probe_free(c->probe);
	loop_timer_free(c->timer);
	free(c);
}

/* So many seconds; 0: never. */
static uint32_t
interval(const struct canary *c)
{
	return tree_server(c->service->tree)->canary;
}

static void
wait_for_next(struct canary *c)
{
	c->due_us = 0;
	if (interval(c) == 0)
		return;
	c->due_us = clock_mono_us() + (uint64_t)interval(c) * 1000000;
	loop_timer_set(c->timer, c->due_us);
}

void
canary_reset(struct canary *c)
{
	uint64_t latest = clock_mono_us() + (uint64_t)interval(c) * 1000000;

	/* A round that runs sees for itself. */
	if (c->probe == NULL &&
	    (c->due_us == 0 || c->due_us > latest || interval(c) == 0))
		wait_for_next(c);
}

static bool
is_over(const struct generation *g)
{
	const struct generation *now = key_generation(g->key, service_now());

	return now != NULL && g->start < now->start;
}

/* Begins with the next that is to be tried: false when there is none. */
static bool
begin_next(struct canary *c)
{
	const struct tree *tree = c->service->tree;

	for (; c->at < tree_generations(tree); c->at++) {
		const struct generation *g = tree_generation(tree, c->at);

		if (g->key->audit || is_over(g))
			continue;
		if (suspensions_cover(
			c->service->suspensions, SUBJECT_KEY, g->of) == NULL)
			c->probe = probe_new(c->service,
			    keyring_of(c->service->keyring, g), true, on_ended,
			    c);
		if (c->probe != NULL)
			return true;
		c->now.skipped++;
	}
	return false;
}

static void
go_on(struct canary *c)
{
	if (drain_is_on(c->service) || (interval(c) != 0 && begin_next(c)))
		return;
	if (interval(c) != 0) {
		c->now.wall_us = clock_wall_us();
		c->last = c->now;
	}
	wait_for_next(c);
}

static void
on_due(void *arg)
{
	struct canary *c = arg;

	if (c->probe != NULL || c->due_us == 0)
		return;
	if (clock_mono_us() < c->due_us) {
		loop_timer_set(c->timer, c->due_us);
		return;
	}
	c->at = 0;
	memset(&c->now, 0, sizeof(c->now));
	go_on(c);
}

/* For the operator, once. */
static void
explain(const struct key *key, enum reason reason)
{
	const char *comma = key->generation[0] != '\0' ? ", generation " : "";
	char why[MESSAGE_SIZE];

	if (reason == REASON_OK) {
		log_info("key %s%s%s signs again", key->name, comma,
		    key->generation);
		return;
	}
	text_escape(
	    key->canary.text, strlen(key->canary.text), why, sizeof(why) / 2);
	log_warn("key %s%s%s does not sign: %s", key->name, comma,
	    key->generation, why);
}

static void
take(struct canary *c, struct key *key)
{
	enum reason reason = probe_reason(c->probe);
	struct key_canary *found = &key->canary;
	bool news = found->reason != reason;

	found->wall_us = clock_wall_us();
	found->reason = reason;
	snprintf(found->text, sizeof(found->text), "%s", probe_text(c->probe));
	if (reason == REASON_OK)
		c->now.ok++;
	else
		c->now.failed++;
	if (news)
		explain(key, reason);
	/* What could not be recorded is told in the next round. */
	if (found->told != reason &&
	    record_probe(c->service, c->probe, "canary", NULL) == 0)
		found->told = reason;
}

static void
on_ended(void *arg, struct probe *probe)
{
	struct canary *c = arg;
	struct key *key =
	    keyring_at(c->service->keyring, probe_key(probe)->number);

	/* One that a reload changed meanwhile says nothing of what is now. */
	if (key->conf != NULL)
		take(c, key);
	probe_free(probe);
	c->probe = NULL;
	c->at++;
	go_on(c);
}

void
canary_text(const struct canary *c, struct buf *out)
{
	char when[CLOCK_TEXT];

	if (interval(c) == 0) {
		buf_adds(out, "canary: never\n");
		return;
	}
	buf_addf(out, "canary: every %u s", interval(c));
	if (c->last.wall_us == 0) {
		buf_adds(out, ", no round yet\n");
		return;
	}
	clock_text(c->last.wall_us, when);
	buf_addf(out, ", last round %s: %zu ok, %zu failed, %zu skipped\n",
	    when, c->last.ok, c->last.failed, c->last.skipped);
}

void
canary_json(const struct canary *c, struct buf *out)
{
	char when[CLOCK_TEXT] = "";

	if (c->last.wall_us != 0)
		clock_text(c->last.wall_us, when);
	buf_addf(out,
	    "{\"interval\":%u,\"time\":\"%s\",\"ok\":%zu,\"failed\":%zu,"
	    "\"skipped\":%zu}",
	    interval(c), when, c->last.ok, c->last.failed, c->last.skipped);
}
