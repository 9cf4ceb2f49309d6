/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/lists.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "broker/lists_ask.h"
#include "broker/lists_private.h"
#include "broker/request.h"
#include "broker/service.h"
#include "broker/surface.h"
#include "wire/control.h"

/* How long another server may take to come. */
#define COME_US 5000000u
/* How long one may be silent, beyond what a command may take. */
#define SILENT_US 5000000u
/* Servers that may die of one question. */
#define TRIES 2

static void
ask_free(struct lists_ask *ask)
{
	if (ask != NULL)
		free(ask->message);
	free(ask);
}

/* When the server's silence, or its absence, is enough. */
static void
tend(struct lists *lists)
{
	uint64_t patience = COME_US;

	if (lists->first == NULL) {
		loop_timer_stop(lists->timer);
		return;
	}
	if (lists->server != NULL) {
		patience = 0;
		for (struct lists_ask *a = lists->first; a != NULL; a = a->next)
			if (a->timeout_ms * UINT64_C(1000) > patience)
				patience = a->timeout_ms * UINT64_C(1000);
		patience += SILENT_US;
	}
	loop_timer_set(lists->timer, lists->heard_us + patience);
}

/* Its end: whoever waits for it hears what came of it. */
static void
ask_end(struct lists *lists, struct lists_ask *ask,
    const struct lists_answer *answer)
{
	struct request *q = ask->request;
	enum list_kind kind = ask->kind;

	lists->lane[kind].out--;
	if (q != NULL) {
		q->lists.out--;
		lists_ask_answered(q, answer, ask->number);
	}
	ask_free(ask);
	lists_give_turns(lists, kind);
}

static struct lists_ask *
pop(struct lists *lists)
{
	struct lists_ask *ask = lists->first;

	if (ask != NULL && (lists->first = ask->next) == NULL)
		lists->last = &lists->first;
	return ask;
}

static void
push(struct lists *lists, struct lists_ask *ask)
{
	ask->next = NULL;
	*lists->last = ask;
	lists->last = &ask->next;
}

static void
ask_fail(struct lists *lists, struct lists_ask *ask, const char *text)
{
	struct lists_answer answer = { .id = ask->id, .count = ask->count };

	for (uint8_t i = 0; i < ask->count; i++)
		answer.listed[i] = LISTED_UNAVAILABLE;
	text_copy(answer.text, sizeof(answer.text), text);
	ask_end(lists, ask, &answer);
}

/* Nobody is there to ask, and nobody will come soon. */
static void
fail_all(struct lists *lists)
{
	struct lists_ask *ask;

	lists->away = true;
	while ((ask = pop(lists)) != NULL)
		ask_fail(lists, ask, LISTS_AWAY);
}

/* What killed two servers, or was there both times, is not asked again. */
static void
fail_tried(struct lists *lists)
{
	struct lists_ask *ask, *all = lists->first, *next;

	lists->first = NULL;
	lists->last = &lists->first;
	for (ask = all; ask != NULL; ask = next) {
		next = ask->next;
		if (ask->tries < TRIES && ask->request != NULL)
			push(lists, ask);
		else
			ask_fail(lists, ask,
			    "the process that reads lists failed; try again");
	}
}

/* It may hang, and then would stand in the way of another. */
static void
tell_keeper(struct lists *lists)
{
	struct writer w = service_writer(lists->service);

	bare_put(&w, WIRE_LISTS_DROP);
	if (lists->keeper != NULL)
		peer_send(lists->keeper, &w);
}

static void
lose_server(struct lists *lists, const char *why)
{
	log_warn("the server of the lists is gone%s%s", why != NULL ? ": " : "",
	    why != NULL ? why : "");
	peer_free(lists->server);
	lists->server = NULL;
	lists->heard_us = clock_mono_us();
	fail_tried(lists);
	if (lists->keeper == NULL)
		fail_all(lists);
	tend(lists);
}

static void
on_server_gone(void *arg, const char *why)
{
	if (why != NULL)
		tell_keeper(arg);
	lose_server(arg, why);
}

static void
on_keeper_gone(void *arg, const char *why)
{
	struct lists *lists = arg;

	log_warn("the keeper of the lists is gone%s%s", why != NULL ? ": " : "",
	    why != NULL ? why : "");
	peer_free(lists->keeper);
	lists->keeper = NULL;
	lists->settled = true;
	if (lists->server == NULL)
		fail_all(lists);
	service_announce(lists->service);
}

static void
on_timer(void *arg)
{
	struct lists *lists = arg;

	if (lists->server != NULL) {
		tell_keeper(lists);
		lose_server(lists, "it does not answer");
	} else {
		fail_all(lists);
	}
	tend(lists);
}

static const struct peer_kind keeper_kind = {
	.name = "the keeper of the lists",
	.surface = lists_keeper_surface,
	.descriptors = true,
	.queue_max = 4096,
	.gone = on_keeper_gone,
};

static const struct peer_kind server_kind = {
	.name = "the server of the lists",
	.surface = lists_server_surface,
	.queue_max = 16u << 20,
	.gone = on_server_gone,
};

struct lists *
lists_new(struct service *service)
{
	struct lists *lists = calloc(1, sizeof(*lists));

	if (lists == NULL)
		return NULL;
	lists->service = service;
	lists->last = &lists->first;
	lists->timer = loop_timer_new(service->loop, on_timer, lists);
	if (lists->timer != NULL)
		return lists;
	free(lists);
	return NULL;
}

void
lists_free(struct lists *lists)
{
	if (lists == NULL)
		return;
	for (struct lists_ask *ask = pop(lists); ask != NULL; ask = pop(lists))
		ask_free(ask);
	loop_timer_free(lists->timer);
	peer_free(lists->keeper);
	peer_free(lists->server);
	free(lists);
}

int
lists_start(struct lists *lists, int keeper)
{
	lists->keeper =
	    peer_new(lists->service->loop, keeper, &keeper_kind, lists);
	return lists->keeper != NULL ? 0 : -1;
}

bool
lists_are_settled(const struct lists *lists)
{
	return lists->settled;
}

bool
lists_are_away(const struct lists *lists)
{
	return lists->away;
}

struct peer *
lists_keeper(const struct lists *lists)
{
	return lists->keeper;
}

static void
give(struct lists *lists, struct lists_ask *ask)
{
	const struct writer w = {
		.start = ask->message, .used = ask->len, .size = ask->len
	};

	ask->tries++;
	peer_send(lists->server, &w);
}

static struct lists_ask *
ask_new(struct lists *lists, struct request *q, struct lists_query *query)
{
	struct lists_ask *ask = calloc(1, sizeof(*ask));
	struct writer w = service_writer(lists->service);

	if (ask == NULL)
		return NULL;
	query->id = lists->last_id + 1;
	lists_query_put(&w, query);
	if (!writer_ok(&w) || (ask->message = malloc(w.used)) == NULL) {
		free(ask);
		return NULL;
	}
	memcpy(ask->message, w.start, w.used);
	ask->len = w.used;
	ask->request = q;
	ask->id = ++lists->last_id;
	ask->kind = query->kind;
	ask->timeout_ms = query->timeout_ms;
	ask->count = query->count;
	return ask;
}

uint64_t
lists_send(struct lists *lists, struct request *q, struct lists_query *query,
    const uint64_t *number)
{
	struct lists_ask *ask = ask_new(lists, q, query);

	if (ask == NULL)
		return 0;
	memcpy(ask->number, number, ask->count * sizeof(number[0]));
	if (lists->first == NULL)
		lists->heard_us = clock_mono_us();
	push(lists, ask);
	lists->lane[ask->kind].out++;
	q->lists.out++;
	if (lists->server != NULL)
		give(lists, ask);
	tend(lists);
	return ask->id;
}

const char *
lists_attach(struct lists *lists, int fd)
{
	struct peer *peer =
	    peer_new(lists->service->loop, fd, &server_kind, lists);

	if (peer == NULL)
		return "no memory for its server";
	if (lists->server != NULL)
		lose_server(lists, "there is another");
	lists->server = peer;
	lists->heard_us = clock_mono_us();
	lists->settled = true;
	lists->away = false;
	for (struct lists_ask *a = lists->first; a != NULL; a = a->next)
		give(lists, a);
	tend(lists);
	service_announce(lists->service);
	return NULL;
}

const char *
lists_answered(struct lists *lists, struct lists_answer *answer)
{
	struct lists_ask **at = &lists->first, *ask;

	while ((ask = *at) != NULL && ask->id != answer->id)
		at = &ask->next;
	if (ask == NULL)
		return "an answer that nobody asked for";
	if (ask->count != answer->count)
		return "an answer of another length than was asked for";
	if ((*at = ask->next) == NULL)
		lists->last = at;
	lists->heard_us = clock_mono_us();
	/* It is foreign text, whoever should have escaped it. */
	text_plain(answer->text);
	ask_end(lists, ask, answer);
	tend(lists);
	return NULL;
}
