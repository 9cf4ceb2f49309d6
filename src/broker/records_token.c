/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TOKEN records: what an auditor wants to know of where keys live.
 */
#include <stdio.h>

#include "base/words.h"
#include "broker/probe.h"
#include "broker/records.h"
#include "broker/service.h"
#include "broker/token.h"

static void
add_outcome(struct record *r, enum reason reason)
{
	record_add(r, "outcome", reason == REASON_OK ? "ok" : "failed");
	if (reason != REASON_OK)
		record_add(r, "reason", reason_word(reason));
}

void
record_token(const struct token *token, const struct worker *worker,
    const char *what, enum reason reason, const char *text)
{
	struct service *service = token->service;
	struct journal *journal = service->journal;
	struct record *r = journal_begin(journal, EVENT_TOKEN);

	if (r == NULL)
		return;
	record_add(r, "what", what);
	record_add(r, "token", token->name);
	record_add(
	    r, "module", tree_token(service->tree, token->index)->module);
	if (worker != NULL) {
		record_add_number(r, "worker", worker->number);
		record_add_number(r, "pid", worker->pid);
	}
	if (token->serial[0] != '\0') {
		record_add(r, "label", token->label);
		record_add(r, "serial", token->serial);
		record_add(r, "model", token->model);
		record_add(r, "firmware", token->firmware);
	}
	add_outcome(r, reason);
	journal_end(journal, text, NULL);
}

static const char *
use_word(const struct signing_key *conf)
{
	if (conf->audit)
		return "audit";
	return conf->wrapped ? "wrapped" : "raw";
}

/* The words of what holds, separated by blanks. */
static void
add_attributes(struct record *r, const struct key *key)
{
	char words[160] = "";
	size_t len = 0;

	for (unsigned i = 0; i < ATTRIBUTE_COUNT; i++) {
		if ((key->attributes & 1u << i) == 0)
			continue;
		len += (size_t)snprintf(words + len, sizeof(words) - len,
		    "%s%s", len > 0 ? " " : "",
		    key_attribute_word((enum key_attribute)i));
	}
	record_add(r, "attributes", words);
}

/* What it found, in a sentence. */
static void
probe_summary(const struct probe *probe, char ret[MESSAGE_SIZE])
{
	const struct key *key = probe_key(probe);
	const char *generation = key->generation;

	if (probe_reason(probe) == REASON_OK)
		snprintf(ret, MESSAGE_SIZE,
		    "key %s%s%s signs in all %zu formats and hashes", key->name,
		    generation[0] != '\0' ? ", generation " : "", generation,
		    probe_count(probe, PROBE_OK));
	else
		snprintf(ret, MESSAGE_SIZE, "key %s%s%s does not sign: %.300s",
		    key->name, generation[0] != '\0' ? ", generation " : "",
		    generation, probe_text(probe));
}

int
record_probe(struct service *service, const struct probe *probe,
    const char *what, const char *by)
{
	const struct key *key = probe_key(probe);
	struct record *r = journal_begin(service->journal, EVENT_TOKEN);
	char text[MESSAGE_SIZE];

	if (r == NULL)
		return -1;
	record_add(r, "what", what);
	record_add(r, "token", key->token);
	record_add(r, "key", key->name);
	if (key->generation[0] != '\0')
		record_add(r, "generation", key->generation);
	if (key->known)
		record_add(r, "keyfp", key->fingerprint);
	record_add_number(r, "probes", probe_count(probe, PROBE_OK));
	if (by != NULL)
		record_add(r, "by", by);
	add_outcome(r, probe_reason(probe));
	probe_summary(probe, text);
	return journal_end(service->journal, text, NULL);
}

void
record_key(const struct token *token, const struct key *key, enum reason reason,
    const char *text)
{
	struct journal *journal = token->service->journal;
	struct record *r = journal_begin(journal, EVENT_TOKEN);

	if (r == NULL)
		return;
	record_add(r, "what", "key");
	record_add(r, "token", token->name);
	record_add(r, "key", key->name);
	if (key->generation[0] != '\0')
		record_add(r, "generation", key->generation);
	record_add(r, "object", key->object);
	if (key->conf != NULL)
		record_add(r, "use", use_word(key->conf->key));
	if (key->known) {
		record_add(r, "type", key_type_word(key->facts.type));
		record_add_number(r, "bits", key->facts.bits);
		record_add(r, "keyfp", key->fingerprint);
		add_attributes(r, key);
	}
	add_outcome(r, reason);
	journal_end(journal, text, NULL);
}
