/* SPDX-License-Identifier: Apache-2.0 */
#include "listener/throttle.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* One place an address counts by: IPv4, or the first half of IPv6. */
struct source {
	struct source *next;
	uint64_t place;
	uint32_t count;
	uint32_t unauthenticated;
};

struct peer {
	struct peer *next;
	struct source *source;
	uint64_t connection;
	bool logged_in;
};

/* Chains hang from as many buckets as there can be connections. */
struct throttle {
	struct throttle_limits limits;
	uint32_t open, unauthenticated;
	size_t buckets;
	struct peer **peers;
	struct source **sources;
};

struct throttle *
throttle_new(const struct throttle_limits *limits)
{
	struct throttle *t;

	if ((t = calloc(1, sizeof(*t))) == NULL)
		return NULL;
	t->limits = *limits;
	t->buckets = limits->connections > 0 ? limits->connections : 1;
	t->peers = calloc(t->buckets, sizeof(struct peer *));
	t->sources = calloc(t->buckets, sizeof(struct source *));
	if (t->peers == NULL || t->sources == NULL) {
		throttle_free(t);
		return NULL;
	}
	return t;
}

void
throttle_free(struct throttle *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; t->peers != NULL && i < t->buckets; i++) {
		while (t->peers[i] != NULL)
			throttle_gone(t, t->peers[i]->connection);
	}
	free(t->peers);
	free(t->sources);
	free(t);
}

/* Texts that are no address share one place: they never come from accept(). */
static uint64_t
place_of(const char *address)
{
	struct in_addr v4;
	struct in6_addr v6;
	uint64_t half;

	if (inet_pton(AF_INET, address, &v4) == 1)
		return UINT64_C(0xffff00000000) | ntohl(v4.s_addr);
	if (inet_pton(AF_INET6, address, &v6) != 1)
		return UINT64_MAX;
	memcpy(&half, &v6, sizeof(half));
	return half;
}

static struct source **
source_slot(struct throttle *t, uint64_t place)
{
	/* Fibonacci hashing: neighbours must not share a chain. */
	uint64_t mixed = (place * UINT64_C(0x9e3779b97f4a7c15)) >> 20;
	struct source **at = &t->sources[mixed % t->buckets];

	while (*at != NULL && (*at)->place != place)
		at = &(*at)->next;
	return at;
}

static struct peer **
peer_slot(struct throttle *t, uint64_t connection)
{
	struct peer **at = &t->peers[connection % t->buckets];

	while (*at != NULL && (*at)->connection != connection)
		at = &(*at)->next;
	return at;
}

/* A quarter is kept for others: one address alone must not shut them out. */
static uint32_t
share(const struct throttle *t)
{
	return t->limits.unauthenticated - t->limits.unauthenticated / 4;
}

enum throttle_verdict
throttle_admit(struct throttle *t, uint64_t connection, const char *address)
{
	uint64_t place = place_of(address);
	struct source **slot = source_slot(t, place);
	struct peer **at = peer_slot(t, connection), *peer;

	if (t->open >= t->limits.connections || *at != NULL)
		return THROTTLE_CONNECTIONS;
	if (*slot != NULL && (*slot)->count >= t->limits.per_address)
		return THROTTLE_ADDRESS;
	if (t->unauthenticated >= t->limits.unauthenticated ||
	    (*slot != NULL && (*slot)->unauthenticated >= share(t)))
		return THROTTLE_UNAUTHENTICATED;
	if ((peer = calloc(1, sizeof(*peer))) == NULL)
		return THROTTLE_CONNECTIONS;
	if (*slot == NULL) {
		if ((*slot = calloc(1, sizeof(**slot))) == NULL) {
			free(peer);
			return THROTTLE_CONNECTIONS;
		}
		(*slot)->place = place;
	}
	peer->connection = connection;
	peer->source = *slot;
	peer->source->count++;
	peer->source->unauthenticated++;
	*at = peer;
	t->open++;
	t->unauthenticated++;
	return THROTTLE_OK;
}

void
throttle_logged_in(struct throttle *t, uint64_t connection)
{
	struct peer *peer = *peer_slot(t, connection);

	if (peer == NULL || peer->logged_in)
		return;
	peer->logged_in = true;
	peer->source->unauthenticated--;
	t->unauthenticated--;
}

void
throttle_gone(struct throttle *t, uint64_t connection)
{
	struct peer **at = peer_slot(t, connection), *peer = *at;
	struct source **slot, *source;

	if (peer == NULL)
		return;
	if (!peer->logged_in) {
		peer->source->unauthenticated--;
		t->unauthenticated--;
	}
	t->open--;
	if (--peer->source->count == 0) {
		slot = source_slot(t, peer->source->place);
		source = *slot;
		*slot = source->next;
		free(source);
	}
	*at = peer->next;
	free(peer);
}

const char *
throttle_text(enum throttle_verdict verdict)
{
	switch (verdict) {
	case THROTTLE_OK:
		return "welcome";
	case THROTTLE_CONNECTIONS:
		return "too many connections";
	case THROTTLE_ADDRESS:
		return "too many connections from this address";
	case THROTTLE_UNAUTHENTICATED:
		return "too many connections that have not logged in";
	}
	return "?";
}
