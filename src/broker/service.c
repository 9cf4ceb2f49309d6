/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/service.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "broker/admin.h"
#include "broker/archive.h"
#include "broker/canary.h"
#include "broker/checkpoint.h"
#include "broker/dispatch.h"
#include "broker/drain.h"
#include "broker/key_test.h"
#include "broker/lines.h"
#include "broker/lists.h"
#include "broker/log_watch.h"
#include "broker/records.h"
#include "broker/reload.h"
#include "broker/roll_over.h"
#include "broker/store.h"
#include "broker/surface.h"
#include "broker/suspend.h"
#include "broker/token.h"
#include "wire/control.h"

/* Of answers that are kept in memory; a list of many lines is one. */
#define ANSWER_MAX ((size_t)1 << 20)

/* The listener and the keeper are trusted: without them there is no service. */
static void
on_listener_gone(void *arg, const char *why)
{
	struct service *service = arg;

	log_warn("the listener is gone%s%s", why != NULL ? ": " : "",
	    why != NULL ? why : "");
	record_stop(service, "listener-gone", NULL);
	service->exit = 70;
	loop_stop(service->loop);
}

static void
on_keeper_gone(void *arg, const char *why)
{
	struct service *service = arg;

	log_warn("the keeper of the tokens is gone%s%s",
	    why != NULL ? ": " : "", why != NULL ? why : "");
	record_stop(service, "keeper-gone", NULL);
	service->exit = 70;
	loop_stop(service->loop);
}

static const struct peer_kind listener_kind = {
	.name = "the listener",
	.surface = listener_surface,
	.descriptors = true,
	.queue_max = 4u << 20,
	.gone = on_listener_gone,
};

static const struct peer_kind keeper_kind = {
	.name = "the keeper",
	.surface = keeper_surface,
	.descriptors = true,
	.queue_max = 1u << 20,
	.gone = on_keeper_gone,
};

static int
add_tokens(struct service *service)
{
	size_t count = tree_tokens(service->tree);

	service->tokens = calloc(count + 1, sizeof(struct token *));
	if (service->tokens == NULL)
		return -1;
	for (size_t i = 0; i < count; i++) {
		struct token *token =
		    token_new(service, tree_token(service->tree, i), i);

		if (token == NULL)
			return -1;
		service->tokens[service->token_count++] = token;
	}
	return 0;
}

struct service *
service_new(const char *dir, struct tree *tree, const char *fingerprint,
    struct journal *journal)
{
	struct service *service = calloc(1, sizeof(*service));

	if (service == NULL)
		return NULL;
	service->dir = dir;
	service->tree = tree;
	memcpy(service->fingerprint, fingerprint, sizeof(service->fingerprint));
	pool_init(&service->pool, SERVICE_MEMORY);
	buf_init(&service->input, ANSWER_MAX);
	buf_init(&service->answer, ANSWER_MAX);
	opened_init(&service->read_back);
	budgets_init(&service->budgets);
	repeats_init(&service->repeats, &service->pool);
	accounts_init(&service->accounts, tree_tokens(tree));
	if (getrandom(&service->boot, sizeof(service->boot), 0) !=
	    sizeof(service->boot))
		goto fail;
	service->started_us = clock_mono_us();
	if ((service->loop = loop_new()) == NULL ||
	    (service->keyring = keyring_new()) == NULL ||
	    keyring_adopt(service->keyring, tree) == -1 ||
	    (service->suspensions = suspensions_new()) == NULL ||
	    (service->suspend = suspend_new(service)) == NULL ||
	    (service->drain = drain_new(service)) == NULL ||
	    (service->checkpoints = checkpoints_new(service)) == NULL ||
	    (service->roll_over = roll_over_new(service)) == NULL ||
	    (service->canary = canary_new(service)) == NULL ||
	    (service->lists = lists_new(service)) == NULL ||
	    add_tokens(service) == -1)
		goto fail;
	loop_after_round(service->loop, service_round, service);
	service->journal = journal;
	return service;
fail:
	service->tree = NULL;
	service_free(service);
	return NULL;
}

void
service_free(struct service *service)
{
	if (service == NULL)
		return;
	/*
	 * What waits for the disk is written, and its owners are told: first
	 * those who will then have a record.
	 */
	budgets_flush(&service->budgets);
	store_drain(service->store);
	journal_close(service->journal);
	log_watch_free(service->log_watch);
	admin_free(service->admin);
	reload_free(service->reload);
	for (size_t i = 0; i < service->token_count; i++)
		token_free(service->tokens[i]);
	session_free_all(service);
	lists_free(service->lists);
	archive_free(service->archive);
	free(service->tokens);
	drain_free(service->drain);
	suspend_free(service->suspend);
	suspensions_free(service->suspensions);
	checkpoints_free(service->checkpoints);
	roll_over_free(service->roll_over);
	canary_free(service->canary);
	key_tests_free(service->key_tests);
	keyring_free(service->keyring);
	buf_release(&service->input);
	buf_release(&service->answer);
	opened_release(&service->read_back);
	tree_free(service->tree);
	prints_free(service->prints);
	peer_free(service->listener);
	peer_free(service->keeper);
	budgets_flush(&service->budgets);
	store_close(service->store);
	budgets_release(&service->budgets);
	repeats_release(&service->repeats);
	accounts_release(&service->accounts);
	loop_free(service->loop);
	pool_release(&service->pool);
	free(service);
}

int
service_start(struct service *service, int listener, int keeper, int lists)
{
	service->listener =
	    peer_new(service->loop, listener, &listener_kind, service);
	service->keeper =
	    peer_new(service->loop, keeper, &keeper_kind, service);
	if (lists_start(service->lists, lists) == -1 ||
	    service->listener == NULL || service->keeper == NULL)
		return -1;
	for (size_t i = 0; i < service->token_count; i++)
		token_tend(service->tokens[i]);
	canary_reset(service->canary);
	service_announce(service);
	return 0;
}

void
service_announce(struct service *service)
{
	struct writer w;

	if (service->announced)
		return;
	for (size_t i = 0; i < service->token_count; i++)
		if (!token_is_settled(service->tokens[i]))
			return;
	if (!lists_are_settled(service->lists))
		return;
	service->announced = true;
	w = service_writer(service);
	bare_put(&w, WIRE_BROKER_READY);
	peer_send(service->listener, &w);
}

void
service_freed(void *arg)
{
	struct service *service = arg;

	if (service->start_due)
		record_start(service);
	suspend_retry(service->suspend);
	for (struct session *s = service->sessions; s != NULL; s = s->next) {
		session_record(s);
		for (struct request *q = s->requests; q != NULL; q = q->next)
			lines_review(q);
	}
}

static void
settle_requests(struct service *service)
{
	struct request *q;

	while ((q = service->dirty) != NULL) {
		service->dirty = q->next_dirty;
		q->is_dirty = false;
		request_settle(q);
	}
}

void
service_round(void *arg)
{
	struct service *service = arg;

	suspend_apply(service->suspend);
	roll_over_tend(service->roll_over);
	checkpoints_tend(service->checkpoints);
	repeats_round(service);
	for (size_t i = 0; i < service->token_count; i++)
		token_dispatch(service->tokens[i]);
	settle_requests(service);
	drain_check(service);
	budgets_flush(&service->budgets);
	store_flush(service->store);
	journal_flush(service->journal);
}

struct writer
service_writer(struct service *service)
{
	struct writer w;

	writer_init(&w, service->out, sizeof(service->out));
	return w;
}

int64_t
service_now(void)
{
	return (int64_t)(clock_wall_us() / 1000000);
}
