/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/log_since.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "broker/archive.h"
#include "broker/request.h"
#include "broker/service.h"

/* Text on its way to the client: more is not read before it took some. */
#define WINDOW ((size_t)256 << 10)

struct log_since {
	struct archive_job *job; /* NULL: not begun yet */
	bool paused; /* the job waits for archive_more */
};

/* False, and the request is over: the profile does not say log = all. */
static bool
is_allowed(struct request *q)
{
	struct verdict verdict;

	if (decide_log(q->session->client->profile, LOG_SINCE, &verdict) ==
	    REASON_OK)
		return true;
	request_refuse(q, &verdict);
	return false;
}

static bool
has_room(const struct request *q)
{
	return q->untaken + ARCHIVE_CHUNK <= WINDOW &&
	    !peer_is_full(q->session->peer);
}

static void
pass_on(struct request *q, const struct archive_answer *answer)
{
	request_text(q, answer->data, answer->len);
	q->since->paused = !has_room(q);
	if (!q->since->paused)
		archive_more(q->since->job);
}

static void
on_answer(void *arg, const struct archive_answer *answer)
{
	struct request *q = arg;
	char text[MESSAGE_SIZE];

	if (answer->status == ARCHIVE_LINES) {
		pass_on(q, answer);
		return;
	}
	q->since->job = NULL;
	if (answer->status == ARCHIVE_END) {
		request_finish(q, 0, "");
		return;
	}
	if (answer->status == ARCHIVE_GONE) {
		snprintf(text, sizeof(text),
		    "the oldest record that is still here is %ju",
		    (uintmax_t)answer->seq);
		request_fail(q, REASON_NOT_FOUND, text);
		return;
	}
	log_warn("the log cannot be read: %s", answer->text);
	snprintf(
	    text, sizeof(text), "the log cannot be read: %s", answer->text);
	request_fail(q, REASON_AUDIT_UNAVAILABLE, text);
}

/* What is on disk by now is what there is to read. */
static void
begin(struct request *q)
{
	struct service *service = q->session->service;
	struct archive_asker asker = { q->session->client, on_answer, q };
	struct journal_state state;
	char text[MESSAGE_SIZE];

	journal_state(service->journal, &state);
	if (q->command.seq > state.seq + 1) {
		snprintf(text, sizeof(text), "the last record is %ju",
		    (uintmax_t)state.seq);
		request_fail(q, REASON_NOT_FOUND, text);
		return;
	}
	if (service->archive != NULL)
		q->since->job = archive_read(
		    service->archive, &asker, q->command.seq, state.seq);
	if (q->since->job == NULL)
		request_fail(
		    q, REASON_BUSY, "too many read the log at once; try again");
}

void
log_since_go_on(struct request *q)
{
	struct log_since *since = q->since;

	if (since == NULL || q->session->recorded == LOGIN_PENDING)
		return;
	if (q->session->recorded == LOGIN_UNRECORDED) {
		request_fail(q, REASON_AUDIT_UNAVAILABLE, NULL);
	} else if (since->job == NULL) {
		begin(q);
	} else if (since->paused && has_room(q)) {
		since->paused = false;
		archive_more(since->job);
	}
}

void
answer_log_since(struct request *q)
{
	if (!is_allowed(q))
		return;
	if ((q->since = calloc(1, sizeof(*q->since))) == NULL)
		log_fatal("no memory");
	q->state = REQUEST_READING;
	journal_hurry(q->session->service->journal);
	request_touch(q);
}

void
log_since_again(struct request *q)
{
	if (q->since != NULL)
		is_allowed(q);
}

void
log_since_drop(struct request *q)
{
	if (q->since == NULL)
		return;
	archive_cancel(q->since->job);
	free(q->since);
	q->since = NULL;
}
