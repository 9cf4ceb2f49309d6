/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "broker/handlers.h"
#include "broker/lines.h"
#include "broker/login.h"
#include "broker/open.h"
#include "broker/service.h"
#include "wire/login.h"

/* Keys that one connection may offer; the session stops far earlier. */
#define QUERIES_MAX 64

static const char malformed[] = "a malformed message";

static void
tell_listener(const struct session *s)
{
	struct writer w = service_writer(s->service);
	struct logged_in in = { .connection = s->from.connection };

	logged_in_put(&w, &in);
	peer_send(s->service->listener, &w);
}

const char *
on_key_query(void *owner, struct reader *r)
{
	struct session *s = owner;
	struct key_query query;
	struct key_reply reply;
	struct writer w;

	if (!key_query_get(r, &query))
		return malformed;
	if (++s->queries > QUERIES_MAX)
		return "too many keys were offered";
	reply = login_query(s, &query);
	w = service_writer(s->service);
	key_reply_put(&w, &reply);
	peer_send(s->peer, &w);
	if (s->state == SESSION_READY)
		tell_listener(s);
	return NULL;
}

const char *
on_login_failed(void *owner, struct reader *r)
{
	struct session *s = owner;
	struct login_failed failed;

	if (!login_failed_get(r, &failed))
		return malformed;
	login_gave_up(s, failed.reason);
	return NULL;
}

const char *
on_open(void *owner, struct reader *r)
{
	struct session *s = owner;
	struct open_request msg;
	struct request *q;

	if (!open_request_get(r, &msg))
		return malformed;
	if (s->any_channel && msg.channel <= s->last_channel)
		return "a channel's number came again";
	if (s->open >= tree_server(s->service->tree)->channels)
		return "more channels than may be open";
	s->any_channel = true;
	s->last_channel = msg.channel;
	if ((q = request_new(s, msg.channel)) == NULL)
		log_fatal("no memory");
	open_request(q, &msg);
	return NULL;
}

/*
 * The request that a message is about.  A channel that is over is no error:
 * our DONE and the message crossed.
 */
static const char *
find(struct session *s, uint32_t channel, struct request **ret)
{
	*ret = request_find(s, channel);
	if (*ret == NULL && (!s->any_channel || channel > s->last_channel))
		return "a channel that was never opened";
	return NULL;
}

const char *
on_lines(void *owner, struct reader *r)
{
	struct session *s = owner;
	struct lines_head head;
	struct request *q;
	struct line line;
	const char *why;

	if (!lines_head_get(r, &head))
		return malformed;
	if ((why = find(s, head.channel, &q)) != NULL)
		return why;
	for (unsigned i = 0; i < head.count; i++) {
		if (!line_get(r, &line))
			return malformed;
		if (q != NULL && (why = lines_add(q, &line)) != NULL)
			return why;
	}
	if (!reader_done(r))
		return malformed;
	if (q != NULL)
		lines_pump(q);
	return NULL;
}

const char *
on_end(void *owner, struct reader *r)
{
	struct session *s = owner;
	struct request *q;
	uint32_t channel;
	const char *why;

	if (!channel_get(r, &channel))
		return malformed;
	if ((why = find(s, channel, &q)) != NULL || q == NULL)
		return why;
	if (q->ended)
		return "an end after the end";
	q->ended = true;
	open_ended(q);
	return NULL;
}

const char *
on_cancel(void *owner, struct reader *r)
{
	struct session *s = owner;
	struct request *q;
	uint32_t channel;
	const char *why;

	if (!channel_get(r, &channel))
		return malformed;
	if ((why = find(s, channel, &q)) != NULL || q == NULL)
		return why;
	request_cancel(q);
	return NULL;
}

const char *
on_taken(void *owner, struct reader *r)
{
	struct session *s = owner;
	struct text_taken taken;
	struct request *q;
	const char *why;

	if (!text_taken_get(r, &taken))
		return malformed;
	if ((why = find(s, taken.channel, &q)) != NULL || q == NULL)
		return why;
	if (taken.len > q->untaken)
		return "more text was taken than came";
	q->untaken -= taken.len;
	request_touch(q);
	return NULL;
}

const char *
on_ignored(void *owner, struct reader *r)
{
	(void)owner;
	(void)r;
	return NULL;
}
