/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a message of the type that they begin with.  What is accepted
 * must come out as it went in: there is one way to write each message.
 */
#include <stdlib.h>
#include <string.h>

#include "base/channel.h"
#include "wire/admin.h"
#include "wire/control.h"
#include "wire/lists.h"
#include "wire/login.h"
#include "wire/request.h"
#include "wire/token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* One of everything; getters only ever see one. */
static union {
	struct key_query key_query;
	struct key_reply key_reply;
	struct login_failed login_failed;
	struct logout logout;
	struct open_request open_request;
	struct accept_reply accept_reply;
	struct text_reply text_reply;
	struct text_taken text_taken;
	struct done_reply done_reply;
	struct session_new session_new;
	struct session_start session_start;
	struct session_gone session_gone;
	struct logged_in logged_in;
	struct token_setup token_setup;
	struct worker_start worker_start;
	struct worker_started worker_started;
	struct worker_gone worker_gone;
	struct token_state token_state;
	struct key_add key_add;
	struct key_facts key_facts;
	struct admin_request admin_request;
	struct admin_reply admin_reply;
	struct lists_query lists_query;
	struct lists_answer lists_answer;
} m;

/* Reads one message and, when it is good, writes it again. */
#define MESSAGE(name)                                                \
	static bool name##_again(                                    \
	    struct reader *r, struct writer *w, enum wire_type type) \
	{                                                            \
		(void)type;                                          \
		if (!name##_get(r, &m.name))                         \
			return false;                                \
		name##_put(w, &m.name);                              \
		return true;                                         \
	}
MESSAGE(key_query)
MESSAGE(key_reply)
MESSAGE(login_failed)
MESSAGE(logout)
MESSAGE(open_request)
MESSAGE(accept_reply)
MESSAGE(text_reply)
MESSAGE(text_taken)
MESSAGE(done_reply)
MESSAGE(session_new)
MESSAGE(session_start)
MESSAGE(session_gone)
MESSAGE(logged_in)
MESSAGE(token_setup)
MESSAGE(worker_start)
MESSAGE(worker_started)
MESSAGE(worker_gone)
MESSAGE(token_state)
MESSAGE(key_add)
MESSAGE(key_facts)
MESSAGE(admin_request)
MESSAGE(admin_reply)
MESSAGE(lists_query)
MESSAGE(lists_answer)

/* A head, and as many items as it says. */
#define BATCH(name, head, head_name, head_put_name)                  \
	static bool name##s_again(                                   \
	    struct reader *r, struct writer *w, enum wire_type type) \
	{                                                            \
		struct head h;                                       \
		struct name item;                                    \
                                                                     \
		(void)type;                                          \
		if (!head_name##_get(r, &h))                         \
			return false;                                \
		head_put_name##_put(w, &h);                          \
		for (unsigned i = 0; i < h.count; i++) {             \
			if (!name##_get(r, &item))                   \
				return false;                        \
			name##_put(w, &item);                        \
		}                                                    \
		return reader_done(r);                               \
	}
BATCH(line, lines_head, lines_head, lines_head)
BATCH(answer, answers_head, answers_head, answers_head)
BATCH(job, batch_head, batch_head, jobs_head)
BATCH(job_result, batch_head, batch_head, results_head)

static bool
bare_again(struct reader *r, struct writer *w, enum wire_type type)
{
	bare_put(w, type);
	return bare_get(r);
}

static bool
channel_again(struct reader *r, struct writer *w, enum wire_type type)
{
	uint32_t channel;

	if (!channel_get(r, &channel))
		return false;
	channel_put(w, type, channel);
	return true;
}

static bool
number_again(struct reader *r, struct writer *w, enum wire_type type)
{
	uint32_t number;

	if (!number_get(r, &number))
		return false;
	number_put(w, type, number);
	return true;
}

typedef bool again_fn(struct reader *, struct writer *, enum wire_type);

static again_fn *const messages[WIRE_TYPE_COUNT] = {
	[WIRE_KEY_QUERY] = key_query_again,
	[WIRE_LOGIN_FAILED] = login_failed_again,
	[WIRE_OPEN] = open_request_again,
	[WIRE_LINES] = lines_again,
	[WIRE_END] = channel_again,
	[WIRE_CANCEL] = channel_again,
	[WIRE_KEY_REPLY] = key_reply_again,
	[WIRE_ACCEPT] = accept_reply_again,
	[WIRE_TEXT] = text_reply_again,
	[WIRE_ANSWERS] = answers_again,
	[WIRE_DONE] = done_reply_again,
	[WIRE_LOGOUT] = logout_again,
	[WIRE_SESSION_NEW] = session_new_again,
	[WIRE_RELOAD] = bare_again,
	[WIRE_DRAIN] = bare_again,
	[WIRE_BROKER_READY] = bare_again,
	[WIRE_LOGGED_IN] = logged_in_again,
	[WIRE_DRAINED] = bare_again,
	[WIRE_SESSION_START] = session_start_again,
	[WIRE_PARENT_READY] = bare_again,
	[WIRE_SESSION_GONE] = session_gone_again,
	[WIRE_TOKEN_SETUP] = token_setup_again,
	[WIRE_WORKER_START] = worker_start_again,
	[WIRE_WORKER_KILL] = number_again,
	[WIRE_WORKER_STARTED] = worker_started_again,
	[WIRE_WORKER_GONE] = worker_gone_again,
	[WIRE_TOKEN_STATE] = token_state_again,
	[WIRE_KEY_ADD] = key_add_again,
	[WIRE_KEY_DROP] = number_again,
	[WIRE_KEY_FACTS] = key_facts_again,
	[WIRE_JOBS] = jobs_again,
	[WIRE_RESULTS] = job_results_again,
	[WIRE_ADMIN_REQUEST] = admin_request_again,
	[WIRE_ADMIN_REPLY] = admin_reply_again,
	[WIRE_TAKEN] = text_taken_again,
	[WIRE_LISTS_SERVER] = bare_again,
	[WIRE_LISTS_DROP] = bare_again,
	[WIRE_LISTS_QUERY] = lists_query_again,
	[WIRE_LISTS_ANSWER] = lists_answer_again,
};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t space[CHANNEL_MAX];
	enum wire_type type;
	struct reader r;
	struct writer w;

	if (len > CHANNEL_MAX)
		return 0;
	reader_init(&r, data, len);
	writer_init(&w, space, sizeof(space));
	type = wire_get_type(&r);
	if (type == WIRE_NONE || !messages[type](&r, &w, type))
		return 0;
	if (!writer_ok(&w) || w.used != len || memcmp(space, data, len) != 0)
		abort();
	return 0;
}
