/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RELOAD and RELOADFAIL: which configuration is in force, and what is new.
 */
#include <stdio.h>

#include "broker/differences.h"
#include "broker/records.h"
#include "broker/service.h"
#include "policy/tenant.h"

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

void
record_tenant_failed(struct service *service, const struct tenant *tenant)
{
	struct record *r = journal_begin(service->journal, EVENT_RELOADFAIL);

	if (r == NULL)
		return;
	record_add(r, "tree", service->fingerprint);
	record_add(r, "tenant", tenant->name);
	record_add(r, "outcome", tenant->kept ? "kept" : "none");
	record_add(r, "error", tenant->error);
	journal_end(service->journal,
	    tenant->kept ?
		"the tenant's files have errors; its last good ones stay" :
		"the tenant's files have errors; it has nothing",
	    NULL);
}

/* What a change is to those who read of it. */
struct told {
	enum change_kind kind;
	enum change_object object;
	const char *of; /* its name; of a client key, the principal */
	const char *fp, *profile; /* of a client key */
	const char *key; /* of a generation; NULL: it is not known any more */
	const char *words; /* or "" */
	struct rule rule; /* no file: it is not known */
	const char *why; /* or NULL */
};

static void
summary(const struct told *told, char ret[SUMMARY_SIZE])
{
	const char *kind = change_kind_word(told->kind);

	if (told->object == CHANGE_SERVER)
		snprintf(ret, SUMMARY_SIZE, "countersign.conf %s", kind);
	else if (told->object == CHANGE_CLIENT)
		snprintf(ret, SUMMARY_SIZE, "a client key of %s: %s", told->of,
		    kind);
	else
		snprintf(ret, SUMMARY_SIZE, "%s %s%s%s: %s",
		    change_object_word(told->object), told->of,
		    told->key != NULL ? " of key " : "",
		    told->key != NULL ? told->key : "", kind);
}

static void
record_told(struct service *service, const struct told *told)
{
	struct record *r = journal_begin(service->journal, EVENT_RELOAD);
	char text[SUMMARY_SIZE], rule[RULE_SIZE];

	if (r == NULL)
		return;
	record_add(r, "what", change_kind_word(told->kind));
	record_add(r, "object", change_object_word(told->object));
	if (told->object == CHANGE_CLIENT) {
		record_add(r, "profile", told->profile);
		record_add(r, "principal", told->of);
		record_add(r, "fp", told->fp);
	} else if (told->object != CHANGE_SERVER)
		record_add(r, "of", told->of);
	if (told->key != NULL)
		record_add(r, "key", told->key);
	if (told->words[0] != '\0')
		record_add(r, "words", told->words);
	if (told->rule.file != NULL) {
		rule_text(&told->rule, rule);
		record_add(r, "rule", rule);
	}
	if (told->why != NULL)
		record_add(r, "why", told->why);
	summary(told, text);
	journal_end(service->journal, text, NULL);
}

void
record_change(struct service *service, const struct change *change)
{
	const struct client_key *client =
	    change->after != NULL ? change->after : change->before;
	const struct generation *generation = (const void *)client;
	char words[CHANGE_WORDS], print[FINGERPRINT_SIZE];
	struct told told = { change->kind, change->object, change_of(change),
		.words = words, .rule = change_rule(change) };

	change_words(change, words);
	if (change->object == CHANGE_GENERATION)
		told.key = generation->of;
	if (change->object == CHANGE_CLIENT) {
		fingerprint(client->blob, client->blob_len, print);
		told.fp = print;
		told.profile = client->profile->name;
	}
	record_told(service, &told);
}

/* Of what is gone the listing knows the name, but not where it stood. */
static void
recall(const struct recalled *before, struct told *ret)
{
	ret->object = before->object;
	ret->of = before->principal != NULL ? before->principal : before->name;
	ret->fp = before->name;
	ret->profile = before->profile;
}

static void
find(const struct listed *now, struct told *ret)
{
	const struct change change = { CHANGE_GAINED, now->object, NULL,
		now->thing };
	const struct client_key *client = now->thing;
	const struct generation *generation = now->thing;

	ret->object = now->object;
	ret->of = change_of(&change);
	ret->rule = change_rule(&change);
	ret->fp = now->name;
	if (now->object == CHANGE_GENERATION)
		ret->key = generation->of;
	if (now->object == CHANGE_CLIENT)
		ret->profile = client->profile->name;
}

void
record_difference(struct service *service, const struct difference *difference)
{
	struct told told = {
		.kind = difference->kind, .words = "", .why = "start"
	};

	if (difference->now != NULL)
		find(difference->now, &told);
	else
		recall(difference->before, &told);
	record_told(service, &told);
}
