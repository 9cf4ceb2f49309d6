/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/records.h"

#include <stdio.h>
#include <string.h>

#include "base/words.h"
#include "broker/env.h"
#include "broker/receipt.h"
#include "broker/service.h"
#include "broker/slot.h"
#include "broker/terms.h"

/* A record's free text, for who reads the file with their own eyes. */
#define SUMMARY_SIZE 512

/* So many lines behind one make it part of a stream. */
#define STREAM_LINES 32

void
rule_text(const struct rule *rule, char ret[static RULE_SIZE])
{
	if (rule->file == NULL)
		ret[0] = '\0';
	else if (rule->line == 0)
		snprintf(ret, RULE_SIZE, "%s", rule->file);
	else
		snprintf(ret, RULE_SIZE, "%s:%u", rule->file, rule->line);
}

/* What counts of a path that is too long is its end. */
void
record_add_rule(struct record *r, const char *rule)
{
	size_t len = strlen(rule);
	char tail[RECORD_RULE_MAX + 1];

	if (len > RECORD_RULE_MAX) {
		snprintf(tail, sizeof(tail), "...%s",
		    rule + len - (RECORD_RULE_MAX - 3));
		rule = tail;
	}
	if (len > 0)
		record_add_cut(r, "rule", rule, RECORD_RULE_MAX);
}

int
record_stop(struct service *service, const char *why, struct waiter *waiter)
{
	struct record *r = journal_begin(service->journal, EVENT_STOP);

	if (r == NULL)
		return -1;
	record_add(r, "why", why);
	record_add_number(r, "signatures", service->signatures);
	return journal_end(service->journal, "stopped", waiter);
}

/* Who, from where: the fields that every client's record begins with. */
static void
add_client(struct record *r, const struct session *s)
{
	record_add_number(r, "conn", s->from.connection);
	record_add_cut(r, "principal", s->principal, RECORD_PRINCIPAL_MAX);
	record_add(r, "fp", s->fingerprint[0] != '\0' ? s->fingerprint : NULL);
	if (s->second.fingerprint[0] != '\0')
		record_add(r, "second-fp", s->second.fingerprint);
	record_add(r, "src", s->from.address);
}

int
record_login(struct session *s, struct waiter *waiter)
{
	struct record *r = journal_begin(s->service->journal, EVENT_AUTH);
	char text[SUMMARY_SIZE];

	if (r == NULL)
		return -1;
	record_add(r, "profile", s->client->profile->name);
	add_client(r, s);
	record_add_cut(
	    r, "second-principal", s->second.principal, RECORD_PRINCIPAL_MAX);
	record_add_number(r, "port", s->from.port);
	record_add(r, "outcome", "ok");
	snprintf(text, sizeof(text), "%s%s%s logged in from %s", s->principal,
	    s->second.client != NULL ? " with " : "",
	    s->second.client != NULL ? s->second.principal : "",
	    s->from.address);
	return journal_end_later(s->service->journal, text, waiter);
}

void
record_login_failed(const struct session *s)
{
	struct record *r = journal_begin(s->service->journal, EVENT_AUTHFAIL);
	char text[SUMMARY_SIZE];

	if (r == NULL)
		return;
	add_client(r, s);
	record_add_number(r, "port", s->from.port);
	record_add(r, "user", s->user);
	record_add(r, "outcome", "refused");
	record_add(r, "reason", reason_word(s->reason));
	record_add_rule(r, s->rule);
	snprintf(text, sizeof(text), "login from %s refused: %s",
	    s->from.address, reason_text(s->reason));
	journal_end(s->service->journal, text, NULL);
}

/* What a request asks for, as far as it is known by now. */
static void
add_request(struct record *r, const struct request *q, const struct slot *slot,
    const struct key *key)
{
	/* A line that was begun has the words of then. */
	const char *namespace = slot != NULL && slot->terms != NULL ?
	    slot->terms->settings.namespace :
	    q->namespace;
	char id[REQUEST_ID_SIZE];

	request_id(q, id);
	record_add(r, "id", id);
	record_add(r, "profile", q->profile);
	add_client(r, q->session);
	record_add(r, "verb", verb_word(q->command.verb));
	if (key != NULL) {
		record_add(r, "key", key->name);
		if (key->known)
			record_add(r, "keyfp", key->fingerprint);
	} else if (q->command.key[0] != '\0') {
		record_add(r, "asked-key", q->command.key);
	}
	if (q->format != NULL)
		record_add(r, "format", q->format->name);
	else if (q->command.format[0] != '\0')
		record_add(r, "asked-format", q->command.format);
	if (namespace[0] != '\0')
		record_add(r, "namespace", namespace);
	else if (q->command.namespace[0] != '\0')
		record_add(r, "asked-namespace", q->command.namespace);
}

/* Tags that an admin gave the key and the profile, for who routes records. */
static void
add_notify(struct record *r, const struct request *q)
{
	char tags[2 * TAG_SIZE + 1];
	size_t len = 0;

	if (q->key_tag[0] != '\0')
		len = (size_t)snprintf(tags, sizeof(tags), "%s", q->key_tag);
	if (q->profile_tag[0] != '\0' &&
	    strcmp(q->profile_tag, q->key_tag) != 0)
		len += (size_t)snprintf(tags + len, sizeof(tags) - len, "%s%s",
		    len > 0 ? " " : "", q->profile_tag);
	if (len > 0)
		record_add(r, "notify", tags);
}

static void
add_line(struct record *r, const struct slot *slot)
{
	record_add_number(r, "line", slot->number);
	record_add(r, "hash", hash_word(slot->hash));
	record_add_hex(r, "digest", slot->digest, slot->digest_len);
	if (slot->name_len > 0)
		record_add_cut(r, "name", slot->name, RECORD_NAME_MAX);
}

/* What admins say it is for, and what the client says of itself. */
static void
add_words(struct record *r, const struct request *q)
{
	if (q->purpose[0] != '\0')
		record_add_cut(r, "purpose", q->purpose, RECORD_PURPOSE_MAX);
	add_notify(r, q);
	env_record(r, q->env);
}

int
record_deny(const struct request *q, const struct slot *slot,
    enum reason reason, const char *text, const char *rule,
    struct waiter *waiter)
{
	struct journal *journal = q->session->service->journal;
	struct record *r = journal_begin(journal, EVENT_DENY);

	if (r == NULL)
		return -1;
	add_request(r, q, slot, q->key);
	if (slot != NULL)
		add_line(r, slot);
	record_add(r, "outcome", "refused");
	record_add(r, "reason", reason_word(reason));
	record_add_rule(r, rule);
	add_words(r, q);
	return journal_end(journal, text, waiter);
}

/* Copies of bounded texts: this runs once a signature. */
static char *
append(char *at, const char *end, const char *text)
{
	while (*text != '\0' && at < end)
		*at++ = *text++;
	*at = '\0';
	return at;
}

static void
sign_text(const struct slot *slot, char ret[SUMMARY_SIZE])
{
	const struct request *q = slot->request;
	const char *end = ret + SUMMARY_SIZE - 1;
	char *at;

	at = append(ret, end,
	    slot->reason == REASON_OK ? "signed " : "could not sign ");
	at = append(at, end, slot->name_len > 0 ? slot->name : "a digest");
	at = append(at, end, " for ");
	at = append(at, end, q->session->principal);
	at = append(at, end, " with ");
	append(at, end, q->key->name);
}

int
record_sign(struct slot *slot, struct waiter *waiter)
{
	const struct request *q = slot->request;
	struct journal *journal = q->session->service->journal;
	struct record *r = journal_begin(journal, EVENT_SIGN);
	char text[SUMMARY_SIZE], print[FINGERPRINT_SIZE];
	int begun;

	if (r == NULL)
		return -1;
	add_request(r, q, slot, slot->key != NULL ? slot->key : q->key);
	add_line(r, slot);
	if (slot->mech != MECH_NONE)
		record_add(r, "mech", mech_word(slot->mech));
	if (slot->reason == REASON_OK) {
		if (q->sealed[0] == '\0')
			fingerprint(slot->answer, slot->answer_len, print);
		record_add(r, "sig", q->sealed[0] != '\0' ? q->sealed : print);
		record_add(r, "outcome", "ok");
		record_add_number(r, "us", slot->timed.token_us);
		if (slot->repeated)
			record_add_number(r, "repeat", slot->seq);
		else
			slot->seq = r->seq;
	} else {
		record_add(r, "outcome", "failed");
		record_add(r, "reason", reason_word(slot->reason));
	}
	add_words(r, q);
	/* The client went away before the signature came. */
	if (q->state == REQUEST_OVER)
		record_add(r, "delivered", "no");
	sign_text(slot, text);
	/* In a long stream more answers come soon: they share a sync. */
	begun = q->queued >= STREAM_LINES ?
	    journal_end_later(journal, text, waiter) :
	    journal_end(journal, text, waiter);
	if (begun == 0 && q->command.receipt && slot->reason == REASON_OK)
		receipt_keep(slot, r);
	return begun;
}
