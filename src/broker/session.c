/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/session.h"
#include "broker/drain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "broker/records.h"
#include "broker/request.h"
#include "broker/service.h"
#include "broker/surface.h"

/* How long a session may take to go after it was told to. */
#define LEAVE_US 5000000u

static void
on_gone(void *arg, const char *why)
{
	struct session *s = arg;

	if (why != NULL)
		log_warn("%s is dropped: %s", s->label, why);
	session_drop(s);
}

/* It reads again: what was held back may go on. */
static void
on_drained(void *arg)
{
	struct session *s = arg;

	for (struct request *q = s->requests; q != NULL; q = q->next)
		request_touch(q);
}

static const struct peer_kind session_kind = {
	.name = "a session",
	.surface = session_surface,
	.queue_max = 8u << 20,
	.gone = on_gone,
	.drained = on_drained,
};

/* A session that does not go by itself. */
static void
on_leave_due(void *arg)
{
	struct session *s = arg;

	log_warn("%s does not leave", s->label);
	session_drop(s);
}

static void
session_link(struct session *s)
{
	struct service *service = s->service;

	s->next = service->sessions;
	if (s->next != NULL)
		s->next->prev = s;
	service->sessions = s;
	service->session_count++;
}

int
session_new(struct service *service, const struct session_new *from, int fd)
{
	struct session *s = calloc(1, sizeof(*s));

	if (s == NULL) {
		close(fd);
		return -1;
	}
	s->service = service;
	s->from = *from;
	s->state = SESSION_HELLO;
	snprintf(s->label, sizeof(s->label), "session %llu from %s port %u",
	    (unsigned long long)from->connection, from->address, from->port);
	s->peer = peer_new(service->loop, fd, &session_kind, s);
	if (s->peer == NULL) {
		free(s);
		return -1;
	}
	session_link(s);
	return 0;
}

static void
session_free(struct session *s)
{
	struct service *service = s->service;

	if (s->prev != NULL)
		s->prev->next = s->next;
	else
		service->sessions = s->next;
	if (s->next != NULL)
		s->next->prev = s->prev;
	service->session_count--;
	peer_free(s->peer);
	loop_timer_free(s->leave);
	account_put(&service->accounts, s->account);
	free(s->blob);
	free(s->principal);
	free(s->second.blob);
	free(s->second.principal);
	free(s);
}

void
session_settle(struct session *s)
{
	if (s->peer == NULL && s->requests == NULL &&
	    s->recorded != LOGIN_PENDING)
		session_free(s);
}

void
session_drop(struct session *s)
{
	if (s->peer == NULL)
		return;
	if (s->tried &&
	    (s->state & (SESSION_HELLO | SESSION_SECOND | SESSION_REFUSED)) !=
		0)
		record_login_failed(s);
	peer_free(s->peer);
	s->peer = NULL;
	loop_timer_free(s->leave);
	s->leave = NULL;
	for (struct request *q = s->requests; q != NULL; q = q->next)
		request_cancel(q);
	session_settle(s);
}

void
session_free_all(struct service *service)
{
	struct session *s;

	while ((s = service->sessions) != NULL) {
		while (s->requests != NULL)
			request_free(s->requests);
		session_free(s);
	}
}

void
session_state(struct session *s, unsigned state)
{
	s->state = state;
	peer_state(s->peer, state);
}

/* Copies that outlive the tree: 0, or -1 (no memory). */
static int
keep_client(
    const struct client_key *client, uint8_t **ret_blob, char **ret_principal)
{
	uint8_t *blob = malloc(client->blob_len);
	char *principal = strdup(client->principal);

	if (blob == NULL || principal == NULL) {
		free(blob);
		free(principal);
		return -1;
	}
	memcpy(blob, client->blob, client->blob_len);
	*ret_blob = blob;
	*ret_principal = principal;
	return 0;
}

static void
enter(struct session *s)
{
	session_state(s, SESSION_READY);
	session_record(s);
}

int
session_login(struct session *s, const struct client_key *client)
{
	if (keep_client(client, &s->blob, &s->principal) == -1)
		return -1;
	s->account = account_get(&s->service->accounts, s->fingerprint);
	if (s->account == NULL)
		return -1;
	s->blob_len = client->blob_len;
	s->client = client;
	if (client->profile->second != NULL)
		session_state(s, SESSION_SECOND);
	else
		enter(s);
	return 0;
}

int
session_second(struct session *s, const struct client_key *client)
{
	struct second *second = &s->second;

	if (keep_client(client, &second->blob, &second->principal) == -1)
		return -1;
	second->blob_len = client->blob_len;
	second->client = client;
	enter(s);
	return 0;
}

static void
on_login_recorded(struct waiter *waiter, bool ok)
{
	struct session *s =
	    (void *)((char *)waiter - offsetof(struct session, login));
	struct request *next;

	s->recorded = ok ? LOGIN_RECORDED : LOGIN_UNRECORDED;
	for (struct request *q = s->requests; q != NULL; q = next) {
		next = q->next;
		request_login_recorded(q, ok);
	}
	session_settle(s);
}

void
session_record(struct session *s)
{
	if (s->recorded != LOGIN_UNRECORDED || s->state != SESSION_READY ||
	    s->peer == NULL)
		return;
	s->login.fn = on_login_recorded;
	if (record_login(s, &s->login) == 0)
		s->recorded = LOGIN_PENDING;
}

void
session_logout(struct session *s, enum reason reason, const char *text)
{
	struct logout logout = { .reason = reason };
	uint64_t until = clock_mono_us() + LEAVE_US;
	struct writer w = service_writer(s->service);

	if (s->peer == NULL || s->state == SESSION_LEAVING)
		return;
	if (s->state == SESSION_SECOND) {
		s->reason = reason;
		s->rule[0] = '\0';
		record_login_failed(s);
	}
	snprintf(logout.text, sizeof(logout.text), "%s", text);
	logout_put(&w, &logout);
	peer_send(s->peer, &w);
	session_state(s, SESSION_LEAVING);
	for (struct request *q = s->requests; q != NULL; q = q->next)
		request_cancel(q);
	/* Whoever still takes answers at a stop may have them. */
	if (reason == REASON_DRAINING && drain_until(s->service) > until)
		until = drain_until(s->service);
	s->leave = loop_timer_new(s->service->loop, on_leave_due, s);
	if (s->leave != NULL)
		loop_timer_set(s->leave, until);
}

struct moment
session_moment(const struct session *s)
{
	struct moment moment = {
		.address = s->from.address,
		.now = service_now(),
		.fingerprint = s->fingerprint,
		.suspensions = s->service->suspensions,
	};

	return moment;
}

enum reason
session_standing(const struct session *s, struct verdict *ret)
{
	struct moment moment = session_moment(s);
	const struct tree *tree = s->service->tree;

	if (decide_client(tree, s->client, &moment, ret) != REASON_OK ||
	    s->second.client == NULL)
		return ret->reason;
	moment.fingerprint = s->second.fingerprint;
	return decide_client(tree, s->second.client, &moment, ret);
}
