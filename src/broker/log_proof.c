/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/log_proof.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "broker/archive.h"
#include "broker/receipt.h"
#include "broker/request.h"
#include "broker/service.h"

struct log_proof {
	struct request *q; /* NULL: gone while a checkpoint is made */
	struct archive_job *job; /* while it is searched for */
	struct cover cover; /* once it is found */
	bool found;
	size_t len;
	char record[RECORD_MAX];
};

static void
on_covered(struct cover *cover, enum reason reason, const char *text)
{
	struct log_proof *p =
	    (void *)((char *)cover - offsetof(struct log_proof, cover));
	struct request *q = p->q;

	if (q == NULL) {
		free(p);
		return;
	}
	p->found = false;
	if (reason != REASON_OK)
		request_fail(q, reason, text);
	else if (proof_of(q->session->service, cover->seq, p->record, p->len,
		     &q->text) == -1)
		request_fail(q, REASON_AUDIT_UNAVAILABLE,
		    "the log's tree could not be read");
	else
		request_finish(q, 0, "");
}

static void
fail_search(struct request *q, const char *why)
{
	char text[MESSAGE_SIZE];

	log_warn("the log cannot be read: %s", why);
	snprintf(text, sizeof(text), "the log cannot be read: %s", why);
	request_fail(q, REASON_AUDIT_UNAVAILABLE, text);
}

static void
on_answer(void *arg, const struct archive_answer *answer)
{
	struct log_proof *p = arg;

	p->job = NULL;
	if (answer->status == ARCHIVE_FAILED) {
		fail_search(p->q, answer->text);
		return;
	}
	if (answer->status != ARCHIVE_FOUND ||
	    answer->len > sizeof(p->record)) {
		request_fail(p->q, REASON_NOT_FOUND, NULL);
		return;
	}
	memcpy(p->record, answer->data, answer->len);
	p->len = answer->len;
	p->found = true;
	p->cover = (struct cover){ .seq = answer->seq, .fn = on_covered };
	checkpoints_cover(p->q->session->service->checkpoints, &p->cover);
}

/* Among what is on disk by now. */
static void
begin(struct log_proof *p)
{
	struct request *q = p->q;
	struct service *service = q->session->service;
	const struct names *keys = &q->session->client->profile->keys;
	struct archive_asker asker = { q->session->client, on_answer, p };
	char hex[2 * DIGEST_MAX + 1];
	struct journal_state state;

	hex_encode(q->command.digest, q->command.digest_len, hex);
	journal_state(service->journal, &state);
	if (service->archive != NULL)
		p->job = archive_find(service->archive, &asker, state.seq, hex,
		    keys->item, keys->count);
	if (p->job == NULL)
		request_fail(q, REASON_BUSY,
		    "too many search the log at once; try again");
}

void
log_proof_go_on(struct request *q)
{
	struct log_proof *p = q->proof;

	if (p == NULL || p->job != NULL || p->found ||
	    q->session->recorded == LOGIN_PENDING)
		return;
	if (q->session->recorded == LOGIN_UNRECORDED)
		request_fail(q, REASON_AUDIT_UNAVAILABLE, NULL);
	else
		begin(p);
}

void
answer_log_proof(struct request *q)
{
	if ((q->proof = calloc(1, sizeof(*q->proof))) == NULL)
		log_fatal("no memory");
	q->proof->q = q;
	q->state = REQUEST_READING;
	journal_hurry(q->session->service->journal);
	request_touch(q);
}

void
log_proof_drop(struct request *q)
{
	struct log_proof *p = q->proof;

	q->proof = NULL;
	if (p == NULL)
		return;
	archive_cancel(p->job);
	if (p->found)
		p->q = NULL;
	else
		free(p);
}

void
log_proof_again(struct request *q)
{
	if (q->proof == NULL)
		return;
	log_proof_drop(q);
	answer_log_proof(q);
}
