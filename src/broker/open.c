/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/open.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "broker/agent.h"
#include "broker/answer.h"
#include "broker/ask.h"
#include "broker/audit_key.h"
#include "broker/budget_plan.h"
#include "broker/drain.h"
#include "broker/gather.h"
#include "broker/lines.h"
#include "broker/log_verb.h"
#include "broker/queue.h"
#include "broker/service.h"
#include "broker/terms.h"
#include "broker/token.h"

/* One answer, for a program that waits for it and reads nothing else. */
static enum output
output_of(const struct request *q)
{
	if ((q->format->at_once || q->format->extra == EXTRA_QUERY) &&
	    q->command.output == OUTPUT_LINES)
		return OUTPUT_RAW;
	return q->command.output;
}

static void
send_accept(const struct request *q)
{
	struct writer w = service_writer(q->session->service);
	struct accept_reply accept = {
		.channel = q->channel,
		.output = output_of(q),
		.check = q->command.verb == VERB_CHECK,
		.keep_going = q->command.keep_going,
		.atomic = q->command.atomic,
		.raw_input = q->command.raw_input,
		.greet_if_empty = q->greet,
		.receipt = q->command.receipt,
		.whole = q->format->shape == SHAPE_LIST,
		.at_once = q->format->at_once,
		.extra = q->format->extra,
		.hash = q->command.hash != HASH_NONE ? q->command.hash :
						       q->format->assumed,
	};

	text_copy(accept.key, sizeof(accept.key), q->key->name);
	text_copy(accept.format, sizeof(accept.format), q->format->name);
	text_copy(
	    accept.extension, sizeof(accept.extension), q->format->extension);
	accept_reply_put(&w, &accept);
	peer_send(q->session->peer, &w);
}

/* What was left out stays what it meant when the request came. */
static void
use_grant(struct request *q, const struct grant *grant)
{
	struct service *service = q->session->service;
	struct key *key = keyring_of(service->keyring, grant->generation);

	/* A reload or a roll-over may have moved it to another token. */
	if (q->token != NULL)
		schedule_remove(&q->token->schedule, &q->item);
	q->grant = *grant;
	text_copy(q->command.key, sizeof(q->command.key), grant->key->name);
	text_copy(q->command.format, sizeof(q->command.format), grant->format);
	ask_words(q, grant->key);
	q->priority = priority_of(grant->profile, grant->key);
	q->format = format_by_name(grant->format);
	key_ref(key);
	if (q->key != NULL)
		keyring_unref(service->keyring, q->key);
	q->key = key;
	q->token = token_by_name(service, key->token);
	if (q->format == NULL || q->token == NULL)
		log_fatal("a grant without its format or token");
	text_copy(q->namespace, sizeof(q->namespace),
	    grant->namespace != NULL ? grant->namespace : "");
	terms_free(q->terms);
	q->terms = terms_new(key, q->namespace, q->command.trailer);
	if (q->terms == NULL)
		log_fatal("no memory");
}

/* Nothing is signed for a receipt that there cannot be. */
static int
ask_receipt(struct request *q)
{
	enum reason reason;
	const char *why;

	if (!q->command.receipt ||
	    audit_key_standing(q->session->service, &reason, &why) != KEY_DOWN)
		return 0;
	request_fail(q, reason, why);
	return -1;
}

/* The budgets that are over it, and whether one more may run. */
static int
count_request(struct request *q)
{
	struct verdict verdict;

	if (plan_make(q) == -1) {
		request_fail(q, REASON_BUSY, NULL);
		return -1;
	}
	if (!verb_signs(q->command.verb) ||
	    plan_begin(q, &verdict) == REASON_OK)
		return 0;
	request_refuse(q, &verdict);
	return -1;
}

/* One signature for all lines leaves some of the options no meaning. */
static int
ask_shape(struct request *q)
{
	const char *why = gather_command(q);

	if (why == NULL && q->command.trailer[0] != '\0' &&
	    (q->format->needs & FORMAT_NEEDS_TRAILER) == 0)
		why = "--trailer is for format openpgp-trailer";
	if (why == NULL)
		return 0;
	request_fail(q, REASON_USAGE, why);
	return -1;
}

/* Who has as much waiting as may wait comes again later. */
static int
ask_room(struct request *q)
{
	char text[MESSAGE_SIZE];

	if (!verb_signs(q->command.verb) || !queue_is_full(q->session))
		return 0;
	queue_busy(q, text);
	request_fail(q, REASON_BUSY, text);
	return -1;
}

static void
answer_lines(struct request *q)
{
	struct session *s = q->session;
	struct grant grant;

	if (s->recorded == LOGIN_UNRECORDED) {
		request_fail(q, REASON_AUDIT_UNAVAILABLE, NULL);
		return;
	}
	if (ask_grant(q, &grant) == -1 || ask_receipt(q) == -1)
		return;
	use_grant(q, &grant);
	if (ask_shape(q) == -1 || ask_room(q) == -1 || count_request(q) == -1)
		return;
	q->state = REQUEST_RUNNING;
	send_accept(q);
}

/* The session keeps the keys and asks for each signature (OPEN_AGENT). */
static void
open_agent(struct request *q)
{
	struct writer w = service_writer(q->session->service);
	struct accept_reply accept = { .channel = q->channel, .agent = true };
	struct grant grant = { .key = NULL };

	if (q->command.key[0] != '\0' && ask_grant(q, &grant) == -1)
		return;
	accept_reply_put(&w, &accept);
	peer_send(q->session->peer, &w);
	if (agent_identities(q->session, grant.key, &q->text) > 0)
		request_finish(q, 0, "");
	else
		request_finish(
		    q, 0, "no key of your profile can make SSH signatures now");
}

static void
answer_agent(struct request *q)
{
	if (q->of_agent)
		answer_lines(q);
	else
		open_agent(q);
}

static void (*const answers[VERB_COUNT])(struct request *) = {
	[VERB_GREETING] = answer_greeting,
	[VERB_HELP] = answer_help,
	[VERB_WHOAMI] = answer_whoami,
	[VERB_KEYS] = answer_keys,
	[VERB_PUBKEY] = answer_pubkey,
	[VERB_CERT] = answer_cert,
	[VERB_SIGN] = answer_lines,
	[VERB_CHECK] = answer_lines,
	[VERB_TSA] = answer_lines,
	[VERB_AGENT] = answer_agent,
	[VERB_LOG] = answer_log,
};

void
open_request(struct request *q, const struct open_request *msg)
{
	if (drain_is_on(q->session->service)) {
		request_fail(q, REASON_DRAINING, NULL);
		return;
	}
	/* Commands that are given up at once are held back by nothing else. */
	if (journal_is_flooded(q->session->service->journal)) {
		request_fail(q, REASON_BUSY, NULL);
		return;
	}
	if (open_read(q, msg) == -1)
		return;
	q->offered = &msg->env;
	if (ask_policy(q) == 0)
		answers[q->command.verb](q);
	q->offered = NULL;
}

void
open_ended(struct request *q)
{
	if (q->state == REQUEST_RUNNING && q->lines == 0 && q->greet) {
		answer_greeting(q);
		return;
	}
	if (q->state == REQUEST_RUNNING && q->lines == 0 && gathers(q)) {
		request_fail(q, REASON_BAD_INPUT,
		    "no digest line came; a list of nothing is not signed");
		return;
	}
	lines_pump(q);
	request_touch(q);
}

void
open_again(struct request *q)
{
	struct grant grant;

	if (q->state == REQUEST_READING && ask_policy(q) == 0)
		log_verb_again(q);
	if (q->state != REQUEST_RUNNING || ask_policy(q) == -1 ||
	    ask_grant(q, &grant) == -1)
		return;
	use_grant(q, &grant);
	if (plan_make(q) == -1)
		request_fail(q, REASON_BUSY, NULL);
	else
		lines_redecide(q);
}
