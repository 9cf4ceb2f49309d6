/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/status.h"

#include <string.h>

#include "base/clock.h"
#include "broker/budget_text.h"
#include "broker/canary.h"
#include "broker/checkpoint.h"
#include "broker/drain.h"
#include "broker/service.h"
#include "broker/session.h"
#include "broker/status_keys.h"
#include "broker/store.h"
#include "broker/suspend.h"
#include "broker/tenants.h"
#include "broker/token.h"
#include "broker/worker.h"

struct counts {
	size_t logged_in;
	size_t requests;
	size_t lines;
};

static struct counts
count_sessions(const struct service *service)
{
	struct counts ret = { 0 };

	for (const struct session *s = service->sessions; s != NULL;
	     s = s->next) {
		ret.logged_in += s->state == SESSION_READY;
		ret.requests += s->open;
		ret.lines += s->lines;
	}
	return ret;
}

static unsigned long long
uptime(const struct service *service)
{
	return (clock_mono_us() - service->started_us) / 1000000;
}

static void
text_token(const struct token *token, struct buf *out)
{
	buf_addf(out, "token %s: ", token->name);
	if (token->ready > 0)
		buf_addf(out, "%u of %u workers logged in", token->ready,
		    token->wanted);
	else
		buf_adds(
		    out, token->reason == REASON_OK ? "starting" : token->text);
	if (token->serial[0] != '\0')
		buf_addf(out, " (%s, serial %s)", token->model, token->serial);
	buf_adds(out, "\n");
	for (const struct worker *w = token->workers; w != NULL; w = w->next)
		buf_addf(out, "  worker %u, process %u: %s, %zu jobs\n",
		    w->number, w->pid,
		    w->state == WORKER_READY ? "ready" : "logging in",
		    w->count);
}

static void
text_checkpoint(const struct service *service, struct buf *out)
{
	struct checkpoint_state newest;
	char when[CLOCK_TEXT], key[NOTE_VKEY];
	const char *why;
	enum reason reason = checkpoints_key(service->checkpoints, key, &why);

	if (key[0] != '\0')
		buf_addf(out, "audit key: %s\n", key);
	if (reason != REASON_OK)
		buf_addf(out, "%s: %s\n", reason_word(reason), why);
	checkpoints_state(service->checkpoints, &newest);
	if (newest.size == 0) {
		buf_adds(out, "checkpoint: none\n");
		return;
	}
	clock_text(newest.wall_us, when);
	buf_addf(out, "checkpoint: %llu records, %s%s%s; %llu records since\n",
	    (unsigned long long)newest.size,
	    newest.wall_us != 0 ? when : "before the start",
	    newest.why[0] != '\0' ? ", why " : "", newest.why,
	    (unsigned long long)newest.since);
}

/* Where the time of a line goes. */
static void
text_timing(const struct service *service, struct buf *out)
{
	struct timing_mean mean;

	if (service->timing.lines == 0)
		return;
	timing_mean(&service->timing, &mean);
	buf_addf(out,
	    "a line took %llu us on average: %llu in the token, %llu for its "
	    "record\n",
	    (unsigned long long)mean.whole_us,
	    (unsigned long long)mean.token_us,
	    (unsigned long long)mean.record_us);
}

static void
json_timing(const struct service *service, struct buf *out)
{
	const struct timing *t = &service->timing;

	buf_addf(out,
	    "\"timing\":{\"lines\":%llu,\"whole-us\":%llu,"
	    "\"token-us\":%llu,\"record-us\":%llu},",
	    (unsigned long long)t->lines, (unsigned long long)t->whole_us,
	    (unsigned long long)t->token_us, (unsigned long long)t->record_us);
}

static void
text_records(const struct journal *journal, struct buf *out)
{
	struct journal_state state;

	journal_state(journal, &state);
	buf_addf(out, "records: seq %llu on disk, %s%s\n",
	    (unsigned long long)state.seq, state.failing ? "failing: " : "ok",
	    state.failing ? state.error : "");
	buf_addf(out, "log: the piece from record %llu, %llu KiB",
	    (unsigned long long)journal_piece(journal),
	    (unsigned long long)(state.size + 1023) >> 10);
	if (state.has_free)
		buf_addf(out, ", %llu MiB free",
		    (unsigned long long)state.free >> 20);
	buf_adds(out, "\n");
}

static void
text_store(const struct store *store, struct buf *out)
{
	struct store_state state;

	if (store == NULL)
		return;
	store_state(store, &state);
	buf_addf(out, "state: %llu changes in %llu commits, %s%s\n",
	    (unsigned long long)state.changes,
	    (unsigned long long)state.commits,
	    state.failing ? "failing: " : "ok",
	    state.failing ? state.error : "");
}

static void
status_text(const struct service *service, struct buf *out)
{
	struct counts counts = count_sessions(service);

	buf_addf(out, "countersign " VERSION ", up %llu s%s\n", uptime(service),
	    drain_is_on(service) ? ", draining" : "");
	buf_addf(out, "tree %s\n", service->fingerprint);
	buf_addf(out,
	    "%zu connections, %zu logged in, %zu requests, %zu lines\n",
	    service->session_count, counts.logged_in, counts.requests,
	    counts.lines);
	buf_addf(out, "%llu signatures since the start\n",
	    (unsigned long long)service->signatures);
	text_timing(service, out);
	for (size_t i = 0; i < service->token_count; i++)
		text_token(service->tokens[i], out);
	queue_text(service, out);
	status_keys_text(service, out);
	canary_text(service->canary, out);
	suspend_text(service->suspensions, out);
	tenants_text(service->tree, NULL, out);
	text_records(service->journal, out);
	text_store(service->store, out);
	say_tallies(service, false, out);
	text_checkpoint(service, out);
}

static void
add_string(struct buf *out, const char *name, const char *value)
{
	buf_addf(out, "\"%s\":", name);
	buf_add_json(out, value, strlen(value));
}

static void
json_token(const struct token *token, struct buf *out)
{
	const char *comma = "";

	buf_adds(out, "{");
	add_string(out, "name", token->name);
	buf_adds(out, ",");
	add_string(out, "state",
	    token->ready > 0		   ? "ok" :
		token->reason == REASON_OK ? "starting" :
					     reason_word(token->reason));
	buf_addf(
	    out, ",\"ready\":%u,\"wanted\":%u,", token->ready, token->wanted);
	add_string(out, "model", token->model);
	buf_adds(out, ",");
	add_string(out, "serial", token->serial);
	buf_adds(out, ",\"workers\":[");
	for (const struct worker *w = token->workers; w != NULL; w = w->next) {
		buf_addf(out,
		    "%s{\"worker\":%u,\"pid\":%u,\"ready\":%s,\"jobs\":%zu}",
		    comma, w->number, w->pid,
		    w->state == WORKER_READY ? "true" : "false", w->count);
		comma = ",";
	}
	buf_adds(out, "]}");
}

static void
json_checkpoint(const struct service *service, struct buf *out)
{
	struct checkpoint_state newest;
	char when[CLOCK_TEXT] = "", key[NOTE_VKEY];
	const char *why;
	enum reason reason = checkpoints_key(service->checkpoints, key, &why);

	checkpoints_state(service->checkpoints, &newest);
	if (newest.wall_us != 0)
		clock_text(newest.wall_us, when);
	buf_addf(out, "\"checkpoint\":{\"size\":%llu,\"since\":%llu,",
	    (unsigned long long)newest.size, (unsigned long long)newest.since);
	add_string(out, "time", when);
	buf_adds(out, ",");
	add_string(out, "why", newest.why);
	buf_adds(out, ",");
	add_string(out, "audit-key", key);
	buf_adds(out, ",");
	add_string(out, "state", reason_word(reason));
	buf_adds(out, ",");
	add_string(out, "message", why);
	buf_adds(out, "}");
}

static void
json_records(const struct journal *journal, struct buf *out)
{
	struct journal_state state;

	journal_state(journal, &state);
	buf_addf(out, "\"records\":{\"seq\":%llu,\"failing\":%s,",
	    (unsigned long long)state.seq, state.failing ? "true" : "false");
	add_string(out, "error", state.failing ? state.error : "");
	buf_addf(out, ",\"piece\":%llu,\"size\":%llu",
	    (unsigned long long)journal_piece(journal),
	    (unsigned long long)state.size);
	if (state.has_free)
		buf_addf(out, ",\"free\":%llu", (unsigned long long)state.free);
	buf_adds(out, "},");
}

static void
json_store(const struct store *store, struct buf *out)
{
	struct store_state state;

	if (store == NULL)
		return;
	store_state(store, &state);
	buf_addf(out,
	    "\"state\":{\"changes\":%llu,\"commits\":%llu,\"failing\":%s,",
	    (unsigned long long)state.changes,
	    (unsigned long long)state.commits,
	    state.failing ? "true" : "false");
	add_string(out, "error", state.failing ? state.error : "");
	buf_adds(out, "},");
}

static void
status_json(const struct service *service, struct buf *out)
{
	struct counts counts = count_sessions(service);

	buf_adds(out, "{\"version\":\"" VERSION "\",");
	buf_addf(out, "\"uptime\":%llu,\"draining\":%s,", uptime(service),
	    drain_is_on(service) ? "true" : "false");
	add_string(out, "tree", service->fingerprint);
	buf_addf(out,
	    ",\"connections\":%zu,\"logged-in\":%zu,\"requests\":%zu,"
	    "\"lines\":%zu,\"signatures\":%llu,\"tokens\":[",
	    service->session_count, counts.logged_in, counts.requests,
	    counts.lines, (unsigned long long)service->signatures);
	for (size_t i = 0; i < service->token_count; i++) {
		buf_adds(out, i > 0 ? "," : "");
		json_token(service->tokens[i], out);
	}
	buf_adds(out, "],");
	queue_json(service, out);
	buf_adds(out, "\"keys\":[");
	status_keys_json(service, out);
	buf_adds(out, "],\"suspended\":");
	suspend_json(service->suspensions, out);
	buf_adds(out, ",\"canary\":");
	canary_json(service->canary, out);
	buf_adds(out, ",");
	tenants_json(service->tree, NULL, out);
	buf_adds(out, ",");
	json_records(service->journal, out);
	json_store(service->store, out);
	say_tallies(service, true, out);
	json_timing(service, out);
	json_checkpoint(service, out);
	buf_adds(out, "}\n");
}

void
status_say(const struct service *service, bool json, struct buf *out)
{
	if (json)
		status_json(service, out);
	else
		status_text(service, out);
}
