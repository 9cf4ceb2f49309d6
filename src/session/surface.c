/* SPDX-License-Identifier: Apache-2.0 */
#include "session/surface.h"

#include "base/log.h"
#include "session/replies.h"

/* Messages handled before the peer gets its turn again. */
#define MESSAGES_MAX 32

/* When a message may come.  KEY_REPLY is taken by ask_key. */
#define BEFORE 1u
#define LOGGED_IN 2u

typedef bool handler(struct connection *, struct reader *);

/*
 * NULL for a channel that we gave up while the message was under way, which
 * is no fault.  False: no such channel was ever asked for.
 */
static bool
find(struct connection *c, uint32_t number, struct exchange **ret)
{
	*ret = connection_find(c, number);
	if (*ret != NULL && (!(*ret)->known || (*ret)->state >= EXCHANGE_DONE))
		*ret = NULL;
	return number < c->common.next_number;
}

static bool
on_accept(struct connection *c, struct reader *r)
{
	struct accept_reply accept;
	struct exchange *x;

	if (!accept_reply_get(r, &accept) || !find(c, accept.channel, &x))
		return false;
	return x == NULL || replies_accept(x, &accept);
}

static bool
on_text(struct connection *c, struct reader *r)
{
	struct text_reply text;
	struct exchange *x;

	if (!text_reply_get(r, &text) || !find(c, text.channel, &x))
		return false;
	return x == NULL || replies_text(x, &text);
}

static bool
on_answers(struct connection *c, struct reader *r)
{
	struct answers_head head;
	struct answer answer;
	struct exchange *x;

	if (!answers_head_get(r, &head) || !find(c, head.channel, &x))
		return false;
	if (x != NULL)
		x->progress_us = c->common.now_us;
	for (unsigned i = 0; i < head.count; i++) {
		if (!answer_get(r, &answer))
			return false;
		/* The last bad line's turn may end the request. */
		if (x == NULL || x->state >= EXCHANGE_DONE)
			continue;
		if (!replies_answer(x, &answer))
			return false;
	}
	return reader_done(r);
}

static bool
on_done(struct connection *c, struct reader *r)
{
	struct done_reply done;
	struct exchange *x;

	if (!done_reply_get(r, &done) || !find(c, done.channel, &x))
		return false;
	if (x == NULL) {
		/* Crossed our CANCEL, or saves us one. */
		if ((x = connection_find(c, done.channel)) != NULL)
			x->known = false;
		return true;
	}
	return replies_done(x, &done);
}

/* Commands under way end with the reason's status, then the connection. */
static bool
on_logout(struct connection *c, struct reader *r)
{
	struct logout logout;

	if (!logout_get(r, &logout))
		return false;
	for (size_t i = 0; i < c->count; i++) {
		c->exchanges[i]->known = false;
		exchange_fail(
		    c->exchanges[i], reason_exit(logout.reason), logout.text);
	}
	connection_leave(c, logout.text, logout.reason == REASON_DRAINING);
	return true;
}

/*
 * The whole surface that the broker can reach.  What is not listed here ends
 * the session: the broker is the one we believe, so it must not be wrong.
 */
static const struct {
	enum wire_type type;
	unsigned states;
	handler *handle;
} surface[] = {
	{ WIRE_ACCEPT, LOGGED_IN, on_accept },
	{ WIRE_TEXT, LOGGED_IN, on_text },
	{ WIRE_ANSWERS, LOGGED_IN, on_answers },
	{ WIRE_DONE, LOGGED_IN, on_done },
	{ WIRE_LOGOUT, BEFORE | LOGGED_IN, on_logout },
};

static bool
dispatch(struct connection *c, enum wire_type type, struct reader *r)
{
	unsigned state = c->login.done ? LOGGED_IN : BEFORE;

	for (size_t i = 0; i < sizeof(surface) / sizeof(surface[0]); i++)
		if (surface[i].type == type && (surface[i].states & state) != 0)
			return surface[i].handle(c, r);
	return false;
}

bool
surface_receive(struct connection *c)
{
	struct link *link = &c->common.link;
	enum wire_type type;
	struct reader r;

	for (int i = 0; i < MESSAGES_MAX; i++) {
		if ((type = link_receive(link, &r)) == WIRE_NONE)
			return !link->gone;
		if (!dispatch(c, type, &r)) {
			log_warn("the broker broke a rule with %s",
			    wire_type_word(type));
			return false;
		}
	}
	c->common.again = true;
	return true;
}
