/* SPDX-License-Identifier: Apache-2.0 */
/* An explanation in words and for programs, declared in policy/explain.h. */
#include <inttypes.h>
#include <string.h>

#include "policy/bound_list.h"
#include "policy/explain.h"

#define VALUE_MAX 400

static const char *
stage_word(enum stage stage)
{
	static const char *const words[] = { "login", "command", "line" };

	return words[stage];
}

static void
add_rule(struct buf *out, const struct rule *rule)
{
	buf_adds(out, rule->file);
	if (rule->line != 0)
		buf_addf(out, ":%u", rule->line);
}

static void
text_bound(void *arg, const struct bound *b)
{
	size_t len = b->said.value_len;
	struct buf *out = arg;

	buf_adds(out, "  ");
	add_rule(out, &b->rule);
	buf_addf(out, ": %s %s: %.*s = %.*s%s%s\n", b->what, b->name,
	    (int)b->said.word_len, b->said.word,
	    (int)(len < VALUE_MAX ? len : VALUE_MAX), b->said.value,
	    len < VALUE_MAX ? "" : "...",
	    b->counted ? " (not looked at here)" : "");
}

static void
each_bound(const struct question *q, const struct explained *e, bound_fn *fn,
    void *arg)
{
	bounds_of_client(q->client.key, fn, arg);
	if (q->second.key != NULL)
		bounds_of_client(q->second.key, fn, arg);
	bounds_of_profile(q->client.key->profile, fn, arg);
	if (e->grant.key != NULL)
		bounds_of_key(e->grant.key, fn, arg);
}

static void
text_allowed(
    const struct question *q, const struct explained *e, struct buf *out)
{
	const struct client_key *client = q->client.key;

	buf_addf(out, "allowed: %s, profile %s: %s", client->principal,
	    client->profile->name,
	    e->command.verb == VERB_GREETING ? "the greeting" :
					       verb_word(e->command.verb));
	if (e->grant.key != NULL)
		buf_addf(out, " with key %s", e->grant.key->name);
	if (e->grant.generation != NULL && e->grant.generation->name[0] != '\0')
		buf_addf(out, " (generation %s)", e->grant.generation->name);
	if (e->stage == STAGE_LINE)
		buf_addf(out, ", format %s, hash %s", e->grant.format,
		    hash_word(e->hash));
	if (e->stage == STAGE_LINE && e->grant.namespace != NULL)
		buf_addf(out, ", namespace %s", e->grant.namespace);
	buf_addf(out, "\n  %s:%u: client key %s of %s\n", client->file,
	    client->line, q->client.fingerprint, client->principal);
	each_bound(q, e, text_bound, out);
}

static void
text_refused(const struct explained *e, struct buf *out)
{
	const struct verdict *v = &e->verdict;

	buf_addf(out, "refused: %s, exit %d\n", reason_word(v->reason),
	    reason_exit(v->reason));
	if (v->rule.file != NULL) {
		buf_adds(out, "  ");
		add_rule(out, &v->rule);
		buf_adds(out, " decides\n");
	}
	if (e->stage == STAGE_LOGIN)
		buf_addf(out, "  no login, ssh exits with 255: %s\n", v->text);
	else if (e->stage == STAGE_LINE)
		buf_addf(out,
		    "  the client sees: countersign: line %" PRIu64 ": %s\n",
		    e->line, v->text);
	else
		buf_addf(out, "  the client sees: countersign: %s\n", v->text);
}

void
explain_text(
    const struct question *q, const struct explained *e, struct buf *out)
{
	if (e->verdict.reason == REASON_OK)
		text_allowed(q, e, out);
	else
		text_refused(e, out);
}

static void
json_name(struct buf *out, const char *name)
{
	buf_addf(out, ",\"%s\":", name);
}

static void
json_string(struct buf *out, const char *name, const char *value)
{
	json_name(out, name);
	buf_add_json(out, value, strlen(value));
}

static void
json_rule(struct buf *out, const struct rule *rule)
{
	if (rule->file == NULL)
		return;
	json_string(out, "file", rule->file);
	buf_addf(out, ",\"line\":%u", rule->line);
}

/* Each has a comma before it; the first item is the list's own. */
static void
json_bound(void *arg, const struct bound *b)
{
	struct buf *out = arg;

	buf_adds(out, ",{\"word\":");
	buf_add_json(out, b->said.word, b->said.word_len);
	json_name(out, "value");
	buf_add_json(out, b->said.value, b->said.value_len);
	json_string(out, "of", b->what);
	json_string(out, "name", b->name);
	json_rule(out, &b->rule);
	buf_addf(out, ",\"looked-at\":%s}", b->counted ? "false" : "true");
}

static void
json_grant(const struct explained *e, struct buf *out)
{
	json_string(out, "verb", verb_word(e->command.verb));
	if (e->grant.key == NULL)
		return;
	json_string(out, "key", e->grant.key->name);
	if (e->grant.generation != NULL)
		json_string(out, "generation", e->grant.generation->name);
	if (e->stage != STAGE_LINE)
		return;
	json_string(out, "format", e->grant.format);
	json_string(out, "hash", hash_word(e->hash));
	if (e->grant.namespace != NULL)
		json_string(out, "namespace", e->grant.namespace);
}

static void
json_bounds(
    const struct question *q, const struct explained *e, struct buf *out)
{
	const struct client_key *client = q->client.key;

	buf_adds(out, ",\"bounds\":[{\"word\":\"profile\",\"value\":");
	buf_add_json(out, client->profile->name, strlen(client->profile->name));
	json_string(out, "of", "client key");
	json_string(out, "name", client->principal);
	buf_adds(out, ",\"file\":");
	buf_add_json(out, client->file, strlen(client->file));
	buf_addf(out, ",\"line\":%u,\"looked-at\":true}", client->line);
	each_bound(q, e, json_bound, out);
	buf_adds(out, "]");
}

void
explain_json(
    const struct question *q, const struct explained *e, struct buf *out)
{
	const struct verdict *v = &e->verdict;
	bool allowed = v->reason == REASON_OK;

	buf_addf(out, "{\"allowed\":%s", allowed ? "true" : "false");
	json_string(out, "reason", reason_word(v->reason));
	buf_addf(out, ",\"exit\":%d", reason_exit(v->reason));
	json_string(out, "stage", stage_word(e->stage));
	json_rule(out, &v->rule);
	json_string(out, "text", v->text);
	if (e->stage == STAGE_LINE && !allowed)
		buf_addf(out, ",\"input-line\":%" PRIu64, e->line);
	json_string(out, "principal", q->client.key->principal);
	json_string(out, "fp", q->client.fingerprint);
	json_string(out, "profile", q->client.key->profile->name);
	if (e->stage != STAGE_LOGIN)
		json_grant(e, out);
	if (allowed)
		json_bounds(q, e, out);
	buf_addf(out, ",\"suspensions-looked-at\":%s}",
	    q->moment.suspensions != NULL ? "true" : "false");
}
