/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RELOAD and RELOADFAIL: which configuration is in force, and what is new.
 */
#include <stdio.h>

#include "broker/records.h"
#include "broker/service.h"
#include "policy/compare.h"

/* A record's free text. */
#define SUMMARY_SIZE 512

void
record_reload(struct service *service, const char *before, size_t changes)
{
	struct record *r = journal_begin(service->journal, EVENT_RELOAD);

	if (r == NULL)
		return;
	record_add(r, "tree", service->fingerprint);
	record_add(r, "before", before);
	record_add_number(r, "changes", changes);
	record_add(r, "outcome", "ok");
	journal_end(service->journal, "the configuration was reloaded", NULL);
}

void
record_reload_failed(
    struct service *service, unsigned errors, const char *first)
{
	struct record *r = journal_begin(service->journal, EVENT_RELOADFAIL);

	if (r == NULL)
		return;
	record_add(r, "tree", service->fingerprint);
	record_add(r, "outcome", "failed");
	record_add_number(r, "errors", errors);
	record_add(r, "error", first);
	journal_end(service->journal,
	    "the configuration has errors; the running one stays", NULL);
}

static void
add_client(struct record *r, const struct change *change)
{
	const struct client_key *client =
	    change->after != NULL ? change->after : change->before;
	char print[FINGERPRINT_SIZE];

	fingerprint(client->blob, client->blob_len, print);
	record_add(r, "profile", client->profile->name);
	record_add(r, "principal", client->principal);
	record_add(r, "fp", print);
}

static void
summary(const struct change *change, char ret[SUMMARY_SIZE])
{
	const char *kind = change_kind_word(change->kind);

	if (change->object == CHANGE_SERVER)
		snprintf(ret, SUMMARY_SIZE, "countersign.conf %s", kind);
	else if (change->object == CHANGE_CLIENT)
		snprintf(ret, SUMMARY_SIZE, "a client key of %s: %s",
		    change_of(change), kind);
	else
		snprintf(ret, SUMMARY_SIZE, "%s %s: %s",
		    change_object_word(change->object), change_of(change),
		    kind);
}

void
record_change(struct service *service, const struct change *change)
{
	struct record *r = journal_begin(service->journal, EVENT_RELOAD);
	char words[CHANGE_WORDS], text[SUMMARY_SIZE], rule[RULE_SIZE];
	struct rule where = change_rule(change);

	if (r == NULL)
		return;
	record_add(r, "what", change_kind_word(change->kind));
	record_add(r, "object", change_object_word(change->object));
	if (change->object == CHANGE_CLIENT)
		add_client(r, change);
	else if (change->object != CHANGE_SERVER)
		record_add(r, "of", change_of(change));
	change_words(change, words);
	if (words[0] != '\0')
		record_add(r, "words", words);
	rule_text(&where, rule);
	record_add(r, "rule", rule);
	summary(change, text);
	journal_end(service->journal, text, NULL);
}
