/* SPDX-License-Identifier: Apache-2.0 */
#include "session/agency.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "session/agent.h"
#include "session/input.h"

enum agency_state {
	AGENCY_LISTING, /* its identities are under way */
	AGENCY_IDLE, /* the next message */
	AGENCY_ASKING, /* a message is to be signed; the broker does not know */
	AGENCY_ASKED, /* the broker decides */
	AGENCY_TAKEN, /* it wants to know the digest */
	AGENCY_GIVEN, /* and has it; the END is still to go */
	AGENCY_ENDED, /* all is said */
};

struct agency {
	enum agency_state state;
	struct buf identities;
	struct agent_reader reader;
	struct agent_request request; /* that is answered next */
	char name[NAME_SIZE]; /* its key's */
	struct buf answer; /* armored; empty: none came */
	char why[MESSAGE_SIZE]; /* none */
};

int
agency_new(struct exchange *x)
{
	struct agency *a = calloc(1, sizeof(*a));

	if (a == NULL)
		return -1;
	buf_init(&a->identities, AGENT_MESSAGE_MAX);
	buf_init(&a->answer, WIRE_ANSWER);
	x->agency = a;
	return 0;
}

void
agency_free(struct agency *a)
{
	if (a == NULL)
		return;
	buf_release(&a->identities);
	buf_release(&a->answer);
	free(a);
}

bool
agency_waits(const struct agency *a)
{
	return a->state != AGENCY_IDLE;
}

/* The next message; what came of this one is written. */
static void
go_on(struct exchange *x)
{
	x->agency->state = AGENCY_IDLE;
	x->progress_us = x->common->now_us;
	x->common->again = true;
}

static void
refuse(struct exchange *x, const char *what)
{
	agent_put_failure(&x->streams.out);
	answers_say(&x->streams, what);
}

/* Quotes are no part of a namespace, so that it can stand between them. */
static void
ask(struct exchange *x)
{
	struct agency *a = x->agency;
	struct open_request open = { .how = OPEN_AGENT };

	snprintf(open.command, sizeof(open.command),
	    "sign -k %s -f sshsig \"--namespace=%s\" -o raw", a->name,
	    a->request.message.namespace);
	if (x->env != NULL)
		open.env = *x->env;
	x->number = open.channel = x->common->next_number++;
	ask_open(&x->common->link, &open);
	x->known = true;
	a->state = AGENCY_ASKED;
	a->why[0] = '\0';
	buf_consume(&a->answer, buf_len(&a->answer));
}

static void
give(struct exchange *x)
{
	const struct sshsig_message *message = &x->agency->request.message;
	struct link *link = &x->common->link;
	struct line line = { .hash = message->hash,
		.digest_len = message->len };

	memcpy(line.digest, message->digest, message->len);
	ask_lines_begin(link, x->number);
	ask_lines_add(link, &line);
	ask_lines_send(link);
	x->agency->state = AGENCY_GIVEN;
}

/* Whatever the broker can be told now. */
static void
tell(struct exchange *x)
{
	struct agency *a = x->agency;
	struct link *link = &x->common->link;

	if (a->state == AGENCY_ASKING && link_is_ready(link))
		ask(x);
	if (a->state == AGENCY_TAKEN && link_is_ready(link))
		give(x);
	if (a->state == AGENCY_GIVEN && link_is_ready(link)) {
		ask_end(link, x->number);
		a->state = AGENCY_ENDED;
	}
}

static void
sign(struct exchange *x)
{
	struct agency *a = x->agency;

	if (agent_find(buf_at(&a->identities), buf_len(&a->identities),
		&a->request, a->name) == 0)
		a->state = AGENCY_ASKING;
	else
		refuse(x,
		    "agent: it has no such key; ssh-add -L lists those "
		    "it has");
}

/* False: there is none, or the channel is at its end. */
static bool
take_next(struct exchange *x)
{
	struct agency *a = x->agency;

	switch (agent_next(&a->reader, &x->in, &a->request)) {
	case AGENT_IDENTITIES:
		agent_put_identities(&x->streams.out, buf_at(&a->identities),
		    buf_len(&a->identities));
		return true;
	case AGENT_SIGN:
		sign(x);
		return true;
	case AGENT_OTHER:
		refuse(x, a->request.what);
		return true;
	case AGENT_BROKEN:
		exchange_fail(
		    x, reason_exit(REASON_BAD_INPUT), a->request.what);
		return false;
	case AGENT_NOTHING:
	default:
		return false;
	}
}

static void
end(struct exchange *x)
{
	if (agent_at_end(&x->agency->reader, &x->in))
		exchange_finish(x, 0);
	else
		exchange_fail(x, reason_exit(REASON_BAD_INPUT),
		    "agent: the last message is cut off");
}

void
agency_work(struct exchange *x)
{
	struct agency *a = x->agency;
	bool more = true;

	while (more && a->state == AGENCY_IDLE && input_has_room(x))
		more = take_next(x);
	x->stalled = more && a->state == AGENCY_IDLE;
	tell(x);
	if (!more && x->state == EXCHANGE_LINES && x->ended && x->left == 0)
		end(x);
}

bool
agency_accept(struct exchange *x, const struct accept_reply *accept)
{
	struct agency *a = x->agency;

	if (a->state != AGENCY_ASKED || accept->agent ||
	    accept->output != OUTPUT_RAW)
		return false;
	a->state = AGENCY_TAKEN;
	x->common->again = true;
	return true;
}

bool
agency_text(struct exchange *x, const struct text_reply *text)
{
	struct agency *a = x->agency;

	if (a->state != AGENCY_LISTING || text->to_stderr)
		return false;
	buf_add(&a->identities, text->bytes, text->len);
	return !a->identities.bad;
}

bool
agency_answer(struct exchange *x, const struct answer *answer)
{
	struct agency *a = x->agency;

	if (a->state < AGENCY_GIVEN || buf_len(&a->answer) > 0 ||
	    a->why[0] != '\0')
		return false;
	if (answer->reason == REASON_OK)
		buf_add(&a->answer, answer->bytes, answer->len);
	else
		text_copy(a->why, sizeof(a->why), answer->text);
	return !a->answer.bad;
}

static void
respond(struct exchange *x, const struct done_reply *done)
{
	struct agency *a = x->agency;
	const char *why = a->why[0] != '\0' ? a->why : done->text;

	if (done->exit != 0 || buf_len(&a->answer) == 0)
		refuse(x, why);
	else if (agent_put_signature(&x->streams.out, &a->request,
		     buf_at(&a->answer), buf_len(&a->answer)) == -1)
		refuse(x,
		    "agent: the key has another generation now; ssh-add "
		    "-L lists it on a new connection");
}

bool
agency_done(struct exchange *x, const struct done_reply *done)
{
	x->known = false;
	if (x->agency->state == AGENCY_IDLE)
		return false;
	if (x->agency->state != AGENCY_LISTING)
		respond(x, done);
	else if (done->exit != 0)
		exchange_fail(x, done->exit, done->text);
	else
		answers_say(&x->streams, done->text);
	go_on(x);
	return true;
}
