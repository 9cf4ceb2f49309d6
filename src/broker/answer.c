/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/answer.h"

#include "broker/ask.h"
#include "broker/service.h"
#include "broker/token.h"
#include "broker/verbs.h"
#include "policy/namespace.h"

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

/* Some forms need more than the key: 1 when it lacks, and was told. */
static int
say_key(struct request *q, const struct grant *grant, const struct key *key)
{
	struct verdict verdict;

	if (q->command.form == FORM_OPENPGP ||
	    q->command.form == FORM_OPENPGP_TRAILER) {
		if (key->facts.openpgp == NULL) {
			request_fail(q, REASON_USAGE,
			    "the key has no OpenPGP key here; --form pem gives "
			    "its public key");
			return 1;
		}
	}
	if (q->command.form != FORM_SIGNERS)
		return say_pubkey(key, q->command.form, &q->text);
	if (namespace_check(grant, &verdict) != REASON_OK) {
		ask_refused(q, &verdict);
		return 1;
	}
	return say_signers(grant, key, &q->text);
}

void
answer_pubkey(struct request *q)
{
	struct service *service = q->session->service;
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
	switch (say_key(q, &grant, key)) {
	case 0:
		request_finish(q, 0, "");
		break;
	case -1:
		request_fail(q, REASON_INTERNAL,
		    "the public key cannot be written in that form");
	}
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
