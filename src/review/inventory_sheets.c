/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "review/inventory.h"
#include "review/report_sheets.h"

#define WIDTH(columns) (sizeof(columns) / sizeof((columns)[0]))
#define UNKNOWN "not recorded"

static const struct column key_columns[] = {
	{ "name", "Name", KIND_TEXT },
	{ "use", "Use", KIND_TEXT },
	{ "keyfp", "Public key (SHA-256)", KIND_CODE },
	{ "type", "Type", KIND_TEXT },
	{ "bits", "Bits", KIND_TEXT },
	{ "token", "Token", KIND_TEXT },
	{ "label", "Token label", KIND_TEXT },
	{ "serial", "Token serial", KIND_TEXT },
	{ "model", "Token model", KIND_TEXT },
	{ "firmware", "Token firmware", KIND_TEXT },
	{ "module", "PKCS#11 module", KIND_TEXT },
	{ "object", "Object", KIND_TEXT },
	{ "sensitive", "Sensitive", KIND_TEXT },
	{ "always_sensitive", "Always sensitive", KIND_TEXT },
	{ "extractable", "Extractable", KIND_TEXT },
	{ "never_extractable", "Never extractable", KIND_TEXT },
	{ "local", "Made in the token", KIND_TEXT },
	{ "attributes", "All attributes", KIND_TEXT },
	{ "state", "Last state", KIND_TEXT },
	{ "since", "Recorded like this since", KIND_TIME },
	{ "seen", "Last record of it", KIND_TIME },
	{ "public_keys", "Public keys under this name", KIND_NUMBER },
	{ "signed", "Signatures", KIND_NUMBER },
	{ "failed", "Failed", KIND_NUMBER },
	{ "first", "First signature", KIND_TIME },
	{ "last", "Last signature", KIND_TIME },
	{ "profiles", "Profiles that used it", KIND_TEXT },
	{ "principals", "Principals that used it", KIND_TEXT },
};

static void
cell_known(struct sheets *s, struct sheet *t, const char *text)
{
	cell_text(s, t, text != NULL ? text : UNKNOWN);
}

/* Is the word among those that hold? */
static bool
holds(const char *words, const char *word)
{
	size_t len = strlen(word);

	while (*words != '\0') {
		size_t one = strcspn(words, " ,");

		if (one == len && strncmp(words, word, len) == 0)
			return true;
		words += one;
		words += strspn(words, " ,");
	}
	return false;
}

static void
cell_attribute(struct sheets *s, struct sheet *t, const struct held_key *k,
    const char *word)
{
	if (k->attributes == NULL)
		cell_text(s, t, UNKNOWN);
	else
		cell_text(s, t, holds(k->attributes, word) ? "yes" : "no");
}

static void
add_token(const struct inventory *v, const struct held_key *k, struct sheets *s,
    struct sheet *t)
{
	static const struct held_token none;
	const struct held_token *token = &none;

	for (size_t i = 0; k->token != NULL && i < v->token_names.count; i++)
		if (strcmp(v->token_names.rows[i]->name, k->token) == 0)
			token = &v->tokens[v->token_names.rows[i]->id];
	cell_known(s, t, k->token);
	cell_known(s, t, token->label);
	cell_known(s, t, token->serial);
	cell_known(s, t, token->model);
	cell_known(s, t, token->firmware);
	cell_known(s, t, token->module);
}

/* "firmware 4366, nightly 12" */
static void
add_users(const struct inventory *v, const char *key, const char *what,
    struct sheets *s, struct sheet *t)
{
	const struct row **rows;
	size_t count = tally_sorted(&v->users, &rows);
	char part[TALLY_NAME];
	struct buf text;

	buf_init(&text, 1u << 20);
	for (size_t i = 0; i < count; i++) {
		if (strcmp(tally_part(rows[i], 0, part), key) != 0 ||
		    strcmp(tally_part(rows[i], 1, part), what) != 0)
			continue;
		buf_addf(&text, "%s%s %" PRIu64, buf_len(&text) > 0 ? ", " : "",
		    tally_part(rows[i], 2, part), row_sum(rows[i]));
	}
	if (buf_len(&text) == 0)
		buf_adds(&text, "none");
	cell_textf(s, t, "%.*s", (int)buf_len(&text), buf_at(&text));
	buf_release(&text);
	free(rows);
}

static void
add_facts(const struct held_key *k, struct sheets *s, struct sheet *t)
{
	cell_known(s, t, k->object);
	cell_attribute(s, t, k, "sensitive");
	cell_attribute(s, t, k, "always-sensitive");
	cell_attribute(s, t, k, "extractable");
	cell_attribute(s, t, k, "never-extractable");
	cell_attribute(s, t, k, "local");
	cell_known(s, t, k->attributes);
	cell_known(s, t, k->state);
	cell_number(s, t, k->since_us);
	cell_number(s, t, k->last_us);
	cell_number(s, t, k->keys);
}

static void
add_key(const struct inventory *v, const struct held_key *k, struct sheets *s)
{
	const struct row *use = k->use_row;
	char title[512];
	struct sheet *t;

	snprintf(title, sizeof(title), "Signing key %.400s", k->name);
	t = sheet_add(s, "keys", title, SHEET_FACTS_EACH, key_columns,
	    WIDTH(key_columns));
	cell_text(s, t, k->name);
	cell_known(s, t, k->use);
	cell_known(s, t, k->keyfp);
	cell_known(s, t, k->type);
	cell_known(s, t, k->bits);
	add_token(v, k, s, t);
	add_facts(k, s, t);
	cell_number(s, t, use != NULL ? use->count[TALLY_SIGNED] : 0);
	cell_number(s, t, k->failed);
	cell_number(s, t, use != NULL ? use->first_us : 0);
	cell_number(s, t, use != NULL ? use->last_us : 0);
	add_users(v, k->name, "profile", s, t);
	add_users(v, k->name, "principal", s, t);
}

static const struct column audit_columns[] = {
	{ "key", "Key", KIND_CODE },
	{ "checkpoints", "Checkpoints", KIND_NUMBER },
	{ "first", "First", KIND_TIME },
	{ "last", "Last", KIND_TIME },
};

static void
add_audit_keys(const struct inventory *v, struct sheets *s)
{
	const struct row **rows;
	size_t count = tally_sorted(&v->checkpoints, &rows);
	struct sheet *t =
	    sheet_add(s, "audit_keys", "Audit keys, as checkpoints name them",
		SHEET_TABLE, audit_columns, WIDTH(audit_columns));

	for (size_t i = 0; i < count; i++) {
		cell_text(s, t, rows[i]->name);
		cell_number(s, t, row_sum(rows[i]));
		cell_number(s, t, rows[i]->first_us);
		cell_number(s, t, rows[i]->last_us);
	}
	free(rows);
}

static const struct column change_columns[] = {
	{ "time", "Time", KIND_TIME },
	{ "seq", "Seq", KIND_NUMBER },
	{ "event", "Event", KIND_TEXT },
	{ "what", "What", KIND_TEXT },
};

static void
add_changes(const struct notes *n, struct sheets *s)
{
	struct sheet *t = sheet_add(s, "changes", "Changes of keys and tokens",
	    SHEET_TABLE, change_columns, WIDTH(change_columns));

	for (size_t i = 0; i < n->count; i++) {
		cell_number(s, t, n->list[i].time_us);
		cell_number(s, t, n->list[i].seq);
		cell_text(s, t, n->list[i].event);
		cell_text(s, t, n->list[i].text);
	}
	if (n->total > n->count)
		sheet_note(
		    s, t, "The first %zu of %" PRIu64 ".", n->count, n->total);
}

static int
by_name(const void *a, const void *b)
{
	const struct row *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

int
inventory_sheets(
    const struct inventory *v, const struct report *r, struct sheets *ret)
{
	size_t count = v->key_names.count;
	struct row **rows = calloc(count + 1, sizeof(struct row *));

	if (rows == NULL)
		return -1;
	sheets_add_chain(r, ret);
	if (count > 0)
		memcpy(rows, v->key_names.rows, count * sizeof(struct row *));
	qsort(rows, count, sizeof(struct row *), by_name);
	for (size_t i = 0; i < count; i++)
		if (v->keys[rows[i]->id].name != NULL)
			add_key(v, &v->keys[rows[i]->id], ret);
	free(rows);
	add_audit_keys(v, ret);
	add_changes(&v->changes, ret);
	return ret->bad ? -1 : 0;
}
