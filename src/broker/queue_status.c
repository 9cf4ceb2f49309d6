/* SPDX-License-Identifier: Apache-2.0 */
/* queue_text and queue_json. */
#include <string.h>

#include "base/clock.h"
#include "broker/account.h"
#include "broker/queue.h"
#include "broker/service.h"
#include "broker/slot.h"
#include "broker/token.h"

/* Clients that are told of; there may be thousands. */
#define LONGEST 10

static const char *const words[PRIORITY_COUNT] = {
	[PRIORITY_LOW] = "low",
	[PRIORITY_NORMAL] = "normal",
	[PRIORITY_HIGH] = "high",
};

/* Who has most lines, first. */
struct longest {
	size_t count;
	const struct account *account[LONGEST];
};

static void
add_account(struct longest *l, const struct account *account)
{
	size_t at = l->count;

	if (account->waiting == 0)
		return;
	while (at > 0 && l->account[at - 1]->waiting < account->waiting)
		at--;
	if (at == LONGEST)
		return;
	if (l->count < LONGEST)
		l->count++;
	memmove(&l->account[at + 1], &l->account[at],
	    (l->count - at - 1) * sizeof(l->account[0]));
	l->account[at] = account;
}

static struct longest
find_longest(const struct service *service)
{
	const struct map *map = &service->accounts.map;
	struct longest ret = { .count = 0 };

	for (const struct map_node *n = map_next(map, NULL); n != NULL;
	     n = map_next(map, n))
		add_account(&ret, (const struct account *)n);
	return ret;
}

/* When the first of its lines came that no worker has yet, or 0. */
static uint64_t
request_oldest(const struct request *q)
{
	for (uint32_t i = q->next_up; q->queued > 0 && i != q->decided; i++)
		if (lines_at(q, i)->state == SLOT_QUEUED)
			return lines_at(q, i)->timed.queued_us;
	return 0;
}

struct client {
	const char *principal;
	uint64_t oldest_us; /* how long its oldest line waits */
};

static struct client
find_client(const struct service *service, const struct account *account)
{
	struct client ret = { "", 0 };
	uint64_t now = clock_mono_us(), oldest = now, at;

	for (const struct session *s = service->sessions; s != NULL;
	     s = s->next) {
		if (s->account != account)
			continue;
		ret.principal = s->principal;
		for (const struct request *q = s->requests; q != NULL;
		     q = q->next)
			if ((at = request_oldest(q)) != 0 && at < oldest)
				oldest = at;
	}
	ret.oldest_us = now - oldest;
	return ret;
}

static void
text_token(const struct token *token, struct buf *out)
{
	buf_addf(out, "queue of %s:", token->name);
	for (int c = PRIORITY_COUNT - 1; c >= PRIORITY_LOW; c--)
		buf_addf(out, "%s %zu %s", c == PRIORITY_HIGH ? "" : ",",
		    token->queues[c].lines, words[c]);
	buf_adds(out, "\n");
}

void
queue_text(const struct service *service, struct buf *out)
{
	struct longest longest = find_longest(service);

	for (size_t i = 0; i < service->token_count; i++)
		text_token(service->tokens[i], out);
	for (size_t i = 0; i < longest.count; i++) {
		const struct account *account = longest.account[i];
		struct client client = find_client(service, account);

		buf_addf(out, "  %zu lines of %s %s, the oldest for %llu ms\n",
		    account->waiting, client.principal, account->fingerprint,
		    (unsigned long long)client.oldest_us / 1000);
	}
}

static void
json_token(const struct token *token, struct buf *out)
{
	buf_adds(out, "{\"token\":");
	buf_add_json(out, token->name, strlen(token->name));
	for (int c = PRIORITY_COUNT - 1; c >= PRIORITY_LOW; c--)
		buf_addf(out, ",\"%s\":{\"lines\":%zu,\"us\":%llu}", words[c],
		    token->queues[c].lines,
		    (unsigned long long)token->queues[c].us);
	buf_adds(out, "}");
}

void
queue_json(const struct service *service, struct buf *out)
{
	struct longest longest = find_longest(service);

	buf_adds(out, "\"queues\":[");
	for (size_t i = 0; i < service->token_count; i++) {
		buf_adds(out, i > 0 ? "," : "");
		json_token(service->tokens[i], out);
	}
	buf_adds(out, "],\"longest\":[");
	for (size_t i = 0; i < longest.count; i++) {
		const struct account *account = longest.account[i];
		struct client client = find_client(service, account);

		buf_addf(out, "%s{\"fingerprint\":\"%s\",\"principal\":",
		    i > 0 ? "," : "", account->fingerprint);
		buf_add_json(out, client.principal, strlen(client.principal));
		buf_addf(out, ",\"lines\":%zu,\"oldest-us\":%llu}",
		    account->waiting, (unsigned long long)client.oldest_us);
	}
	buf_adds(out, "],");
}
