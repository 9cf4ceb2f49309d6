/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/log_verb.h"

#include "broker/audit_key.h"
#include "broker/checkpoint.h"
#include "broker/log_proof.h"
#include "broker/log_since.h"
#include "broker/request.h"
#include "broker/service.h"

/* False, and the request is over: there is no key that signs the log. */
static bool
is_signed(struct request *q)
{
	const struct service *service = q->session->service;
	enum reason reason;
	const char *why;

	if (audit_key(service) != NULL)
		return true;
	audit_key_standing(service, &reason, &why);
	request_fail(q, reason, why);
	return false;
}

static void
answer_checkpoint(struct request *q)
{
	struct checkpoint_state newest;
	char key[NOTE_VKEY];
	const char *why;

	checkpoints_state(q->session->service->checkpoints, &newest);
	if (newest.note != NULL) {
		buf_add(&q->text, newest.note, newest.note_len);
		request_finish(q, 0, "");
		return;
	}
	checkpoints_key(q->session->service->checkpoints, key, &why);
	request_fail(q, REASON_TOKEN_UNAVAILABLE,
	    why[0] != '\0' ? why : "there is no checkpoint yet; try again");
}

void
answer_log(struct request *q)
{
	switch (q->command.log) {
	case LOG_CHECKPOINT:
		if (is_signed(q))
			answer_checkpoint(q);
		return;
	case LOG_PROOF:
		if (is_signed(q))
			answer_log_proof(q);
		return;
	case LOG_SINCE:
		answer_log_since(q);
		return;
	}
}

void
log_verb_go_on(struct request *q)
{
	log_since_go_on(q);
	log_proof_go_on(q);
}

void
log_verb_again(struct request *q)
{
	log_since_again(q);
	log_proof_again(q);
}

void
log_verb_drop(struct request *q)
{
	log_since_drop(q);
	log_proof_drop(q);
}
