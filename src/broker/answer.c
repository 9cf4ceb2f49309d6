/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/answer.h"

#include "broker/ask.h"
#include "broker/forms.h"
#include "broker/service.h"
#include "broker/token.h"
#include "broker/verbs.h"

void
answer_greeting(struct request *q)
{
	say_greeting(q->session, &q->text);
	request_finish(q, 0, "");
}

void
answer_help(struct request *q)
{
	say_help(q->session->client->profile, q->command.topic, &q->text);
	request_finish(q, 0, "");
}

void
answer_whoami(struct request *q)
{
	say_whoami(q->session, q->command.json, &q->text);
	request_finish(q, 0, "");
}

void
answer_keys(struct request *q)
{
	say_keys(q->session, q->command.json, &q->text);
	request_finish(q, 0, "");
}

void
answer_pubkey(struct request *q)
{
	struct service *service = q->session->service;
	struct verdict verdict;
	struct grant grant;
	struct key *key;
	enum reason reason;
	const char *why;

	if (ask_grant(q, &grant) == -1)
		return;
	key = keyring_of(service->keyring, grant.generation);
	if (!key->known) {
		if (token_standing(token_by_name(service, key->token), key,
			&reason, &why) != KEY_DOWN)
			request_fail(q, REASON_TOKEN_UNAVAILABLE, NULL);
		else
			request_fail(q, reason, why);
		return;
	}
	if (say_pubkey(&grant, key, &q->command, &q->text, &verdict) !=
	    REASON_OK)
		ask_refused(q, &verdict);
	else
		request_finish(q, 0, "");
}

void
answer_cert(struct request *q)
{
	struct verdict verdict;
	struct grant grant;

	if (ask_grant(q, &grant) == -1)
		return;
	if (decide_certificate(&grant, q->command.next, &verdict) !=
	    REASON_OK) {
		ask_refused(q, &verdict);
		return;
	}
	buf_adds(&q->text, grant.generation->file[KEY_FILE_CERTIFICATE]);
	request_finish(q, 0, "");
}
